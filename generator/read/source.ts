import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from "yaml";
import { type Diagnostic, diagnostic, type Range, type Stage } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { keyText, locate, rangeOf } from "./locate.ts";
import { PlainMap } from "./plain-map.ts";

/** The largest spec that is read, in bytes. */
export const MAX_BYTES = 8 * 1024 * 1024;

/** How deep maps and lists may nest; the language itself needs six levels. */
export const MAX_DEPTH = 64;

/** How many aliases (`*name`) a spec may hold. */
export const MAX_ALIASES = 100;

/** A spec's text and what is known of its places. Offsets are UTF-16 code units from the start of `text`. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** The document as plain data; maps inherit nothing, so that a key named `constructor` is only a key. */
  readonly value: unknown;
  /**
   * The range of a node's key or value. For a path that does not exist it answers with the nearest ancestor that does,
   * so that a missing key is shown at its parent.
   */
  locate(path: SpecPath, part: "key" | "value"): Range;
}

const TOO_DEEP = `nested deeper than ${MAX_DEPTH} levels`;

/** A spec's text, and the document in it unless the text is no YAML that could be read. */
export interface ReadSpec {
  /** `""` when the bytes are no text. */
  readonly text: string;
  readonly source: Source | undefined;
}

type Read = Stage<ReadSpec>;

/**
 * YAML 1.2 core schema → document. Errors: `yaml-syntax`, `yaml-duplicate-key`, `yaml-limit`; `schema-value` for a string
 * that no text file could hold. A source comes back only when there are none of the first three.
 */
export function readSource(file: string, bytes: Uint8Array): Read {
  if (bytes.byteLength > MAX_BYTES) {
    const message = `the file has ${bytes.byteLength} bytes, more than ${MAX_BYTES}`;
    return limit(file, "", message, { start: 0, end: 0 }, "a spec is written by people; split the platform");
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return limit(file, "", "the file is not UTF-8 text", { start: 0, end: 0 }, "save it as UTF-8");
  }
  const nul = text.indexOf("\0");
  if (nul !== -1) return limit(file, text, "the file holds a NUL character", { start: nul, end: nul + 1 }, "delete it");

  const deep = flowTooDeep(text);
  if (deep !== -1) return limit(file, text, TOO_DEEP, { start: deep, end: deep + 1 });
  let document: Document.Parsed;
  try {
    document = parse(text);
  } catch (error) {
    if (error instanceof RangeError) return limit(file, text, TOO_DEEP, { start: 0, end: 0 });
    throw error;
  }
  const [fault] = [...document.errors, ...document.warnings];
  if (fault) {
    // One broken place makes the parser stumble over all that follows: the first is the mistake.
    const start = Math.min(fault.pos[0], text.length);
    const line = text.indexOf("\n", start + 1);
    const end = Math.min(Math.max(fault.pos[1], start + 1), line === -1 ? text.length : line);
    const range = { start, end: Math.max(start, end) };
    const message = fault.message.split("\n")[0] ?? "";
    return [{ text, source: undefined }, [diagnostic("yaml-syntax", message, file, range, syntaxHint(fault.code))]];
  }
  const reader = new Reader(file, text, document);
  const value = reader.read();
  if (reader.fatal) return [{ text, source: undefined }, reader.diagnostics];
  const root = document.contents;
  const source: Source = { file, text, value, locate: (path, part) => locate(root, path, part, text) };
  return [{ text, source }, reader.diagnostics];
}

function limit(file: string, text: string, message: string, range: Range, hint?: string): Read {
  return [{ text, source: undefined }, [diagnostic("yaml-limit", message, file, range, hint === undefined ? {} : { hint })]];
}

function parse(text: string): Document.Parsed {
  return parseDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    uniqueKeys: false,
    strict: true,
    // They would count lines for every error and warning; offsets are all that is kept.
    prettyErrors: false,
    logLevel: "error",
  });
}

function syntaxHint(code: string): { hint?: string } {
  switch (code) {
    case "MULTIPLE_DOCS":
      return { hint: "a spec is one document: delete the `---` and what follows" };
    case "TAB_AS_INDENT":
      return { hint: "indent with spaces" };
    case "TAG_RESOLVE_FAILED":
      return { hint: "delete the tag: a spec is plain maps, lists and text" };
    case "BAD_INDENT":
    case "BLOCK_AS_IMPLICIT_KEY":
    case "MISSING_CHAR":
      return { hint: "look at the indentation and the quotes of this line and the one before" };
    default:
      return {};
  }
}

