import { type Candidate, NameIndex } from "../report/suggestions.ts";
import { isWellKnown, TOOL_NAMES } from "./tool-names.ts";

/*
 * Facts about the packages of one nixpkgs. A look-up searches in the text of the file, because parsing 20,000 lines would be slow for a spec
 * of thirty tools.
 *
 * The text is ASCII. Lines end with "\n", tabs separate cells, and empty cells at the end of a line are omitted:
 *
 *   flakewright-facts  1  RELEASE  bundled|exact           format, nixpkgs release, whether it is the spec's own nixpkgs
 *   attribute  version  mainProgram  systems:A,B,C  flags  …    the columns' names
 *   kubectl    1.30.1                f
 *
 * Rows are sorted by attribute (a dotted path inside a package set), by code units. `mainProgram` is `.` if it equals the attribute. The column
 * `systems:` is a hexadecimal number with one bit for each system in the column's name, the first system in the highest bit; the bit is set
 * if the package is available. `flags`: u unfree, b broken, i insecure. The optional columns are `licenses` (SPDX ids, separated by spaces),
 * `pname` and `description`. `\` and characters that are not printable ASCII are escaped as in JSON.
 */

/** What is known about one package. */
export interface PackageFacts {
  readonly attribute: string;
  /** `""` if it has none. */
  readonly version: string;
  /** `""` if nixpkgs does not set it. */
  readonly mainProgram: string;
  /** The systems of `Facts.systems` on which it is available. */
  readonly systems: readonly string[];
  readonly unfree: boolean;
  readonly broken: boolean;
  readonly insecure: boolean;
  /** SPDX ids. Undefined if the facts have no such column; the same applies to the next two. */
  readonly licenses?: readonly string[];
  /** The name of the package in nixpkgs' `unfree` and `insecure` lists. */
  readonly pname?: string;
  readonly description?: string;
}

/** Where facts come from. */
export interface FactsOrigin {
  /** The nixpkgs release: `24.05`. */
  readonly release: string;
  /** True for an index of the spec's own nixpkgs, false for the facts bundled with flakewright. */
  readonly exact: boolean;
  /** The systems for which availability is known. */
  readonly systems: readonly string[];
}

/** Facts about the packages of one nixpkgs. */
export interface Facts extends FactsOrigin {
  /** The facts of an attribute path, `python3Packages.ansible`; undefined if there is no such package. */
  find(attribute: string): PackageFacts | undefined;
  /**
   * Whether a missing attribute does not exist. True at the top level; inside a package set, true if the facts contain other packages of that
   * set.
   */
  covers(attribute: string): boolean;
  /** Attributes that are similar to `name`, the most likely first; see `NameIndex`. */
  nearest(name: string, max?: number): string[];
  /** All packages, sorted. */
  all(): PackageFacts[];
  /** The attributes with this main program, the most likely first. */
  byProgram(program: string): string[];
}

const FORMAT = ["flakewright-facts", "1"];

