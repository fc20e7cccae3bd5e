import { hasFeature, type Nix, otherFeatures, ownersOf } from "../../knowledge/other-nixes.ts";
import { findSetting, type Setting, settingValueProblem, withoutUnit } from "../../knowledge/settings.ts";
import type { ImportedSetting } from "../draft.ts";
import { onceEach } from "./cache-addresses.ts";

type Value = ImportedSetting["value"];

/** A line's words → the setting's value in the spec; undefined with a remark when Nix would refuse all of it. */
export function specValue(name: string, words: readonly string[], nix: Nix): { value?: Value; remarks: string[] } {
  const setting = findSetting(name)?.setting;
  if (!setting) return { value: words.join(" "), remarks: [] };
  const isWordList = setting.type === "list" && setting.form !== "json";
  const { accepted, remarks } = isWordList ? acceptedWords(setting, words, nix) : { accepted: words, remarks: [] };
  if (/^(?:extra-)?substituters$/.test(name)) {
    const { kept, remarks: repeated } = onceEach(accepted);
    return { value: [...kept], remarks: [...remarks, ...repeated] };
  }
  const written = typedValue(setting, accepted);
  const value = settingValueProblem(setting, written) === undefined ? written : (inBytes(written) ?? written);
  const problem =
    accepted.length < words.length && accepted.length === 0 ? "nothing of it is left" : settingValueProblem(setting, value);
  return problem === undefined ? { value, remarks } : { remarks: [...remarks, `${name} is left out: ${problem}`] };
}

/** The entries of a list that Nix takes, and remarks on the others. */
function acceptedWords(setting: Setting, words: readonly string[], nix: Nix): { accepted: string[]; remarks: string[] } {
  const accepted: string[] = [];
  const remarks: string[] = [];
  for (const word of words) {
    const other = setting.form === "feature" ? otherFeatures().find((feature) => feature.name === word) : undefined;
    const ofAnother = other && !hasFeature(nix, word) ? `\`${word}\` is a feature of ${ownersOf(other.in)}` : undefined;
    const problem = ofAnother ?? settingValueProblem(setting, [word]);
    if (problem === undefined) accepted.push(word);
    else remarks.push(`an entry of ${setting.name} is left out: ${problem}`);
  }
  return { accepted, remarks };
}

/** The words as the type that the setting has; what they can't stand for stays text, and is refused later. */
function typedValue(setting: Setting, words: readonly string[]): Value {
  const text = words.join(" ");
  switch (setting.type) {
    case "boolean":
      if (setting.also?.includes(text)) return text;
      return ["true", "yes", "1"].includes(text) ? true : ["false", "no", "0"].includes(text) ? false : text;
    case "integer":
      return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case "list":
      return setting.form === "json" ? text : [...words];
    case "map":
      // `sandbox-paths` may have words without `=` among the others; those stay a list.
      if (words.some((word) => word.indexOf("=") < 1)) return [...words];
      return Object.fromEntries(words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]));
    case "string":
      return text;
  }
}

/** `5G` as a number, which every Nix reads; undefined for another form, or a number that YAML readers would round. */
function inBytes(value: Value): number | undefined {
  const text = String(value);
  const number = /^[0-9].*[^0-9]$/.test(text) ? Number(withoutUnit(text)) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}
