import { located } from "./positions.ts";
import type { Report } from "./report.ts";

/** One JSON object: `{ diagnostics: [...], files: [...] }`. Positions are 1-based; columns are UTF-16 code units. */
export function toJson(report: Report, indent = 2): string {
  const diagnostics = located(report).map(({ code, severity, message, file, line, column, endLine, endColumn, hint }) => ({
    code,
    severity,
    message,
    file,
    line,
    column,
    endLine,
    endColumn,
    ...(hint === undefined ? {} : { hint }),
  }));
  return `${JSON.stringify({ diagnostics, files: report.files }, null, indent)}\n`;
}
