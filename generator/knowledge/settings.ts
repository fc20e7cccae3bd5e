import { nearestNames } from "../report/suggestions.ts";
import data from "./settings.json" with { type: "json" };

/*
 * What nix.conf settings exist and what their values may be. The facts are data (settings.json; README.md says where they come
 * from); the judgement of values is compared with the real Nix for every setting by test/knowledge/settings.test.ts.
 */

/** The supported versions: Debian's of 2022, 2025 and 2026. */
export type NixVersion = "2.8" | "2.26" | "2.34";

export interface Setting {
  readonly name: string;
  /** A `map` is written as `key=value` words, a `list` as words. */
  readonly type: "boolean" | "integer" | "string" | "list" | "map";
  /** Words that are right beside the type's own values: `auto` of `max-jobs`. */
  readonly also?: readonly string[];
  /** All values of a text setting that takes only these. */
  readonly values?: readonly string[];
  /** The smallest and largest numbers: unsigned or signed, of 32 or 64 bits. */
  readonly range?: "u32" | "u64" | "i64";
  /** What the text, or each entry of the list, must be. */
  readonly form?: Form;
  /**
   * Of the newest Nix that knows the setting; absent where it depends on the machine. A number that JSON can't hold exactly is
   * its decimal text.
   */
  readonly default?: boolean | number | string | readonly string[] | Readonly<Record<string, string>> | null;
  readonly aliases: readonly string[];
  readonly versions: readonly NixVersion[];
  /** The versions in which `extra-NAME` adds to the setting; `[]` where no Nix knows such a name. */
  readonly appendableIn: readonly NixVersion[];
  /** The feature without which Nix ignores the setting, with a warning. */
  readonly experimentalFeature?: string;
  /** One or two sentences; Markdown's backquotes. */
  readonly description: string;
  /** The Nix release that dropped it. */
  readonly removedIn?: string;
  /** The setting to use in its place. */
  readonly renamedTo?: string;
}

type Form = "path" | "optional-path" | "non-empty" | "program" | "store" | "feature" | "json";

export interface ExperimentalFeature {
  readonly name: string;
  readonly versions: readonly NixVersion[];
  /** What a version that lacks the feature has in its place: a setting, as the spec writes it. */
  readonly replacedBy?: string;
}

export interface FoundSetting {
  readonly setting: Setting;
  /** How the name that was looked up leads to the setting; `extra`: `extra-` and a name or an alias of it. */
  readonly via: "name" | "alias" | "extra";
}

const SETTINGS = data.settings as unknown as readonly Setting[];
const FEATURES = data.experimentalFeatures as unknown as readonly ExperimentalFeature[];
const FEATURE_NAMES = FEATURES.map((feature) => feature.name);

const BY_NAME: ReadonlyMap<string, FoundSetting> = new Map([
  ...SETTINGS.map((setting): [string, FoundSetting] => [setting.name, { setting, via: "name" }]),
  // An alias wins over a setting of that name: `commit-lockfile-summary` was one in Nix 2.8 and is an alias today.
  ...SETTINGS.flatMap((setting) => setting.aliases.map((alias): [string, FoundSetting] => [alias, { setting, via: "alias" }])),
]);

/** All 132, sorted by name. */
export const allSettings = (): readonly Setting[] => SETTINGS;

/** Every feature that a supported Nix knows, sorted by name. */
export const experimentalFeatures = (): readonly ExperimentalFeature[] => FEATURES;

/** The setting that a nix.conf line with this name sets; undefined when no supported Nix knows it. */
export function findSetting(name: string): FoundSetting | undefined {
  const found = BY_NAME.get(name);
  if (found) return found;
  if (!name.startsWith("extra-")) return undefined;
  const base = BY_NAME.get(name.slice("extra-".length));
  return base && base.setting.appendableIn.length > 0 ? { setting: base.setting, via: "extra" } : undefined;
}

