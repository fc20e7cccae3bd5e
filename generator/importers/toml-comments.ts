import { addTo } from "../report/lists-by-key.ts";

/** The comments of a TOML document, which its parser drops. */
export interface TomlComments {
  /** The first block, before a blank line. */
  readonly header: readonly string[];
  /** Those above a key or table and behind it; the path's parts are unquoted. */
  of(path: readonly string[]): readonly string[];
  /** Those at the end of a table, which are above nothing; `[]` is the document. */
  endOf(path: readonly string[]): readonly string[];
}

/** Finds the comments in a text that is valid TOML. */
export function tomlComments(text: string): TomlComments {
  const scanner = new Scanner(text.replace(/^\ufeff/, ""));
  scanner.run();
  return {
    header: scanner.header,
    of: (path) => scanner.found.get(path.join("\0")) ?? [],
    endOf: (path) => scanner.ends.get(path.join("\0")) ?? [],
  };
}

class Scanner {
  readonly header: string[] = [];
  readonly found = new Map<string, string[]>();
  readonly ends = new Map<string, string[]>();
  readonly #text: string;
  #at = 0;
  #pending: string[] = [];
  /** How many of them are above the last blank line. */
  #above = 0;
  #isHeader = true;

  constructor(text: string) {
    this.#text = text;
  }

  run(): void {
    let table: string[] = [];
    while (this.#at < this.#text.length) {
      const one = this.#text[this.#at];
      if (one === "\n") {
        const isBlockEnd = this.#pending.length > 0 && this.#isBlank(this.#at + 1);
        if (isBlockEnd && this.#isHeader) this.#endHeader();
        if (isBlockEnd) this.#above = this.#pending.length;
        this.#at++;
      } else if (one === "#") this.#pending.push(this.#comment());
      else if (one === undefined || /\s/.test(one)) this.#at++;
      else if (one === "[") {
        // What a blank line parts from the next table's name is the end of the one before.
        this.#end(table, this.#above);
        this.#skip("[");
        table = this.#path();
        this.#skip("]");
        this.#add(table);
      } else {
        const path = [...table, ...this.#path()];
        this.#skip("=");
        this.#value();
        this.#add(path);
      }
    }
    this.#end(table, this.#pending.length);
  }

  /** Gives so many of the comments to the end of a table. */
  #end(table: readonly string[], count: number): void {
    const comments = plain(this.#pending.splice(0, count));
    this.#above = 0;
    if (comments.length > 0) this.ends.set(table.join("\0"), comments);
  }

  #isBlank(at: number): boolean {
    return /^[ \t\r]*(\n|$)/.test(this.#text.slice(at, at + 200));
  }

  #endHeader(): void {
    this.header.push(...this.#pending);
    this.#pending = [];
    this.#isHeader = false;
  }

  #skip(mark: string): void {
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\t" || this.#text[this.#at] === mark) this.#at++;
  }

  /** `a."b.c".d`; always goes on by at least one character. */
  #path(): string[] {
    const parts: string[] = [];
    for (;;) {
      this.#skip(" ");
      const quote = this.#text[this.#at];
      if (quote === '"' || quote === "'") {
        const start = this.#at + 1;
        this.#string();
        parts.push(this.#text.slice(start, this.#at - 1));
      } else {
        const bare = /^[^\s.=\][#"']*/.exec(this.#text.slice(this.#at, this.#at + 300))?.[0] ?? "";
        this.#at += Math.max(bare.length, parts.length === 0 ? 1 : 0);
        parts.push(bare);
      }
      this.#skip(" ");
      if (this.#text[this.#at] !== ".") return parts;
      this.#at++;
    }
  }

  /** Skips a value, and the comment behind it. */
  #value(): void {
    let depth = 0;
    while (this.#at < this.#text.length) {
      const one = this.#text[this.#at] as string;
      if (one === '"' || one === "'") this.#string();
      else if (one === "#") this.#pending.push(this.#comment());
      else if (one === "\n" && depth === 0) return;
      else {
        if (one === "[" || one === "{") depth++;
        else if (one === "]" || one === "}") depth--;
        this.#at++;
      }
    }
  }

  /** Skips a string, also one of several lines. */
  #string(): void {
    const quote = this.#text[this.#at] as string;
    const mark = this.#text.startsWith(quote.repeat(3), this.#at) ? quote.repeat(3) : quote;
    this.#at += mark.length;
    while (this.#at < this.#text.length && !this.#text.startsWith(mark, this.#at))
      this.#at += quote === '"' && this.#text[this.#at] === "\\" ? 2 : 1;
    this.#at += mark.length;
    // Up to two quotes may stand in front of the three that end a text.
    if (mark.length === 3) while (this.#text[this.#at] === quote) this.#at++;
  }

  #comment(): string {
    const end = this.#text.indexOf("\n", this.#at);
    const comment = this.#text.slice(this.#at, end === -1 ? this.#text.length : end);
    this.#at += comment.length;
    return comment.replace(/^#+\s?/, "").trim();
  }

  #add(path: readonly string[]): void {
    // A comment behind a value or a table's name is on its line.
    const rest = /^[ \t]*#[^\n]*/.exec(this.#text.slice(this.#at, this.#at + 1000))?.[0];
    if (rest !== undefined) {
      this.#at += rest.indexOf("#");
      this.#pending.push(this.#comment());
    }
    this.#isHeader = false;
    const comments = plain(this.#pending);
    this.#pending = [];
    this.#above = 0;
    const key = path.join("\0");
    for (const comment of comments) addTo(this.found, key, comment);
  }
}

/** Comments without the empty ones and those for editors. */
const plain = (comments: readonly string[]): string[] => comments.filter((comment) => comment !== "" && !/^:/.test(comment));
