import type { SettingValue } from "../knowledge/nix-conf.ts";
import type { Model, Setting } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import type { Place } from "../report/diagnostic.ts";
import { memoized } from "../report/memoized.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { valueAt } from "../report/spec-path.ts";

/* Helpers of the rules about nix.conf settings: the places that declare settings, and the entries of lists with their ranges. */

/** One place that declares settings, each for a nix.conf of its own: the system, a user, a volume or a host. */
export interface Scope {
  /** `the system`, `the user ada`, `the volume aws`, `the host web`. */
  readonly owner: string;
  readonly kind: "system" | "user" | "volume" | "host";
  /** The user's name, for a user. */
  readonly user?: string;
  /** The settings under the `settings` key of this place. */
  readonly declared: readonly Setting[];
  /** The settings that apply in this place, including the system's and those from `substituters`, `trustedUsers` and so on. */
  readonly inForce: readonly Setting[];
}

/** The system, each user, each host and each volume. */
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
        user: user.name,
        declared: user.settings,
        inForce: [...model.settings.filter((setting) => !own.has(setting.name)), ...user.settings],
      };
    }),
    ...model.hosts.map(
      (host): Scope => ({
        owner: `the host \`${host.name}\``,
        kind: "host",
        declared: host.ownSettings,
        inForce: host.settings,
      }),
    ),
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

/** Whether a declared setting applies somewhere where another one is as `is` says: the system's settings apply to each user, host and volume, too. */
export function isAnywhereWith(
  model: Model,
  setting: Setting,
  other: string,
  is: (other: Setting | undefined) => boolean,
): boolean {
  const isIn = ({ inForce }: Pick<Scope, "inForce">) =>
    settingOf(inForce, setting.name)?.at === setting.at && is(settingOf(inForce, other));
  // A setting of a user, a host or a volume is in force there alone.
  const [part = "", name = ""] = setting.at;
  const own = part === "settings" ? undefined : partsByPlace(model).get(`${part}.${name}`);
  return own ? isIn(own) : scopes(model).some(isIn);
}

/** The users, hosts and volumes of a model, with their settings in force, by `hosts.NAME`. */
const partsByPlace = memoized((model: Model): ReadonlyMap<string, Pick<Scope, "inForce">> => {
  const all = scopes(model).flatMap((scope) => {
    const at = scope.declared[0]?.at;
    return at && scope.kind !== "system" ? [[`${at[0]}.${at[1]}`, scope] as const] : [];
  });
  return new Map(all);
});

/** The name that the spec uses, which can be an old name. */
export const writtenName = (setting: Setting): string => String(setting.at.at(-1));

/** The setting of that name, if it is in the list. */
export const settingOf = (settings: readonly Setting[], name: string): Setting | undefined =>
  settings.find((setting) => setting.name === name);

/** A setting's value as text; `""` for a list or a map. A map can have a key `toString`, so `String` must not be called on it. */
export const wordOf = (setting: Setting | undefined): string =>
  setting === undefined || typeof setting.value === "object" ? "" : String(setting.value);

/** Whether Nix reads the value as true; `yes` and `1` are true too. */
export const isOn = (setting: Setting | undefined): boolean => ["true", "yes", "1"].includes(wordOf(setting));

/** Whether Nix reads the value as false. */
export const isOff = (setting: Setting | undefined): boolean => ["false", "no", "0"].includes(wordOf(setting));

/** The entries of a list as words of nix.conf; for a map, `key=value`. */
export function words(value: SettingValue | undefined): string[] {
  if (value === undefined) return [];
  if (typeof value === "string") return value.split(/\s+/).filter((word) => word !== "");
  if (typeof value !== "object") return [String(value)];
  return Array.isArray(value) ? value.map(String) : Object.entries(value).map(([key, item]) => `${key}=${item}`);
}

/** The words of a list setting and of its `extra-` setting; undefined if neither is declared. */
export function wordsInForce(settings: readonly Setting[], name: string): string[] | undefined {
  const plain = settingOf(settings, name);
  const extra = settingOf(settings, `extra-${name}`);
  return plain || extra ? [...words(plain?.value), ...words(extra?.value)] : undefined;
}

/** An entry of a list setting: an item of a YAML list, or a word of a text. */
export interface Entry {
  readonly at: SpecPath;
  readonly text: string;
  /** The range of a word in the spec's text; undefined if it can't be determined. */
  readonly range?: () => Place | undefined;
}

/** The place of a finding about an entry. */
export const placeOf = ({ at, range }: Entry) => (range ? { at, range } : { at });

/** The entries of a declared list or map, each with its place; that of a map's entry is its value's. */
export function entriesOf(source: Source, setting: Setting): Entry[] {
  const entries = words(setting.value);
  if (isMap(setting.value))
    return Object.keys(setting.value).map((key, index) => ({ at: [...setting.at, key], text: entries[index] ?? "" }));
  // The model can have a list where the spec has one text with several words.
  if (Array.isArray(valueAt(source, setting.at))) return entries.map((text, index) => ({ at: [...setting.at, index], text }));
  let ranges: (Place | undefined)[] | undefined;
  const rangeAt = (index: number) => {
    ranges ??= wordRanges(source, setting.at, entries);
    return ranges[index];
  };
  return entries.map((text, index) => ({ at: setting.at, text, range: () => rangeAt(index) }));
}

const isMap = (value: SettingValue): value is Readonly<Record<string, string>> =>
  typeof value === "object" && !Array.isArray(value);

function wordRanges(source: Source, at: SpecPath, texts: readonly string[]): (Place | undefined)[] {
  const node = source.locate(at, "value");
  const { text: whole } = source.origin(at).file;
  let from = node.start;
  return texts.map((text) => {
    const start = whole.indexOf(text, from);
    // With escapes or folded lines, the text of the spec does not contain the word as it is read.
    if (start === -1 || start + text.length > node.end) return undefined;
    from = start + text.length;
    return { file: node.file, start, end: from };
  });
}
