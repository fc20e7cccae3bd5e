import { FORMS } from "./secret-forms.ts";
import { isAccessTokens, isPlaceholder, isSecretName } from "./secret-names.ts";
import { trigramsOf } from "./trigrams.ts";
import { unescaped } from "./unescaped.ts";

/* Finds secrets in texts: by their forms, also where they are written with escapes or in base64, and by the names before them. */

/** Where a secret is in a text, and what it is, with an article. */
export interface SecretRange {
  readonly start: number;
  readonly end: number;
  readonly what: string;
}

/** The ranges of secrets in a text, sorted and without overlaps. In linear time. */
export function secretsInText(text: string): SecretRange[] {
  const found = byForm(text);
  const plain = unescaped(text);
  const escaped = plain
    ? byForm(plain.text).map(({ start, end, what }) => ({ start: plain.offset(start), end: plain.offset(end), what }))
    : [];
  const encoded = inBase64(text);
  return escaped.length + encoded.length === 0 ? found : united([...found, ...escaped, ...encoded]);
}

/** Secrets that are written as they are. */
function byForm(text: string): SecretRange[] {
  let found: SecretRange[] = [];
  const may = text.length < LONG ? () => true : trigramsOf(text);
  for (const { what, parts, form, isOne } of FORMS) {
    if (!parts.some((part) => may(part) && text.includes(part))) continue;
    const ofForm: SecretRange[] = [];
    // Both lists are sorted, so that one pass finds the overlaps.
    let next = 0;
    for (const match of text.matchAll(form)) {
      const inner = match.groups?.["secret"];
      const start = match.index + (inner === undefined ? 0 : match[0].lastIndexOf(inner));
      const end = start + (inner ?? match[0]).length;
      if ((inner !== undefined && isPlaceholder(inner)) || isOne?.(inner ?? match[0]) === false) continue;
      while (next < found.length && (found[next]?.end ?? 0) <= start) next++;
      if (next === found.length || end <= (found[next]?.start ?? 0)) ofForm.push({ start, end, what });
    }
    if (ofForm.length > 0) found = [...found, ...ofForm].sort((a, b) => a.start - b.start);
  }
  return found;
}

/** From this length on, one look at all characters saves more of the searches for hundreds of parts than it takes. */
const LONG = 512 * 1024;

/** Overlapping ranges as one. */
function united(ranges: readonly SecretRange[]): SecretRange[] {
  const all: SecretRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = all.at(-1);
    if (!last || range.start >= last.end) all.push(range);
    else if (range.end > last.end) all[all.length - 1] = { ...last, end: range.end };
  }
  return all;
}

