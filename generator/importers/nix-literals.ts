/*
 * Reads the plain parts of a Nix file: an attribute set with literal values, as devenv.nix mostly is. Everything else is skipped as a whole,
 * with its text, so that a remark can name it. Nothing is evaluated.
 */

/** A literal value, or the code that is none. */
export type NixValue =
  | { readonly kind: "text"; readonly text: string }
  /** `[ pkgs.jq git ]` and `with pkgs; [ jq git ]`: attribute paths without `pkgs.`; what is no path stays code. */
  | NixList
  | { readonly kind: "set"; readonly bindings: readonly NixBinding[] }
  | { readonly kind: "code"; readonly code: string };

export interface NixList {
  readonly kind: "list";
  readonly items: readonly NixItem[];
  /** `++ …` behind it. */
  readonly rest?: string;
}

export interface NixItem {
  readonly path?: string;
  readonly code: string;
  readonly comments: readonly string[];
}

export interface NixBinding {
  /** `env.FOO`: `["env", "FOO"]`. */
  readonly path: readonly string[];
  readonly value: NixValue;
  /** The comments above it and on its line. */
  readonly comments: readonly string[];
}

interface Token {
  readonly kind: "word" | "text" | "mark";
  /** A word or a mark as written; of a string its text, undefined if code is in it. */
  readonly text: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly comments: readonly string[];
}

/** How deep sets and brackets may nest. */
const MAX_DEPTH = 50;

