import type { Explanation } from "./codes.ts";
import type { Diagnostic, Place } from "./diagnostic.ts";
import { fullMessage } from "./github.ts";
import { located, positions } from "./positions.ts";
import type { Report } from "./report.ts";

/** A SARIF 2.1.0 log with one run (https://docs.oasis-open.org/sarif/sarif/v2.1.0/). */
export function toSarif(report: Report, version: string, explanationOf: (code: string) => Explanation | undefined): string {
  const finders = new Map([...report.sources].map(([file, text]) => [file, positions(text)]));
  const regionOf: RegionOf = ({ file, start, end }) => {
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
        tool: {
          driver: {
            name: "flakewright",
            ...(version === "" ? {} : { version }),
            rules: codes.map((code) => sarifRule(code, explanationOf(code))),
          },
        },
        columnKind: "utf16CodeUnits",
        results: located(report).map((d) => sarifResult(d, codes.indexOf(d.code), regionOf)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function sarifRule(code: string, explanation: Explanation | undefined): object {
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

/** A range as a SARIF region; undefined if the text of the file is unknown. */
type RegionOf = (place: Place) => object | undefined;

function sarifResult(d: Diagnostic, ruleIndex: number, regionOf: RegionOf): object {
  const at = (place: Place) => {
    const region = regionOf(place);
    return { physicalLocation: { artifactLocation: { uri: uriOf(place.file) }, ...(region ? { region } : {}) } };
  };
  const edits = d.fix ? [d.fix, ...(d.fix.also ?? [])] : [];
  const artifactChanges = [...new Set(edits.map(({ range }) => range.file))].map((file) => ({
    artifactLocation: { uri: uriOf(file) },
    replacements: edits
      .filter(({ range }) => range.file === file)
      .map(({ range, text }) => ({
        deletedRegion: regionOf(range) ?? {},
        ...(text === "" ? {} : { insertedContent: { text } }),
      })),
  }));
  return {
    ruleId: d.code,
    ruleIndex,
    level: d.severity,
    message: { text: fullMessage(d) },
    locations: [at({ ...d.range, file: d.file })],
    ...(d.related
      ? { relatedLocations: d.related.map(({ message, range }) => ({ message: { text: message }, ...at(range) })) }
      : {}),
    ...(artifactChanges.length > 0 ? { fixes: [{ description: { text: d.hint ?? d.message }, artifactChanges }] } : {}),
  };
}

/** A file name as a URI reference. A relative name stays relative to the current folder. */
function uriOf(file: string): string {
  const path = file
    .replaceAll("\\", "/")
    .split("/")
    .map((part) => encodeURIComponent(part))
    .join("/");
  return file.startsWith("/") ? `file://${path}` : path;
}
