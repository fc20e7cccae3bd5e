import { countBefore } from "../report/count-before.ts";
import { compareVersions, nearestVersions, newestOf } from "./package-versions.ts";

/*
 * An index of nixpkgs' history: which revision had which version of a package. JSON as github:fzakaria/nixpkgs-multiverse has it
 * (docs/design.md there): revisions.json lists the revisions, index/versions.json the newest revision of each version, and
 * index/history.json, which may be missing, the first and last one.
 */

interface Revision {
  readonly rev: string;
  readonly date: string;
}

/** The files' texts; `history` is undefined where there is no such file. */
export interface IndexTexts {
  readonly revisions: string;
  readonly versions: string;
  readonly history?: string | undefined;
}

/** A version of an attribute and the revisions that have it, as offsets; both ends belong to it. */
export interface Found {
  readonly attribute: string;
  readonly version: string;
  readonly first: number;
  readonly last: number;
}

/** A version that is not there. */
export interface NotFound {
  /** Whether the index has the package at all. */
  readonly known: boolean;
  /** The nearest versions that it has, the newest last. */
  readonly near: readonly string[];
}

/** Attribute → version → offset of the newest revision that has it; null is the newest one that is covered. */
type Attributes = Readonly<Record<string, Readonly<Record<string, number | null>>>>;
/** Attribute → version → `[first, last]`, or a list of them. */
type History = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export class VersionIndex {
  /** The number of revisions that the versions are known of. */
  readonly count: number;
  readonly #revisions: readonly Revision[];
  readonly #attributes: Attributes;
  readonly #history: History;
  /** Attributes by their name without separators and version, in lower case. */
  #series: Map<string, string[]> | undefined;

  private constructor(revisions: readonly Revision[], count: number, attributes: Attributes, history: History) {
    this.#revisions = revisions;
    this.count = count;
    this.#attributes = attributes;
    this.#history = history;
  }

  /** Every attribute that the index has. */
  names(): string[] {
    return Object.keys(this.#attributes);
  }

  /** Reads the files; a sentence on what is wrong with one. */
  static read({ revisions, versions, history }: IndexTexts): VersionIndex | string {
    const list = parsed(revisions);
    if (!Array.isArray(list) || list.length === 0) return "revisions.json is no list of revisions";
    for (const [at, one] of list.entries())
      if (!/^[0-9a-f]{40}$/.test(String(one?.rev)) || !/^\d{4}-\d{2}-\d{2}$/.test(String(one?.date)))
        return `revisions.json: entry ${at} has no commit and date`;
    const table = parsed(versions) as { revisionCount?: unknown; attrs?: unknown } | undefined;
    const { revisionCount: count, attrs } = table ?? {};
    if (!Number.isInteger(count) || typeof attrs !== "object" || attrs === null)
      return "index/versions.json has no `revisionCount` and `attrs`";
    if (Number(count) < 1 || Number(count) > list.length)
      return `index/versions.json covers ${count} revisions, and revisions.json has ${list.length}: they are of two indexes`;
    const known = history === undefined ? {} : parsed(history);
    if (typeof known !== "object" || known === null || Array.isArray(known)) return "index/history.json is no map";
    for (const [name, offsets] of Object.entries(attrs))
      for (const offset of Object.values((offsets ?? {}) as object))
        if (offset !== null && !(Number.isInteger(offset) && offset >= 0 && offset < Number(count)))
          return `index/versions.json: \`${name}\` refers to a revision that is not there`;
    return new VersionIndex(list, Number(count), attrs as Attributes, known as History);
  }

  revision(offset: number): Revision {
    return this.#revisions[offset] as Revision;
  }

  /**
   * Finds the newest version that satisfies what was asked for, in the attribute itself, under its other names, and in the attributes of
   * its series: `nodejs` and `nodejs_22`.
   */
  find(attribute: string, asked: string, otherNames: readonly string[] = []): Found | NotFound {
    const names = [...new Set([attribute, ...otherNames])].filter((name) => Object.hasOwn(this.#attributes, name));
    const all = [...new Set([...names, ...this.#seriesOf(attribute, asked)])];
    const found = all.flatMap((name): Found[] => {
      const version = newestOf(Object.keys(this.#attributes[name] ?? {}), asked);
      return version === undefined ? [] : [this.#block(name, version)];
    });
    const rank = (one: Found) => (one.attribute === attribute ? 2 : names.includes(one.attribute) ? 1 : 0);
    const [best] = found.sort((a, b) => compareVersions(b.version, a.version) || rank(b) - rank(a) || b.last - a.last);
    if (best) return best;
    const versions = (names.length > 0 ? names : all).flatMap((name) => Object.keys(this.#attributes[name] ?? {}));
    const series = this.#seriesOf(attribute, "").flatMap((name) => Object.keys(this.#attributes[name] ?? {}));
    return { known: versions.length > 0 || series.length > 0, near: nearestVersions([...versions, ...series], asked) };
  }

  /** The attributes that hold other series of a package; with `asked`, those whose own version is the beginning of it. */
  #seriesOf(attribute: string, asked: string): string[] {
    if (attribute.includes(".")) return [];
    if (!this.#series) {
      this.#series = new Map();
      for (const name of Object.keys(this.#attributes)) {
        const { base } = splitName(name);
        const series = this.#series.get(base);
        if (series) series.push(name);
        else this.#series.set(base, [name]);
      }
    }
    const digits = asked.replace(/[^0-9]/g, "");
    return (this.#series.get(splitName(attribute).base) ?? []).filter((name) => {
      const { series } = splitName(name);
      return asked === "" || digits.startsWith(series) || series.startsWith(digits);
    });
  }

  /**
   * The newest unbroken run of revisions with a version. Without a history, it begins behind the newest revision of the version before
   * it: in between, the attribute had this version or a newer one.
   */
  #block(attribute: string, version: string): Found {
    const offsets = this.#attributes[attribute] ?? {};
    const offsetOf = (one: string) => offsets[one] ?? this.count - 1;
    const last = offsetOf(version);
    const runs = runsOf(this.#history[attribute]?.[version], this.count);
    const run = runs.find((one) => one[0] <= last && last <= one[1]);
    if (run) return { attribute, version, first: run[0], last };
    const before = Object.keys(offsets)
      .map(offsetOf)
      .reduce((newest, offset) => (offset < last ? Math.max(newest, offset) : newest), -1);
    return { attribute, version, first: before === -1 ? last : before + 1, last };
  }
}

/** The names of nixpkgs have at most half of that; the pattern takes the square of it. */
const LONGEST_NAME = 200;

/** A name without separators and version, in lower case, and the digits of the version: `nodejs-16_x` is `nodejs` and `16`. */
function splitName(name: string): { readonly base: string; readonly series: string } {
  const match = name.length > LONGEST_NAME ? null : /^(.*?[A-Za-z]{2}[^0-9]*?)[_-]?(\d+(?:[_.]\d+)*)?(?:_x)?$/.exec(name);
  const [, base = name, series = ""] = match ?? [];
  return { base: base.replace(/[_-]/g, "").toLowerCase(), series: series.replace(/[^0-9]/g, "") };
}

/** `[first, last]` or a list of such; an open run ends in null. */
function runsOf(value: unknown, count: number): [number, number][] {
  if (!Array.isArray(value)) return [];
  const runs = Array.isArray(value[0]) ? value : [value];
  return runs.flatMap((run: unknown): [number, number][] => {
    const [first, last] = Array.isArray(run) ? run : [];
    const end = last === null ? count - 1 : last;
    return Number.isInteger(first) && Number.isInteger(end) && first >= 0 && first <= end && end < count ? [[first, end]] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The fewest revisions with all of these versions: the newest revision of the run that ends first has to be one of them, or one as good.
 * Each version is then taken from the newest chosen revision that has it. The proof is in docs/design.md of nixpkgs-multiverse.
 *
 * @param fixed Revisions that are there anyway.
 * @returns The offset of each entry's revision, in their order.
 */
export function fewestRevisions(found: readonly Found[], fixed: readonly number[] = []): number[] {
  const offered = [...fixed].sort((a, b) => a - b);
  // Those that are chosen come in their order, and all are before the end of the next run.
  const chosen: number[] = [];
  for (const { first, last } of [...found].sort((a, b) => a.last - b.last))
    if ((chosen.at(-1) ?? -1) < first && (newestUpTo(offered, last) ?? -1) < first) chosen.push(last);
  const all = [...offered, ...chosen].sort((a, b) => a - b);
  return found.map(({ last }) => newestUpTo(all, last) ?? last);
}

/** The largest of sorted offsets that is not above a limit. */
const newestUpTo = (offsets: readonly number[], limit: number): number | undefined =>
  offsets[countBefore(offsets, (offset) => offset <= limit) - 1];
