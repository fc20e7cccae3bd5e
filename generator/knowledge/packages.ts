import { addTo } from "../report/lists-by-key.ts";
import { type Candidate, NameIndex } from "../report/suggestions.ts";
import { type History, hadHappened, readHistory } from "./package-history.ts";
import { type Moment, RELEASES, UNSTABLE } from "./releases.ts";
import { isWellKnown, TOOL_NAMES, wellKnown } from "./tool-names.ts";

/*
 * Facts about the packages of nixpkgs. A look-up searches in the text of the file, because parsing 30,000 lines would be slow for a spec
 * of thirty tools.
 *
 * The text is ASCII. Lines end with "\n", tabs separate cells, and empty cells at the end of a line are omitted:
 *
 *   flakewright-facts  1  RELEASE  bundled|exact  DAY      format, nixpkgs release, whether it is the spec's own nixpkgs; its day
 *   attribute  version  mainProgram  systems:A,B,C  flags  …    the columns' names
 *   kubectl    1.36.2   .            f
 *
 * Rows are sorted by attribute (a dotted path inside a package set), by code units. `mainProgram` is `.` if it equals the attribute. The column
 * `systems:` is a hexadecimal number with one bit for each system in the column's name, the first system in the highest bit; the bit is set
 * if the package is available. `flags`: u unfree, b broken, i insecure. The optional columns are `licenses` (SPDX ids, separated by spaces),
 * `pname` (`.` if it equals the last part of the attribute), `description`, `history` (package-history.ts) and `oldest`:
 * SYSTEMS,FLAGS,PNAME,VERSION in the oldest release of the facts, if they differ. Before the packages there can be package sets for which only
 * the names are known, each on one line: the set followed by a dot, a tab, and its names separated by spaces. `+` before a name: not in the
 * oldest release; `-`: not in the newest one. `\` and characters that are not printable ASCII are escaped as in JSON.
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
  /** The text of the cell `history`. */
  readonly history?: string;
  /** The text of the cell `oldest`. */
  readonly oldest?: string;
}

/** The names of a package: what `containing` finds. */
export type NamedPackage = Pick<PackageFacts, "attribute" | "mainProgram">;

/** What a name is in a state of nixpkgs. */
export type Verdict =
  /** `facts` is undefined in a package set for which only the names are known. */
  | { readonly kind: "package"; readonly facts: PackageFacts | undefined }
  /** An old name that still works. */
  | {
      readonly kind: "renamed";
      readonly to: string | undefined;
      readonly since: string | undefined;
      readonly facts: PackageFacts;
      /** False if the state of nixpkgs is unknown. */
      readonly certain: boolean;
    }
  | {
      readonly kind: "removed";
      /** The removed attribute: the name, or the package set that it is in. */
      readonly attribute: string;
      /** Whether it was renamed; `replacement` is then the new name. */
      readonly renamed: boolean;
      /** Undefined if there is none, or if it is not certain that this state has it. */
      readonly replacement: string | undefined;
      /** `2026-03-30`, `nixpkgs 25.05`; undefined if it is unknown. */
      readonly since: string | undefined;
      /** The first release that certainly does not have it: `25.11`. */
      readonly goneIn: string | undefined;
      readonly certain: boolean;
    }
  /** It was added after this state. */
  | { readonly kind: "newer"; readonly since: string | undefined }
  | { readonly kind: "unknown" };

/** Where facts come from. */
export interface FactsOrigin {
  /** The nixpkgs release: `24.05`. */
  readonly release: string;
  /** True for an index of the spec's own nixpkgs, false for the facts bundled with flakewright. */
  readonly exact: boolean;
  /** The systems for which availability is known. */
  readonly systems: readonly string[];
  /** The day of the nixpkgs, if it is known. */
  readonly day?: string | undefined;
}

