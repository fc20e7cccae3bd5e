import { dirname, isAbsolute, join } from "node:path";
import type { Source, SourceFile } from "../read/source.ts";
import type { Fix, Range } from "../report/diagnostic.ts";
import { memoized } from "../report/memoized.ts";
import { dotted, pathOfText, pathText, type SpecPath, valueAt } from "../report/spec-path.ts";
import { afterOwnComments, lineBreak, lineEnd, lineStart, nextLine, spaceAfter, spaceBefore } from "./around.ts";
import { type Flow, flowInsertion, flowRemoval } from "./flow-edits.ts";
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

/** An edit that replaces a key or a value. A word keeps the quotes that are there. */
export function replacement(source: Source, at: SpecPath, part: "key" | "value", text: string): Fix {
  const range = source.locate(at, part);
  const old = source.origin(at).file.text.slice(range.start, range.end);
  const quote = /^(["']).*\1$/s.exec(old)?.[1];
  return { range, text: quote !== undefined && isWord(text) ? quote + text + quote : text };
}

/** Whether a text of YAML is text of one word, not a number, a truth value or null. */
const isWord = (text: string): boolean => /^[A-Za-z][\w.+/:?=&@-]*$/.test(text) && !/^(?:true|false|null)$/i.test(text);

/**
 * An edit that deletes an item of a list, or a key and its value from a map, with its comma or line and the comment on it; comments on
 * other lines stay. Undefined if it is the only one: an empty list or map is rarely intended, and a key without a value is an error.
 * Undefined also behind an alias, whose values are another part of the file, and where an edit can't be certain.
 */
export function removal(source: Source, at: SpecPath): Fix | undefined {
  const { file: own, path } = source.origin(at);
  const parent = valueAt(own, path.slice(0, -1));
  if (typeof parent !== "object" || parent === null || !hasSeveral(parent)) return undefined;
  return withShiftedPaths(source, at, removalIn(own, path));
}

/** The same edit of an item of a list. A list that loses its only item becomes `[]`. */
export function itemRemoval(source: Source, at: SpecPath): Fix | undefined {
  const { file: own, path } = source.origin(at);
  const list = path.slice(0, -1);
  const items = valueAt(own, list);
  if (!Array.isArray(items)) return undefined;
  const line = withShiftedPaths(source, at, removalIn(own, path));
  if (!line || items.length > 1 || own.text[own.locate(list, "value").start] === "[") return line;
  // Behind the key, before the comments that follow it.
  const key = own.locate(list, "key");
  const colon = /^[ \t]*:(?:[ \t]+&[^\s,[\]{}]+)?/.exec(own.text.slice(key.end, key.end + 200));
  if (!colon) return undefined;
  const offset = key.end + colon[0].length;
  return {
    range: { file: own.file, start: offset, end: offset },
    text: " []",
    also: [{ range: line.range, text: line.text }, ...(line.also ?? [])],
  };
}

/**
 * With more entries of `lint`, or of `include` and `without`, which no spec has, there is no edit: to find those that it shifts takes as long as
 * all of them, for each finding.
 */
const MOST_PATHS = 2000;

/** Whether a spec has too many paths that an edit can shift. */
const hasManyPaths = memoized((source: Source): boolean => {
  const accepted = source.files.map((file) => valueAt(file, ["lint"])).map((list) => (Array.isArray(list) ? list.length : 0));
  const included = source.files.flatMap(includedBy).reduce((sum, { without }) => sum + 1 + without.length, 0);
  return Math.max(...accepted, included) > MOST_PATHS;
});

/** The edit, and those of the entries of `lint` and of `without` that name a later item of the list by its number. */
function withShiftedPaths(source: Source, at: SpecPath, fix: Fix | undefined): Fix | undefined {
  const removed = at.at(-1);
  if (!fix || typeof removed !== "number") return fix;
  const { file: own, path } = source.origin(at);
  if (hasManyPaths(source)) return undefined;
  const exclusions = shiftedExclusions(source, own, path);
  if (!exclusions) return undefined;
  const acceptances = source.files.flatMap((file): Fix[] => {
    // In the main file, a path is one of the whole spec; in an included one, of that file.
    const [here, value] = file === source.files[0] ? [at, source.value] : [path, file.value];
    if (file !== source.files[0] && file !== own) return [];
    const entries: unknown = valueAt(file, ["lint"]);
    return (Array.isArray(entries) ? entries : []).flatMap((entry, index): Fix[] => {
      const written = (entry as { at?: unknown } | null)?.at;
      const named = typeof written === "string" ? pathOfText(written, value) : undefined;
      const depth = here.length - 1;
      const number = named?.[depth];
      if (!named || typeof number !== "number" || number <= removed) return [];
      if (here.slice(0, depth).some((step, level) => step !== named[level])) return [];
      const range = file.locate(["lint", index, "at"], "value");
      const raw = file.text.slice(range.start, range.end);
      const steps = (last: number) => pathText([...named.slice(0, depth), last]);
      const form = [(text: string) => text, dotted].find((one) => raw.includes(one(steps(number))));
      return form ? [{ range, text: raw.replace(form(steps(number)), () => form(steps(number - 1))) }] : [];
    });
  });
  const also = [...acceptances, ...exclusions];
  return also.length > 0 ? { ...fix, also: [...(fix.also ?? []), ...also] } : fix;
}

/**
 * The edits of the paths of `without` that name a later item of a file's list. Undefined if one names an item of that list in a file that
 * gets it from others: their items come first, so that the number is another one.
 *
 * @param path The removed item, in its file.
 */
function shiftedExclusions(source: Source, own: SourceFile, path: SpecPath): Fix[] | undefined {
  if (own === source.files[0]) return [];
  const list = dotted(pathText(path.slice(0, -1)));
  const edits: Fix[] = [];
  for (const file of source.files)
    for (const { at, name, text } of exclusionsOf(file)) {
      const [, number] =
        (dotted(text).startsWith(`${list}.`) && /^(\d+)(?:\.|$)/.exec(dotted(text).slice(list.length + 1))) || [];
      if (number === undefined) continue;
      if (name !== own.file) {
        if (mayInclude(source, name, own.file)) return undefined;
        continue;
      }
      if (includedBy(own).length > 0) return undefined;
      if (Number(number) <= Number(path.at(-1))) continue;
      const range = file.locate(at, "value");
      const raw = file.text.slice(range.start, range.end);
      const form = [pathText, (steps: SpecPath) => dotted(pathText(steps))].find((one) =>
        raw.includes(one([...path.slice(0, -1), Number(number)])),
      );
      if (!form) return undefined;
      const written = form([...path.slice(0, -1), Number(number)]);
      edits.push({ range, text: raw.replace(written, () => form([...path.slice(0, -1), Number(number) - 1])) });
    }
  return edits;
}

/** The entries of a file's `include`: the name of each file, as it is in messages, and what of it is left out. */
function includedBy(file: SourceFile): { readonly name: string; readonly index: number; readonly without: readonly unknown[] }[] {
  const entries = valueAt(file, ["include"]);
  return (Array.isArray(entries) ? entries : []).flatMap((entry: unknown, index) => {
    const { file: path, without } = (typeof entry === "string" ? { file: entry } : (entry ?? {})) as Record<string, unknown>;
    if (typeof path !== "string") return [];
    return [
      { name: isAbsolute(path) ? path : join(dirname(file.file), path), index, without: Array.isArray(without) ? without : [] },
    ];
  });
}

/** The paths of `without` in a file. */
const exclusionsOf = (file: SourceFile) =>
  includedBy(file).flatMap(({ name, index, without }) =>
    without.flatMap((text, number) =>
      typeof text === "string" ? [{ name, text, at: ["include", index, "without", number] as SpecPath }] : [],
    ),
  );

/** Whether a file is another one, or gets parts from it; true also if the file is not known by that name. */
function mayInclude(source: Source, name: string, other: string, seen = new Set<string>()): boolean {
  if (name === other) return true;
  if (seen.has(name)) return false;
  seen.add(name);
  const file = source.files.find((one) => one.file === name);
  return !file || includedBy(file).some((one) => mayInclude(source, one.name, other, seen));
}

function removalIn(own: SourceFile, path: SpecPath): Fix | undefined {
  const parentPath = path.slice(0, -1);
  const parent = valueAt(own, parentPath);
  if (typeof parent !== "object" || parent === null || isBehindAlias(own, parentPath)) return undefined;
  const flow = flowAt(own, parentPath, parent);
  if (flow) {
    const last = path.at(-1);
    return flowRemoval(flow, typeof last === "number" ? last : Object.keys(parent).indexOf(last ?? ""));
  }
  const { text, file } = own;
  const value = own.locate(path, "value");
  const key = own.locate(path, "key").start;
  const start = Array.isArray(parent) ? dashBefore(text, value.start)?.line : lineStart(text, key);
  // A key on the line of a list item's `-`, which must stay, has another form.
  if (start === undefined || (!Array.isArray(parent) && spaceAfter(text, start) !== key)) return undefined;
  const line = nextLine(text, endOf(own, path));
  // What follows an entry of several keys in their column is a part of it that is commented out.
  const isMap = Array.isArray(parent) && typeof valueAt(own, path) === "object" && !/[[{]/.test(text[value.start] ?? "");
  const end = isMap ? afterOwnComments(text, line, value.start - lineStart(text, value.start)) : line;
  return { range: { file, start, end }, text: "" };
}

/**
 * The start of the line with the `-` of an item, and the column of the `-`. The item follows on that line, or below it after comments.
 * Undefined if something else is there.
 *
 * @param start The start of the item's value.
 */
function dashBefore(text: string, start: number): { readonly line: number; readonly column: number } | undefined {
  let line = lineStart(text, start);
  const [, before] = /^( *)-[ \t]+(?:&\S+[ \t]+)?$/.exec(text.slice(line, start)) ?? [];
  if (before !== undefined) return { line, column: before.length };
  if (!/^[ \t]*(?:&\S+[ \t]+)?$/.test(text.slice(line, start))) return undefined;
  while (line > 0) {
    line = lineStart(text, line - 1);
    const above = text.slice(line, lineEnd(text, line));
    const [, space] = /^( *)-(?:[ \t]+&[^\s,[\]{}]+)?(?:[ \t]*|[ \t]+#.*)$/.exec(above) ?? [];
    if (space !== undefined) return { line, column: space.length };
    if (!/^[ \t]*(?:#|$)/.test(above)) return undefined;
  }
  return undefined;
}

/** The end of a value, without the comments after it, which the reader of YAML counts as a part of a list or map. */
function endOf(own: SourceFile, path: SpecPath): number {
  const { start, end } = own.locate(path, "value");
  const value = valueAt(own, path);
  if (typeof value !== "object" || value === null || /[[{*]/.test(own.text[start] ?? "")) return end;
  const last = Array.isArray(value) ? value.length - 1 : Object.keys(value).at(-1);
  return last === undefined || last === -1 ? end : endOf(own, [...path, last]);
}

/** Whether the path leads through an alias: the values behind it are another part of the file. */
const isBehindAlias = (own: SourceFile, path: SpecPath): boolean =>
  path.some((_, depth) => own.text[own.locate(path.slice(0, depth + 1), "value").start] === "*");

/** By the list or map: a thousand findings can be in one with a hundred thousand entries. */
const flows = new WeakMap<object, { readonly own: SourceFile; readonly flow: Flow | undefined }>();

/** A list or map in brackets; undefined for one without. */
function flowAt(own: SourceFile, path: SpecPath, parent: object): Flow | undefined {
  const known = flows.get(parent);
  if (known?.own === own) return known.flow;
  const flow = newFlowAt(own, path, parent);
  flows.set(parent, { own, flow });
  return flow;
}

function newFlowAt(own: SourceFile, path: SpecPath, parent: object): Flow | undefined {
  const { text, file } = own;
  const whole = own.locate(path, "value");
  if (text[whole.start] !== "[" && text[whole.start] !== "{") return undefined;
  // A block map can begin with a key in brackets: no spec has one.
  const entries = Array.isArray(parent)
    ? parent.map((_, index) => withAnchor(text, own.locate([...path, index], "value")))
    : Object.keys(parent).map((key) => {
        const { start } = own.locate([...path, key], "key");
        return { start, end: own.locate([...path, key], "value").end };
      });
  return { file, text, whole, entries };
}

/** A value with its anchor, which is before its range. */
function withAnchor(text: string, { start, end }: Range): Range {
  const anchor = /&[^\s,[\]{}]+[ \t]+$/.exec(text.slice(Math.max(0, start - 100), start));
  return { start: start - (anchor?.[0].length ?? 0), end };
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
  if (typeof entries !== "object" || entries === null || isBehindAlias(own, path)) return undefined;
  const { text } = own;
  const flow = flowAt(own, path, entries);
  if (flow) return flowInsertion(flow, [`${key}: ${value}`]);
  const last = Object.keys(entries).at(-1);
  if (last === undefined) return undefined;
  const { start } = own.locate([...path, last], "key");
  const lead = text.slice(lineStart(text, start), start);
  if (!/^ *(?:- +)*$/.test(lead)) return undefined;
  const end = endOf(own, [...path, last]);
  return linesAfter(own, end, lead.length + 1, [`${" ".repeat(lead.length)}${key}: ${value}`]);
}

/** Lines after the line of an offset, and after the comments there in a column from `column` on. */
function linesAfter({ text, file }: SourceFile, offset: number, column: number, lines: readonly string[]): Fix {
  const at = afterOwnComments(text, nextLine(text, offset), column);
  const range = { file, start: at, end: at };
  const isOpenEnd = at === text.length && !text.endsWith("\n");
  const form = (line: string) => (isOpenEnd ? lineBreak(text) + line : line + lineBreak(text));
  return { range, text: lines.map(form).join("") };
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
  if (!Array.isArray(here) || isBehindAlias(own, at)) return undefined;
  const flow = flowAt(own, at, here);
  if (flow) return flowInsertion(flow, entries);
  const { start } = own.locate([...at, here.length - 1], "value");
  const end = endOf(own, [...at, here.length - 1]);
  const dash = dashBefore(own.text, start);
  if (!dash) return undefined;
  const indentation = " ".repeat(dash.column);
  return linesAfter(
    own,
    end,
    dash.column + 1,
    entries.map((entry) => `${indentation}- ${entry}`),
  );
}

/** An edit that appends lines to the main file of the spec. */
export function appendix(source: Source, lines: string): Fix {
  const { file, text } = source.origin([]).file;
  const range = { file, start: text.length, end: text.length };
  return { range, text: (text.endsWith("\n") ? lines : `\n${lines}`).replaceAll("\n", lineBreak(text)) };
}
