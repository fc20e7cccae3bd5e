import { CORE_SCHEMA, defineMappingTag, load } from "js-yaml";

/**
 * What two readers may take differently, or one of them with a limit of its own: anchors, aliases, tags, directives, document marks,
 * control characters and escapes that may stand for one, numbers too large to be one, block texts that say how far they are indented or
 * begin with what could be a comment. A hit costs time, never truth: the careful reader reads the spec.
 */
const NEEDS_CARE =
  /(?:^|[\s,[{:-])(?:[&*][^\s,[\]{}&*]|!)|^(?:---|\.\.\.|%)|[\u0000-\u0009\u000b-\u001f\u007f\\\ufeff]|[\d.][eE][-+]?\d{3}|[|>][-+]?\d|[|>][-+]? *(?:#.*)?\n *(?:#|$)/m;

/**
 * A map without inherited names, so that a key named `constructor` is only a key. Not `Object.create(null)`: of that V8 makes a hash table,
 * several times as large and slow. Node's querystring does the same.
 */
export const PlainMap = function PlainMap() {} as unknown as new () => Record<string, unknown>;
PlainMap.prototype = Object.freeze(Object.create(null));

/** A map as the careful reader makes it. Keys that are no text, such as `1.0`, are read by how they are written, which only that one knows. */
const MAP = defineMappingTag<Record<string, unknown>>("tag:yaml.org,2002:map", {
  create: () => new PlainMap(),
  addPair(map, key, value) {
    if (typeof key !== "string") return "a key that is no text";
    map[key] = value;
    return "";
  },
  has: (map, key) => typeof key === "string" && key in map,
  keys: Object.keys,
  get: (map, key) => map[String(key)],
  identify: () => false,
});
const SCHEMA = CORE_SCHEMA.withTags(MAP);

/**
 * YAML text → the plain data that source.ts reads in it, several times as fast; undefined when that reader is needed: for mistakes, for what
 * a diagnostic must point at, and for the rare parts of YAML. test/quick-yaml.test.ts holds the two against each other.
 */
export function readQuickly(text: string, maxDepth: number): { readonly value: unknown } | undefined {
  if (NEEDS_CARE.test(text)) return undefined;
  try {
    return { value: load(text, { schema: SCHEMA, maxDepth }) };
  } catch {
    // Whatever it is, the careful reader says it better.
    return undefined;
  }
}
