import { NameIndex } from "./suggestions.ts";

/**
 * How many names are compared for one owner: 600 unknown names for 300 groups. More unknown names than that are no typing mistakes: they get no
 * suggestion.
 */
const MOST_COMPARED = 200_000;

const compared = new WeakMap<object, number>();

/** What was searched in a list of names. */
interface Searched {
  readonly index: NameIndex;
  readonly answers: Map<string, readonly string[]>;
}

const searched = new WeakMap<readonly string[], Searched>();

function searchedIn(names: readonly string[]): Searched {
  const before = searched.get(names);
  if (before) return before;
  const index = new NameIndex(names.map((name) => ({ name, familiarity: "listed" })));
  const first = { index, answers: new Map() };
  searched.set(names, first);
  return first;
}

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
