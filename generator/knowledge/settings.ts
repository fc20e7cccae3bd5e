import { nearestNames } from "../report/suggestions.ts";
import { findOtherSetting, otherFeatures } from "./other-nixes.ts";
import type { ExperimentalFeature, FoundSetting, Setting } from "./setting.ts";
import data from "./settings.json" with { type: "json" };

/*
 * The settings of nix.conf and their valid values. The facts are in settings.json; README.md gives their sources.
 * test/knowledge/settings.test.ts compares the check of values with a real Nix for every setting.
 */

export type { ExperimentalFeature, FoundSetting, NixVersion, Setting } from "./setting.ts";

const SETTINGS = data.settings as unknown as readonly Setting[];
const FEATURES = data.experimentalFeatures as unknown as readonly ExperimentalFeature[];
const FEATURE_NAMES = [...FEATURES, ...otherFeatures()].map((feature) => feature.name);

const BY_NAME: ReadonlyMap<string, FoundSetting> = new Map([
  ...SETTINGS.map((setting): [string, FoundSetting] => [setting.name, { setting, via: "name" }]),
  // An alias has precedence over a setting of that name: `commit-lockfile-summary` was a setting in Nix 2.8 and is an alias now.
  ...SETTINGS.flatMap((setting) => setting.aliases.map((alias): [string, FoundSetting] => [alias, { setting, via: "alias" }])),
]);

/** All settings, sorted by name. */
export const allSettings = (): readonly Setting[] => SETTINGS;

/** All features that a supported Nix has, sorted by name. */
export const experimentalFeatures = (): readonly ExperimentalFeature[] => FEATURES;

/** The setting for a name in nix.conf, of Nix or of another Nix (other-nixes.ts); undefined if none has it. */
export function findSetting(name: string): FoundSetting | undefined {
  return BY_NAME.get(name) ?? findExtra(name) ?? findOtherSetting(name);
}

function findExtra(name: string): FoundSetting | undefined {
  if (!name.startsWith("extra-")) return undefined;
  const base = BY_NAME.get(name.slice("extra-".length));
  return base && base.setting.appendableIn.length > 0 ? { setting: base.setting, via: "extra" } : undefined;
}

/**
 * What is wrong with a YAML value of a setting, as a message; undefined if it is valid. A value is valid if every supported Nix that has the
 * setting accepts it without a warning and reads the same value from nix.conf. The message contains the value only if it can't be a secret.
 */
export function settingValueProblem(setting: Setting, value: unknown): string | undefined {
  if (value === null || value === undefined) return `\`${setting.name}\` has no value`;
  switch (setting.type) {
    case "boolean":
      return booleanProblem(setting, value);
    case "integer":
      return integerProblem(setting, value);
    case "string":
      return stringProblem(setting, value);
    case "list":
      return setting.form === "json" ? jsonProblem(setting, value) : listProblem(setting, value);
    case "map":
      return mapProblem(setting, value);
  }
}

/**
 * A valid value in the form that all outputs use: `yes` and 1 become true, digits in quotes become a number, words in one text become a list.
 * NixOS requires this, because its types accept less than Nix: `trusted-users` must be a list, `sandbox` a boolean or `relaxed`. For a
 * setting of type map, words without `=` (allowed for `sandbox-paths`) stay a list. An invalid value is returned unchanged.
 */
export function canonicalSettingValue(
  setting: Setting,
  value: string | number | boolean | readonly string[] | Readonly<Record<string, string>>,
): string | number | boolean | readonly string[] | Readonly<Record<string, string>> {
  if (settingValueProblem(setting, value) !== undefined) return value;
  switch (setting.type) {
    case "boolean": {
      const text = String(value);
      return TRUE.includes(text) ? true : FALSE.includes(text) ? false : text;
    }
    case "integer": {
      const number = typeof value === "string" && /^[+-]?[0-9]+$/.test(value) ? Number(value) : value;
      return Number.isSafeInteger(number) ? number : value;
    }
    case "list":
      if (setting.form === "json") return typeof value === "string" ? value : JSON.stringify(value);
      return typeof value === "string" ? words(value) : value;
    case "map":
      return typeof value === "string" ? words(value) : value;
    case "string":
      return value;
  }
}

