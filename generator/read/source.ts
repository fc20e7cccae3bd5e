import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from "yaml";
import { hasConflict } from "../knowledge/merge-conflicts.ts";
import { type Diagnostic, diagnostic, type Place, type Range, type Stage } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { yamlErrorText } from "../report/yaml-errors.ts";
import { keyText, locate, rangeOf } from "./locate.ts";
import { PlainMap } from "./plain-map.ts";

/** The maximum size of a spec, in bytes. */
export const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The maximum number of lines, keys and entries of a spec with its included files, also with each alias written out. A spec with 10,000
 * packages and 1,000 hosts has 65,000. Each takes two kilobytes in the parser alone.
 */
export const MAX_ENTRIES = 150_000;

/** The maximum nesting of maps and lists; the language itself needs six levels. */
export const MAX_DEPTH = 64;

/** The maximum length of one key or value, in characters. Patterns that a text must match overflow their stack somewhat above it. */
const MAX_TEXT = 1024 * 1024;

/** The maximum number of aliases (`*name`) in a spec. */
export const MAX_ALIASES = 100;

/** One file of a spec. */
export interface SourceFile {
  /** The name of the file in messages. */
  readonly file: string;
  readonly text: string;
  /** The document as plain data. Maps have no inherited properties, so a key named `constructor` is an ordinary key. */
  readonly value: unknown;
  /**
   * The range of a node's key or value. If the path does not exist, the range of its nearest existing ancestor, so that a missing key is
   * reported at its parent.
   */
  locate(path: SpecPath, part: "key" | "value"): Place;
}

/** A path in one of a spec's files. */
export interface Origin {
  readonly file: SourceFile;
  readonly path: SpecPath;
}

/** A spec as input of the stages: the merged value of all its files, and the place of each part. */
export interface Source {
  /** The name of the main file in messages. */
  readonly file: string;
  /** The merged value. Maps have no inherited properties, so a key named `constructor` is an ordinary key. */
  readonly value: unknown;
  /** All files, the main file first. */
  readonly files: readonly SourceFile[];
  /** Like `SourceFile.locate`, in the file that the value comes from. */
  locate(path: SpecPath, part: "key" | "value"): Place;
  /** The file that the value comes from, and its path in it. An item of a list can have another index there. */
  origin(path: SpecPath): Origin;
  /** The path of a part of a file in the whole spec; undefined for a part that another file replaces or excludes. */
  pathOf(origin: Origin): SpecPath | undefined;
}

/**
 * Escapes such as \\x01 can produce characters that YAML text can't contain. Nix strings and the other generated files can't either, and
 * systemd refuses a file with a noncharacter (U+FFFE). A terminal executes also U+0080 to U+009F, and U+202A to U+202E and U+2066 to U+2069 turn the
 * order in which text is shown, so that code reads as another one (https://trojansource.codes).
 */
const UNWRITABLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud83f\ud87f\ud8bf\ud8ff\ud93f\ud97f\ud9bf\ud9ff\uda3f\uda7f\udabf\udaff\udb3f\udb7f\udbbf\udbff][\udffe\udfff]/;

/** Nearly every text of a spec; that is faster to see than that nothing of it is unwritable. */
const PRINTABLE_ASCII = /^[\t\n\r\x20-\x7e]*$/;

const TOO_DEEP = `nested deeper than ${MAX_DEPTH} levels`;
const LESS_DEEP = "a spec needs no more than six levels: check the brackets";

const TOO_MUCH_BY_ALIASES = `with each alias written out, the spec has more than ${MAX_ENTRIES} entries or ${MAX_BYTES} characters`;
const LESS_BY_ALIASES = "put what the aliases repeat in a group that others refer to";

/** What the files of a spec have that have been read. */
export interface Amount {
  /** Lines, keys and entries. */
  readonly entries: number;
  /** Of all texts. */
  readonly characters: number;
}

const NOTHING: Amount = { entries: 0, characters: 0 };

/** One file's text, and the document in it. */
export interface ReadFile {
  /** `""` when the bytes are not UTF-8 text. */
  readonly text: string;
  /** Undefined when the text is not valid YAML. */
  readonly source: SourceFile | undefined;
  /** What the files before and this one have together. */
  readonly amount: Amount;
}

type Read = Stage<ReadFile>;

/**
 * Reads one file of a spec as YAML 1.2 with the core schema.
 *
 * Reports `yaml-syntax`, `yaml-duplicate-key` and `yaml-limit`, and `schema-value` for text with control characters. The source is
 * undefined if the parser reports an error or a limit is exceeded.
 *
 * @param before What the files have that have been read before.
 */
