import type { Source } from "../read/source.ts";
import type { Place } from "../report/diagnostic.ts";
import { type SpecPath, valueAt } from "../report/spec-path.ts";

/* Names that a spec declares and refers to: groups, shells, inputs and hosts, across the files of the spec. */

/** Where names of a kind are declared and referred to. `*` is a name of the user's, `#` an index. */
interface NameKind {
  readonly key: string;
  readonly references: readonly string[];
  /** Maps whose keys are such names. */
  readonly keys?: readonly string[];
}

const KINDS: readonly NameKind[] = [
  {
    key: "groups",
    references: [
      "shells.*.groups.#",
      "buildUsers.roles.#.groups.#",
      "volumes.*.groups.#",
      "hosts.*.groups.#",
      "commands.*.groups.#",
      "images.*.groups.#",
    ],
    keys: ["policy.closure.*"],
  },
  {
    key: "inputs",
    references: ["groups.*.packages.#.from", "shells.*.packages.#.from", "nixpkgs.overlays.#.from", "inputs.*.follows.#"],
  },
  { key: "hosts", references: ["builders.#.host"] },
  { key: "shells", references: [] },
];

/** Places that hold a path of the spec as text: `groups.k8s.packages[0]`. */
const PATHS = ["lint.#.at", "include.#.without.#"];

/** A name of the spec and every place where it stands. */
export interface NamedThing {
  readonly name: string;
  /** The key that declares it: `groups`. */
  readonly key: string;
  readonly declaration: Place | undefined;
  readonly references: readonly Place[];
}

/** All names of a spec. */
export function namesOf(source: Source): NamedThing[] {
  const paths = PATHS.flatMap((pattern) => matches(source.value, pattern.split("."), []));
  return KINDS.flatMap(({ key, references, keys = [] }) => {
    const declared = Object.keys((valueAt(source, [key]) as object | undefined) ?? {});
    const uses = references.flatMap((pattern) => matches(source.value, pattern.split("."), []));
    const asKeys = keys.flatMap((pattern) => matches(source.value, pattern.split("."), []));
    return declared.map((name) => ({
      name,
      key,
      declaration: inner(source, [key, name], "key"),
      references: [
        ...uses.filter(({ value }) => value === name).map(({ path }) => inner(source, path, "value")),
        ...asKeys.filter(({ path }) => path.at(-1) === name).map(({ path }) => inner(source, path, "key")),
        ...paths.flatMap(({ path, value }) => partOf(source, path, String(value), key, name)),
      ],
    }));
  });
}

/** The name at an offset of a file. */
export function nameAt(names: readonly NamedThing[], isHere: (place: Place) => boolean): NamedThing | undefined {
  return names.find(({ declaration, references }) => [declaration, ...references].some((place) => place && isHere(place)));
}

/** A name without its quotes, which stay. */
function inner(source: Source, path: SpecPath, part: "key" | "value"): Place {
  const place = source.locate(path, part);
  const { text } = source.origin(path).file;
  const isQuoted =
    place.end - place.start > 1 && /^["']$/.test(text[place.start] ?? "") && text[place.start] === text[place.end - 1];
  return isQuoted ? { ...place, start: place.start + 1, end: place.end - 1 } : place;
}

/** Describes why a name can't have the new name; undefined if it can. */
export function renameProblem(source: Source, { name, key }: NamedThing, newName: string): string | undefined {
  if (newName === name) return undefined;
  if (!/^[a-z_][a-z0-9_-]{0,127}$/.test(newName) || /^(?:true|false|null)$/.test(newName))
    return `invalid name \`${newName}\`: use lower-case letters, digits, \`-\`, \`_\`, starting with a letter`;
  // One shell or package can't have two names, and groups and shells share theirs.
  const taken = (key === "groups" || key === "shells" ? ["groups", "shells"] : [key]).find((one) => {
    const declared = valueAt(source, [one]);
    return typeof declared === "object" && declared !== null && Object.hasOwn(declared, newName);
  });
  return taken === undefined ? undefined : `\`${taken}\` already has \`${newName}\``;
}

/** The name in an acceptance's `at: groups.k8s.packages[0]`. */
function partOf(source: Source, path: SpecPath, at: string, key: string, name: string): Place[] {
  const start = `${key}.${name}`;
  if (at !== start && !at.startsWith(`${start}.`) && !at.startsWith(`${start}[`)) return [];
  const place = source.locate(path, "value");
  const text = source.origin(path).file.text.slice(place.start, place.end);
  const offset = text.indexOf(start);
  if (offset === -1) return [];
  const begin = place.start + offset + key.length + 1;
  return [{ file: place.file, start: begin, end: begin + name.length }];
}

function matches(value: unknown, [step, ...rest]: readonly string[], path: SpecPath): { path: SpecPath; value: unknown }[] {
  if (step === undefined) return [{ path, value }];
  if (step === "#") return Array.isArray(value) ? value.flatMap((item, index) => matches(item, rest, [...path, index])) : [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const map = value as Readonly<Record<string, unknown>>;
  if (step === "*") return Object.keys(map).flatMap((key) => matches(map[key], rest, [...path, key]));
  return step in map ? matches(map[step], rest, [...path, step]) : [];
}
