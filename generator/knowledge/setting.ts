/* What is known of a setting of nix.conf and of an experimental feature. */

/** The supported versions of Nix: those of Debian's releases of 2022, 2025 and 2026. */
export type NixVersion = "2.8" | "2.26" | "2.34";

/** One setting of nix.conf. */
export interface Setting {
  readonly name: string;
  /** In nix.conf, a `list` is written as words and a `map` as `key=value` words. */
  readonly type: "boolean" | "integer" | "string" | "list" | "map";
  /** Words that are valid in addition to the values of the type: `auto` of `max-jobs`. */
  readonly also?: readonly string[];
  /** All valid values of a text setting, if there are only these. */
  readonly values?: readonly string[];
  /** The range of a number: unsigned or signed, 32 or 64 bits. */
  readonly range?: "u32" | "u64" | "i64";
  /** What the text, or each entry of the list, must be. */
  readonly form?: Form;
  /**
   * The default in the newest Nix that has the setting; absent if it depends on the machine. A number that JSON can't represent exactly is
   * decimal text.
   */
  readonly default?: boolean | number | string | readonly string[] | Readonly<Record<string, string>> | null;
  readonly aliases: readonly string[];
  readonly versions: readonly NixVersion[];
  /** The versions in which `extra-NAME` adds to the setting; `[]` if there is no such name. */
  readonly appendableIn: readonly NixVersion[];
  /** The experimental feature that the setting needs. Without it, Nix warns about the setting and ignores it. */
  readonly experimentalFeature?: string;
  /** One or two sentences, with backquotes as in Markdown. */
  readonly description: string;
  /** The Nix release that removed the setting. */
  readonly removedIn?: string;
  /** The setting to use instead. */
  readonly renamedTo?: string;
}

/** A setting's name without `extra-`; `extra-platforms` is a setting of its own. */
export const withoutExtra = (name: string): string => name.replace(/^extra-(?!platforms$)/, "");

export type Form = "path" | "optional-path" | "non-empty" | "program" | "store" | "feature" | "json";

/** An experimental feature of Nix. */
export interface ExperimentalFeature {
  readonly name: string;
  readonly versions: readonly NixVersion[];
  /** The setting that replaces the feature in versions without it, as YAML. */
  readonly replacedBy?: string;
}

/** The result of a look-up by name. */
export interface FoundSetting {
  readonly setting: Setting;
  /** What the name is: the setting's name, an alias, or `extra-` with one of these. */
  readonly via: "name" | "alias" | "extra";
}
