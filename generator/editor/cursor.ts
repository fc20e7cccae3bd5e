import { isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";
import type { SpecPath } from "../report/spec-path.ts";

/** What is at the cursor of a document that may be in the middle of being written. */
export interface Cursor {
  /** The path of the value or key at the cursor; for a key, the last step is what is written of it. */
  readonly path: SpecPath;
  readonly isKey: boolean;
  /** What is written of the word before the cursor. */
  readonly written: string;
  /** The document as plain data. */
  readonly value: unknown;
}

const MARK = "__cursor__";

/**
 * Finds out where an offset of a text is. The document is parsed with a mark at the offset, so that an empty value or a key without
 * a colon has a place too.
 */
export function cursorAt(text: string, offset: number): Cursor | undefined {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(lineStart, offset);
  const rest = text.slice(offset, text.indexOf("\n", offset) === -1 ? text.length : text.indexOf("\n", offset));
  const isBareWord = /^\s*(?:- +)?[\w.'"-]*$/.test(before) && /^[\w.'"-]*\s*(?:#.*)?$/.test(rest);
  const isItem = /^\s*- +/.test(before);
  // A word alone on its line is a key to be, unless it is an item of a list.
  const forms = isBareWord ? (isItem ? [MARK, `${MARK}:`] : [`${MARK}:`, MARK]) : [MARK];
  for (const form of forms) {
    const marked = text.slice(0, offset) + form + text.slice(offset);
    const found = find(marked);
    if (found) return found;
  }
  return undefined;
}

function find(marked: string): Cursor | undefined {
  const document = parseDocument(marked, {
    version: "1.2",
    schema: "core",
    uniqueKeys: false,
    logLevel: "silent",
    prettyErrors: false,
  });
  let found: Cursor | undefined;
  const value = (): unknown => JSON.parse(JSON.stringify(safe(() => document.toJS({ maxAliasCount: 100 }))) ?? "null");
  const walk = (node: unknown, path: SpecPath): void => {
    if (found) return;
    if (isMap(node)) {
      for (const { key, value: item } of node.items) {
        const name = isScalar(key) ? String(key.value) : "";
        if (name.includes(MARK)) {
          const written = name.slice(0, name.indexOf(MARK));
          found = { path: [...path, name.replace(MARK, "")], isKey: true, written, value: value() };
          return;
        }
        walk(item, [...path, name]);
      }
    } else if (isSeq(node)) for (const [index, item] of node.items.entries()) walk(item as Node, [...path, index]);
    else if (isScalar(node) && String(node.value).includes(MARK)) {
      const all = String(node.value);
      found = { path, isKey: false, written: all.slice(0, all.indexOf(MARK)), value: value() };
    }
  };
  walk(document.contents, []);
  return found;
}

function safe(work: () => unknown): unknown {
  try {
    return work();
  } catch {
    return null;
  }
}
