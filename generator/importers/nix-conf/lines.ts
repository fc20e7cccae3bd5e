import { posix } from "node:path";
import { findSetting } from "../../knowledge/settings.ts";
import { type Diagnostic, diagnostic, type Range } from "../../report/diagnostic.ts";
import type { ForeignFile, ReadFile } from "../draft.ts";
import { ownComment } from "../secrets.ts";

/** A line of a nix.conf that sets something, or that Nix refuses. */
export interface Line {
  readonly file: string;
  readonly range: Range;
  /** 1-based. */
  readonly number: number;
  /** The setting's name, `=` and the value; empty where Nix refuses the line. */
  readonly words: readonly string[];
  /** The author's comments above it and after it. */
  readonly comments: readonly string[];
  /** True for comments that are above no setting; the line has no words then. */
  readonly aside?: true;
}

export interface Lines {
  /** In the order in which Nix reads them, included files at their `include`. */
  readonly lines: readonly Line[];
  /** Remarks about the files as a whole, and comments that stand above nothing. */
  readonly notes: readonly string[];
  /** `import-incomplete`: what Nix itself refuses. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How deep files may include each other; Nix itself follows a circle until its stack ends. */
const MAX_INCLUDES = 20;

/** How many includes are read: files that include two others each, twenty deep, would be a million. */
const MAX_INCLUDED = 200;

/** How much is read of all included files together. */
const MAX_CHARACTERS = 200_000;

/** Splits files into lines by the grammar of Nix (libutil, parseConfigFiles), and follows their includes. */
export async function readLines(files: readonly ForeignFile[], readFile: ReadFile): Promise<Lines> {
  const reader = new LineReader(readFile);
  for (const file of files) await reader.file(file, []);
  return reader;
}

class LineReader implements Lines {
  readonly lines: Line[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly notes: string[] = [];
  readonly #readFile: ReadFile;
  #included = 0;
  #characters = 0;

  constructor(readFile: ReadFile) {
    this.#readFile = readFile;
  }

  /** `open`: the files that include this one. */
  async file({ path, text }: ForeignFile, open: readonly string[]): Promise<void> {
    let pending: string[] = [];
    let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    let header = true;
    for (const [index, whole] of text.slice(start).split("\n").entries()) {
      const range = { start, end: start + whole.trimEnd().length };
      start += whole.length + 1;
      const { words, comment } = splitLine(whole);
      if (words.length > 0) {
        header = false;
        const [aside, above] = splitAside(pending, words[0]);
        this.#aside(aside, path, range, index + 1);
        const comments = authorsComments([...above, ...(comment ? [comment] : [])]);
        pending = [];
        await this.#line({ file: path, range, number: index + 1, words, comments }, open);
      } else if (comment !== undefined) pending.push(comment);
      else if (header && pending.length > 0) {
        // A first block of comments that a blank line follows is about the file, or is settings that are commented out.
        const [aside, about] = splitAside(pending);
        this.#aside(aside, path, range, index + 1);
        this.notes.push(...(isOfTool(about) ? [] : authorsComments(about)));
        pending = [];
        header = false;
      } else if (whole.trim() === "" && pending.length > 0) pending.push("");
    }
    const [aside, rest] = splitAside(pending);
    this.#aside(aside, path, { start: text.length, end: text.length }, 0);
    this.notes.push(...authorsComments(rest));
  }

  #aside(block: readonly string[], file: string, range: Range, number: number): void {
    const comments = authorsComments(block);
    if (comments.length > 0) this.lines.push({ file, range, number, words: [], comments, aside: true });
  }

  async #line(line: Line, open: readonly string[]): Promise<void> {
    const [first = "", second] = line.words;
    if (first === "include" || first === "!include") return this.#include(line, first === "!include", open);
    if (second === "=") {
      this.lines.push(line);
      return;
    }
    // "key=value" is one word to Nix, and it refuses the whole file.
    const hint = first.includes("=")
      ? "put white space on both sides of `=`"
      : "a line is `name = value`, `include FILE` or `!include FILE`";
    this.#incomplete(line, "Nix refuses this line and with it the whole file", hint);
    this.lines.push({ ...line, words: [] });
  }

