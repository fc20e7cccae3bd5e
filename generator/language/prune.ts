import { pathKey } from "../report/spec-path.ts";

/**
 * A value without the parts that validation rejected. A rejected item of a list becomes undefined, so that the other items keep their index.
 * A rejected value of a map becomes undefined and its key stays, so that a reference to that key is not reported as a second error.
 */
export type Pruned<T> = T extends readonly (infer Item)[]
  ? readonly (Pruned<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Pruned<T[Key]> | undefined }
    : T;

/**
 * Replaces the rejected parts of a value by undefined.
 *
 * @param value A YAML value: maps, lists, text, numbers, booleans and null.
 * @param rejected The paths of the rejected parts, each in the form of `pathKey`.
 */
export function prune<T>(value: unknown, rejected: ReadonlySet<string>): Pruned<T> {
  // A valid spec is not copied.
  return (rejected.size === 0 ? value : copy(value, [], rejected)) as Pruned<T>;
}

function copy(value: unknown, path: (string | number)[], rejected: ReadonlySet<string>): unknown {
  if (value === null || rejected.has(pathKey(path))) return undefined;
  if (typeof value !== "object") return value;
  const part = (key: string | number, item: unknown): unknown => {
    path.push(key);
    const result = copy(item, path, rejected);
    path.pop();
    return result;
  };
  if (Array.isArray(value)) return value.map((item, index) => part(index, item));
  // Without a prototype, like the reader's maps: a key named `constructor` is an ordinary key.
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) result[key] = part(key, item);
  return result;
}