/** A word that may be text in base64, and lines of it that follow. */
const BASE64 = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{24,}={0,2}/g;
const NEXT_LINE = /[ \t]*\r?\n[ \t#]*([A-Za-z0-9+/]+={0,2})[ \t]*(?=\r?\n|$)/y;

/** Secrets that are written in base64: a token, a configuration with a password, a private key. */
function inBase64(text: string): SecretRange[] {
  const found: SecretRange[] = [];
  BASE64.lastIndex = 0;
  for (let match = BASE64.exec(text); match; match = BASE64.exec(text)) {
    const from = plainFrom(match[0]);
    if (from === undefined) continue;
    const lines = [match[0].slice(from)];
    NEXT_LINE.lastIndex = match.index + match[0].length;
    let end = NEXT_LINE.lastIndex;
    for (let line = NEXT_LINE.exec(text); line; line = NEXT_LINE.exec(text)) {
      lines.push(line[1] ?? "");
      end = NEXT_LINE.lastIndex;
    }
    // One text over all lines, or one on each.
    const [first] = [...byForm(decoded(lines.join(""))), ...(lines.length > 1 ? byForm(lines.map(decoded).join("\n")) : [])];
    if (first) found.push({ start: match.index + from, end, what: first.what });
    BASE64.lastIndex = end;
  }
  return found;
}

/** Where in a word text in base64 begins: at its start, or after one of its first slashes, as in an address. */
function plainFrom(word: string): number | undefined {
  for (let from = 0, tries = 0; word.length - from >= 24 && tries < 16; tries++) {
    if (isPlain(decoded(word.slice(from, from + 24)))) return from;
    from = word.indexOf("/", from) + 1 || word.length;
  }
  return undefined;
}

const decoded = (base64: string): string => Buffer.from(base64, "base64").toString("latin1");

/** Whether there are only characters that people write: what a picture or a hash decodes to has others within the first few. */
const isPlain = (text: string): boolean => /^[\t\n\r\u0020-\u007e]*$/.test(text);

/**
 * A name and what separates it from its value, in YAML, JSON, TOML, nix.conf, a shell's text, a makefile (`?=`), Ruby and Python
 * (`ENV["NAME"] =`), or an option of Java.
 */
const ENTRY =
  /(?<![A-Za-z0-9_.-])(?:-[DP]?)?(["']?)([A-Za-z_][A-Za-z0-9_.-]{2,80})\1(?:(?<=["'])\])?([ \t]{0,20}(?::(?!\/\/)|(?:[?+]|\|\|)?=)[ \t]{0,20})/g;

/** A YAML value's tag or anchor, or what announces that it is on the lines below. */
const BEFORE_VALUE =
  /(?:[!&][^\s"']{0,80}[ \t]{1,20}){0,2}(?:[|>][-+0-9]{0,2}[ \t]{0,20})?(?:(?:#[^\n]{0,200})?\r?\n[ \t]{1,80}(?![A-Za-z_][\w.-]{0,80}:(?:\s|$)|-\s))?/y;

/** A value in the quotes of YAML, JSON, TOML and Nix. An open one goes on to the end of its line. */
const QUOTED =
  /"""\r?\n?([\s\S]{1,4000}?)"""|'''\r?\n?([\s\S]{1,4000}?)'''|''(?!')\s*([^']{1,4000}?)''|"((?:[^"\\]|\\[\s\S]){1,4000})"|'((?:[^']|''){1,4000})'|["']([^\n]+)/y;

/** A value without quotes: a shell's word; one between the brackets of a list or map; one up to the end of its line. */
const WORD = /[^\s"';&|<>`()]+/y;
const ITEM = /[^\s"'#,{}[\]][^\n,{}[\]]*/y;
const LINE = /[^\s"'#][^\n]*/y;

/** A list on one line, up to its end or that of the line. */
const LIST = /\[[^\]\n]*\]?/y;

/**
 * The ranges of values that a name before them gives away, in a text whose structure is not known: `password: …`, `"apiKey": "…"`,
 * `github_token = …`, whatever the value looks like; after `access-tokens` or a typo of it, all of the line and of indented lines that
 * follow. In linear time.
 */
export function namedSecrets(text: string): SecretRange[] {
  const found: SecretRange[] = [];
  ENTRY.lastIndex = 0;
  for (let match = ENTRY.exec(text); match; match = ENTRY.exec(text)) {
    const [, , name = "", separator = ""] = match;
    const after = match.index + match[0].length;
    if (isAccessTokens(name)) {
      const end = blockEnd(text, match.index, after);
      for (const word of text.slice(after, end).matchAll(/[^\s"',;{}[\]]{4,}/g)) {
        const from = after + word.index + word[0].indexOf("=") + 1;
        const to = after + word.index + word[0].length;
        if (to - from >= 4 && !isPlaceholder(text.slice(from, to))) found.push({ start: from, end: to, what: "an access token" });
      }
      ENTRY.lastIndex = Math.max(end, ENTRY.lastIndex);
    } else if (!isSecretName(name)) {
      // The search goes on behind the separator.
    } else if (text[after] === "[") {
      // Each word of a list; the search goes on behind it.
      LIST.lastIndex = after;
      const list = LIST.exec(text)?.[0] ?? "";
      for (const word of list.matchAll(/[^\s"',[\]]{6,}/g))
        if (!isPlaceholder(word[0]))
          found.push({
            start: after + word.index,
            end: after + word.index + word[0].length,
            what: "a password or token",
          });
      ENTRY.lastIndex = after + list.length;
    } else {
      const value = valueAt(text, after, match.index, separator);
      const { start: from, end, first } = value;
      // What follows a placeholder is looked at again.
      const isOne = end - from >= 6 && !isPlaceholder(text.slice(from, first));
      if (isOne) found.push({ start: from, end, what: "a password or token" });
      ENTRY.lastIndex = isOne ? end : Math.max(after, first);
    }
  }
  return found;
}

/** The value after a name and its separator, and where its first word ends. */
function valueAt(text: string, after: number, name: number, separator: string): { start: number; end: number; first: number } {
  BEFORE_VALUE.lastIndex = after;
  BEFORE_VALUE.test(text);
  const start = BEFORE_VALUE.lastIndex || after;
  QUOTED.lastIndex = start;
  const quoted = QUOTED.exec(text);
  if (quoted) {
    const inner = quoted.slice(1).find((one) => one !== undefined) ?? "";
    const from = start + quoted[0].indexOf(inner);
    return { start: from, end: from + inner.length, first: from + inner.length };
  }
  const before = text.slice(Math.max(0, name - 500), name);
  const form = /[{[(][^\n]*$/.test(before) ? ITEM : /[ \t]/.test(separator) ? LINE : WORD;
  form.lastIndex = start;
  const first = start + (/^[^\s#]*/.exec(text.slice(start, start + 200))?.[0].length ?? 0);
  // A line with many placeholders is not searched to its end for each of them.
  if (isPlaceholder(text.slice(start, first))) return { start, end: first, first };
  const value = form.exec(text)?.[0] ?? "";
  const comment = value.search(/\s#/);
  return { start, end: start + (comment === -1 ? value : value.slice(0, comment)).trimEnd().length, first };
}

/** The ranges of everything in a text of any structure that looks like a secret, by its form or by its name; they can overlap. */
export const allSecrets = (text: string): SecretRange[] => [...secretsInText(text), ...namedSecrets(text)];

/** The places of what looks like a secret in files, each with its text. */
export const secretPlaces = (
  files: readonly { readonly file: string; readonly text: string }[],
): { readonly file: string; readonly start: number; readonly end: number; readonly text: string }[] =>
  files.flatMap(({ file, text }) =>
    allSecrets(text).map(({ start, end }) => ({ file, start, end, text: text.slice(start, end) })),
  );

/** Where the value of a key ends: at the end of its line, or of the lines below it that are indented further. */
function blockEnd(text: string, key: number, start: number): number {
  const lineStart = text.lastIndexOf("\n", key) + 1;
  const indent = /[ \t]*/y.exec(text.slice(lineStart, lineStart + 200))?.[0].length ?? 0;
  const lineEnd = (at: number) => {
    const newline = text.indexOf("\n", at);
    return newline === -1 ? text.length : newline;
  };
  let end = lineEnd(start);
  for (;;) {
    const next = text.slice(end + 1, end + 1 + 200);
    const space = /^[ \t]*/.exec(next)?.[0].length ?? 0;
    const isBelow = space > indent || (space === indent && /^[ \t]*- /.test(next));
    if (end >= text.length || !isBelow) return end;
    end = lineEnd(end + 1);
  }
}
