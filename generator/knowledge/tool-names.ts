import data from "./tool-names.json" with { type: "json" };

/*
 * What platform engineers call things, and what nixpkgs calls them. test/knowledge/tool-names.test.ts checks each row against
 * the package facts; README.md says where the rows come from.
 */

export interface ToolName {
  readonly called: string;
  /** Of nixpkgs' top level. */
  readonly attribute: string;
  /**
   * `other-thing`: nixpkgs has an attribute of that name, and it is something else; `program`: the name of a program, not of
   * its package; `other-name`: what other package managers and people call it.
   */
  readonly kind: "other-thing" | "program" | "other-name";
  /** Half a sentence that a message can hold, without a full stop; Markdown's backquotes. */
  readonly why: string;
  /** nixpkgs builds it only where `unfree` allows it. */
  readonly unfree?: true;
}

/** The words that `meta.description` of nixpkgs uses are in the data's `why`. */
const UNFREE: ReadonlySet<string> = new Set(data.unfree);

const row = (called: string, attribute: string, kind: ToolName["kind"], why: string): ToolName => ({
  called,
  attribute,
  kind,
  why,
  ...(UNFREE.has(attribute) ? { unfree: true } : {}),
});

/** All rows: first what is something else, then programs, then other names. */
export const TOOL_NAMES: readonly ToolName[] = [
  ...data.otherThings.map(({ called, attribute, why }) => row(called, attribute, "other-thing", why)),
  ...data.programs.map(({ called, attribute }) =>
    row(called, attribute, "program", `\`${called}\` is a program of the package \`${attribute}\``),
  ),
  ...data.otherNames.map(({ called, attribute }) => row(called, attribute, "other-name", `nixpkgs calls it \`${attribute}\``)),
];

const BY_CALLED: ReadonlyMap<string, ToolName> = new Map(TOOL_NAMES.map((name) => [name.called, name]));

/** The row for what somebody called a tool, in any case; undefined when nixpkgs calls it that too, or nothing is known. */
export function toolNamed(called: string): ToolName | undefined {
  return BY_CALLED.get(called) ?? BY_CALLED.get(called.toLowerCase());
}

export interface ToolCompletion {
  readonly attribute: string;
  /** What people call it: the program's name where that is another. */
  readonly called: string;
  /** A few words, without a full stop. */
  readonly description: string;
}

/** Tools that a platform often has, sorted by attribute: what an editor offers first. */
export function toolCompletions(): readonly ToolCompletion[] {
  return COMPLETIONS;
}

/** Whether the attribute is one that platform engineers use: among names that are equally near, these are meant. */
export const isWellKnown = (attribute: string): boolean => WELL_KNOWN.has(attribute);

const COMPLETIONS: readonly ToolCompletion[] = data.descriptions.map(({ attribute, description }) => ({
  attribute,
  called: TOOL_NAMES.find((name) => name.attribute === attribute && name.kind !== "other-name")?.called ?? attribute,
  description,
}));

const WELL_KNOWN: ReadonlySet<string> = new Set([...TOOL_NAMES, ...COMPLETIONS].map((one) => one.attribute));
