import type { Fix, Range } from "../diagnostics.ts";
import type { Model, Setting, SettingValue } from "../model.ts";
import { type Source, type SpecPath, valueAt } from "../source.ts";

/* Where rules look: the three kinds of places that declare nix.conf settings, entries of lists, and edits of the text around them. */

/** The settings that one file of the platform is written from. */
export interface Scope {
  /** `the system`, `the user ada`, `the volume aws`. */
  readonly owner: string;
  readonly kind: "system" | "user" | "volume";
  /** As declared under `settings` there. */
  readonly declared: readonly Setting[];
  /** What is in force there, the parts' own (`substituters`, `trustedUsers`, …) and the system's included. */
  readonly inForce: readonly Setting[];
}

export function scopes(model: Model): Scope[] {
  return [
    {
      owner: "the system",
      kind: "system",
      declared: model.settings.filter((setting) => setting.at[0] === "settings"),
      inForce: model.settings,
    },
    ...model.users.map((user): Scope => {
      const own = new Set(user.settings.map((setting) => setting.name));
      return {
        owner: `the user \`${user.name}\``,
        kind: "user",
        declared: user.settings,
        inForce: [...model.settings.filter((setting) => !own.has(setting.name)), ...user.settings],
      };
    }),
    ...model.volumes.map(
      (volume): Scope => ({
        owner: `the volume \`${volume.name}\``,
        kind: "volume",
        declared: volume.ownSettings,
        inForce: volume.settings,
      }),
    ),
  ];
}

/** The name as the spec has it, an old alias perhaps. */
export const writtenName = (setting: Setting): string => String(setting.at.at(-1));

export const settingOf = (settings: readonly Setting[], name: string): Setting | undefined =>
  settings.find((setting) => setting.name === name);

/** A setting's one word; `""` for a list or a map, whose own `toString` may be anything a spec says. */
export const wordOf = (setting: Setting | undefined): string =>
  setting === undefined || typeof setting.value === "object" ? "" : String(setting.value);

/** What Nix reads as true: `yes` and `1` are true as well. */
export const isOn = (setting: Setting | undefined): boolean => ["true", "yes", "1"].includes(wordOf(setting));
export const isOff = (setting: Setting | undefined): boolean => ["false", "no", "0"].includes(wordOf(setting));

/** The entries of a list as nix.conf has them; of a map, `key=value`. */
export function words(value: SettingValue | undefined): string[] {
  if (value === undefined) return [];
  if (typeof value === "string") return value.split(/\s+/).filter((word) => word !== "");
  if (typeof value !== "object") return [String(value)];
  return Array.isArray(value) ? value.map(String) : Object.entries(value).map(([key, item]) => `${key}=${item}`);
}

/** A list with what `extra-` adds; undefined when neither is declared. */
export function wordsInForce(settings: readonly Setting[], name: string): string[] | undefined {
  const plain = settingOf(settings, name);
  const extra = settingOf(settings, `extra-${name}`);
  return plain || extra ? [...words(plain?.value), ...words(extra?.value)] : undefined;
}

/** An entry of a list: of a YAML list, or a word of one text. */
export interface Entry {
  readonly at: SpecPath;
  readonly text: string;
  /** A word's own place in the text; undefined where it can't be told. */
  readonly range?: () => Range | undefined;
}

/** Where a finding on an entry is. */
export const placeOf = ({ at, range }: Entry) => (range ? { at, range } : { at });

/** Each entry of a declared list and its own place. */
export function entriesOf(source: Source, setting: Setting): Entry[] {
  const entries = words(setting.value);
  // The model may hold a list where the spec has words in one text.
  if (Array.isArray(valueAt(source, setting.at))) return entries.map((text, index) => ({ at: [...setting.at, index], text }));
  let ranges: (Range | undefined)[] | undefined;
  const rangeAt = (index: number) => {
    ranges ??= wordRanges(source, setting.at, entries);
    return ranges[index];
  };
  return entries.map((text, index) => ({ at: setting.at, text, range: () => rangeAt(index) }));
}

function wordRanges(source: Source, at: SpecPath, texts: readonly string[]): (Range | undefined)[] {
  const node = source.locate(at, "value");
  let from = node.start;
  return texts.map((text) => {
    const start = source.text.indexOf(text, from);
    // Escaped or folded, the word is not to be found as it is read.
    if (start === -1 || start + text.length > node.end) return undefined;
    from = start + text.length;
    return { start, end: from };
  });
}

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

export const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

/** `did you mean …?` for a hint, or nothing. */
export const didYouMean = (near: readonly string[]): { hint?: string } =>
  near.length > 0 ? { hint: `did you mean ${quoted(near)}?` } : {};
