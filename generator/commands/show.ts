import { relative, resolve } from "node:path";
import { stringify } from "yaml";
import type { Compiled } from "../compile.ts";
import { isSpecPath } from "../knowledge/spec-file.ts";
import { withDefaults } from "../language/with-defaults.ts";
import type { Source } from "../read/source.ts";
import type { Diagnostic } from "../report/diagnostic.ts";
import { positions } from "../report/positions.ts";
import { pathOfText, pathText, type SpecPath, valueAt } from "../report/spec-path.ts";
import { nearestNames } from "../report/suggestions.ts";
import { quoted } from "../report/words.ts";
import type { System } from "../system/system.ts";
import { countOf, failed, type Options, type Outcome, printed } from "./outcome.ts";
import { compileSpec } from "./session.ts";

/** The column of the comments, where the lines are not longer. */
const COMMENT_COLUMN = 56;

/** A line of the merged spec and where its words stand; undefined for a default. */
interface Line {
  readonly text: string;
  readonly from: { readonly file: string; readonly line: number } | undefined;
  /** Further lines of the same text, which can hold no comment. */
  readonly more?: readonly string[];
}

/**
 * Prints the spec with what it includes, as YAML, each line with the file and line that it is from. Secrets are masked.
 *
 * @param place A place of the spec (`groups.k8s`), or a file to show in place of the usual spec.
 */
export async function show(system: System, options: Options, place = ""): Promise<Outcome> {
  const isFile = place !== "" && (isSpecPath(place) || (await system.kind(place)) === "file");
  const compiled = await compileSpec(system, isFile ? { ...options, spec: place } : options, undefined, false);
  if ("status" in compiled) return compiled;
  const { source, texts } = compiled;
  const diagnostics = isFile ? compiled.diagnostics.filter((one) => !isOfAWholeSpec(one)) : compiled.diagnostics;
  const report = { diagnostics, files: [], sources: texts };
  const summary = diagnostics.length > 0 ? { summary: countOf(diagnostics) } : {};
  if (!source) return { report, output: "", notes: [], ...summary, status: 1 };
  const { include: _, ...written } = (source.value ?? {}) as Record<string, unknown>;
  const value = options.defaults ? withDefaults(written) : written;
  const path = isFile ? [] : pathOfText(place, value);
  if (!path) {
    const near = nearestNames(place, Object.keys(written));
    return {
      ...printed(""),
      notes: [`the spec has no \`${place}\`${near.length > 0 ? `; did you mean ${quoted(near)}?` : ""}`],
      status: 2,
    };
  }
  const lines = new Lines(source, compiled).of(valueAt({ value }, path), path);
  const width = lines.reduce((most, line) => Math.min(COMMENT_COLUMN, Math.max(most, line.text.length)), 0);
  const text = lines.map((line) => `${commented(line, width)}\n${(line.more ?? []).map((one) => `${one}\n`).join("")}`).join("");
  const output = compiled.mask(`${path.length === 0 ? filesOf(system, compiled) : ""}${text}`);
  const data = {
    at: pathText(path),
    value: JSON.parse(compiled.mask(JSON.stringify(valueAt({ value }, path) ?? null))),
    lines: lines.map(({ text: line, from }) => ({ text: compiled.mask(line.trim()), ...(from ?? { file: null, line: null }) })),
  };
  return { report, output, isResult: true, data, notes: [], ...summary, status: failed(diagnostics, options) ? 1 : 0 };
}

/** A file that others include needs no `name` and no `groups`. */
const isOfAWholeSpec = ({ code, message }: Diagnostic): boolean =>
  code === "schema-missing-key" && /^`\w+` is missing$/.test(message);

const commented = ({ text, from }: Line, width: number): string =>
  `${text.padEnd(width)}  # ${from ? `${from.file}:${from.line}` : "default"}`;

/** The included files; of a symlink, also where it leads. */
function filesOf(system: System, { included, source }: Compiled): string {
  if (included.length === 0 || !source) return "";
  const real = included.map(({ file, path }) => {
    const shown = relative(system.cwd, path);
    return path === resolve(system.cwd, file) ? `# ${file}\n` : `# ${file}, which is ${shown.startsWith("..") ? path : shown}\n`;
  });
  return `# ${source.file} includes:\n${real.join("")}\n`;
}

/** A value as lines of YAML. */
class Lines {
  readonly #source: Source;
  readonly #finders: ReadonlyMap<string, ReturnType<typeof positions>>;

  constructor(source: Source, { texts }: Compiled) {
    this.#source = source;
    this.#finders = new Map([...texts].map(([file, text]) => [file, positions(text)]));
  }

  of(value: unknown, path: SpecPath, indent = ""): Line[] {
    if (isPlain(value)) return [{ ...scalar(value, indent, indent), from: this.#from(path, "value") }];
    return Object.entries(value as object).flatMap(([key, item]) => {
      const isList = Array.isArray(value);
      const at = [...path, isList ? Number(key) : key];
      const start = `${indent}${isList ? "-" : `${word(key)}:`}`;
      const from = this.#from(at, isList ? "value" : "key");
      if (isPlain(item)) return [{ ...scalar(item, `${start} `, indent), from }];
      const below = this.of(item, at, `${indent}  `);
      const [first] = below;
      // The first key of a map stands on the line of its dash.
      if (isList && first) return [{ ...first, text: `${start} ${first.text.trimStart()}` }, ...below.slice(1)];
      return [{ text: start, from }, ...below];
    });
  }

  #from(path: SpecPath, part: "key" | "value"): Line["from"] {
    const isWritten = path.length === 0 || valueAt(this.#source, path) !== undefined;
    if (!isWritten) return undefined;
    const { file, start } = this.#source.locate(path, part);
    return { file, line: this.#finders.get(file)?.(start).line ?? 1 };
  }
}

/** Whether a value stands on one line: `[]` and `{}` do. */
const isPlain = (value: unknown): boolean => typeof value !== "object" || value === null || Object.keys(value).length === 0;

/** A text of one line as YAML. Most are words, and the printer of YAML takes long for each of thousands. */
const word = (text: string): string =>
  /^[A-Za-z][A-Za-z0-9_-]*$/.test(text) && !/^(?:true|false|null)$/i.test(text)
    ? text
    : stringify(text, { lineWidth: 0 }).trimEnd();

function scalar(value: unknown, start: string, indent: string): { text: string; more?: string[] } {
  if (typeof value === "string" && /^[^\s][^\t]*\n$/.test(value) && !/[^\S\n]\n|\n\n$/.test(value)) {
    const lines = value.slice(0, -1).split("\n");
    return { text: `${start}|`, more: lines.map((line) => (line === "" ? "" : `${indent}  ${line}`)) };
  }
  if (typeof value === "string" && value.includes("\n")) return { text: `${start}${JSON.stringify(value)}` };
  if (typeof value === "string") return { text: `${start}${word(value)}` };
  // A value that could not be read is missing.
  return { text: `${start}${stringify(value ?? null, { lineWidth: 0 }).trimEnd()}` };
}