/** Facts about the packages of one nixpkgs. */
export interface Facts extends FactsOrigin {
  /** The state of nixpkgs that the facts describe. */
  readonly moment: Moment;
  /** The facts of an attribute path that works, `python3Packages.ansible`; undefined if there is no such package. */
  find(attribute: string): PackageFacts | undefined;
  /** What an attribute path is in this state of nixpkgs. */
  verdict(attribute: string): Verdict;
  /** The names of an attribute's package in nixpkgs' `unfree` and `insecure` lists, in all states of the facts; `[]` if unknown. */
  pnames(attribute: string): string[];
  /** Whether it is what nixpkgs calls a package in its policies. */
  isPname(name: string): boolean;
  /**
   * Whether a missing attribute does not exist. True at the top level; inside a package set, true if the facts contain other packages of that
   * set.
   */
  covers(attribute: string): boolean;
  /** Attributes that are similar to `name`, the most likely first; see `NameIndex`. */
  nearest(name: string, max?: number): string[];
  /** All packages with their current names, sorted. */
  all(): PackageFacts[];
  /** The attributes of all unfree packages, sorted. */
  unfree(): readonly string[];
  /** The licences of all rows, as the facts have them; none if the facts have no such column. Only that column is read. */
  licenses(): ReadonlySet<string>;
  /**
   * Packages whose attribute or main program contains the word, in any case; sorted. A word of one or two letters is the beginning of the
   * attribute, or the whole main program: other hits would be half of nixpkgs. Little more than their names is read.
   */
  containing(word: string): NamedPackage[];
  /** All rows, including old names, sorted. */
  rows(): PackageFacts[];
  /** The attributes with this main program, the most likely first. */
  byProgram(program: string): string[];
}

const FORMAT = ["flakewright-facts", "1"];

/** The longest attribute that is looked up, in characters: nixpkgs has none of a tenth of that. */
const LONGEST_ATTRIBUTE = 1000;

/** So many searches go through the text. For more of one kind, all lines are read once. */
const FEW_SEARCHES = 30;

/**
 * Opens facts. Throws if the text has another format, such as an index of another version.
 *
 * @param asked The state of nixpkgs. It is ignored for an index, which has its own.
 */