/** Opens facts. Throws if the text has another format, such as an index of another version. */
export function openFacts(text: string): Facts {
  const firstEnd = text.indexOf("\n");
  const body = text.indexOf("\n", firstEnd + 1) + 1;
  const [kind, format, release, origin] = text.slice(0, firstEnd).split("\t");
  if (kind !== FORMAT[0] || format !== FORMAT[1] || release === undefined || origin === undefined || firstEnd < 0 || body === 0) {
    throw new Error("not package facts of this version");
  }
  const columns = text.slice(firstEnd + 1, body - 1).split("\t");
  const systemsColumn = columns.findIndex((column) => column.startsWith("systems:"));
  const systems = columns[systemsColumn]?.slice("systems:".length).split(",") ?? [];
  const at = new Map(columns.map((column, index) => [column, index]));

  /** The start of the line at an offset. */
  const lineStart = (offset: number) => text.lastIndexOf("\n", offset - 1) + 1;
  const lineEnd = (start: number) => {
    const end = text.indexOf("\n", start);
    return end === -1 ? text.length : end;
  };
  const attributeAt = (start: number, end: number) => {
    const tab = text.indexOf("\t", start);
    return text.slice(start, tab === -1 || tab > end ? end : tab);
  };

  /** The start of the first line whose attribute is not below `attribute`. */
  function lowerBound(attribute: string): number {
    let [low, high] = [body, text.length];
    while (low < high) {
      const start = lineStart((low + high) >> 1);
      const end = lineEnd(start);
      if (attributeAt(start, end) < attribute) low = end + 1;
      else high = start;
    }
    return low;
  }

  function parse(start: number): PackageFacts {
    const cells = text.slice(start, lineEnd(start)).split("\t");
    const cell = (column: string) => decodeCell(cells[at.get(column) ?? -1] ?? "");
    const attribute = cell("attribute");
    const program = cell("mainProgram");
    const bits = Number.parseInt(cells[systemsColumn] || "0", 16);
    const flags = cell("flags");
    return {
      attribute,
      version: cell("version"),
      mainProgram: program === "." ? attribute : program,
      systems: systems.filter((_, index) => Math.floor(bits / 2 ** (systems.length - 1 - index)) % 2 === 1),
      unfree: flags.includes("u"),
      broken: flags.includes("b"),
      insecure: flags.includes("i"),
      ...(at.has("licenses") ? { licenses: cell("licenses").split(" ").filter(Boolean) } : {}),
      ...(at.has("pname") ? { pname: cell("pname") } : {}),
      ...(at.has("description") ? { description: cell("description") } : {}),
    };
  }

  const covered = new Map<string, boolean>();
  function covers(attribute: string): boolean {
    const dot = attribute.lastIndexOf(".");
    if (dot === -1) return true;
    const set = attribute.slice(0, dot + 1);
    let answer = covered.get(set);
    if (answer === undefined) {
      answer = text.startsWith(set, lowerBound(set));
      covered.set(set, answer);
    }
    return answer;
  }

  function find(attribute: string): PackageFacts | undefined {
    if (!covers(attribute)) return undefined;
    const start = lowerBound(attribute);
    return start < text.length && attributeAt(start, lineEnd(start)) === attribute ? parse(start) : undefined;
  }

  function byProgram(program: string): string[] {
    if (program === "" || /[\t\n]/.test(program)) return [];
    const found: string[] = [];
    for (let hit = text.indexOf(`\t${program}\t`, body); hit !== -1; hit = text.indexOf(`\t${program}\t`, hit + 1)) {
      const facts = parse(lineStart(hit));
      if (facts.mainProgram === program) found.push(facts.attribute);
    }
    const rank = (attribute: string) => (isWellKnown(attribute) ? 0 : 1);
    found.sort((a, b) => rank(a) - rank(b) || a.length - b.length || (a < b ? -1 : 1));
    return find(program)?.mainProgram === program ? [program, ...found.filter((one) => one !== program)] : found;
  }

  let index: NameIndex | undefined;
  return {
    release,
    exact: origin === "exact",
    systems,
    find,
    covers,
    nearest(name, max = 3) {
      index ??= suggestionIndex(text.slice(body), (attribute) => find(attribute) !== undefined);
      const programs = byProgram(name).slice(0, 1);
      // Other package managers write versions as `terraform@1.5` or `nodejs=20`.
      const near = index.nearest(name.replace(/[@=:].*$/, ""), max, name);
      return [...new Set([...programs, ...near])].slice(0, max);
    },
    all() {
      const rows: PackageFacts[] = [];
      for (let start = body; start < text.length; start = lineEnd(start) + 1) rows.push(parse(start));
      return rows;
    },
    byProgram,
  };
}

/** The text of facts. Rows can be in any order. An optional column is written if a row has it. */
export function factsText(origin: FactsOrigin, rows: readonly PackageFacts[]): string {
  const optional = (["licenses", "pname", "description"] as const).filter((column) =>
    rows.some((row) => row[column] !== undefined),
  );
  const header = ["attribute", "version", "mainProgram", `systems:${origin.systems.join(",")}`, "flags", ...optional];
  const lines = [...rows]
    .sort((a, b) => (a.attribute < b.attribute ? -1 : 1))
    .map((row) => {
      const bits = origin.systems.reduce((sum, system) => sum * 2 + (row.systems.includes(system) ? 1 : 0), 0);
      const flags = `${row.unfree ? "u" : ""}${row.broken ? "b" : ""}${row.insecure ? "i" : ""}`;
      const program = row.mainProgram === row.attribute ? "." : row.mainProgram;
      const more = optional.map((column) => (column === "licenses" ? (row.licenses ?? []).join(" ") : (row[column] ?? "")));
      return [row.attribute, row.version, program, bits.toString(16), flags, ...more]
        .map(encodeCell)
        .join("\t")
        .replace(/\t+$/, "");
    });
  const first = [...FORMAT, origin.release, origin.exact ? "exact" : "bundled"].join("\t");
  return `${[first, header.join("\t"), ...lines].join("\n")}\n`;
}

const encodeCell = (cell: string): string =>
  cell.replace(/[^\x20-\x5b\x5d-\x7e]/g, (c) => (c === "\\" ? "\\\\" : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`));

const decodeCell = (cell: string): string =>
  cell.includes("\\")
    ? cell.replace(/\\(u([0-9a-f]{4})|\\)/g, (_, all: string, code: string | undefined) =>
        code === undefined ? all : String.fromCharCode(Number.parseInt(code, 16)),
      )
    : cell;

/** The candidates of suggestions for an unknown package: all attributes, and the common names of well-known tools. */
function suggestionIndex(lines: string, has: (attribute: string) => boolean): NameIndex {
  const candidates: Candidate[] = [];
  for (const line of lines.split("\n")) {
    const name = line.slice(0, line.indexOf("\t"));
    if (name !== "") candidates.push({ name, familiarity: isWellKnown(name) ? "popular" : "rare" });
  }
  // A misspelt `gcloud` leads to the package of gcloud.
  for (const { called, attribute } of TOOL_NAMES)
    if (called.length >= 4 && has(attribute)) candidates.push({ name: called, familiarity: "popular", answer: attribute });
  return new NameIndex(candidates);
}
