import type { Diagnostic } from "./diagnostic.ts";
import { located } from "./positions.ts";
import type { Report } from "./report.ts";

/** Workflow commands of GitHub Actions, one line each: `::error file=…,line=…::message`. GitHub shows them in the change. */
export function toGithub(report: Report): string {
  return located(report)
    .map((d) => {
      const properties: [string, string | number][] = [["file", d.file]];
      if (report.sources.has(d.file)) {
        properties.push(["line", d.line], ["endLine", d.endLine]);
        // GitHub uses columns only if the range is in one line.
        if (d.line === d.endLine) properties.push(["col", d.column], ["endColumn", d.endColumn]);
      }
      properties.push(["title", d.code]);
      const list = properties.map(([name, value]) => `${name}=${githubProperty(String(value))}`).join(",");
      return `::${d.severity} ${list}::${githubData(fullMessage(d))}\n`;
    })
    .join("");
}

// The escapes are those of https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
const githubData = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const githubProperty = (text: string): string => githubData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** The message, with the hint on a second line. */
export const fullMessage = (d: Diagnostic): string => (d.hint === undefined ? d.message : `${d.message}\nhint: ${d.hint}`);
