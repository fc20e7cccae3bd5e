import { findSetting } from "../knowledge/settings.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { nearestNames } from "../report/suggestions.ts";
import { quoted } from "../report/words.ts";
import { localWord, otherWordHint } from "./expected-keys.ts";
import { fits } from "./fits.ts";
import { specSchema } from "./schema.ts";

/** A map with an unknown key. */
export interface FaultyMap {
  readonly path: SpecPath;
  /** The keys of such a map, and those that this one does not have. */
  readonly siblings: readonly string[];
  readonly free: readonly string[];
  /** The required keys that it does not have. */
  readonly missing: readonly string[];
}

export interface UnknownKey extends FaultyMap {
  readonly key: string;
  /** The key's value, as the spec has it written. */
  readonly written: string;
}

/** The key that an unknown one stands for: a similar name, another tool's word, or the only missing key that its value fits. */
export function meantKey(unknown: UnknownKey): string | undefined {
  const { key, path, free, written, missing } = unknown;
  const [near, ...others] = nearestNames(key, free);
  const isAnother = otherWordHint(key) !== undefined && !near?.startsWith(key);
  if (near !== undefined && others.length === 0 && !isAnother) return near;
  const local = localWord(key, free);
  if (local !== undefined) return local;
  const [only, ...more] = missing;
  if (near === undefined && only !== undefined && more.length === 0 && !written.includes("\n") && fits(written, [...path, only]))
    return only;
  if (only !== undefined && isChoice(unknown, only)) return only;
  return near;
}

/** Whether an unknown key is a value that belongs in the list of another one: `ci: { github: true }`. */
const isChoice = ({ key, path, written }: UnknownKey, list: string): boolean =>
  /^(?:true|yes|null|~|\{\}|)$/.test(written) &&
  !fits("nothing-of-this-name", [...path, list, 0]) &&
  fits(`[${key}]`, [...path, list]);

/** A hint for a key that the map at a path does not have. */
export function unknownKeyHint(unknown: UnknownKey): { hint?: string } {
  const { key, path, siblings, free, written, missing } = unknown;
  if (key === "<<") return { hint: "merge keys are not YAML 1.2: write the keys out" };
  const meant = meantKey(unknown);
  const near = nearestNames(key, free);
  const other = otherWordHint(key);
  if (meant !== undefined) {
    if (isChoice(unknown, meant)) return { hint: `write \`${meant}: [${key}]\`` };
    const isOneLine = !written.includes("\n") && written.length <= 100;
    const isList = isOneLine && !fits(written, [...path, meant]) && fits(`[${written}]`, [...path, meant]);
    if (isList) return { hint: `write \`${meant}: [${written}]\`` };
    return { hint: near.includes(meant) ? `did you mean ${quoted(near)}?` : `write \`${meant}\`` };
  }
  if (other !== undefined) return { hint: other };
  const [there] = nearestNames(key, siblings, 1);
  if (there !== undefined) return { hint: `\`${there}\` is there already: move this into it, or delete it` };
  if (findSetting(key) !== undefined && siblings.includes("settings"))
    return { hint: `\`${key}\` is a setting of nix.conf: write it under \`settings\`` };
  // A list of groups is not the map of all groups.
  const isTopLevel =
    Object.keys(specSchema["properties"] as object).includes(key) && (written.includes("\n") || fits(written, [key]));
  if (path.length > 0 && isTopLevel) return { hint: `\`${key}\` belongs at the top level of the spec` };
  const required = missing.length > 0 && siblings.length > missing.length ? `; ${quoted(missing)} must be there` : "";
  return { hint: `known keys here: ${siblings.join(", ")}${required}` };
}