const TRUE = ["true", "yes", "1"];
const FALSE = ["false", "no", "0"];

function booleanProblem(setting: Setting, value: unknown): string | undefined {
  // Nix reads a setting with a third value by different code, which does not accept `yes` and `1`.
  const valid = setting.also ? ["true", "false", ...setting.also] : [...TRUE, ...FALSE];
  if (isScalar(value) && valid.includes(String(value))) return undefined;

  const wanted = setting.also ? `true, false or \`${setting.also.join("`, `")}\`` : "true or false";
  const meant =
    typeof value === "string" && /^(yes|on|true|no|off|false)$/i.test(value) ? `: write ${/^(yes|on|true)$/i.test(value)}` : "";
  return `\`${setting.name}\` must be ${wanted}, not ${shown(value)}${meant}`;
}

const RANGES = {
  u32: [0n, 2n ** 32n - 1n],
  u64: [0n, 2n ** 64n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

const UNITS: Readonly<Record<string, bigint>> = { K: 2n ** 10n, M: 2n ** 20n, G: 2n ** 30n, T: 2n ** 40n };

/** `5G` or `-5` as the number that Nix reads; undefined for another form. */
export function withoutUnit(text: string): bigint | undefined {
  const [, sign, digits, unit = ""] = /^([+-]?)([0-9]+)([KMGTkmgt]?)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return (sign === "-" ? -1n : 1n) * BigInt(digits) * (UNITS[unit.toUpperCase()] ?? 1n);
}

function integerProblem(setting: Setting, value: unknown): string | undefined {
  const also = setting.also ?? [];
  if (typeof value === "string" && also.includes(value)) return undefined;
  const wanted = `a whole number${also.map((word) => ` or \`${word}\``).join("")}`;
  // A YAML number is read as a double: 9223372036854775807 would silently become another number.
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return `\`${setting.name}\` is too large for an exact YAML number: put it in quotes`;
  }
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  const number = withoutUnit(text);
  if (number === undefined) return `\`${setting.name}\` must be ${wanted}, not ${shown(value)}`;
  const [least, most] = RANGES[setting.range ?? "u64"];
  if (least === 0n && text.startsWith("-")) return `\`${setting.name}\` can't be negative`;
  // Nix checks only the digits, and the product with the unit overflows: 4G for a 32-bit setting is 0.
  if (number < least || number > most) return `\`${setting.name}\` can be at most ${most}`;
  // Nix 2.8 has no units. Nix reads `max-jobs` by different code, which has none in any version.
  if (/[^0-9]$/.test(text) && (setting.versions.includes("2.8") || setting.also)) {
    return `\`${setting.name}\` does not support units${setting.also ? "" : " in Nix 2.8"}: write ${number}`;
  }
  return undefined;
}

function stringProblem(setting: Setting, value: unknown): string | undefined {
  const { name } = setting;
  if (typeof value === "number" || typeof value === "boolean") return `\`${name}\` must be text: put ${value} in quotes`;
  if (typeof value !== "string") return `\`${name}\` must be text, not ${kind(value)}`;
  const lost = lostInNixConf(value);
  if (lost) return `\`${name}\` ${lost}`;
  if (setting.values && !setting.values.includes(value)) {
    const near = nearestNames(value, setting.values, 1)[0];
    return `\`${name}\` must be ${setting.values.map((word) => `\`${word}\``).join(" or ")}, not ${shown(value)}${near ? `: did you mean \`${near}\`?` : ""}`;
  }
  switch (setting.form) {
    case "non-empty":
      return value === "" ? `\`${name}\` can't be empty` : undefined;
    case "path":
      return isAbsolute(value) ? undefined : `\`${name}\` must be an absolute path, starting with \`/\``;
    case "optional-path":
      return value === "" || isAbsolute(value) ? undefined : `\`${name}\` must be an absolute path, starting with \`/\``;
    case "store":
      return value === "" || isStoreReference(value) ? undefined : `\`${name}\` must be ${STORE_FORMS}`;
    default:
      return undefined;
  }
}

