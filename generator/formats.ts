import { type Diagnostic, located, positions, type Range, type Report } from "./diagnostics.ts";
import { explanationOf } from "./rules.ts";

/* Diagnostics for machines that show them beside a change: GitHub's workflow commands and SARIF. */

/** `::error file=…,line=…::message`, one line each; GitHub shows them as annotations in the change. */
export function toGithub(report: Report): string {
  return located(report)
    .map((d) => {
      const properties: [string, string | number][] = [["file", d.file]];
      if (report.sources.has(d.file)) {
        properties.push(["line", d.line], ["endLine", d.endLine]);
        // Columns mean something to GitHub only within one line.
        if (d.line === d.endLine) properties.push(["col", d.column], ["endColumn", d.endColumn]);
      }
      properties.push(["title", d.code]);
      const list = properties.map(([name, value]) => `${name}=${githubProperty(String(value))}`).join(",");
      return `::${d.severity} ${list}::${githubData(fullMessage(d))}\n`;
    })
    .join("");
}

// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts documents the two kinds of escapes.
const githubData = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const githubProperty = (text: string): string => githubData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

const fullMessage = (d: Diagnostic): string => (d.hint === undefined ? d.message : `${d.message}\nhint: ${d.hint}`);

/** SARIF 2.1.0, one run. */
export function toSarif(report: Report, version: string): string {
  const finders = new Map([...report.sources].map(([file, text]) => [file, positions(text)]));
  const regionOf: RegionOf = (file, { start, end }) => {
    const find = finders.get(file);
    if (!find) return undefined;
    const [from, to] = [find(start), find(end)];
    return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
  };
  const codes = [...new Set(report.diagnostics.map((d) => d.code))].sort();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "flakewright", ...(version === "" ? {} : { version }), rules: codes.map(sarifRule) } },
        columnKind: "utf16CodeUnits",
        results: located(report).map((d) => sarifResult(d, codes.indexOf(d.code), regionOf)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function sarifRule(code: string): object {
  const explanation = explanationOf(code);
  if (!explanation) return { id: code };
  const { severity, summary, cause, fixed, source } = explanation;
  return {
    id: code,
    shortDescription: { text: summary },
    fullDescription: { text: cause },
    help: { text: `${cause}\n\nRight:\n${fixed}` },
    ...(source === undefined ? {} : { helpUri: source }),
    defaultConfiguration: { level: severity },
  };
}

/** A range as SARIF's region; undefined in a file whose text is not at hand. */
type RegionOf = (file: string, range: Range) => object | undefined;

function sarifResult(d: Diagnostic, ruleIndex: number, regionOf: RegionOf): object {
  const artifactLocation = { uri: uriOf(d.file) };
  const at = (range: Range) => {
    const region = regionOf(d.file, range);
    return { physicalLocation: { artifactLocation, ...(region ? { region } : {}) } };
  };
  const edits = d.fix ? [d.fix, ...(d.fix.also ?? [])] : [];
  const replacements = edits.map(({ range, text }) => ({
    deletedRegion: regionOf(d.file, range) ?? {},
    ...(text === "" ? {} : { insertedContent: { text } }),
  }));
  return {
    ruleId: d.code,
    ruleIndex,
    level: d.severity,
    message: { text: fullMessage(d) },
    locations: [at(d.range)],
    ...(d.related
      ? { relatedLocations: d.related.map(({ message, range }) => ({ message: { text: message }, ...at(range) })) }
      : {}),
    ...(replacements.length > 0
      ? { fixes: [{ description: { text: d.hint ?? d.message }, artifactChanges: [{ artifactLocation, replacements }] }] }
      : {}),
  };
}

/** A file's name as the reference that SARIF wants: relative ones stay relative to where the run was. */
function uriOf(file: string): string {
  const path = file
    .replaceAll("\\", "/")
    .split("/")
    .map((part) => encodeURIComponent(part))
    .join("/");
  return file.startsWith("/") ? `file://${path}` : path;
}
