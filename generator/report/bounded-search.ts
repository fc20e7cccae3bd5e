import { memoized } from "./memoized.ts";
import { NameIndex } from "./suggestions.ts";

/**
 * How many names are compared for one owner: 600 unknown names for 300 groups. More unknown names than that are no typing mistakes: they get no
 * suggestion.
 */
const MOST_COMPARED = 200_000;

const compared = new WeakMap<object, number>();

/** The index of a list of names, and what was searched in it. */
const searchedIn = memoized((names: readonly string[]) => ({
  index: new NameIndex(names.map((name) => ({ name, familiarity: "listed" }))),
  answers: new Map<string, readonly string[]>(),
}));

/**
 * `nearestNames`, whose time for all calls with one owner, such as a model, is bounded: beyond it, nothing is suggested. A name that is searched
 * again in the same list costs nothing.
 */
export function boundedNearest(owner: object, name: string, names: readonly string[]): readonly string[] {
  const { index, answers } = searchedIn(names);
  const known = answers.get(name);
  if (known) return known;
  const before = compared.get(owner) ?? 0;
  if (before > MOST_COMPARED) return [];
  compared.set(owner, before + names.length);
  const found = index.nearest(name, 3);
  answers.set(name, found);
  return found;
}
