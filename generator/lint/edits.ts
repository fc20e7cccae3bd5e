import type { Source } from "../read/source.ts";
import type { Fix } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { valueAt } from "../report/spec-path.ts";
import type { Entry } from "./settings-in-force.ts";

/* Edits of the file that a part of the spec comes from. */

/** An edit that deletes an entry; undefined if it is the only one. */
export function entryRemoval(source: Source, entry: Entry): Fix | undefined {
  const { at } = entry;
  const range = entry.range?.();
  if (!range) return typeof at.at(-1) === "number" ? removal(source, at) : undefined;
  const { text } = source.origin(at).file;
  const before = spaceBefore(text, range.start);
  const node = source.locate(at, "value");
  if (before < range.start && before > node.start) return { range: { ...range, start: before }, text: "" };
  const after = Math.min(spaceAfter(text, range.end), node.end);
  return after > range.end ? { range: { ...range, end: after }, text: "" } : undefined;
}

/** An edit that replaces a key or a value. */
export function replacement(source: Source, at: SpecPath, part: "key" | "value", text: string): Fix {
  return { range: source.locate(at, part), text };
}

/**
 * An edit that deletes an item of a list, or a key and its value from a map, with its comma or line. Undefined if it is the only one: an
 * empty list or map is rarely intended, and a key without a value is an error.
 */
export function removal(source: Source, at: SpecPath): Fix | undefined {
  const { file: own, path } = source.origin(at);
  const parent = valueAt(own, path.slice(0, -1));
  if (typeof parent !== "object" || parent === null || !hasSeveral(parent)) return undefined;
  const { text, file } = own;
  const value = own.locate(path, "value");
  const start = Array.isArray(parent) ? value.start : own.locate(path, "key").start;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const lead = text.slice(lineStart, start);
  if (/^ *(- +)?$/.test(lead) && (!Array.isArray(parent) || lead.includes("-")) && !/[[{,]/.test(charBefore(text, lineStart))) {
    // The key is on the line of a list item's `-`, which must stay.
    if (!Array.isArray(parent) && lead.includes("-")) return undefined;
    const newline = text.indexOf("\n", value.end);
    return { range: { file, start: lineStart, end: newline === -1 ? text.length : newline + 1 }, text: "" };
  }
  const before = charBefore(text, start);
  if (before === ",") return { range: { file, start: spaceBefore(text, start) - 1, end: value.end }, text: "" };
  const comma = spaceAfter(text, value.end);
  if (/[[{]/.test(before) && text[comma] === ",") return { range: { file, start, end: spaceAfter(text, comma + 1) }, text: "" };
  return undefined;
}

/** Where the white space before an offset begins. From the offset on: a search for `\s*$` reads the whole text each time. */
function spaceBefore(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && /\s/.test(text[at - 1] ?? "")) at--;
  return at;
}

/** The last character before an offset that is no white space; `""` when there is none. */
const charBefore = (text: string, offset: number): string => text[spaceBefore(text, offset) - 1] ?? "";

/** Where the white space after an offset ends. */
function spaceAfter(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && /\s/.test(text[at] ?? "")) at++;
  return at;
}

/** Whether a list or map has two entries. */
function hasSeveral(parent: object): boolean {
  if (Array.isArray(parent)) return parent.length > 1;
  let count = 0;
  for (const _ in parent) if (++count > 1) return true;
  return false;
}

/**
 * An edit that adds a key to a map, with a value of one line. Undefined if the spec has an alias instead of the map, or if the new line
 * would not have the indentation of the map's other keys.
 */
export function addition(source: Source, map: SpecPath, key: string, value: string): Fix | undefined {
  const { file: own, path } = source.origin(map);
  const entries = valueAt(own, path);
  if (typeof entries !== "object" || entries === null) return undefined;
  const { text, file } = own;
  const { start: opening } = own.locate(path, "value");
  const last = Object.keys(entries).at(-1);
  const insertion = (at: number, inserted: string): Fix => ({ range: { file, start: at, end: at }, text: inserted });
  if (text[opening] === "{") {
    const space = text[opening + 1] === "}" ? " " : "";
    if (last === undefined) return insertion(opening + 1, ` ${key}: ${value}${space}`);
    return insertion(own.locate([...path, last], "value").end, `, ${key}: ${value}`);
  }
  if (last === undefined || text[opening] === "*") return undefined;
  const { start } = own.locate([...path, last], "key");
  const lead = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  if (!/^ *(?:- +)*$/.test(lead)) return undefined;
  const { end } = own.locate([...path, last], "value");
  const newline = text.indexOf("\n", end);
  const at = newline === -1 ? text.length : newline - (text[newline - 1] === "\r" ? 1 : 0);
  return insertion(at, `${text.includes("\r\n") ? "\r\n" : "\n"}${" ".repeat(lead.length)}${key}: ${value}`);
}

/**
 * An edit that adds entries to the end of a list, in the form that the list has. Undefined if the spec has an alias instead of the list, or
 * a form that a line can't be added to.
 */
export function insertion(source: Source, list: SpecPath, entries: readonly string[]): Fix | undefined {
  const last = valueAt(source, list);
  if (!Array.isArray(last)) return undefined;
  // The last entry of a merged list is in the file of the spec's own entries, where there are any.
  const { file: own, path } = last.length > 0 ? source.origin([...list, last.length - 1]) : source.origin(list);
  const at = last.length > 0 ? path.slice(0, -1) : path;
  const here = valueAt(own, at);
  if (!Array.isArray(here)) return undefined;
  const { text, file } = own;
  const whole = own.locate(at, "value");
  const add = (offset: number, inserted: string): Fix => ({ range: { file, start: offset, end: offset }, text: inserted });
  if (text[whole.start] === "[") {
    if (here.length === 0) return { range: { file, start: whole.start, end: whole.end }, text: `[${entries.join(", ")}]` };
    return add(own.locate([...at, here.length - 1], "value").end, `, ${entries.join(", ")}`);
  }
  const { start, end } = own.locate([...at, here.length - 1], "value");
  const lead = /^( *)- +$/.exec(text.slice(text.lastIndexOf("\n", start - 1) + 1, start));
  if (!lead) return undefined;
  const newline = text.indexOf("\n", end);
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = entries.map((entry) => `${lead[1]}- ${entry}`);
  if (newline === -1) return add(text.length, lines.map((line) => lineBreak + line).join(""));
  return add(newline + 1, lines.map((line) => line + lineBreak).join(""));
}

/** An edit that appends lines to the main file of the spec. */
export function appendix(source: Source, lines: string): Fix {
  const { file, text } = source.origin([]).file;
  const range = { file, start: text.length, end: text.length };
  return { range, text: text.endsWith("\n") ? lines : `\n${lines}` };
}
