import type { Source } from "../read/source.ts";
import type { Fix } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { valueAt } from "../report/spec-path.ts";
import type { Entry } from "./settings-in-force.ts";

/** An edit that takes an entry out. */
export function entryRemoval(source: Source, entry: Entry): Fix | undefined {
  const { at } = entry;
  const range = entry.range?.();
  if (!range) return typeof at.at(-1) === "number" ? removal(source, at) : undefined;
  const before = /\s+$/.exec(source.text.slice(0, range.start));
  const node = source.locate(at, "value");
  if (before && before.index > node.start) return { range: { start: before.index, end: range.end }, text: "" };
  const after = /^\s+/.exec(source.text.slice(range.end, node.end));
  return after ? { range: { start: range.start, end: range.end + after[0].length }, text: "" } : undefined;
}

/** An edit that gives a key or a value another text. */
export function replacement(source: Source, at: SpecPath, part: "key" | "value", text: string): Fix {
  return { range: source.locate(at, part), text };
}

/**
 * An edit that takes an entry out of a list, or a key with its value out of a map, with its comma or line. Undefined when it
 * is the only one there: an empty list or map is rarely what somebody wants, and an empty key never.
 */
export function removal(source: Source, at: SpecPath): Fix | undefined {
  const parent = valueAt(source, at.slice(0, -1));
  if (typeof parent !== "object" || parent === null || Object.keys(parent).length < 2) return undefined;
  const { text } = source;
  const value = source.locate(at, "value");
  const start = Array.isArray(parent) ? value.start : source.locate(at, "key").start;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const lead = text.slice(lineStart, start);
  if (/^ *(- +)?$/.test(lead) && (!Array.isArray(parent) || lead.includes("-")) && !/[[{,]\s*$/.test(text.slice(0, lineStart))) {
    // A key that shares its line with the dash of a list belongs to that entry: the dash must stay.
    if (!Array.isArray(parent) && lead.includes("-")) return undefined;
    const newline = text.indexOf("\n", value.end);
    return { range: { start: lineStart, end: newline === -1 ? text.length : newline + 1 }, text: "" };
  }
  const before = /,\s*$/.exec(text.slice(0, start));
  if (before) return { range: { start: before.index, end: value.end }, text: "" };
  const after = /^\s*,\s*/.exec(text.slice(value.end));
  if (/[[{]\s*$/.test(text.slice(0, start)) && after) return { range: { start, end: value.end + after[0].length }, text: "" };
  return undefined;
}

/** An edit that gives a map one more key, with a value on the key's own line. */
export function addition(source: Source, map: SpecPath, key: string, value: string): Fix | undefined {
  const last = Object.keys((valueAt(source, map) as object | null | undefined) ?? {}).at(-1);
  if (last === undefined) return undefined;
  const { text } = source;
  const end = source.locate([...map, last], "value").end;
  if (text[source.locate(map, "value").start] === "{") return { range: { start: end, end }, text: `, ${key}: ${value}` };
  const start = source.locate([...map, last], "key").start;
  const column = start - (text.lastIndexOf("\n", start - 1) + 1);
  const newline = text.indexOf("\n", end);
  const at = newline === -1 ? text.length : newline;
  return { range: { start: at, end: at }, text: `\n${" ".repeat(column)}${key}: ${value}` };
}

/** An edit that adds lines to the end of the spec. */
export function appendix(source: Source, lines: string): Fix {
  const end = source.text.length;
  return { range: { start: end, end }, text: source.text.endsWith("\n") ? lines : `\n${lines}` };
}
