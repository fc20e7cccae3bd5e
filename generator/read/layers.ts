import type { Diagnostic, Place } from "../report/diagnostic.ts";
import { diagnostic } from "../report/diagnostic.ts";
import { addTo } from "../report/lists-by-key.ts";
import { pathKey, pathOfText, pathText, type SpecPath, valueAt } from "../report/spec-path.ts";
import { PlainMap } from "./plain-map.ts";
import type { Origin, Source, SourceFile } from "./source.ts";

/*
 * Several files as one document. Each file is a layer. A part that only one layer has is not copied, so that the cost of merging depends on
 * what the files have in common, not on their size.
 */

/** A part of the document. */
export type Part = Whole | MergedMap | MergedList;

/** A part of one file, unchanged. */
interface Whole extends Origin {
  readonly kind: "whole";
  readonly value: unknown;
}

/** A map of several files, or of one file without some of its parts. */
interface MergedMap {
  readonly kind: "map";
  readonly value: Record<string, unknown>;
  readonly children: ReadonlyMap<string, Part>;
  /** The place of diagnostics about the whole map. */
  readonly own: Whole;
}

/** A list of several files, or of one file without some of its items. */
interface MergedList {
  readonly kind: "list";
  readonly value: readonly unknown[];
  readonly items: readonly Part[];
  readonly own: Whole;
}

/** The long form of each top-level key that has a short form, so that the two can merge: `nixpkgs: nixos-26.05` is a map with `url`. */
export type ShortForms = Readonly<Record<string, (text: string) => Readonly<Record<string, string>>>>;

/** A file as one part. */
export const wholeFile = (file: SourceFile): Whole => whole(file, [], file.value);

const whole = (file: SourceFile, path: SpecPath, value: unknown): Whole => ({ kind: "whole", file, path, value });

const ownOf = (part: Part): Whole => (part.kind === "whole" ? part : part.own);

const kindOf = (value: unknown): "map" | "list" | "scalar" =>
  typeof value !== "object" || value === null ? "scalar" : Array.isArray(value) ? "list" : "map";

/** Whether a key has a value: its lines may be commented out. */
const hasValue = ({ value }: Part): boolean => value !== null && value !== undefined;

/** The entries of a map; empty for other values. */
function childrenOf(part: Part): ReadonlyMap<string, Part> {
  if (part.kind === "map") return part.children;
  if (part.kind === "list" || kindOf(part.value) !== "map") return new Map();
  const { file, path, value } = part;
  return new Map(Object.entries(value as object).map(([key, item]) => [key, whole(file, [...path, key], item)]));
}

function itemsOf(part: Part): readonly Part[] {
  if (part.kind === "list") return part.items;
  const { value } = part;
  if (part.kind === "map" || !Array.isArray(value)) return [];
  return value.map((item, index) => whole(part.file, [...part.path, index], item));
}

function mapPart(children: ReadonlyMap<string, Part>, own: Whole): MergedMap {
  const value = new PlainMap();
  for (const [key, child] of children) value[key] = child.value;
  return { kind: "map", value, children, own };
}

const listPart = (items: readonly Part[], own: Whole): MergedList => ({
  kind: "list",
  value: items.map((item) => item.value),
  items,
  own,
});

/** Merges files, and records which items of lists were dropped because an equal one exists. */
export class Merging {
  /** `include-conflict`. */
  readonly diagnostics: Diagnostic[] = [];
  /** The dropped items of lists: origin → the equal item that stays. */
  readonly equal = new Map<string, Whole>();
  readonly #shortForms: ShortForms;

  constructor(shortForms: ShortForms) {
    this.#shortForms = shortForms;
  }