export function openFacts(text: string, asked: Moment = UNSTABLE): Facts {
  const firstEnd = text.indexOf("\n");
  const namesEnd = text.indexOf("\n", firstEnd + 1) + 1;
  const [kind, format, release, origin, day = ""] = text.slice(0, firstEnd).split("\t");
  if (
    kind !== FORMAT[0] ||
    format !== FORMAT[1] ||
    release === undefined ||
    origin === undefined ||
    firstEnd < 0 ||
    namesEnd === 0
  ) {
    throw new Error("not package facts of this version");
  }
  const columns = text.slice(firstEnd + 1, namesEnd - 1).split("\t");
  const systemsColumn = columns.findIndex((column) => column.startsWith("systems:"));
  const systems = columns[systemsColumn]?.slice("systems:".length).split(",") ?? [];
  const at = new Map(columns.map((column, index) => [column, index]));
  const exact = origin === "exact";
  const moment: Moment = exact ? { ...UNSTABLE, name: `nixpkgs ${release}` } : asked;
  const isOld =
    !exact && moment.to !== UNSTABLE.to && daysBetween(RELEASES[0]?.branched, moment.to) < daysBetween(moment.to, day);

  const sets = new Map<string, readonly [start: number, end: number]>();
  let body = namesEnd;
  for (let tab = text.indexOf("\t", body); tab !== -1 && text[tab - 1] === "."; tab = text.indexOf("\t", body)) {
    const end = text.indexOf("\n", tab);
    sets.set(text.slice(body, tab), [tab + 1, end]);
    body = end + 1;
  }

  /** The start of the line at an offset. */
  const lineStart = (offset: number) => text.lastIndexOf("\n", offset - 1) + 1;
  const lineEnd = (start: number) => {
    const end = text.indexOf("\n", start);
    return end === -1 ? text.length : end;
  };
  /** The first cell of a line that ends at `end`. */
  const attributeAt = (start: number, end: number) => {
    const tab = text.indexOf("\t", start);
    return text.slice(start, tab === -1 || tab > end ? end : tab);
  };

  /** The start of the first line whose attribute is not below `attribute`. */
  function lowerBound(attribute: string): number {
    // What follows an attribute, a tab or the end of its line, is below all characters of a name.
    const cell = `${attribute}\t`;
    let [low, high] = [body, text.length];
    while (low < high) {
      const start = lineStart((low + high) >> 1);
      if (text.slice(start, start + cell.length) < cell) low = lineEnd(start) + 1;
      else high = start;
    }
    return low;
  }

  /** By the digits in the column: there are few. */
  const knownSystems = new Map<string, readonly string[]>();
  function systemsOf(digits: string): readonly string[] {
    const known = knownSystems.get(digits);
    if (known) return known;
    const bits = Number.parseInt(digits, 16);
    const found = systems.filter((_, index) => Math.floor(bits / 2 ** (systems.length - 1 - index)) % 2 === 1);
    knownSystems.set(digits, found);
    return found;
  }

  function parse(start: number): PackageFacts {
    const cells = text.slice(start, lineEnd(start)).split("\t");
    const cell = (column: string) => decodeCell(cells[at.get(column) ?? -1] ?? "");
    const attribute = cell("attribute");
    const program = cell("mainProgram");
    const oldest = cell("oldest");
    const history = cell("history");
    const [oldBits, oldFlags, oldPname, oldVersion] = isOld && oldest !== "" ? oldest.split(",") : [];
    const flags = oldBits === undefined ? cell("flags") : (oldFlags ?? "");
    const facts: { -readonly [K in keyof PackageFacts]: PackageFacts[K] } = {
      attribute,
      version: oldVersion ?? cell("version"),
      mainProgram: program === "." ? attribute : program,
      systems: systemsOf(oldBits ?? (cells[systemsColumn] || "0")),
      unfree: flags.includes("u"),
      broken: flags.includes("b"),
      insecure: flags.includes("i"),
    };
    if (at.has("licenses")) facts.licenses = cell("licenses").split(" ").filter(Boolean);
    if (at.has("pname")) {
      const pname = cell("pname");
      facts.pname = oldPname || (pname === "." ? attribute.slice(attribute.lastIndexOf(".") + 1) : pname);
    }
    if (at.has("description")) facts.description = cell("description");
    if (history !== "") facts.history = history;
    if (oldest !== "") facts.oldest = oldest;
    return facts;
  }

  const covered = new Map<string, boolean>();
  function covers(attribute: string): boolean {
    const dot = attribute.lastIndexOf(".");
    if (dot === -1) return true;
    const set = attribute.slice(0, dot + 1);
    let answer = covered.get(set);
    if (answer === undefined) {
      answer = text.startsWith(set, lowerBound(set)) || namesOf(set) !== undefined;
      covered.set(set, answer);
    }
    return answer;
  }

  /** Rules and views ask for the same packages several times. */
  const read = new Map<string, PackageFacts>();

  function row(attribute: string): PackageFacts | undefined {
    const known = read.get(attribute);
    if (known) return known;
    const start = lowerBound(attribute);
    if (start >= text.length || attributeAt(start, lineEnd(start)) !== attribute) return undefined;
    const found = parse(start);
    read.set(attribute, found);
    return found;
  }

  function verdict(attribute: string): Verdict {
    // Each set is asked for the one in it: a hundred thousand dots would overflow the stack.
    if (attribute.length > LONGEST_ATTRIBUTE) return { kind: "unknown" };
    const dot = attribute.lastIndexOf(".");
    const known = row(attribute);
    if (known) return judged(known, readHistory(known.history ?? "", day));
    if (dot === -1) return { kind: "unknown" };
    const set = verdict(attribute.slice(0, dot));
    if (set.kind === "removed") return { ...set, replacement: undefined };
    const names = namesOf(attribute.slice(0, dot + 1));
    return names === undefined ? { kind: "unknown" } : inSet(names, attribute.slice(dot + 1));
  }

  const setTexts = new Map<string, string>();
  /** The names of a package set, with a space before and after each. All versions of Python 3 have the same names. */
  function namesOf(set: string): string | undefined {
    const range = sets.get(set) ?? sets.get(set.replace(/^python3[0-9]+Packages\.$/, "python3Packages."));
    if (!range) return undefined;
    const names = setTexts.get(set) ?? ` ${text.slice(...range)} `;
    setTexts.set(set, names);
    return names;
  }

  /** The verdict in a package set for which only the names are known. */
  function inSet(names: string, name: string): Verdict {
    const oldest = RELEASES[0]?.branched ?? "";
    const sign = ["", "+", "-"].find((one) => names.includes(` ${one}${name} `));
    if (sign === undefined) return { kind: "unknown" };
    if (sign === "-" && moment.from >= day) {
      const gone = { renamed: false, replacement: undefined, since: undefined, goneIn: undefined, certain: true };
      return { kind: "removed", attribute: name, ...gone };
    }
    if (sign === "+" && moment.to <= oldest) return { kind: "newer", since: undefined };
    return { kind: "package", facts: undefined };
  }

  function judged(facts: PackageFacts, history: History): Verdict {
    const { attribute } = facts;
    if (hadHappened(history.came, moment) === false && history.came) return { kind: "newer", since: history.came.since };
    const gone = hadHappened(history.gone, moment);
    if (gone !== false) {
      return {
        kind: "removed",
        attribute,
        renamed: history.name !== undefined,
        replacement: present(history.name ?? history.replacement),
        since: history.gone?.since,
        goneIn: history.goneIn,
        certain: gone === true,
      };
    }
    const renamed = hadHappened(history.renamed, moment);
    // In a state between two releases, the old name can still be the only one.
    if (renamed === true || (renamed === undefined && moment.name === undefined)) {
      const to = present(history.name);
      return { kind: "renamed", to, since: history.renamed?.since, facts, certain: renamed === true };
    }
    return { kind: "package", facts };
  }

  /** The name, if it is certain that this state has a package of that name. */
  function present(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const found = row(name);
    // The facts contain only a part of the names in package sets.
    if (!found) return name.includes(".") && moment.from >= day ? name : undefined;
    const { came, gone, renamed } = readHistory(found.history ?? "", day);
    const isThere = (came ? hadHappened(came, moment) : true) === true;
    return isThere && hadHappened(gone, moment) === false && hadHappened(renamed, moment) !== true ? name : undefined;
  }

  function find(attribute: string): PackageFacts | undefined {
    if (!covers(attribute)) return undefined;
    const found = verdict(attribute);
    if (found.kind === "package" || found.kind === "renamed") return found.facts;
    // It is possible that this state still has it.
    return found.kind === "removed" && !found.certain ? row(attribute) : undefined;
  }

  /** Whether the attribute is the current name of a package. */
  const isThere = (attribute: string): boolean => verdict(attribute).kind === "package";

  function pnames(attribute: string): string[] {
    const found = row(attribute);
    if (!found) return [];
    const name = readHistory(found.history ?? "", day).name;
    const [, , old = ""] = (found.oldest ?? "").split(",");
    const now = name === undefined ? undefined : row(name);
    return [...new Set([found.pname, old, now?.pname].filter((one) => one !== undefined && one !== ""))] as string[];
  }

  let allPnames: Set<string> | undefined;
  let pnameSearches = 0;
  function isPname(name: string): boolean {
    const column = at.get("pname");
    if (column === undefined || name === "" || /[\t\n]/.test(name)) return false;
    if (++pnameSearches > FEW_SEARCHES) {
      allPnames ??= pnamesInText();
      return allPnames.has(name);
    }
    for (let hit = text.indexOf(`\t${name}`, body); hit !== -1; hit = text.indexOf(`\t${name}`, hit + 1))
      if (/[\t\n]/.test(text[hit + name.length + 1] ?? "\n") && parse(lineStart(hit)).pname === name) return true;
    return row(name)?.pname === name;
  }

  /** The names for which `isPname` finds a cell with the name, or an attribute. */
  function pnamesInText(): Set<string> {
    const names = new Set<string>();
    for (let start = body; start < text.length; start = lineEnd(start) + 1) {
      const { attribute, pname = "" } = parse(start);
      if (pname === attribute || `${text.slice(start, lineEnd(start))}\t`.includes(`\t${pname}\t`)) names.add(pname);
    }
    return names;
  }

  let owners: Map<string, string[]> | undefined;
  let searches = 0;
  /** The attributes with this main program. */
  function ownersOf(program: string): readonly string[] {
    if (++searches > FEW_SEARCHES) {
      if (!owners) {
        owners = new Map();
        for (const { attribute, mainProgram } of rows()) if (mainProgram !== "") addTo(owners, mainProgram, attribute);
      }
      return owners.get(program) ?? [];
    }
    const found: string[] = [];
    for (let hit = text.indexOf(`\t${program}\t`, body); hit !== -1; hit = text.indexOf(`\t${program}\t`, hit + 1)) {
      const { attribute, mainProgram } = parse(lineStart(hit));
      if (mainProgram === program) found.push(attribute);
    }
    return found;
  }

  function byProgram(program: string): string[] {
    if (program === "" || /[\t\n]/.test(program)) return [];
    const found = ownersOf(program).filter(isThere);
    const rank = (attribute: string) => (isWellKnown(attribute) ? 0 : 1);
    found.sort((a, b) => rank(a) - rank(b) || a.length - b.length || (a < b ? -1 : 1));
    return isThere(program) && find(program)?.mainProgram === program
      ? [program, ...found.filter((one) => one !== program)]
      : found;
  }

  function rows(): PackageFacts[] {
    const found: PackageFacts[] = [];
    for (let start = body; start < text.length; start = lineEnd(start) + 1) found.push(parse(start));
    return found;
  }

  function licenses(): ReadonlySet<string> {
    const column = at.get("licenses");
    const cells = new Set<string>();
    if (column !== undefined)
      for (let start = body; start < text.length; start = lineEnd(start) + 1)
        cells.add(text.slice(start, lineEnd(start)).split("\t", column + 1)[column] ?? "");
    return new Set([...cells].flatMap((cell) => decodeCell(cell).split(" ").filter(Boolean)));
  }

  let lowerText: string | undefined;
  function containing(word: string): NamedPackage[] {
    const found: NamedPackage[] = [];
    const wanted = word.toLowerCase();
    if (wanted === "" || /[\t\n]/.test(wanted)) return found;
    // The text is ASCII: in lower case, everything has the same place.
    lowerText ??= text.toLowerCase();
    const isShort = wanted.length < 3;
    const starts = isShort ? startsOf([`\n${wanted}`, `\t${wanted}\t`], lowerText) : startsOf([wanted], lowerText);
    for (const start of starts) {
      const end = lineEnd(start);
      // Most hits in long lines are in columns that do not count.
      const attribute = attributeAt(start, end);
      const program = programAt(start + attribute.length, end);
      const mainProgram = program === "." ? attribute : program;
      const [name, called] = [attribute.toLowerCase(), mainProgram.toLowerCase()];
      const isNamed = isShort ? name.startsWith(wanted) || called === wanted : name.includes(wanted) || called.includes(wanted);
      if (isNamed && isThereAt(start, end)) found.push({ attribute, mainProgram });
    }
    return found;
  }

  /** The starts of the lines of packages that have one of the texts, sorted. */
  function startsOf(wanted: readonly string[], within: string): number[] {
    const starts = new Set<number>();
    for (const one of wanted)
      for (let hit = within.indexOf(one, body - 1); hit !== -1; ) {
        // A text that begins with the end of a line is in the next one.
        const start = lineStart(one.startsWith("\n") ? hit + 1 : hit);
        starts.add(start);
        hit = within.indexOf(one, lineEnd(start));
      }
    return [...starts].sort((a, b) => a - b);
  }

  const programColumn = at.get("mainProgram") ?? 0;
  /** The cell of the main program of the line whose first cell ends at `tab`. */
  function programAt(tab: number, end: number): string {
    const from = afterTabs(tab, end, programColumn);
    const next = text.indexOf("\t", from);
    return decodeCell(text.slice(from, next === -1 || next > end ? end : next));
  }

  /** The offset behind so many tabs, the end of the line if it has fewer. */
  function afterTabs(from: number, end: number, count: number): number {
    let offset = from;
    for (let tabs = 0; tabs < count; tabs++) {
      const tab = text.indexOf("\t", offset);
      if (tab === -1 || tab >= end) return end;
      offset = tab + 1;
    }
    return offset;
  }

  const historyColumn = at.get("history");
  /** By the cell of the history: there are few. */
  const current = new Map<string, boolean>([["", true]]);
  /** Whether the attribute of a line is the current name of a package. */
  function isThereAt(start: number, end: number): boolean {
    const from = historyColumn === undefined ? end : afterTabs(start, end, historyColumn);
    const tab = text.indexOf("\t", from);
    const cell = text.slice(from, tab === -1 || tab > end ? end : tab);
    const known = current.get(cell);
    if (known !== undefined) return known;
    const answer = isThere(attributeAt(start, end));
    current.set(cell, answer);
    return answer;
  }

  let index: NameIndex | undefined;
  let unfree: readonly string[] | undefined;
  return {
    release,
    exact,
    systems,
    day: day || undefined,
    moment,
    find,
    verdict,
    pnames,
    isPname,
    covers,
    nearest(name, max = 3) {
      index ??= suggestionIndex(text, body, isThere);
      const programs = byProgram(name).slice(0, 1);
      // Other package managers write versions as `terraform@1.5` or `nodejs=20`.
      const near = index.nearest(name.replace(/[@=:].*$/, ""), max, name);
      return [...new Set([...programs, ...near])].slice(0, max);
    },
    all: () => rows().filter((one) => isThere(one.attribute)),
    unfree() {
      unfree ??= rows().flatMap((one) => (one.unfree && isThere(one.attribute) ? [one.attribute] : []));
      return unfree;
    },
    licenses,
    containing,
    rows,
    byProgram,
  };
}