export function readFile(file: string, bytes: Uint8Array, before: Amount = NOTHING): Read {
  const limit = (text: string, message: string, range: Range, hint?: string): Read => [
    { text, source: undefined, amount: before },
    [diagnostic("yaml-limit", message, file, range, hint === undefined ? {} : { hint })],
  ];
  if (bytes.byteLength > MAX_BYTES) {
    // Of a larger file, no more is read.
    const message = `the file has more than ${MAX_BYTES} bytes, the limit`;
    return limit("", message, { start: 0, end: 0 }, "split the platform into several specs");
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return limit("", "the file is not UTF-8 text", { start: 0, end: 0 }, "save it as UTF-8");
  }
  const nul = text.indexOf("\0");
  if (nul !== -1) return limit(text, "the file contains a NUL character", { start: nul, end: nul + 1 }, "delete it");

  const { deep, full, entries } = limitsOf(text, MAX_ENTRIES - before.entries);
  if (deep !== -1) return limit(text, TOO_DEEP, { start: deep, end: deep + 1 }, LESS_DEEP);
  if (full !== -1) {
    const isFirst = before.entries === 0;
    const message = `the ${isFirst ? "file has" : "files of the spec have"} more than ${MAX_ENTRIES} lines, keys and entries`;
    return limit(text, message, { start: full, end: full + 1 }, "split the platform into several specs");
  }
  let document: Document.Parsed;
  try {
    document = parse(text);
  } catch (error) {
    if (error instanceof RangeError) return limit(text, TOO_DEEP, { start: 0, end: 0 }, LESS_DEEP);
    throw error;
  }
  const errors = [...document.errors, ...document.warnings];
  // The library's code for a stack overflow, which it catches itself; where the stack ends differs from machine to machine.
  if (errors.some(({ code }) => code === "RESOURCE_EXHAUSTION")) return limit(text, TOO_DEEP, { start: 0, end: 0 }, LESS_DEEP);
  // Only the first error is reported: the others are usually its consequences.
  const [first] = errors;
  if (first && hasConflict(text)) {
    const mark = /^<{7}.*$/m.exec(text);
    const start = mark?.index ?? 0;
    const range = { start, end: start + (mark?.[0].trimEnd().length ?? 0) };
    const hint = "write what both sides mean, and delete the lines that start with `<<<<<<<`, `=======` and `>>>>>>>`";
    return [
      { text, source: undefined, amount: before },
      [diagnostic("yaml-syntax", "a merge left both sides here", file, range, { hint })],
    ];
  }
  if (first) {
    const start = Math.min(first.pos[0], text.length);
    const newline = text.indexOf("\n", start + 1);
    const end = Math.min(Math.max(first.pos[1], start + 1), newline === -1 ? text.length : newline);
    const range = { start, end: Math.max(start, end) };
    const { message, hint } = yamlErrorText(first, text.slice(...first.pos));
    return [{ text, source: undefined, amount: before }, [diagnostic("yaml-syntax", message, file, range, { hint })]];
  }
  const reader = new Reader(file, text, document, before);
  const value = reader.read();
  if (reader.fatal) return [{ text, source: undefined, amount: before }, reader.diagnostics];
  const amount = { entries: Math.max(before.entries + entries, reader.amount.entries), characters: reader.amount.characters };
  const root = document.contents;
  const source: SourceFile = { file, text, value, locate: (path, part) => ({ ...locate(root, path, part, text), file }) };
  return [{ text, source, amount }, reader.diagnostics];
}

function parse(text: string): Document.Parsed {
  return parseDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    uniqueKeys: false,
    strict: true,
    // Pretty errors compute lines and columns, which are not used here.
    prettyErrors: false,
    logLevel: "error",
  });
}

/** What opens, closes or separates entries; `- - - -` nests block lists on one line. */
const STRUCTURE = /[[\]{},\n]|[-?:](?= )/g;

/**
 * The offsets at which `[`, `{` or `- ` nest too deeply for the recursive parser (`deep`), or where the file has too many entries for it
 * (`full`), whichever is first, or -1. The check runs before the parser, which would overflow its stack or take gigabytes. It also counts what
 * is in strings and comments; a spec with 1000 unclosed brackets there is not realistic.
 *
 * @param most The number of entries that the file may have.
 */
export function limitsOf(
  text: string,
  most = MAX_ENTRIES,
): { readonly deep: number; readonly full: number; readonly entries: number } {
  let depth = 0;
  let lineDepth = 0;
  let entries = 0;
  STRUCTURE.lastIndex = 0;
  while (STRUCTURE.test(text)) {
    const at = STRUCTURE.lastIndex - 1;
    const c = text[at];
    if (c === "]" || c === "}") {
      if (depth > 0) depth--;
      continue;
    }
    if (c === "\n") lineDepth = 0;
    else if (c === "[" || c === "{") depth++;
    else if (c === ",") {
      // The next entry in brackets is no deeper, as in JSON on one line; behind a comma in text, nothing nests.
      lineDepth = 0;
      if (depth === 0) continue;
    } else lineDepth++;
    if (depth > 1000 || lineDepth > 1000) return { deep: at, full: -1, entries };
    if (++entries > most) return { deep: -1, full: at, entries };
  }
  return { deep: -1, full: -1, entries };
}

