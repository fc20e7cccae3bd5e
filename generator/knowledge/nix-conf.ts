/*
 * Values of nix.conf. The file has no quoting, so it can't contain every text. `confProblem` gives the reason for a diagnostic; the printers
 * throw for such a value, because a rule must have reported it before.
 */

/** A setting's value as text of nix.conf: lists and maps become words. */
export function confValue(value: SettingValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value).toString() : String(value);
  return words(value).join(" ");
}

const words = (value: Exclude<SettingValue, string | number | boolean>): readonly string[] =>
  Array.isArray(value) ? (value as readonly string[]) : Object.entries(value).map(([key, text]) => `${key}=${text}`);

/**
 * Why nix.conf can't contain the value, as the end of a sentence that starts with the setting's name; undefined if it can. Nix removes
 * everything after `#`, splits a line at white space and joins the words with one space each
 * (https://github.com/NixOS/nix/blob/2.8.0/src/libutil/config.cc, AbstractConfig::applyConfig).
 */
export function confProblem(value: SettingValue): string | undefined {
  const text = confValue(value);
  if (text.includes("#")) return "contains `#`, which starts a comment in nix.conf";
  if (/[\n\r]/.test(text)) return "contains a line break, but a nix.conf value is one line";
  if (typeof value === "string") {
    return text.split(/[ \t]+/).join(" ") === text && text.trim() === text
      ? undefined
      : "contains white space that nix.conf would change";
  }
  if (typeof value === "object") {
    if (words(value).some((word) => word === "" || /[ \t]/.test(word)))
      return "has an entry that is empty or contains white space, which separates entries in nix.conf";
  }
  return undefined;
}

/** A nix.conf value. A map is one of Nix's `key=value` settings, such as `access-tokens`. */
export type SettingValue = string | number | boolean | readonly string[] | Readonly<Record<string, string>>;
