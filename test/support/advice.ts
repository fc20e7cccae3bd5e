import * as assert from "uvu/assert";
import { isMap, isSeq, parseDocument } from "yaml";
import type { Compiled } from "../../generator/compile.ts";
import { explanationOf } from "../../generator/lint/rules.ts";
import type { Source } from "../../generator/read/source.ts";
import type { Diagnostic } from "../../generator/report/diagnostic.ts";
import { type SpecPath, valueAt } from "../../generator/report/spec-path.ts";
import { applyFixes } from "./fixes.ts";

/*
 * Follows a diagnostic as its reader does: applies the fix, and does what the hint says with the hint's own text. A sentence of a form that
 * is not here is not followed, but each that is must be right.
 */

/** Names that the reader of a hint replaces. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  NAME: "demo",
  LABEL: "mac-mini",
  COMMIT: "0123456789abcdef0123456789abcdef01234567",
};
const filled = (text: string): string => text.replace(/\b(?:NAME|LABEL|COMMIT)\b/g, (word) => PLACEHOLDERS[word] ?? word);

/** Hints that give a text for the marked place: the text is in the last group. */
const INSTEAD =
  /(?:^|: |, or |; |\()(?:write(?: a map:)?|did you mean|put it in quotes:|write (?:it as|the text without) [^`:]*:|use|move to|such as) `([^`]+)`/;
const ADD = /(?:^|, or )add `([\w-]+: [^`]+)`/;
const ADD_TO = /(?:^|, or )add `([^`:]+)` to `([\w.-]+)`/;
const DELETE = /(?:^|, or )delete (?:it|the line|the entry|the key|the setting|one of them|one of the two)\b/;

/** The text that the hint gives for the marked place; undefined for a hint of another form, or with a part to fill in. */
function textOfHint({ hint }: Diagnostic): string | undefined {
  const text = INSTEAD.exec(hint ?? "")?.[1];
  return text?.includes("…") ? undefined : text;
}

/** Each way of a hint or a fix, and the spec after it; `[]` for a diagnostic whose advice is not about the text of the spec. */
export function followed(
  text: string,
  diagnostic: Diagnostic,
  source: Source | undefined,
): (readonly [way: string, spec: string])[] {
  const { hint = "", range, fix } = diagnostic;
  const ways: [string, string][] = [];
  if (fix) ways.push(["the fix", applyFixes(text, [diagnostic])]);
  const instead = textOfHint(diagnostic);
  const path = source && pathAt(source, range);
  if (instead !== undefined)
    ways.push([`write ${instead}`, written(text, wholeEntry(range, instead, path, source), filled(instead))]);
  if (source === undefined) return ways;
  const [, line] = ADD.exec(hint) ?? [];
  if (path && line) for (const spec of withLine(text, path, filled(line))) ways.push([`add ${line}`, spec]);
  const [, entry, list] = ADD_TO.exec(hint) ?? [];
  if (path && entry && list) ways.push([`add ${entry} to ${list}`, withEntry(text, path, entry, list.split("."))]);
  const [deletion] = DELETE.exec(hint) ?? [];
  if (path && deletion) ways.push(["delete", without(text, deletion.endsWith("entry") ? entryOf(path) : path)]);
  return ways;
}

/** The range of a key with its value, for a hint at the key that gives both. */
function wholeEntry(range: Diagnostic["range"], instead: string, path: SpecPath | undefined, source: Source | undefined) {
  if (!source || !path || !/^[\w-]+: /.test(instead)) return range;
  const [key, value] = [source.locate(path, "key"), source.locate(path, "value")];
  return key.start === range.start && key.end === range.end && value.start > key.end
    ? { start: range.start, end: value.end }
    : range;
}

/** The text at a range replaced. `key: value` for a value replaces the key as well. */
function written(text: string, { start, end }: Diagnostic["range"], instead: string): string {
  const key = /^"?([\w.-]+)"?: /.exec(instead)?.[1];
  const before = key === undefined ? undefined : new RegExp(`"?${key.replaceAll(".", "\\.")}"?: *$`).exec(text.slice(0, start));
  return text.slice(0, before ? before.index : start) + instead + text.slice(end);
}

/** The path whose key or value is at a range. */
function pathAt(source: Source, { start, end }: Diagnostic["range"]): SpecPath | undefined {
  let found: SpecPath | undefined;
  const walk = (path: SpecPath): void => {
    for (const part of ["value", "key"] as const) {
      const at = source.locate(path, part);
      if (at.start <= start && at.end >= end) found = path;
    }
    const value = valueAt(source, path);
    if (typeof value !== "object" || value === null) return;
    for (const step of Array.isArray(value) ? value.keys() : Object.keys(value)) walk([...path, step]);
  };
  walk([]);
  return found;
}

/** The specs with `key: value` added to each map that contains a path, the innermost first. */
function withLine(text: string, path: SpecPath, line: string): string[] {
  const added = parseDocument(line).contents;
  if (!isMap(added)) return [];
  return Array.from({ length: path.length + 1 }, (_, index) => path.slice(0, path.length - index)).flatMap((at) => {
    const document = parseDocument(text);
    const map = at.length === 0 ? document.contents : document.getIn(at, true);
    if (!isMap(map)) return [];
    for (const pair of added.items) map.set(pair.key, pair.value);
    return [document.toString()];
  });
}

/** The spec with an entry added to a list, which is named by its path, or by its key beside a path. */
function withEntry(text: string, path: SpecPath, entry: string, list: readonly string[]): string {
  const document = parseDocument(text);
  const beside = [...path.slice(0, -1), ...list];
  const whole = isSeq(document.getIn(beside, true)) ? beside : [...list];
  const parent = document.getIn(whole.slice(0, -1), true);
  // `nixpkgs: REFERENCE` is the short form of `nixpkgs: { url: REFERENCE }`.
  if (parent !== undefined && !isMap(parent))
    document.setIn(whole.slice(0, -1), document.createNode({ url: `github:NixOS/nixpkgs/${parent}` }));
  if (isSeq(document.getIn(whole, true))) document.addIn(whole, entry);
  else document.setIn(whole, document.createNode([entry]));
  return document.toString();
}

/** The list item that a path is in; the path itself if it is in none. */
const entryOf = (path: SpecPath): SpecPath =>
  path.slice(0, path.findLastIndex((step) => typeof step === "number") + 1 || path.length);

function without(text: string, path: SpecPath): string {
  const document = parseDocument(text, { uniqueKeys: false });
  document.deleteIn(path);
  return document.toString();
}

/**
 * Follows all of a diagnostic's advice. Of each way, the spec compiles without new errors, and the finding is gone. Several ways of one
 * name, such as the places for a new line, are alternatives.
 *
 * @returns The ways that were followed.
 */
export function assertAdvice(
  text: string,
  { diagnostics, source }: Compiled,
  one: Diagnostic,
  compile: (text: string) => Compiled,
): string[] {
  const count = (list: readonly Diagnostic[]) => list.filter((other) => other.code === one.code).length;
  const errors = (list: readonly Diagnostic[]) => list.filter((other) => explanationOf(other.code)?.severity === "error").length;
  const ways = followed(text, one, source);
  const names = [...new Set(ways.map(([way]) => way))];
  for (const name of names) {
    const faults = ways.flatMap(([way, spec]) => {
      if (way !== name) return [];
      const after = compile(spec).diagnostics;
      const isBetter = count(after) < count(diagnostics) && errors(after) <= errors(diagnostics);
      return [isBetter ? undefined : `${spec}\n${after.map((other) => `${other.code}: ${other.message}`).join("\n")}`];
    });
    assert.ok(faults.includes(undefined), `«${one.hint}»: ${name}:\n${faults.join("\n\n")}`);
  }
  return names;
}