/**
 * Why a nix.conf value can't contain the text. Nix removes everything after `#`, splits the rest at spaces, tabs and carriage returns, and
 * joins the parts with one space each. There is no quoting (AbstractConfig::applyConfig, all three versions).
 */
function lostInNixConf(text: string): string | undefined {
  if (text.includes("\n")) return "can't contain a line break: a nix.conf value is one line";
  if (text.includes("#")) return "can't contain `#`: it starts a comment in nix.conf";
  if (/[\t\r]/.test(text)) return "can't contain a tab: nix.conf replaces it with a space";
  if (/^ | $/.test(text)) return `can't ${text.startsWith(" ") ? "start" : "end"} with a space: nix.conf removes it`;
  // Editors don't show this white space, and programs that read the value strip it or not.
  if (text.trim() !== text) return `can't ${text.trimStart() === text ? "end" : "start"} with white space that is no plain space`;
  if (text.includes("  ")) return "can't contain two spaces in a row: nix.conf reduces them to one";
  return undefined;
}

function listProblem(setting: Setting, value: unknown): string | undefined {
  const { name } = setting;
  if (typeof value === "string" && value.includes("#")) return `\`${name}\` can't contain \`#\`: it starts a comment in nix.conf`;
  const entries = typeof value === "string" ? words(value) : value;
  if (!Array.isArray(entries)) return `\`${name}\` must be a list, not ${kind(value)}: write [${isScalar(value) ? value : "…"}]`;
  return wordsProblem(name, entries) ?? first(entries, (entry, index) => entryProblem(setting, String(entry), index));
}

function entryProblem(setting: Setting, entry: string, index: number): string | undefined {
  const place = `entry ${index + 1} of \`${setting.name}\``;
  switch (setting.form) {
    case "store":
      return isStoreReference(entry) ? undefined : `${place} must be ${STORE_FORMS}`;
    case "path":
      return isAbsolute(entry) ? undefined : `${place} must be an absolute path`;
    case "program":
      // Nix 2.8 reads the whole value as one path, later versions as a program and its arguments.
      return index > 0 || isAbsolute(entry) ? undefined : `${place} must be the absolute path of a program`;
    case "feature": {
      // Nix only warns, but NixOS treats every warning about its nix.conf as an error.
      if (FEATURE_NAMES.includes(entry)) return undefined;
      const near = nearestNames(entry, FEATURE_NAMES);
      const guess = near.length > 0 ? `: did you mean ${near.map((one) => `\`${one}\``).join(", ")}?` : "";
      return `unknown experimental feature \`${entry}\`${guess}`;
    }
    default:
      return undefined;
  }
}

/** What is wrong with the first invalid entry: each must be one word of a nix.conf value. */
function wordsProblem(name: string, entries: readonly unknown[]): string | undefined {
  return first(entries, (entry, index) => {
    const place = `entry ${index + 1} of \`${name}\``;
    if (typeof entry === "number" || typeof entry === "boolean") return `${place} must be text: put ${entry} in quotes`;
    if (typeof entry !== "string") return `${place} must be text, not ${kind(entry)}`;
    if (entry === "") return `${place} is empty`;
    if (/[ \t\r\n]/.test(entry)) return `${place} contains a space or a line break, which separates entries in nix.conf`;
    if (entry.includes("#")) return `${place} contains \`#\`, which starts a comment in nix.conf`;
    return undefined;
  });
}

