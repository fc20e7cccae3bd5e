import { countBefore } from "./count-before.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Report } from "./report.ts";

/** A function from offsets to lines and columns. It computes the starts of the lines at its first call. */
export function positions(text: string): (offset: number) => Position {
  let starts: number[] | undefined;
  return (offset) => {
    if (!starts) {
      starts = [0];
      for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    }
    const line = countBefore(starts, (start) => start <= offset);
    return { line, column: offset - (starts[line - 1] ?? 0) + 1 };
  };
}

/** A diagnostic with lines and columns, 1-based. */
export interface Located extends Diagnostic {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** The diagnostics of a report with lines and columns. */
export function located(report: Report): Located[] {
  const finders = new Map([...report.sources].map(([file, text]) => [file, positions(text)]));
  return report.diagnostics.map((d) => {
    const find = finders.get(d.file);
    const start = find?.(d.range.start) ?? { line: 1, column: 1 };
    const end = find?.(d.range.end) ?? start;
    return { ...d, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  });
}

/** 1-based; columns count UTF-16 code units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
