import { pathKey } from "../report/spec-path.ts";

/**
 * A value of which parts may be missing: what validation refused is absent. A refused entry of a list leaves a hole, so that the
 * others keep their place; a refused entry of a map keeps its name, so that a reference to it is no second mistake.
 */
export type Pruned<T> = T extends readonly (infer Item)[]
  ? readonly (Pruned<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Pruned<T[Key]> | undefined }
    : T;

/**
 * Takes the refused parts out of a value.
 *
 * @param value A YAML value: maps, lists, text, numbers, booleans and null.
 * @param refused The refused places, each as `pathKey` writes it.
 */
export function prune<T>(value: unknown, refused: ReadonlySet<string>): Pruned<T> {
  // A spec without a mistake is itself: nothing is copied.
  return (refused.size === 0 ? value : copy(value, [], refused)) as Pruned<T>;
}

function copy(value: unknown, path: (string | number)[], refused: ReadonlySet<string>): unknown {
  if (value === null || refused.has(pathKey(path))) return undefined;
  if (typeof value !== "object") return value;
  const part = (key: string | number, item: unknown): unknown => {
    path.push(key);
    const result = copy(item, path, refused);
    path.pop();
    return result;
  };
  if (Array.isArray(value)) return value.map((item, index) => part(index, item));
  // Without a prototype, as the reader makes maps: a key named `constructor` is only a key.
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) result[key] = part(key, item);
  return result;
}