/**
 * Why a YAML value is not right for a setting, as a sentence for a person; undefined when it is right. Right means: every
 * supported Nix that knows the setting takes it without a complaint, and reads back from its nix.conf what was meant. The
 * value itself is shown only where it can't be a secret.
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
 * A right value in the one form that every output can use: `yes` and 1 of a boolean become true, digits in quotes a number,
 * words in one text a list. NixOS types some settings more narrowly than Nix reads them: `trusted-users` is a list there,
 * `sandbox` a boolean or `relaxed`. A map of words without `=`, such as `sandbox-paths` may have, stays a list; so does a value
 * that is not right stay what it is.
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
  // A setting with a third value is read by other code of Nix's, which knows no `yes` and no `1`.
  const right = setting.also ? ["true", "false", ...setting.also] : [...TRUE, ...FALSE];
  if (isScalar(value) && right.includes(String(value))) return undefined;

  const wanted = setting.also ? `true, false or \`${setting.also.join("`, `")}\`` : "true or false";
  const meant =
    typeof value === "string" && /^(yes|on|true|no|off|false)$/i.test(value) ? `: write ${/^(yes|on|true)$/i.test(value)}` : "";
  return `\`${setting.name}\` is ${wanted}, not ${shown(value)}${meant}`;
}

const RANGES = {
  u32: [0n, 2n ** 32n - 1n],
  u64: [0n, 2n ** 64n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

const UNITS: Readonly<Record<string, bigint>> = { K: 2n ** 10n, M: 2n ** 20n, G: 2n ** 30n, T: 2n ** 40n };

function integerProblem(setting: Setting, value: unknown): string | undefined {
  const also = setting.also ?? [];
  if (typeof value === "string" && also.includes(value)) return undefined;
  const wanted = `a whole number${also.map((word) => ` or \`${word}\``).join("")}`;
  // YAML's numbers are doubles here: 9223372036854775807 would silently become another number.
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return `\`${setting.name}\` has more digits than a YAML number carries exactly: put them in quotes`;
  }
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  const [, sign = "", digits, unit] = /^([+-]?)([0-9]+)([KMGTkmgt]?)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return `\`${setting.name}\` is ${wanted}, not ${shown(value)}`;
  const factor = UNITS[unit.toUpperCase()] ?? 1n;
  const number = (sign === "-" ? -1n : 1n) * BigInt(digits) * factor;
  const [least, most] = RANGES[setting.range ?? "u64"];
  if (least === 0n && sign === "-") return `\`${setting.name}\` can't be negative`;
  // Nix itself checks the digits alone and lets the product wrap around: 4G of a 32-bit setting is 0.
  if (number < least || number > most) return `\`${setting.name}\` can be at most ${most}`;
  // Units came with Nix 2.20 or so; `max-jobs` is read by code of its own, which never learnt them.
  if (unit !== "" && (setting.versions.includes("2.8") || setting.also)) {
    return `\`${setting.name}\` takes no units${setting.also ? "" : " in Nix 2.8"}: write ${number}`;
  }
  return undefined;
}

function stringProblem(setting: Setting, value: unknown): string | undefined {
  const { name } = setting;
  if (typeof value === "number" || typeof value === "boolean") return `\`${name}\` is text: put ${value} in quotes`;
  if (typeof value !== "string") return `\`${name}\` is text, not ${kind(value)}`;
  const lost = lostInNixConf(value);
  if (lost) return `\`${name}\` ${lost}`;
  if (setting.values && !setting.values.includes(value)) {
    const near = nearestNames(value, setting.values, 1)[0];
    return `\`${name}\` is ${setting.values.map((word) => `\`${word}\``).join(" or ")}, not ${shown(value)}${near ? `: did you mean \`${near}\`?` : ""}`;
  }
  switch (setting.form) {
    case "non-empty":
      return value === "" ? `\`${name}\` can't be empty` : undefined;
    case "path":
      return isAbsolute(value) ? undefined : `\`${name}\` is an absolute path: it begins with \`/\``;
    case "optional-path":
      return value === "" || isAbsolute(value) ? undefined : `\`${name}\` is an absolute path: it begins with \`/\``;
    case "store":
      return value === "" || isStoreReference(value) ? undefined : `\`${name}\` is ${STORE_FORMS}`;
    default:
      return undefined;
  }
}

/**
 * What the text of one nix.conf value can't carry. Nix cuts a line at `#`, splits the rest at spaces, tabs and carriage
 * returns, and joins the parts with one space each; there is no quoting (AbstractConfig::applyConfig, all three versions).
 */
function lostInNixConf(text: string): string | undefined {
  if (text.includes("\n")) return "can't hold a line break: a nix.conf value is one line";
  if (text.includes("#")) return "can't hold `#`: nix.conf takes what follows for a comment";
  if (/[\t\r]/.test(text)) return "can't hold a tab: nix.conf turns it into a space";
  if (/^ | $/.test(text)) return `can't ${text.startsWith(" ") ? "begin" : "end"} with a space: nix.conf drops it`;
  if (text.includes("  ")) return "can't hold two spaces in a row: nix.conf makes them one";
  return undefined;
}

function listProblem(setting: Setting, value: unknown): string | undefined {
  const { name } = setting;
  if (typeof value === "string" && value.includes("#"))
    return `\`${name}\` can't hold \`#\`: nix.conf takes what follows for a comment`;
  const entries = typeof value === "string" ? words(value) : value;
  if (!Array.isArray(entries)) return `\`${name}\` is a list, not ${kind(value)}: write [${isScalar(value) ? value : "…"}]`;
  return wordsProblem(name, entries) ?? first(entries, (entry, index) => entryProblem(setting, String(entry), index));
}