/** Converts nodes to plain data, checks the limits and reports duplicate keys. */
class Reader {
  readonly diagnostics: Diagnostic[] = [];
  fatal = false;
  readonly #file: string;
  readonly #text: string;
  readonly #document: Document.Parsed;
  #aliases = 0;
  /** With what the files before have, and each alias written out. */
  readonly amount: { entries: number; characters: number };

  constructor(file: string, text: string, document: Document.Parsed, before: Amount) {
    this.#file = file;
    this.#text = text;
    this.#document = document;
    this.amount = { ...before };
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
    isUnreadable = false,
  ): undefined {
    if (code === "yaml-limit" || isUnreadable) this.fatal = true;
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
      if (!target)
        return this.#fail(
          "yaml-syntax",
          `no anchor \`&${node.source}\` is defined before this alias`,
          node,
          "put text that starts with `*` in quotes, or write the value out",
          undefined,
          // What stands there is unknown: nothing can be said of the value.
          true,
        );
      return this.#node(target, depth + 1);
    }
    if (depth > MAX_DEPTH && !isScalar(node)) return this.#fail("yaml-limit", TOO_DEEP, node as Node, LESS_DEEP);
    const { amount } = this;
    if (isScalar(node) && typeof node.value === "string") amount.characters += node.value.length;
    amount.entries++;
    if (this.#aliases > 0 && (amount.entries > MAX_ENTRIES || amount.characters > MAX_BYTES))
      return this.#fail("yaml-limit", TOO_MUCH_BY_ALIASES, node as Node, LESS_BY_ALIASES);
    if (isMap(node)) return this.#map(node, depth);
    if (isSeq(node)) {
      if (node.tag !== undefined && node.tag !== "tag:yaml.org,2002:seq") return this.#unsupportedTag(node.tag, node);
      return node.items.map((item) => this.#node(item, depth + 1));
    }
    if (isScalar(node)) return this.#scalar(node.value, node);
    return null;
  }

  #unsupportedTag(tag: string, node: Node): undefined {
    const { message, hint } = yamlErrorText({ code: "TAG_RESOLVE_FAILED", message: "" }, tag);
    return this.#fail("yaml-syntax", message, node, hint);
  }

  #map(map: YAMLMap, depth: number): unknown {
    if (map.tag !== undefined && map.tag !== "tag:yaml.org,2002:map") return this.#unsupportedTag(map.tag, map);
    const result = new PlainMap();
    const seen = new Map<string, Node>();
    for (const { key, value } of map.items) {
      if (!isScalar(key)) {
        this.#fail("yaml-syntax", "a key must be plain or quoted text", (key ?? map) as Node);
        continue;
      }
      const name = keyText(key);
      const before = seen.get(name);
      if (before) {
        this.#fail("yaml-duplicate-key", `duplicate key \`${name}\``, key, "delete one of them", [
          { message: `the first \`${name}\` is here`, range: { ...rangeOf(before, this.#text), file: this.#file } },
        ]);
        continue;
      }
      seen.set(name, key);
      if (!this.#isPlainText(name, key)) continue;
      result[name] = this.#node(value, depth + 1);
    }
    return result;
  }

  #scalar(value: unknown, node: Node): unknown {
    if (typeof value === "bigint") return Number(value);
    if (typeof value !== "string") return value;
    return this.#isPlainText(value, node) ? value : undefined;
  }

  /** Reports text that generated files can't contain. */
  #isPlainText(text: string, node: Node): boolean {
    if (text.length > MAX_TEXT) {
      this.#fail(
        "yaml-limit",
        `a text of ${text.length} characters; the limit is ${MAX_TEXT}`,
        node,
        "put it into a file of its own",
      );
      return false;
    }
    if (PRINTABLE_ASCII.test(text)) return true;
    const bad = UNWRITABLE.exec(text);
    if (!bad) return true;
    const code = `U+${bad[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    const message = `the text contains ${code}, which generated files can't contain`;
    const hint =
      "delete it: text can contain tabs and line breaks, but no other control character (also of the direction of text), noncharacter or half surrogate pair";
    this.diagnostics.push(diagnostic("schema-value", message, this.#file, rangeOf(node, this.#text), { hint }));
    return false;
  }
}
