import data from "./tool-names.json" with { type: "json" };

/*
 * Common names of tools, and their attributes in nixpkgs. test/knowledge/tool-names.test.ts checks each row against the package facts;
 * README.md gives their source.
 */

/** A name of a tool that is not its attribute in nixpkgs. */
export interface ToolName {
  readonly called: string;
  /** An attribute at the top level of nixpkgs. */
  readonly attribute: string;
  /**
   * `other-thing`: nixpkgs has another package of that name. `program`: the name of a program, not of its package. `other-name`: the name in
   * other package managers, or a common one.
   */
  readonly kind: "other-thing" | "program" | "other-name";
  /** The reason, for a message: no full stop, backquotes as in Markdown. */
  readonly why: string;
  /** True if nixpkgs needs `unfree` for the package. */
  readonly unfree?: true;
}

const UNFREE: ReadonlySet<string> = new Set(data.unfree);

const row = (called: string, attribute: string, kind: ToolName["kind"], why: string): ToolName => ({
  called,
  attribute,
  kind,
  why,
  ...(UNFREE.has(attribute) ? { unfree: true } : {}),
});

/** All rows: first names of other packages, then programs, then other names. */
export const TOOL_NAMES: readonly ToolName[] = [
  ...data.otherThings.map(({ called, attribute, why }) => row(called, attribute, "other-thing", why)),
  ...data.programs.map(({ called, attribute }) =>
    row(called, attribute, "program", `\`${called}\` is a program of the package \`${attribute}\``),
  ),
  ...data.otherNames.map(({ called, attribute }) => row(called, attribute, "other-name", `nixpkgs calls it \`${attribute}\``)),
];

const BY_CALLED: ReadonlyMap<string, ToolName> = new Map(TOOL_NAMES.map((name) => [name.called, name]));

/** The row for a name, in upper or lower case. Undefined if the name is the attribute, or unknown. */
export function toolNamed(called: string): ToolName | undefined {
  return BY_CALLED.get(called) ?? BY_CALLED.get(called.toLowerCase());
}

const ONLY_OTHERS: ReadonlyMap<string, string> = new Map(data.onlyOthers.map(({ called, why }) => [called, why]));

/** The reason why a package of this name is not the well-known tool, if nixpkgs does not have that tool at all. */
export const onlyOtherThing = (called: string): string | undefined => ONLY_OTHERS.get(called);

/** A suggestion for an editor. */
export interface ToolCompletion {
  readonly attribute: string;
  /** The common name, such as the program's name. */
  readonly called: string;
  /** A few words, without a full stop. */
  readonly description: string;
}

const DESCRIPTIONS: ReadonlyMap<string, string> = new Map(
  data.descriptions.map(({ attribute, description }) => [attribute, description]),
);

/** What a common tool is, in a few words without a full stop. Undefined if the attribute is not that of a common tool. */
export const descriptionOf = (attribute: string): string | undefined => DESCRIPTIONS.get(attribute);

/** Common tools of platforms, sorted by attribute, for suggestions in an editor. */
export function toolCompletions(): readonly ToolCompletion[] {
  const called = new Map<string, string>();
  for (const name of TOOL_NAMES)
    if (name.kind !== "other-name" && !called.has(name.attribute)) called.set(name.attribute, name.called);
  return data.descriptions.map(({ attribute, description }) => ({
    attribute,
    called: called.get(attribute) ?? attribute,
    description,
  }));
}

const WELL_KNOWN: ReadonlySet<string> = new Set([...TOOL_NAMES, ...data.descriptions].map((one) => one.attribute));

/** Whether the attribute is a common tool of platforms. Of equally similar names, these are suggested first. */
export const isWellKnown = (attribute: string): boolean => WELL_KNOWN.has(attribute);

/** The attributes of the common tools of platforms. */
export const wellKnown = (): Iterable<string> => WELL_KNOWN;