  /**
   * Merges the included parts in their order, and then the including file's own part, if it has one, which has precedence.
   */
  merge(all: readonly Part[], ownPart: Part | undefined, path: SpecPath = []): Part {
    // A key without a value, whose lines may be commented out, adds nothing to what other files have.
    const isWritten = [...all, ...(ownPart ? [ownPart] : [])].some(hasValue);
    const included = isWritten ? all.filter(hasValue) : all;
    const own = isWritten && ownPart && !hasValue(ownPart) ? undefined : ownPart;
    const first = included[0] ?? own;
    if (!first || (own ? included.length === 0 : included.length === 1)) return first as Part;
    const layers = this.#longForms(own ? [...included, own] : included, path);
    const nearest = layers.at(-1) as Part;
    const kind = kindOf((own ? nearest : (layers[0] as Part)).value);
    if (own && kind === "scalar") return own;
    // A value of another type in the including file replaces the included ones.
    const alike = layers.filter((layer) => kindOf(layer.value) === kind);
    const other = layers.find((layer) => kindOf(layer.value) !== kind || (kind === "scalar" && layer.value !== first.value));
    if (!own && other) return this.#conflict(layers[0] as Part, other);
    if (kind === "map") return this.#maps(alike, own !== undefined, path);
    return kind === "list" ? this.#lists(alike) : first;
  }

  #maps(layers: readonly Part[], hasOwn: boolean, path: SpecPath): Part {
    const children = layers.map(childrenOf);
    const own = hasOwn ? children.at(-1) : undefined;
    const included = hasOwn ? children.slice(0, -1) : children;
    const merged = new Map<string, Part>();
    for (const key of new Set(children.flatMap((map) => [...map.keys()])))
      merged.set(
        key,
        this.merge(
          included.flatMap((map) => map.get(key) ?? []),
          own?.get(key),
          [...path, key],
        ),
      );
    return mapPart(merged, ownOf(layers.at(-1) as Part));
  }

  /** Joins lists without items that an earlier file has. Duplicates within one file stay, so that they are reported. */
  #lists(layers: readonly Part[]): Part {
    const kept = new Map<string, Part>();
    const items: Part[] = [];
    for (const layer of layers) {
      const added: [key: string, item: Part][] = [];
      for (const item of itemsOf(layer)) {
        const key = canonical(item.value);
        const before = kept.get(key);
        if (before) this.equal.set(originKey(ownOf(item)), ownOf(before));
        else {
          items.push(item);
          added.push([key, item]);
        }
      }
      for (const [key, item] of added) kept.set(key, item);
    }
    return listPart(items, ownOf(layers.at(-1) as Part));
  }

  #longForms(layers: readonly Part[], path: SpecPath): readonly Part[] {
    const expand = path.length === 1 ? this.#shortForms[String(path[0])] : undefined;
    if (!expand || !layers.some((layer) => kindOf(layer.value) === "map")) return layers;
    return layers.map((layer) => {
      if (typeof layer.value !== "string") return layer;
      const own = ownOf(layer);
      const parts = Object.entries(expand(layer.value)).map(([key, value]) => [key, { ...own, value }] satisfies [string, Part]);
      return mapPart(new Map(parts), own);
    });
  }

  #conflict(one: Part, other: Part): Part {
    const [first, second] = [ownOf(one), ownOf(other)];
    // The shorter path is a key of both files: a short form does not have the keys of the long form.
    const name = pathText(first.path.length < second.path.length ? first.path : second.path);
    const place = second.file.locate(second.path, "value");
    const message = `\`${name}\` has different values in ${first.file.file} and ${second.file.file}`;
    this.diagnostics.push(
      diagnostic("include-conflict", message, place.file, place, {
        hint: `set \`${name}\` in the file that includes both, or exclude one of them there: without: ["${name}"]`,
        related: [{ message: "the first value is here", range: first.file.locate(first.path, "value") }],
      }),
    );
    return one;
  }
}

/** A value as text. Equal values give the same text, also with another order of keys. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part) =>
      kindOf(part) === "map" ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
    ) ?? ""
  );
}

/** The part without the values at these paths, which must exist. */
export function without(part: Part, paths: readonly SpecPath[]): Part {
  const below = new Map<string | number, SpecPath[]>();
  for (const [step, ...rest] of paths) if (step !== undefined) addTo(below, step, rest);
  if (below.size === 0) return part;
  const left = (step: string | number, child: Part): Part[] => {
    const rest = below.get(step);
    if (!rest) return [child];
    return rest.some((path) => path.length === 0) ? [] : [without(child, rest)];
  };
  if (kindOf(part.value) === "list")
    return listPart(
      itemsOf(part).flatMap((item, index) => left(index, item)),
      ownOf(part),
    );
  const children = [...childrenOf(part)].flatMap(([key, child]) => left(key, child).map((one) => [key, one] as const));
  return mapPart(new Map(children), ownOf(part));
}