function entryProblem(setting: Setting, entry: string, index: number): string | undefined {
  const place = `entry ${index + 1} of \`${setting.name}\``;
  switch (setting.form) {
    case "store":
      return isStoreReference(entry) ? undefined : `${place} is no cache: it must be ${STORE_FORMS}`;
    case "path":
      return isAbsolute(entry) ? undefined : `${place} must be an absolute path`;
    case "program":
      // The 2.8 reads the whole value as one path; later ones as a program and its arguments.
      return index > 0 || isAbsolute(entry) ? undefined : `${place} must be the absolute path of a program`;
    case "feature": {
      // Nix only warns, but NixOS makes every warning about its nix.conf fatal.
      if (FEATURE_NAMES.includes(entry)) return undefined;
      const near = nearestNames(entry, FEATURE_NAMES);
      const guess = near.length > 0 ? `: did you mean ${near.map((one) => `\`${one}\``).join(", ")}?` : "";
      return `no supported Nix has the experimental feature \`${entry}\`${guess}`;
    }
    default:
      return undefined;
  }
}

/** Text that is to be one word of a nix.conf value. */
function wordsProblem(name: string, entries: readonly unknown[]): string | undefined {
  return first(entries, (entry, index) => {
    const place = `entry ${index + 1} of \`${name}\``;
    if (typeof entry === "number" || typeof entry === "boolean") return `${place} is text: put ${entry} in quotes`;
    if (typeof entry !== "string") return `${place} is text, not ${kind(entry)}`;
    if (entry === "") return `${place} is empty`;
    if (/[ \t\r\n]/.test(entry)) return `${place} holds a space or a line break, which in nix.conf separates entries`;
    if (entry.includes("#")) return `${place} holds \`#\`, and nix.conf takes what follows for a comment`;
    return undefined;
  });
}

function mapProblem(setting: Setting, value: unknown): string | undefined {
  const { name } = setting;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return first(Object.entries(value), ([key, item]) => {
      const place = `\`${key}\` of \`${name}\``;
      // Nix would take `=value`, but no host, variable or path has an empty name.
      if (key === "") return `\`${name}\` has an entry without a name`;
      if (/[ \t\r\n=#]/.test(key)) return `${place}: a name in \`${name}\` holds no spaces, \`=\` or \`#\``;
      if (typeof item === "number" || typeof item === "boolean") return `${place} is text: put it in quotes`;
      if (typeof item !== "string") return `${place} is text, not ${kind(item)}`;
      if (/[ \t\r\n]/.test(item)) return `${place} holds a space or a line break, which in nix.conf separates entries`;
      if (item.includes("#")) return `${place} holds \`#\`, and nix.conf takes what follows for a comment`;
      return undefined;
    });
  }
  if (typeof value === "string" && value.includes("#"))
    return `\`${name}\` can't hold \`#\`: nix.conf takes what follows for a comment`;
  const entries = typeof value === "string" ? words(value) : value;
  if (!Array.isArray(entries)) return `\`${name}\` is a map of names to values, not ${kind(value)}`;
  const problem = wordsProblem(name, entries);
  if (problem) return problem;
  // A path alone stands for itself in the sandbox; elsewhere Nix drops a word without `=` and says nothing.
  if (name === "sandbox-paths") return undefined;
  return first(entries, (entry, index) =>
    String(entry).indexOf("=") > 0
      ? undefined
      : `entry ${index + 1} of \`${name}\` is no \`name=value\`, and Nix would silently drop it`,
  );
}

/** `external-builders`: a list of maps in YAML, or their JSON. */
function jsonProblem(setting: Setting, value: unknown): string | undefined {
  let list = value;
  if (typeof value === "string") {
    try {
      list = JSON.parse(value);
    } catch {
      return `\`${setting.name}\` is a list, or a list written as JSON`;
    }
  }
  if (!Array.isArray(list)) return `\`${setting.name}\` is a list, not ${kind(list)}`;
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
 * Nix before 2.34 takes any text here and fails when it opens the store; 2.34 refuses at once what is no URL, no path and none
 * of three words (StoreReference::parse). A parameter without `=` draws a warning, which NixOS makes fatal.
 */
function isStoreReference(text: string): boolean {
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

export function shown(value: unknown): string {
  if (!isScalar(value)) return kind(value);
  const text = String(value);
  return text === "" ? "empty text" : `\`${text.length > 40 ? `${text.slice(0, 37)}…` : text}\``;
}
