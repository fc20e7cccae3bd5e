import { ownersOf } from "../../knowledge/other-nixes.ts";
import type { Setting } from "../../knowledge/setting.ts";
import { experimentalFeatures, findSetting } from "../../knowledge/settings.ts";
import { factsOf, type Meaning } from "./meaning.ts";

const MANUAL = "https://nix.dev/manual/nix/latest";

/** The meaning of a nix.conf setting, by any of its names. */
export function settingMeaning(word: string): Meaning | undefined {
  const found = findSetting(word);
  if (!found) return undefined;
  const { setting, via } = found;
  const names = {
    name: undefined,
    alias: `\`${word}\` is an old name of \`${setting.name}\``,
    extra: `\`${word}\` adds to \`${setting.name}\` instead of replacing it`,
  };
  return {
    kind: "setting",
    title: `${setting.name}: a nix.conf setting`,
    text: setting.description,
    facts: factsOf({
      name: names[via],
      type: setting.type,
      values: setting.values?.join(", ") ?? (setting.also && `a value of its type, or ${setting.also.join(", ")}`),
      default: shownDefault(setting.default),
      in: ownersIn(setting) ?? nixes(setting.versions),
      removed: setting.removedIn && `in Nix ${setting.removedIn}`,
      use: setting.renamedTo,
      "old names": setting.aliases.join(", "),
      adding: setting.appendableIn.length > 0 ? `extra-${setting.name}` : undefined,
      needs: setting.experimentalFeature && `the experimental feature \`${setting.experimentalFeature}\``,
      source: sourceOf(setting),
    }),
  };
}

/** The Nixes that have a setting which supported versions of Nix do not have. */
const ownersIn = (setting: Setting & { readonly in?: readonly string[] }): string | undefined =>
  setting.in && ownersOf(setting.in);

/** Where the setting is documented. */
function sourceOf({ name, in: owners }: Setting & { readonly in?: readonly string[] }): string {
  const isOnlyIn = (owner: string) => owners?.every((one) => one === owner) ?? false;
  if (owners && isOnlyIn("lix")) return `https://docs.lix.systems/manual/lix/stable/command-ref/conf-file.html#conf-${name}`;
  if (owners && isOnlyIn("determinate")) return "https://docs.determinate.systems/determinate-nix";
  return `${MANUAL}/command-ref/conf-file#conf-${name}`;
}

/** The meaning of an experimental feature of Nix. */
export function featureMeaning(word: string): Meaning | undefined {
  const feature = experimentalFeatures().find((one) => one.name === word);
  if (!feature) return undefined;
  return {
    kind: "feature",
    title: `${word}: an experimental feature of Nix`,
    text: "Switched on by naming it in the setting `experimental-features`.",
    facts: factsOf({
      in: nixes(feature.versions),
      "replaced by": feature.replacedBy,
      source: `${MANUAL}/development/experimental-features#xp-feature-${word}`,
    }),
  };
}

const nixes = (versions: readonly string[]): string => versions.map((version) => `Nix ${version}`).join(", ");

function shownDefault(value: unknown): string {
  if (value === undefined || value === null) return "depends on the machine";
  if (value === "") return "empty";
  if (Array.isArray(value)) return value.length === 0 ? "nothing" : value.join(" ");
  if (typeof value === "object") return Object.keys(value).length === 0 ? "nothing" : JSON.stringify(value);
  return String(value);
}
