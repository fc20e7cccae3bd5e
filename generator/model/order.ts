/* Order and uniqueness, the same on every machine. */

/** By code units; a locale's order is another one on each machine. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function byName<T extends { readonly name: string }>(things: readonly T[]): T[] {
  return [...things].sort((a, b) => compare(a.name, b.name));
}

export const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];
