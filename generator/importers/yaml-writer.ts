import { Document, type Node, Pair, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import type { Noted } from "./draft.ts";
import { holdsSecret } from "./secrets.ts";

/** How wide a comment may get before it goes on in the next line. */
const COMMENT_WIDTH = 110;

/** A YAML document that is written from top to bottom: a map of sections, with remarks as comments. */
export class YamlWriter {
  readonly #document = new Document({}, { version: "1.2", schema: "core" });
  readonly #root = this.#document.contents as unknown as YAMLMap;
  /** Remarks that found no place so far: they stand above what is written next. */
  #waiting: string[] = [];

  /** A node of plain data; maps and lists in block style throughout. */
  node<T extends Node = Node>(value: unknown): T {
    return this.#document.createNode(value, { aliasDuplicateObjects: false }) as unknown as T;
  }

  /** A top-level key. */
  top(key: string, value: unknown, notes: readonly string[] = []): void {
    this.put(this.#root, key, value, notes);
  }

  /** A top-level key, set off by a blank line. */
  section(key: string, value: unknown, notes: readonly string[] = []): void {
    this.put(this.#root, key, value, notes).spaceBefore = true;
  }

  /** Adds a key and returns its node. */
  put(map: YAMLMap, key: string, value: unknown, notes: readonly string[] = []): Scalar {
    const name = this.node<Scalar>(key);
    setComment(name, notes);
    map.items.push(new Pair(name, this.node(value)));
    return name;
  }

  /** A list in which remarks without a value stand above the value that follows, or at the end. */
  list<T>(entries: readonly Noted<T>[], make: (value: T) => unknown): YAMLSeq {
    const list = this.node<YAMLSeq>([]);
    const rest = forEachValue(entries, (value, notes) => {
      const node = this.node(make(value));
      setComment(node, notes);
      list.items.push(node);
    });
    this.#putAfter(list, rest);
    list.flow = list.items.length === 0;
    return list;
  }

  /** A map with its remarks, as {@link list}. */
  map<T>(entries: readonly Noted<T>[], make: (value: T) => [key: string, value: unknown]): YAMLMap {
    const map = this.node<YAMLMap>({});
    const rest = forEachValue(entries, (value, notes) => this.put(map, ...make(value), notes));
    this.#putAfter(map, rest);
    return map;
  }

  /** Remarks after the last entry. An empty collection is written `[]` or `{}`, which has no place for them. */
  #putAfter(collection: YAMLMap | YAMLSeq, notes: readonly string[]): void {
    if (collection.items.length === 0) this.wait(notes);
    else if (notes.length > 0) collection.comment = commentText(notes);
  }

  /** Keeps remarks for what is written next. */
  wait(notes: readonly string[]): void {
    this.#waiting.push(...notes);
  }

  /** Returns the remarks that wait, for the caller to write. */
  takeWaiting(): string[] {
    const notes = this.#waiting;
    this.#waiting = [];
    return notes;
  }

  /** The whole text; remarks that still wait stand at its end. */
  text(): string {
    const rest = this.takeWaiting();
    if (rest.length > 0) this.#document.comment = commentText(rest);
    return this.#document.toString({ lineWidth: 0, indentSeq: true, commentString: (text) => text.replace(/^/gm, "#") });
  }
}

/** Calls `use` with each value and the remarks above it; returns the remarks after the last value. */
function forEachValue<T>(entries: readonly Noted<T>[], use: (value: T, notes: readonly string[]) => void): readonly string[] {
  let above: string[] = [];
  for (const { value, notes } of entries) {
    above.push(...notes);
    if (value === undefined) continue;
    use(value, above);
    above = [];
  }
  return above;
}

function setComment(node: { commentBefore?: string | null }, notes: readonly string[]): void {
  if (notes.length > 0) node.commentBefore = commentText(notes);
}

/** Remarks as the text of a comment: whatever is in them, each line of it begins with the mark and ends where it should. */
function commentText(notes: readonly string[]): string {
  return notes
    .flatMap((note) =>
      holdsSecret(note) ? ["(a remark that holds a secret is left out)"] : note.split(/\r\n|[\n\r\u0085\u2028\u2029]/),
    )
    .flatMap((line) =>
      wrap(line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff\ufeff]/g, (c) => (c === "\t" ? c : ""))),
    )
    .map((line) => (line === "" ? " " : ` ${line}`))
    .join("\n");
}

function wrap(line: string): string[] {
  const lines: string[] = [];
  const indent = /^ */.exec(line)?.[0] ?? "";
  let rest = line.trimEnd();
  while (rest.length > COMMENT_WIDTH) {
    const cut = rest.lastIndexOf(" ", COMMENT_WIDTH);
    if (cut <= indent.length) break;
    lines.push(rest.slice(0, cut));
    rest = `${indent}${rest.slice(cut + 1)}`;
  }
  return [...lines, rest];
}
