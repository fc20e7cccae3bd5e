import { nearestNames } from "./suggestions.ts";

/** How many names are compared for one owner. More unknown names than that are no typing mistakes: they get no suggestion. */
const MOST_COMPARED = 500_000;

const compared = new WeakMap<object, number>();

/** `nearestNames`, whose time for all calls with one owner, such as a model, is bounded: beyond it, nothing is suggested. */
export function boundedNearest(owner: object, name: string, names: readonly string[]): readonly string[] {
  const before = compared.get(owner) ?? 0;
  if (before > MOST_COMPARED) return [];
  compared.set(owner, before + names.length);
  return nearestNames(name, names);
}
