/* Sorting and removal of duplicates, with the same result on every machine. */

/** Compares by UTF-16 code units; the order of a locale would depend on the machine. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A copy sorted by name. */
export function byName<T extends { readonly name: string }>(things: readonly T[]): T[] {
  return [...things].sort((a, b) => compare(a.name, b.name));
}

/** A copy without duplicates; the first of equal items stays. */
export const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];