/** The bindings of the file's outermost set; undefined if the file has another form, or is no Nix. */
export function readNixSet(text: string): readonly NixBinding[] | undefined {
  const tokens = tokenize(text);
  if (!tokens) return undefined;
  const parser = new Parser(text, tokens);
  return parser.file();
}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #bound = new Set<string>();
  #at = 0;
  #depth = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.#source = source;
    this.#tokens = tokens;
  }

  /** `{ pkgs, ... }: { … }`, with or without arguments, `let … in` and `with …;` before the set. */
  file(): readonly NixBinding[] | undefined {
    for (let guard = 0; guard < 20; guard++) {
      if (this.#isFunction()) this.#skipTo(":");
      else if (this.#is("let")) this.#skipLet();
      else if (this.#is("with")) this.#skipTo(";");
      else break;
    }
    if (this.#is("rec")) this.#at++;
    if (!this.#is("{")) return undefined;
    return this.#set();
  }

  /** Skips `let … in`, and takes the names that it gives: they are no packages of nixpkgs. */
  #skipLet(): void {
    this.#at++;
    while (this.#at < this.#tokens.length && !this.#is("in")) {
      const isInherit = this.#is("inherit");
      const start = this.#at;
      this.#skip();
      if (this.#at === start) break;
      for (const { kind, text } of this.#tokens.slice(start, isInherit ? this.#at : start + 1))
        if (kind === "word" && text !== undefined) this.#bound.add(text.split(".")[0] ?? text);
    }
    this.#at++;
  }

  #is(mark: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token?.kind !== "text" && token?.text === mark;
  }

  /** Whether a function's arguments stand here: `{ … }:`, `x:`, `{ … }@x:`. */
  #isFunction(): boolean {
    if (this.#tokens[this.#at]?.kind === "word" && this.#is(":", 1)) return true;
    if (!this.#is("{")) return false;
    const close = this.#closing(this.#at);
    const next = this.#tokens[close + 1]?.text;
    return close > 0 && (next === ":" || next === "@");
  }

  /** Goes behind the next mark of this level. */
  #skipTo(mark: string): void {
    while (this.#at < this.#tokens.length && !this.#is(mark)) {
      const isOpen = this.#is("{") || this.#is("[") || this.#is("(");
      this.#at = isOpen ? this.#closing(this.#at) + 1 : this.#at + 1;
    }
    this.#at++;
  }

  /** The index of the bracket that closes the one at an index; the last index without one. */
  #closing(open: number): number {
    let depth = 0;
    for (let at = open; at < this.#tokens.length; at++) {
      const { kind, text } = this.#tokens[at] as Token;
      if (kind !== "mark") continue;
      if (text === "{" || text === "[" || text === "(") depth++;
      else if ((text === "}" || text === "]" || text === ")") && --depth === 0) return at;
    }
    return this.#tokens.length - 1;
  }

  #set(): readonly NixBinding[] | undefined {
    if (++this.#depth > MAX_DEPTH) return undefined;
    const bindings: NixBinding[] = [];
    this.#at++;
    while (this.#at < this.#tokens.length && !this.#is("}")) {
      const first = this.#tokens[this.#at] as Token;
      const path = this.#path();
      if (!path || !this.#is("=")) {
        const code = this.#skip();
        bindings.push({ path: [], value: { kind: "code", code }, comments: first.comments });
        continue;
      }
      this.#at++;
      const value = this.#value();
      const end = this.#tokens[this.#at - 1];
      bindings.push({ path, value, comments: [...first.comments, ...this.#behind(end)] });
    }
    this.#at++;
    this.#depth--;
    return bindings;
  }

  /** The comment behind a token on its line, which the tokenizer gives to the next token. */
  #behind(token: Token | undefined): string[] {
    const rest = token && /^[ \t]*#[ \t]*(.*)/.exec(this.#source.slice(token.end, token.end + 500));
    return rest?.[1] ? [rest[1].trim()] : [];
  }

  /** `a.b."c"`. */
  #path(): string[] | undefined {
    const parts: string[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token?.kind === "word") parts.push(...(token.text ?? "").split("."));
      else if (token?.kind === "text" && token.text !== undefined) parts.push(token.text);
      else return undefined;
      this.#at++;
      // A word takes the dot before a string along: `env."FOO"`.
      const goesOn = token.kind === "word" && token.text?.endsWith(".");
      if (!goesOn && !this.#is(".")) return parts.filter((part) => part !== "");
      if (!goesOn) this.#at++;
    }
  }

  /** A value up to its `;`, which is read too. */
  #value(): NixValue {
    const start = this.#at;
    const literal = this.#literal();
    if (literal && this.#is(";")) {
      this.#at++;
      return literal;
    }
    if (literal?.kind === "list" && this.#is("+") && this.#is("+", 1)) return this.#joined(literal);
    this.#at = start;
    return { kind: "code", code: this.#skip() };
  }

  /** `[ … ] ++ (with pkgs; [ … ])`: all lists that are plain, up to the first that is none. */
  #joined({ items: first }: NixList): NixList {
    const items = [...first];
    while (this.#is("+") && this.#is("+", 1)) {
      this.#at += 2;
      const start = this.#at;
      const close = this.#is("(") ? this.#closing(this.#at) : undefined;
      if (close !== undefined) this.#at++;
      const next = this.#literal();
      const isWhole = close === undefined || this.#at === close;
      if (close !== undefined) this.#at++;
      if (next?.kind !== "list" || !isWhole || !(this.#is(";") || this.#is("+"))) {
        this.#at = start;
        return { kind: "list", items, rest: this.#skip() };
      }
      items.push(...next.items);
    }
    this.#at++;
    return { kind: "list", items };
  }

  /** `builtins.attrValues { inherit (pkgs) jq git; }`: the names, as a list. */
  #attributeValues(): NixValue | undefined {
    const words = this.#tokens.slice(this.#at, this.#at + 6).map(({ text }) => text);
    if (!/^(?:builtins|lib)\.attrValues$/.test(words[0] ?? "") || words.slice(1).join(" ") !== "{ inherit ( pkgs )")
      return undefined;
    const close = this.#closing(this.#at + 1);
    const items: NixItem[] = [];
    for (let at = this.#at + 6; at < close; at++) {
      const { kind, text, comments } = this.#tokens[at] as Token;
      if (kind === "mark" && text === ";" && at === close - 1) break;
      if (kind !== "word" || text === undefined || text.includes(".")) return undefined;
      items.push({ path: text, code: text, comments: [...comments, ...this.#behind(this.#tokens[at])] });
    }
    this.#at = close + 1;
    return { kind: "list", items };
  }

  #literal(): NixValue | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind === "text") {
      this.#at++;
      return token.text === undefined ? undefined : { kind: "text", text: token.text };
    }
    if (token?.kind === "word" && /^(true|false|\d+)$/.test(token.text ?? "")) {
      this.#at++;
      return { kind: "text", text: token.text ?? "" };
    }
    const values = this.#attributeValues();
    if (values) return values;
    if (this.#is("with") && this.#tokens[this.#at + 1]?.text === "pkgs" && this.#is(";", 2)) this.#at += 3;
    if (this.#is("[")) return this.#list();
    if (!this.#is("{") || this.#isFunction()) return undefined;
    const bindings = this.#set();
    return bindings && { kind: "set", bindings };
  }

  #list(): NixList {
    const close = this.#closing(this.#at);
    const items: NixItem[] = [];
    for (this.#at++; this.#at < close; ) {
      const token = this.#tokens[this.#at] as Token;
      const isOpen = token.kind === "mark" && /^[[{(]$/.test(token.text ?? "");
      const end = isOpen ? this.#closing(this.#at) : this.#at;
      const code = this.#source.slice(token.start, (this.#tokens[end] as Token).end);
      const isBound = this.#bound.has((token.text ?? "").split(".")[0] ?? "");
      const path = token.kind === "word" && !isBound ? (token.text ?? "").replace(/^pkgs\./, "") : undefined;
      items.push({ ...(path === undefined ? {} : { path }), code, comments: [...token.comments, ...this.#behind(token)] });
      this.#at = end + 1;
    }
    this.#at = close + 1;
    return { kind: "list", items };
  }

  /** Skips to behind the next `;` of this level, or to its closing bracket. Returns the code. */
  #skip(): string {
    const start = this.#tokens[this.#at]?.start ?? 0;
    let end = start;
    // `let … in` and `with x;` have semicolons of their own.
    let open = 0;
    while (this.#at < this.#tokens.length) {
      const { kind, text, end: stop } = this.#tokens[this.#at] as Token;
      if (kind === "mark" && text === ";" && open === 0) {
        this.#at++;
        return this.#source.slice(start, end);
      }
      if (kind === "mark" && text === "}" && open === 0) return this.#source.slice(start, end);
      if (kind === "word" && (text === "with" || text === "assert")) open++;
      else if (kind === "word" && text === "let") open = Number.POSITIVE_INFINITY;
      else if (kind === "word" && text === "in" && open === Number.POSITIVE_INFINITY) open = 0;
      else if (kind === "mark" && text === ";" && Number.isFinite(open)) open--;
      if (kind === "mark" && /^[[{(]$/.test(text ?? "")) this.#at = this.#closing(this.#at);
      end = this.#tokens[this.#at]?.end ?? stop;
      this.#at++;
    }
    return this.#source.slice(start, end);
  }
}

/** Words (names with dots, numbers, paths), strings, and marks; undefined for a string or comment without an end. */
function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  let comments: string[] = [];
  let at = 0;
  const push = (kind: Token["kind"], value: string | undefined, end: number) => {
    tokens.push({ kind, text: value, start: at, end, comments });
    comments = [];
    at = end;
  };
  while (at < text.length) {
    const one = text[at] as string;
    if (/\s/.test(one)) at++;
    else if (one === "#") {
      const end = text.indexOf("\n", at);
      const line = text.slice(at, end === -1 ? text.length : end);
      // A comment behind code belongs to that code: Parser.#behind reads it there.
      const before = text.slice(text.lastIndexOf("\n", at) + 1, at);
      if (before.trim() === "") comments.push(line.replace(/^#+\s?/, "").trim());
      at += line.length;
    } else if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at + 2);
      if (end === -1) return undefined;
      at = end + 2;
    } else if (one === '"') {
      const found = stringAt(text, at);
      if (!found) return undefined;
      push("text", found.value, found.end);
    } else if (text.startsWith("''", at)) {
      const found = indentedAt(text, at);
      if (!found) return undefined;
      push("text", found.value, found.end);
    } else {
      const word = wordAt(text, at);
      if (word !== undefined && !/^\.+$/.test(word)) push("word", word, at + word.length);
      else push("mark", one, at + 1);
    }
  }
  return tokens;
}

const wordAt = (text: string, at: number): string | undefined =>
  /^[A-Za-z0-9_~./][A-Za-z0-9_'./+-]*/.exec(text.slice(at, at + 300))?.[0];

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** Text in quotes; no value if it has an interpolation. */
interface Quoted {
  readonly value: string | undefined;
  /** The index behind the quotes. */
  readonly end: number;
}

/**
 * The text up to the quotes that end it; undefined without them.
 *
 * @param start the index behind the opening quotes
 * @param depth how many interpolations it stands in
 * @param special what stands for other text at an index, with its length, or the end; undefined for a plain character
 */
function quotedAt(
  text: string,
  start: number,
  depth: number,
  special: (at: number) => { readonly means: string; readonly length: number } | "end" | undefined,
): Quoted | undefined {
  let value: string | undefined = "";
  for (let at = start; at < text.length; ) {
    const found = special(at);
    if (found === "end") return { value, end: at };
    if (!found && text.startsWith("${", at)) {
      at = interpolationEnd(text, at + 2, depth + 1) + 1;
      value = undefined;
      continue;
    }
    // The second one of `$$` begins no interpolation.
    const { means, length } = found ?? (text.startsWith("$$", at) ? { means: "$$", length: 2 } : { means: text[at], length: 1 });
    if (value !== undefined) value += means;
    at += length;
  }
  return undefined;
}

/** @param depth how many interpolations it stands in */
function stringAt(text: string, start: number, depth = 0): Quoted | undefined {
  const found = quotedAt(text, start + 1, depth, (at) => {
    if (text[at] === '"') return "end";
    return text[at] === "\\" ? { means: escaped(text[at + 1]), length: 2 } : undefined;
  });
  return found && { ...found, end: found.end + 1 };
}

/** What a backslash and a character mean. */
const escaped = (character = ""): string => ESCAPES[character] ?? character;

/** `''…''`, with the indentation that all lines share taken away. */
function indentedAt(text: string, start: number, depth = 0): Quoted | undefined {
  const found = quotedAt(text, start + 2, depth, (at) => {
    if (!text.startsWith("''", at)) return undefined;
    const next = text[at + 2];
    if (next === "$") return { means: "$", length: 3 };
    if (next === "'") return { means: "''", length: 3 };
    return next === "\\" ? { means: escaped(text[at + 3]), length: 4 } : "end";
  });
  return found && { value: found.value === undefined ? undefined : dedented(found.value), end: found.end + 2 };
}

function dedented(text: string): string {
  const lines = text.replace(/^[ \t]*\n/, "").split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const shared = Math.min(...indents, 1000);
  return lines
    .map((line) => line.slice(Math.min(shared, /^ */.exec(line)?.[0].length ?? 0)))
    .join("\n")
    .replace(/\n[ \t]*$/, "\n");
}

/** The index of the brace that closes an interpolation; the text's length without one. */
function interpolationEnd(text: string, start: number, depth: number): number {
  if (depth > MAX_DEPTH) return text.length;
  let open = 1;
  for (let at = start; at < text.length; ) {
    if (text[at] === "{") open++;
    else if (text[at] === "}" && --open === 0) return at;
    at = pieceEnd(text, at, depth);
  }
  return text.length;
}

/** The end of the comment, string, word or mark at an index of an interpolation. */
function pieceEnd(text: string, at: number, depth: number): number {
  const behind = (end: number | undefined, length = 0) => (end === undefined || end === -1 ? text.length : end + length);
  if (text[at] === "#") return behind(text.indexOf("\n", at));
  if (text.startsWith("/*", at)) return behind(text.indexOf("*/", at + 2), 2);
  if (text[at] === '"') return behind(stringAt(text, at, depth)?.end);
  if (text.startsWith("''", at)) return behind(indentedAt(text, at, depth)?.end);
  return at + (wordAt(text, at)?.length ?? 1);
}
