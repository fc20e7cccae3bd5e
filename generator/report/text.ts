import { folded } from "./fold.ts";
import { type Located, located, positions } from "./positions.ts";
import type { Report } from "./report.ts";
import { visible, visibleName, withoutCommands } from "./visible.ts";

/** How many findings a person is shown: a screen or two. */
const MOST = 50;

/**
 * Diagnostics as text for a terminal, each with its line of the spec. Of many, the first are shown, errors before warnings, and the others
 * are counted.
 *
 * @param width The columns of the terminal.
 */
export function toText(report: Report, colour: boolean, width = Number.POSITIVE_INFINITY): string {
  const all = report.diagnostics;
  if (all.length <= MOST) return textOf(report, colour, width);
  const bySeverity = [...all].sort((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"));
  const chosen = new Set(bySeverity.slice(0, MOST));
  const shown = all.filter((one) => chosen.has(one));
  const rest = all.reduce((sum, one) => sum + (chosen.has(one) ? 0 : (one.count ?? 1)), 0);
  return `${textOf({ ...report, diagnostics: shown }, colour, width)}and ${rest} more finding${rest === 1 ? "" : "s"}: \`--format json\` prints all\n`;
}

function textOf(report: Report, colour: boolean, width: number): string {
  const paint = (codes: string, text: string) => (colour ? `\u001b[${codes}m${text}\u001b[0m` : text);
  const finders = new Map([...report.sources].map(([file, text]) => [file, positions(text)]));
  let out = "";
  for (const d of located(report)) {
    const tint = d.severity === "error" ? "1;31" : "1;33";
    const text = report.sources.get(d.file);
    out += text === undefined ? visibleName(d.file) : `${visibleName(d.file)}:${d.line}:${d.column}`;
    out += ` ${paint(tint, d.severity)} ${d.code}\n  ${folded(visible(d.message), width, "  ")}\n`;
    if (text !== undefined) out += codeFrame(text, d, (marks) => paint(tint, marks));
    for (const other of d.related ?? [])
      out += `  ${visibleName(other.range.file)}:${finders.get(other.range.file)?.(other.range.start).line ?? 1}: ${visible(other.message)}\n`;
    if (d.hint !== undefined) out += `  ${paint("36", "hint:")} ${folded(visible(d.hint), width, " ".repeat(8))}\n`;
  }
  return withoutCommands(out);
}

/** The first line of a range, with `^` below the range. */
function codeFrame(text: string, at: Located, paint: (marks: string) => string): string {
  const lineStart = at.range.start - at.column + 1;
  const newline = text.indexOf("\n", lineStart);
  // The line end is `\n` or `\r\n`.
  const line = text.slice(lineStart, newline === -1 ? text.length : newline).replace(/\r$/, "");
  if (line.trim() === "" && at.range.start === at.range.end) return "";
  // A line that is longer than a terminal is cut around the range.
  const from = line.length > 160 ? Math.max(0, at.column - 60) : 0;
  const shown = visible(line.slice(from, from + 160).replaceAll("\t", " "));
  const before = at.column - 1 - from;
  const length = Math.max(
    1,
    Math.min((at.endLine === at.line ? at.endColumn : line.trimEnd().length + 1) - at.column, shown.length - before),
  );
  const number = String(at.line);
  return `  ${number} | ${shown}\n  ${" ".repeat(number.length)} | ${" ".repeat(before)}${paint("^".repeat(length))}\n`;
}

const DIFF_COLOURS: Readonly<Record<string, string>> = { "+": "32", "-": "31", "@": "36" };

/** A unified diff for a terminal: added lines green, removed ones red. */
export function colouredDiff(diff: string): string {
  return diff.replace(/^([-+@]).*$/gm, (line, sign: string) =>
    /^(?:\+\+\+|---) /.test(line) ? `\u001b[1m${line}\u001b[0m` : `\u001b[${DIFF_COLOURS[sign]}m${line}\u001b[0m`,
  );
}
