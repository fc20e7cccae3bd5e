import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { Range } from "../report/diagnostic.ts";
import { memoized } from "../report/memoized.ts";
import type { SpecPath } from "../report/spec-path.ts";

/** A key as text: `1.10` and `true` keep the spelling of the source. */
export function keyText(key: { value: unknown; source?: string }): string {
  return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
}

/** A node's range in UTF-16 code units, without trailing white space. */
export function rangeOf(node: Node, text: string): Range {
  const range = node.range;
  if (!range) return { start: 0, end: 0 };
  let end = range[1];
  // The library counts the last line break as part of a block collection.
  while (end > range[0] && /\s/.test(text[end - 1] ?? "")) end--;
  return { start: range[0], end };
}

/** The range of the key or the value at a path; see `Source.locate`. */
export function locate(root: unknown, path: SpecPath, part: "key" | "value", text: string): Range {
  let node: unknown = root;
  let pair: Pair | undefined;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = aliasTarget(root, node.source) ?? node;
    let next: unknown;
    if (isMap(node)) {
      const found = pairAt(node, step);
      if (!found) return parentRange(pair, node, text);
      next = found.value;
      if (depth === path.length - 1 && part === "key") return rangeOf(found.key as Node, text);
      pair = found;
      // An empty value has no range of its own: its key's is used.
      if (!next || (isScalar(next) && next.range && next.range[0] === next.range[1])) {
        if (depth === path.length - 1) return rangeOf(found.key as Node, text);
      }
    } else if (isSeq(node)) {
      next = node.items[step as number];
      if (next === undefined) return parentRange(pair, node, text);
      pair = undefined;
    } else return parentRange(pair, node, text);
    node = next;
  }
  return node ? rangeOf(node as Node, text) : { start: 0, end: 0 };
}

/** The first pair with each key: a search in a large map, for each mistake in it, takes quadratic time. */
const pairsByKey = memoized((map: YAMLMap): ReadonlyMap<unknown, Pair> => {
  const byKey = new Map<unknown, Pair>();
  for (const item of map.items) if (isScalar(item.key) && !byKey.has(keyText(item.key))) byKey.set(keyText(item.key), item);
  return byKey;
});

/** The first pair with the key. */
function pairAt(map: YAMLMap, step: string | number): Pair | undefined {
  if (map.items.length < 32) return map.items.find((item) => isScalar(item.key) && keyText(item.key) === step);
  return pairsByKey(map).get(step);
}

/** The range for a collection: its key, or without one its own first key, or the whole node. */
function parentRange(pair: Pair | undefined, node: unknown, text: string): Range {
  if (pair) return rangeOf(pair.key as Node, text);
  if (isMap(node) && node.items[0]) return rangeOf(node.items[0].key as Node, text);
  return node ? rangeOf(node as Node, text) : { start: 0, end: 0 };
}

function aliasTarget(node: unknown, anchor: string): unknown {
  if (isMap(node)) {
    if (node.anchor === anchor) return node;
    for (const item of node.items) {
      const found = aliasTarget(item.value, anchor);
      if (found) return found;
    }
  } else if (isSeq(node)) {
    if (node.anchor === anchor) return node;
    for (const item of node.items) {
      const found = aliasTarget(item, anchor);
      if (found) return found;
    }
  } else if (isScalar(node) && node.anchor === anchor) return node;
  return undefined;
}
