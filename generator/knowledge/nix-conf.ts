/*
 * Values → lines of the configuration files of a machine. nix.conf and machines have no quoting at all: what their readers
 * would change or cut (a `#`, a run of blanks) can't be written. `confProblem` and `machinesProblem` say so in words a
 * diagnostic can use; the printers throw on what those refuse, because by then a rule has stopped it.
 */

/** A setting's value as nix.conf has it: lists and maps as words. */
export function confValue(value: SettingValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value).toString() : String(value);
  return words(value).join(" ");
}

const words = (value: Exclude<SettingValue, string | number | boolean>): readonly string[] =>
  Array.isArray(value) ? (value as readonly string[]) : Object.entries(value).map(([key, text]) => `${key}=${text}`);

/**
 * Why nix.conf can't hold the value, as the rest of a sentence that begins with the setting's name; undefined when it can.
 * The reader cuts each line at `#`, splits it at blanks and joins the words with one space each
 * (https://github.com/NixOS/nix/blob/2.8.0/src/libutil/config.cc, AbstractConfig::applyConfig).
 */
export function confProblem(value: SettingValue): string | undefined {
  const text = confValue(value);
  if (text.includes("#")) return "holds a `#`, where nix.conf begins a comment";
  if (/[\n\r]/.test(text)) return "holds a line break, which nix.conf can't";
  if (typeof value === "string") {
    return text.split(/[ \t]+/).join(" ") === text && text.trim() === text
      ? undefined
      : "holds blanks that nix.conf would change";
  }
  if (typeof value === "object") {
    if (words(value).some((word) => word === "" || /[ \t]/.test(word)))
      return "has an entry with a blank, or an empty one: nix.conf would split it";
  }
  return undefined;
}

/** A nix.conf value. A map is one of Nix's `key=value` settings, such as `access-tokens`. */
export type SettingValue = string | number | boolean | readonly string[] | Readonly<Record<string, string>>;