function mapProblem(setting: Setting, value: unknown): string | undefined {
  const { name } = setting;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return first(Object.entries(value), ([key, item]) => {
      const place = `\`${key}\` of \`${name}\``;
      // Nix accepts `=value`, but no host, variable or path has an empty name.
      if (key === "") return `\`${name}\` has an entry without a name`;
      if (/[ \t\r\n=#]/.test(key)) return `${place}: a name can't contain spaces, \`=\` or \`#\``;
      if (typeof item === "number" || typeof item === "boolean") return `${place} must be text: put it in quotes`;
      if (typeof item !== "string") return `${place} must be text, not ${kind(item)}`;
      if (/[ \t\r\n]/.test(item)) return `${place} contains a space or a line break, which separates entries in nix.conf`;
      if (item.includes("#")) return `${place} contains \`#\`, which starts a comment in nix.conf`;
      return undefined;
    });
  }
  if (typeof value === "string" && value.includes("#")) return `\`${name}\` can't contain \`#\`: it starts a comment in nix.conf`;
  const entries = typeof value === "string" ? words(value) : value;
  if (!Array.isArray(entries)) return `\`${name}\` must be a map of names to values, not ${kind(value)}`;
  const problem = wordsProblem(name, entries);
  if (problem) return problem;
  // In `sandbox-paths`, a path without `=` is the same path in the sandbox. In other maps, Nix silently ignores a word without `=`.
  if (name === "sandbox-paths") return undefined;
  return first(entries, (entry, index) =>
    String(entry).indexOf("=") > 0
      ? undefined
      : `entry ${index + 1} of \`${name}\` must be \`name=value\`: Nix silently ignores other words`,
  );
}

/** `external-builders`: a list of maps in YAML, or the same list as JSON text. */
function jsonProblem(setting: Setting, value: unknown): string | undefined {
  let list = value;
  if (typeof value === "string") {
    try {
      list = JSON.parse(value);
    } catch {
      return `\`${setting.name}\` must be a list, or a list as JSON text`;
    }
  }
  if (!Array.isArray(list)) return `\`${setting.name}\` must be a list, not ${kind(list)}`;
  const texts = (part: unknown) => Array.isArray(part) && part.every((one) => typeof one === "string");
  const wrong = list.findIndex(
    (one) =>
      typeof one !== "object" || one === null || !texts(one.systems) || !texts(one.args) || typeof one.program !== "string",
  );
  if (wrong !== -1)
    return `entry ${wrong + 1} of \`${setting.name}\` needs \`systems\` (a list), \`program\` and \`args\` (a list)`;
  const lost = lostInNixConf(typeof value === "string" ? value : JSON.stringify(value));
  return lost && `\`${setting.name}\` ${lost}`;
}

const STORE_FORMS = "a URL such as `https://cache.example.org`, a path, `auto`, `daemon` or `local`";

/**
 * Whether the text is a URL, a path or one of three words. Nix 2.34 rejects other text (StoreReference::parse); older versions accept any text
 * and fail when they open the store. Nix warns about a parameter without `=`, and NixOS treats the warning as an error.
 */
export function isStoreReference(text: string): boolean {
  const [base = "", ...queries] = text.split("?");
  if (queries.some((query) => query !== "" && query.split("&").some((part) => part !== "" && part.indexOf("=") < 1)))
    return false;
  if (["auto", "daemon", "local"].includes(base)) return true;
  if (
    /^[A-Za-z][A-Za-z0-9+.-]*:(\/\/([^/?[\]]*|[^/?[\]@]*@?\[[0-9A-Fa-f:.]+\](:[0-9]*)?)(?=[/?]|$))?([A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*$/.test(
      text,
    )
  ) {
    return /^[\x21-\x7e]+$/.test(text) && !/[<>"\\^`{|}]|%(?![0-9A-Fa-f]{2})/.test(text);
  }
  return base.includes("/") && !base.includes("://");
}

const isAbsolute = (path: string): boolean => path.startsWith("/");

const isScalar = (value: unknown): value is string | number | boolean => ["string", "number", "boolean"].includes(typeof value);

const words = (text: string): string[] => text.split(/[ \t\r\n]+/).filter((word) => word !== "");

function first<T>(items: readonly T[], problem: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = problem(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

function kind(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  return { string: "text", number: "a number", boolean: "true or false" }[typeof value as "string"] ?? "a map";
}

/** A value for a message, in backquotes, cut after 40 characters. */
export function shown(value: unknown): string {
  if (!isScalar(value)) return kind(value);
  const text = String(value);
  return text === "" ? "empty text" : `\`${text.length > 40 ? `${text.slice(0, 37)}…` : text}\``;
}
