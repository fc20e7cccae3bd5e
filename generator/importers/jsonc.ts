import type { Range } from "../report/diagnostic.ts";

/** JSON with comments and trailing commas, as devbox reads it; members keep their order and every node its place. */
export type JsonNode =
  | {
      readonly kind: "null" | "boolean" | "number" | "string";
      readonly value: null | boolean | number | string;
      readonly range: Range;
    }
  | { readonly kind: "array"; readonly items: readonly JsonItem[]; readonly range: Range; readonly trailing: readonly string[] }
  | {
      readonly kind: "object";
      readonly members: readonly JsonMember[];
      readonly range: Range;
      readonly trailing: readonly string[];
    };

interface JsonItem {
  readonly node: JsonNode;
  /** The comments before it, and behind it on the same line, without their marks. */
  readonly comments: readonly string[];
}
export interface JsonMember extends JsonItem {
  readonly key: string;
}

export class JsonError extends Error {
  readonly range: Range;
  constructor(message: string, range: Range) {
    super(message);
    this.range = range;
  }
}

const MAX_DEPTH = 100;

/** Throws a {@link JsonError} at the first character that does not fit. */
export function parseJsonc(text: string): JsonNode {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let comments: string[] = [];

  const fail = (message: string, start = at, end = Math.min(start + 1, text.length)): never => {
    throw new JsonError(message, { start, end });
  };

  /** Skips white space and comments; with `line`, only to the end of the line. */
  const skip = (line = false): void => {
    for (;;) {
      const c = text[at];
      if (c === " " || c === "\t" || c === "\r" || (c === "\n" && !line)) at++;
      else if (c === "/" && text[at + 1] === "/") {
        const end = text.indexOf("\n", at);
        const stop = end === -1 ? text.length : end;
        comments.push(text.slice(at + 2, stop).trim());
        at = stop;
      } else if (c === "/" && text[at + 1] === "*") {
        const end = text.indexOf("*/", at + 2);
        if (end === -1) fail("the comment has no end", at, at + 2);
        comments.push(
          text
            .slice(at + 2, end)
            .replace(/^\s*\*/gm, "")
            .trim(),
        );
        at = end + 2;
      } else return;
    }
  };
  const taken = (): string[] => {
    const all = comments.filter((comment) => comment !== "");
    comments = [];
    return all;
  };

  const string = (): string => {
    const start = at++;
    while (text[at] !== '"') {
      if (at >= text.length || text[at] === "\n") fail("the string has no end", start);
      at += text[at] === "\\" ? 2 : 1;
    }
    at++;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      return fail("not a JSON string", start, at);
    }
  };

  /** The entries of an array or object up to `close`; `entry` reads one. */
  const entries = <T extends JsonItem>(close: string, entry: (before: string[]) => T): [T[], string[]] => {
    const found: T[] = [];
    at++;
    skip();
    while (text[at] !== close) {
      const item = entry(taken());
      skip(true);
      if (text[at] === ",") {
        at++;
        skip(true);
      } else {
        skip();
        if (text[at] !== close) fail(at < text.length ? `\`,\` or \`${close}\` expected` : `\`${close}\` is missing`);
      }
      found.push({ ...item, comments: [...item.comments, ...taken()] });
      skip();
    }
    at++;
    return [found, taken()];
  };

  const node = (depth: number): JsonNode => {
    if (depth > MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH} levels`);
    const start = at;
    const c = text[at];
    if (c === "[") {
      const [items, trailing] = entries("]", (before) => ({ node: node(depth + 1), comments: before }));
      return { kind: "array", items, trailing, range: { start, end: at } };
    }
    if (c === "{") {
      const [members, trailing] = entries("}", (before) => {
        if (text[at] !== '"') fail("a key in double quotes expected");
        const key = string();
        skip();
        if (text[at] !== ":") fail("`:` expected");
        at++;
        skip();
        return { key, comments: before, node: node(depth + 1) };
      });
      return { kind: "object", members, trailing, range: { start, end: at } };
    }
    if (c === '"') return { kind: "string", value: string(), range: { start, end: at } };
    const word = /[-+.\w]*/y;
    word.lastIndex = at;
    const literal = word.exec(text)?.[0] ?? "";
    at += literal.length;
    const range = { start, end: at };
    if (literal === "null") return { kind: "null", value: null, range };
    if (literal === "true" || literal === "false") return { kind: "boolean", value: literal === "true", range };
    if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(literal)) return { kind: "number", value: Number(literal), range };
    return fail(
      start < text.length ? "not a JSON value" : "the file ends where a value is expected",
      start,
      Math.max(at, Math.min(start + 1, text.length)),
    );
  };

  skip();
  const header = taken();
  const root = node(0);
  skip();
  if (at < text.length) fail("more text behind the end of the document");
  const rest = taken();
  if (root.kind === "object" || root.kind === "array") return { ...root, trailing: [...header, ...root.trailing, ...rest] };
  return root;
}

/** The member of that name; the last one, as JSON readers take it. */
export function member(node: JsonNode | undefined, key: string): JsonMember | undefined {
  return node?.kind === "object" ? node.members.findLast((m) => m.key === key) : undefined;
}

export const asString = (node: JsonNode | undefined): string | undefined =>
  node?.kind === "string" ? (node.value as string) : undefined;

/** A list of strings, or one string as a list of one; what is neither is left out. */
export function asStrings(node: JsonNode | undefined): string[] {
  if (node?.kind === "array") return node.items.flatMap((item) => asString(item.node) ?? []);
  const one = asString(node);
  return one === undefined ? [] : [one];
}
