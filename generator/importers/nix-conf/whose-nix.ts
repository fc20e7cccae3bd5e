import { hasFeature, hasSetting, isOther, type Nix, otherFeatures, valuesFor } from "../../knowledge/other-nixes.ts";
import { findSetting } from "../../knowledge/settings.ts";
import type { Line } from "./lines.ts";

/**
 * Whose Nix reads the lines: another one than Nix's own where the lines have settings or experimental features that Nix lacks and that only
 * this other one has. `nix` where they have none, or where no single one has all of them.
 */
export function whoseNix(lines: readonly Line[]): Nix {
  const owners = lines.flatMap(({ words: [name = "", , ...words] }) => {
    const setting = findSetting(name)?.setting;
    if (!setting) return [];
    if (isOther(setting) && !hasSetting("nix", setting)) return [valuesFor(setting.in)];
    if (setting.name !== "experimental-features") return [];
    return otherFeatures()
      .filter((feature) => words.includes(feature.name) && !hasFeature("nix", feature.name))
      .map((feature) => valuesFor(feature.in));
  });
  const [first = [], ...others] = owners;
  const [only, ...more] = first.filter((nix) => others.every((one) => one.includes(nix)));
  return only !== undefined && more.length === 0 ? only : "nix";
}