/** The deepest merged part on a path, and the rest of the path. */
function descend(part: Part, path: SpecPath): { readonly part: Part; readonly rest: SpecPath } {
  let here = part;
  for (const [depth, step] of path.entries()) {
    if (here.kind === "whole") return { part: here, rest: path.slice(depth) };
    const next = here.kind === "map" ? here.children.get(String(step)) : here.items[step as number];
    if (!next) return { part: here, rest: path.slice(depth) };
    here = next;
  }
  return { part: here, rest: [] };
}

/** The file and the path in it from which the value at a path of the document comes. */
export function originOf(part: Part, path: SpecPath): Origin {
  const { part: found, rest } = descend(part, path);
  const own = ownOf(found);
  return { file: own.file, path: [...own.path, ...rest] };
}

const originKey = ({ file, path }: Origin): string => `${file.file}\0${pathKey(path)}`;

/** A function from a path in a file to its path in the document; undefined for a part that the document does not have. */
export function finder(document: Part, equal: ReadonlyMap<string, Whole>): (origin: Origin) => SpecPath | undefined {
  let paths: Map<string, SpecPath> | undefined;
  const index = (part: Part, at: SpecPath, found: Map<string, SpecPath>): Map<string, SpecPath> => {
    if (part.kind === "whole") found.set(originKey(part), at);
    else if (part.kind === "map") for (const [key, child] of part.children) index(child, [...at, key], found);
    else
      for (const [position, item] of part.items.entries()) {
        if (item.kind !== "whole") found.set(originKey(item.own), [...at, position]);
        index(item, [...at, position], found);
      }
    return found;
  };
  return ({ file, path }) => {
    paths ??= index(document, [], new Map());
    for (let length = path.length; length >= 0; length--) {
      // Equal items can refer to each other, because each merge decides which one stays: `seen` prevents an endless loop.
      const seen = new Set<string>();
      let key: string | undefined = originKey({ file, path: path.slice(0, length) });
      while (key !== undefined && !seen.has(key)) {
        const found = paths.get(key);
        if (found) return [...found, ...path.slice(length)];
        seen.add(key);
        const kept = equal.get(key);
        key = kept && originKey(kept);
      }
    }
    return undefined;
  };
}

/**
 * Converts `lint: at:` of included files to paths of the whole document. In a file, the index of a list item refers to that file and its own
 * includes; in the whole document, the item can have another index. An acceptance of a part that the document does not have is removed.
 *
 * @param documents Each file with its own includes, by the file's name.
 */
export function withAcceptances(document: Part, documents: ReadonlyMap<string, Part>, equal: ReadonlyMap<string, Whole>): Part {
  const lint = childrenOf(document).get("lint");
  if (document.kind !== "map" || !lint || kindOf(lint.value) !== "list") return document;
  const find = finder(document, equal);
  const spec = document.own.file;
  const items = itemsOf(lint).flatMap((item): Part[] => {
    const { file } = ownOf(item);
    const home = documents.get(file.file);
    const at = valueAt(item, ["at"]);
    const path = file === spec || !home || typeof at !== "string" ? undefined : pathOfText(at, home.value);
    if (!path) return [item];
    const found = path.some((step) => typeof step === "number") ? find(originOf(home as Part, path)) : path;
    if (!found || valueAt(document, found) === undefined) return [];
    const value = Object.assign(new PlainMap(), item.value, { at: pathText(found) });
    return [{ ...ownOf(item), value }];
  });
  return mapPart(new Map([...document.children, ["lint", listPart(items, ownOf(lint))]]), document.own);
}

/** The document as input of the later stages. */
export function sourceOf(document: Part, files: readonly SourceFile[], equal: ReadonlyMap<string, Whole>): Source {
  const locate = (path: SpecPath, part: "key" | "value"): Place => {
    const { file, path: own } = originOf(document, path);
    return file.locate(own, part);
  };
  return {
    file: files[0]?.file ?? "",
    value: document.value,
    files,
    locate,
    origin: (path) => originOf(document, path),
    pathOf: finder(document, equal),
  };
}
