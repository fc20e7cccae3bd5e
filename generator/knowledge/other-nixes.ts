import data from "./other-nixes.json" with { type: "json" };
import type { ExperimentalFeature, FoundSetting, Setting } from "./setting.ts";

/*
 * Settings and experimental features that the supported versions of Nix lack and others have: Determinate's Nix, Lix, and newer
 * versions of Nix. The facts are in other-nixes.json; README.md gives their sources.
 */

/** Whose Nix the machines run. */
export type Nix = "nix" | "determinate" | "lix";

/** What has a setting: a version of Nix, `determinate` or `lix`. */
type Owner = string;

export interface OtherSetting extends Setting {
  readonly in: readonly Owner[];
}

export interface OtherFeature extends ExperimentalFeature {
  readonly in: readonly Owner[];
}

const withoutVersions = { versions: [], appendableIn: [] } as const;
const SETTINGS = data.settings.map((one) => ({ ...one, ...withoutVersions })) as unknown as readonly OtherSetting[];
const FEATURES = data.experimentalFeatures.map((one) => ({ ...one, versions: [] })) as readonly OtherFeature[];
const LACKS: Readonly<Record<string, { readonly settings: readonly string[]; readonly features: readonly string[] }>> =
  data.lacks;
const BY_NAME = new Map(SETTINGS.map((setting) => [setting.name, setting]));

/** Sorted by name. */
export const otherSettings = (): readonly OtherSetting[] => SETTINGS;

/** Sorted by name. */
export const otherFeatures = (): readonly OtherFeature[] => FEATURES;

/** The setting that a nix.conf line with this name sets in another Nix. */
export function findOtherSetting(name: string): FoundSetting | undefined {
  const setting = BY_NAME.get(name);
  if (setting) return { setting, via: "name" };
  const list = name.startsWith("extra-") ? BY_NAME.get(name.slice("extra-".length)) : undefined;
  return list?.type === "list" ? { setting: list, via: "extra" } : undefined;
}

export const isOther = (setting: Setting): setting is OtherSetting => "in" in setting;

/** Whether a Nix has the setting; of Nix itself the newest released version counts. */
export function hasSetting(nix: Nix, setting: Setting): boolean {
  if (isOther(setting)) return isOwner(nix, setting.in);
  return !(LACKS[nix]?.settings.includes(setting.name) ?? false);
}

/** Whether a Nix has the experimental feature. */
export function hasFeature(nix: Nix, name: string): boolean {
  const other = FEATURES.find((feature) => feature.name === name);
  if (other) return isOwner(nix, other.in);
  return !(LACKS[nix]?.features.includes(name) ?? false);
}

const isOwner = (nix: Nix, owners: readonly Owner[]): boolean =>
  nix === "nix" ? owners.some((owner) => RELEASED.includes(owner)) : owners.includes(nix);

/** The versions of Nix that came with these facts, the newest last. */
const RELEASED = ["2.34", "2.35"];
export const NEWEST_NIX = "2.35";

const NAMES: Readonly<Record<string, string>> = { determinate: "Determinate's Nix", lix: "Lix" };

/** For a sentence: `Determinate's Nix and Lix`, `Nix 2.35 and Lix`. */
export function ownersOf(owners: readonly Owner[]): string {
  const versions = owners.filter((owner) => NAMES[owner] === undefined);
  const names = [
    ...(versions.length > 0 ? [`Nix ${versions[0]}${versions[0] === "2.36" ? ", which is not released yet" : ""}`] : []),
    ...owners.flatMap((owner) => NAMES[owner] ?? []),
  ];
  const last = names.pop() ?? "";
  return names.length > 0 ? `${names.join(", ")} and ${last}` : last;
}

/** For a sentence. */
export const nixName = (nix: Nix): string => NAMES[nix] ?? "Nix";

/** The values of `nix` in a spec that stand for one of the owners. */
export const valuesFor = (owners: readonly Owner[]): Nix[] =>
  (["determinate", "lix"] as const).filter((nix) => owners.includes(nix));