/**
 * The text of facts. Rows can be in any order. An optional column is written if a row has it.
 * @param sets package sets of which only the names are known, each name as its line has it
 */
export function factsText(
  origin: FactsOrigin,
  rows: readonly PackageFacts[],
  sets: ReadonlyMap<string, readonly string[]> = new Map(),
): string {
  const optional = (["licenses", "pname", "description", "history", "oldest"] as const).filter((column) =>
    rows.some((row) => row[column] !== undefined),
  );
  const header = ["attribute", "version", "mainProgram", `systems:${origin.systems.join(",")}`, "flags", ...optional];
  const lines = [...rows]
    .sort((a, b) => (a.attribute < b.attribute ? -1 : 1))
    .map((row) => {
      const bits = origin.systems.reduce((sum, system) => sum * 2 + (row.systems.includes(system) ? 1 : 0), 0);
      const flags = `${row.unfree ? "u" : ""}${row.broken ? "b" : ""}${row.insecure ? "i" : ""}`;
      const program = row.mainProgram === row.attribute ? "." : row.mainProgram;
      const ownName = row.attribute.slice(row.attribute.lastIndexOf(".") + 1);
      const more = optional.map((column) => {
        if (column === "licenses") return (row.licenses ?? []).join(" ");
        return column === "pname" && row.pname === ownName ? "." : (row[column] ?? "");
      });
      return [row.attribute, row.version, program, bits.toString(16), flags, ...more]
        .map(encodeCell)
        .join("\t")
        .replace(/\t+$/, "");
    });
  const first = [...FORMAT, origin.release, origin.exact ? "exact" : "bundled", ...(origin.day ? [origin.day] : [])].join("\t");
  const setLines = [...sets].map(([set, names]) => `${set}.\t${names.join(" ")}`);
  return `${[first, header.join("\t"), ...setLines, ...lines].join("\n")}\n`;
}

