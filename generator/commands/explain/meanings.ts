import type { Facts } from "../../knowledge/packages.ts";
import { allSettings, experimentalFeatures } from "../../knowledge/settings.ts";
import { allCodes } from "../../lint/rules.ts";
import { nearestNames } from "../../report/suggestions.ts";
import { codeMeaning } from "./codes.ts";
import { keyMeanings, specKeys } from "./keys.ts";
import type { Meaning } from "./meaning.ts";
import { packageMeaning } from "./packages.ts";
import { featureMeaning, settingMeaning } from "./settings.ts";

/*
 * What the words of flakewright and Nix mean. Pure, so that everything that explains words can use it. `facts` are those of the
 * spec's nixpkgs; without them no package is known beside the ones that people use everywhere.
 */

/** Everything that a word means, the likeliest first. */
export const meaningsOf = (word: string, facts: Facts | undefined): Meaning[] =>
  [codeMeaning(word), settingMeaning(word), featureMeaning(word), ...keyMeanings(word), packageMeaning(word, facts)].filter(
    (meaning) => meaning !== undefined,
  );

/** All codes, settings and keys, for completion; packages are too many. */
export function explainableWords(): string[] {
  const settings = allSettings().map((setting) => setting.name);
  return [...new Set([...allCodes(), ...settings, ...specKeys().map((key) => key.place)])].sort();
}

/** The known words nearest to an unknown one. */
export function nearestWords(word: string, facts: Facts | undefined): string[] {
  const near = nearestNames(word, [...explainableWords(), ...experimentalFeatures().map((feature) => feature.name)]);
  if (near.length > 0) return near;
  // Of a path, only the last step may be wrong.
  const names = nearestNames(
    word.slice(word.lastIndexOf(".") + 1),
    specKeys().map((key) => key.name),
  );
  const places = specKeys().flatMap((key) => (names.includes(key.name) ? [key.place] : []));
  return places.length > 0 ? places.slice(0, 3) : (facts?.nearest(word) ?? []);
}
