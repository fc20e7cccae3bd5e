/** One meaning of a word: what `explain` prints, and what an editor shows where the word stands. */
export interface Meaning {
  readonly kind: "code" | "setting" | "feature" | "key" | "package";
  readonly title: string;
  /** One paragraph; Markdown's backquotes. */
  readonly text: string;
  /** Facts, each on a line of its own. */
  readonly facts: readonly Fact[];
  readonly example?: { readonly wrong?: string; readonly right: string };
}

export type Fact = readonly [name: string, value: string];

/** The facts that there are: those without a value are left out. */
export const factsOf = (facts: Readonly<Record<string, string | undefined>>): Fact[] =>
  Object.entries(facts).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