/** The offset at which `[` and `{` nest too deep for a recursive parser, or -1. Strings and comments may only raise the count falsely when absurd. */
function flowTooDeep(text: string): number {
  // The parser recurses once a level; what could exhaust its stack is refused before it starts.
  let depth = 0;
  let lineDepth = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x5b || c === 0x7b) {
      if (++depth > 1000) return at;
    } else if (c === 0x5d || c === 0x7d) {
      if (depth > 0) depth--;
    } else if (c === 0x0a) lineDepth = 0;
    else if (c === 0x2d || c === 0x3f || c === 0x3a) {
      // `- - - -` nests block lists on one line.
      if (text.charCodeAt(at + 1) === 0x20 && ++lineDepth > 1000) return at;
    }
  }
  return -1;
}

/** Turns nodes into plain data within the limits, and finds keys that stand twice. */
class Reader {
  readonly diagnostics: Diagnostic[] = [];
  fatal = false;
  readonly #file: string;
  readonly #text: string;
  readonly #document: Document.Parsed;
  #aliases = 0;

  constructor(file: string, text: string, document: Document.Parsed) {
    this.#file = file;
    this.#text = text;
    this.#document = document;
  }

  read(): unknown {
    return this.#node(this.#document.contents, 0);
  }

  #fail(
    code: "yaml-syntax" | "yaml-limit" | "yaml-duplicate-key",
    message: string,
    node: Node,
    hint?: string,
    related?: Diagnostic["related"],
  ): undefined {
    if (code === "yaml-limit") this.fatal = true;
    const more = { ...(hint === undefined ? {} : { hint }), ...(related ? { related } : {}) };
    this.diagnostics.push(diagnostic(code, message, this.#file, rangeOf(node, this.#text), more));
    return undefined;
  }

  #node(node: unknown, depth: number): unknown {
    if (this.fatal) return undefined;
    if (isAlias(node)) {
      if (++this.#aliases > MAX_ALIASES)
        return this.#fail(
          "yaml-limit",
          `more than ${MAX_ALIASES} aliases`,
          node,
          "write the values out, or put them in a group that others refer to",
        );
      const target = node.resolve(this.#document);
      if (!target) return this.#fail("yaml-syntax", `no anchor \`&${node.source}\` stands before this alias`, node);
      return this.#node(target, depth + 1);
    }
    if (depth > MAX_DEPTH && !isScalar(node)) return this.#fail("yaml-limit", TOO_DEEP, node as Node);
    if (isMap(node)) return this.#map(node, depth);
    if (isSeq(node)) {
      if (node.tag !== undefined && node.tag !== "tag:yaml.org,2002:seq")
        return this.#fail("yaml-syntax", `unknown tag ${node.tag}`, node, syntaxHint("TAG_RESOLVE_FAILED").hint);
      return node.items.map((item) => this.#node(item, depth + 1));
    }
    if (isScalar(node)) return this.#scalar(node.value, node);
    return null;
  }

  #map(map: YAMLMap, depth: number): unknown {
    if (map.tag !== undefined && map.tag !== "tag:yaml.org,2002:map")
      return this.#fail("yaml-syntax", `unknown tag ${map.tag}`, map, syntaxHint("TAG_RESOLVE_FAILED").hint);
    const result = new PlainMap();
    const seen = new Map<string, Node>();
    for (const { key, value } of map.items) {
      if (!isScalar(key)) {
        this.#fail("yaml-syntax", "a key must be one plain word or a quoted string", (key ?? map) as Node);
        continue;
      }
      const name = keyText(key);
      const before = seen.get(name);
      if (before) {
        this.#fail("yaml-duplicate-key", `\`${name}\` stands twice in this map`, key, "delete one of them", [
          { message: `\`${name}\` is here too`, range: rangeOf(before, this.#text) },
        ]);
        continue;
      }
      seen.set(name, key);
      result[name] = this.#node(value, depth + 1);
    }
    return result;
  }

  #scalar(value: unknown, node: Node): unknown {
    if (typeof value === "bigint") return Number(value);
    if (typeof value !== "string") return value;
    // Escapes can write what YAML's own text can't. Nix has no escape for control characters and neither has any file we write.
    const bad =
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(
        value,
      );
    if (bad) {
      const code = `U+${bad[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
      this.diagnostics.push(
        diagnostic(
          "schema-value",
          `the text holds ${code}, which no generated file can carry`,
          this.#file,
          rangeOf(node, this.#text),
          {
            hint: "text may hold tabs and line breaks, but no other control character",
          },
        ),
      );
      return undefined;
    }
    return value;
  }
}