const encodeCell = (cell: string): string =>
  cell.replace(/[^\x20-\x5b\x5d-\x7e]/g, (c) => (c === "\\" ? "\\\\" : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`));

const decodeCell = (cell: string): string =>
  cell.includes("\\")
    ? cell.replace(/\\(u([0-9a-f]{4})|\\)/g, (_, all: string, code: string | undefined) =>
        code === undefined ? all : String.fromCharCode(Number.parseInt(code, 16)),
      )
    : cell;

/**
 * The candidates of suggestions for an unknown package: all attributes, and the common names of well-known tools.
 * @param body where the packages begin in the text of the facts
 * @param has whether the nixpkgs has the attribute under this name; others are never suggested
 */
function suggestionIndex(text: string, body: number, has: (attribute: string) => boolean): NameIndex {
  const popular: Candidate[] = Array.from(wellKnown(), (name) => ({ name, familiarity: "popular" }));
  // A misspelt `gcloud` leads to the package of gcloud.
  for (const { called, attribute } of TOOL_NAMES)
    if (called.length >= 4) popular.push({ name: called, familiarity: "popular", answer: attribute });
  return new NameIndex(popular, has, text.slice(body));
}

const daysBetween = (from: string | undefined, to: string): number => (Date.parse(to) - Date.parse(from ?? to)) / 86_400_000;