  async #include(line: Line, optional: boolean, open: readonly string[]): Promise<void> {
    const [, target, ...more] = line.words;
    this.notes.push(...line.comments);
    if (target === undefined || more.length > 0)
      return this.#incomplete(line, "an include names exactly one file", "write one line for each file: `include FILE`");
    const path = posix.join(posix.dirname(line.file), target);
    const resolved = target.startsWith("/") ? posix.normalize(target) : path;
    if (resolved === line.file || open.includes(resolved) || open.length >= MAX_INCLUDES)
      return this.#incomplete(line, `${resolved} includes itself`, "delete this line");
    if (++this.#included > MAX_INCLUDED) {
      if (this.#included === MAX_INCLUDED + 1)
        this.#incomplete(line, `more than ${MAX_INCLUDED} includes: the rest is not read`, "include each file once");
      return;
    }
    const text = await this.#readFile(resolved);
    this.#characters += text?.length ?? 0;
    if (text !== undefined && this.#characters > MAX_CHARACTERS)
      return this.#incomplete(
        line,
        `the included files have more than ${MAX_CHARACTERS} characters: ${resolved} is not read`,
        "import this file by itself",
      );
    if (text !== undefined) return this.file({ path: resolved, text }, [...open, line.file]);
    if (optional) this.notes.push(`!include ${target}: no such file here, so nothing of it is below`);
    else {
      this.notes.push(`include ${target}: the file could not be read, so nothing of it is below`);
      // Nix refuses a configuration whose include is missing. A file of another folder is only read when it is named.
      const hint = `name ${resolved} on the command line too, or write \`!include ${target}\` if it may be missing`;
      this.#incomplete(line, `${resolved}, which the file includes, cannot be read`, hint);
    }
  }

  #incomplete(line: Line, message: string, hint?: string): void {
    this.diagnostics.push(diagnostic("import-incomplete", message, line.file, line.range, hint === undefined ? {} : { hint }));
  }
}

/** A line's words and its comment without the mark. Nix cuts a line at the first `#`, inside an address too. */
function splitLine(line: string): { readonly words: string[]; readonly comment: string | undefined } {
  const hash = line.indexOf("#");
  const words = (hash === -1 ? line : line.slice(0, hash)).split(/[ \t\r]+/).filter((word) => word !== "");
  if (hash === -1) return { words, comment: undefined };
  const comment = line
    .slice(hash)
    .replace(/^#+\s?/, "")
    .trimEnd();
  // A frame of `#`. From its end: a pattern for it would read the line again from each space.
  let end = comment.length;
  while (comment[end - 1] === "#") end--;
  return { words, comment: comment.slice(0, end).trimEnd() };
}

/**
 * Splits the comments above a line: first those that end with settings that are commented out, which belong to no line, then those of the line.
 *
 * @param name The line's setting: one that is commented out above it belongs to it.
 */
function splitAside(comments: readonly string[], name?: string): [readonly string[], readonly string[]] {
  const last = comments.findLastIndex((line) => {
    const off = /^([a-z][a-z0-9-]*)\s*=(\s|$)/.exec(line)?.[1];
    return off !== undefined && off !== name && findSetting(off) !== undefined;
  });
  return [comments.slice(0, last + 1), comments.slice(last + 1)];
}

/** Whether the first comments of a file are what a tool wrote about it. */
const isOfTool = (comments: readonly string[]): boolean =>
  comments.some(
    (line) =>
      /\b(generated|written|created|managed|installed|maintained) (by|from|with)\b|\bansible managed\b|nix\.custom\.conf/i.test(
        line,
      ) ||
      (/\b(edit|change|modification)s?\b/i.test(line) && /\b(lost|overwritten|discarded|reverted)\b/i.test(line)),
  );

/** The comments that people wrote: what a tool wrote about its own file is not true of the spec. */
function authorsComments(comments: readonly string[]): string[] {
  const fromTool = /generated (by|from)|do(n't| not) edit|managed by|this file is (generated|overwritten)/i;
  if (comments.some((line) => fromTool.test(line))) return [];
  const text = comments.map(ownComment);
  while (text[0] === "") text.shift();
  while (text.at(-1) === "") text.pop();
  return text;
}
