import type { SettingValue } from "../knowledge/nix-conf.ts";
import type { Model, Setting } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import type { Place } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { valueAt } from "../report/spec-path.ts";

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
  readonly range?: () => Place | undefined;
}

/** Where a finding on an entry is. */
export const placeOf = ({ at, range }: Entry) => (range ? { at, range } : { at });

/** Each entry of a declared list and its own place. */
export function entriesOf(source: Source, setting: Setting): Entry[] {
  const entries = words(setting.value);
  // The model may hold a list where the spec has words in one text.
  if (Array.isArray(valueAt(source, setting.at))) return entries.map((text, index) => ({ at: [...setting.at, index], text }));
  let ranges: (Place | undefined)[] | undefined;
  const rangeAt = (index: number) => {
    ranges ??= wordRanges(source, setting.at, entries);
    return ranges[index];
  };
  return entries.map((text, index) => ({ at: setting.at, text, range: () => rangeAt(index) }));
}

function wordRanges(source: Source, at: SpecPath, texts: readonly string[]): (Place | undefined)[] {
  const node = source.locate(at, "value");
  const { text: whole } = source.origin(at).file;
  let from = node.start;
  return texts.map((text) => {
    const start = whole.indexOf(text, from);
    // Escaped or folded, the word is not to be found as it is read.
    if (start === -1 || start + text.length > node.end) return undefined;
    from = start + text.length;
    return { file: node.file, start, end: from };
  });
}
