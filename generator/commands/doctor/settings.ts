import { join } from "node:path";
import { compareVersions } from "../../knowledge/package-versions.ts";
import { withoutExtra } from "../../knowledge/setting.ts";
import { allSettings, experimentalFeatures, findSetting } from "../../knowledge/settings.ts";
import type { Setting } from "../../model/model.ts";
import { confLine } from "../../output/printers/conf.ts";
import { readableWord as word } from "../../output/printers/shell.ts";
import type { Machine } from "./machine.ts";
import { isBefore, type NixVersion } from "./nix.ts";

/** A setting that is in effect with another value than the spec's. */
export interface DifferingSetting {
  readonly name: string;
  /** The rest of a sentence that begins with the name. */
  readonly difference: string;
  /** What overrides the system's nix.conf, and the command that ends that. */
  readonly override?: { readonly place: string; readonly command: string } | undefined;
}

/** Settings that are not in effect as the spec has them, of those that this Nix knows. */
export async function differingSettings(machine: Machine, version: NixVersion): Promise<readonly DifferingSetting[]> {
  const effective = await effectiveSettings(machine);
  if (!effective) return [];
  const differing: DifferingSetting[] = [];
  for (const setting of machine.model.settings) {
    const name = withoutExtra(setting.name);
    const value = effective.get(name);
    if (value === undefined || isInEffect(setting, value, version)) continue;
    const override = await overrideOf(machine, name);
    differing.push({ name: setting.name, difference: difference(setting, value), override });
  }
  return differing;
}

/** `nix config show` as a map; undefined when Nix refuses its own configuration. */
async function effectiveSettings({ system, options }: Machine): Promise<Map<string, string> | undefined> {
  const env =
    options.root === undefined ? {} : { NIX_CONF_DIR: join(options.root, "etc/nix"), NIX_USER_CONF_FILES: "", NIX_CONFIG: "" };
  for (const features of [[], ["--extra-experimental-features", "nix-command"]]) {
    // Since Nix 2.19 it is `config show`.
    for (const show of [["config", "show"], ["show-config"]]) {
      const run = await system.spawn("nix", [...features, ...show], { env });
      if (run.status !== 0) continue;
      const lines = run.stdout.split("\n").filter((line) => line.includes(" = ") || line.endsWith(" ="));
      const settings = new Map(lines.map((line) => [line.slice(0, line.indexOf(" =")), line.slice(line.indexOf(" =") + 3)]));
      // What was only switched on to ask is not in effect.
      const on = settings.get("experimental-features")?.split(" ") ?? [];
      if (features.length > 0) settings.set("experimental-features", on.filter((one) => one !== "nix-command").join(" "));
      return settings;
    }
  }
  return undefined;
}

/** What overrides a setting of the system's nix.conf for this user. */
async function overrideOf({ system, options }: Machine, name: string): Promise<DifferingSetting["override"]> {
  if (options.root !== undefined) return undefined;
  const { env } = system;
  if (namesOf(name, env["NIX_CONFIG"] ?? "").length > 0) return { place: "NIX_CONFIG", command: "unset NIX_CONFIG" };
  const folder = env["XDG_CONFIG_HOME"] || join(env["HOME"] ?? "", ".config");
  const place = join(folder, "nix/nix.conf");
  const names = namesOf(name, (await system.readFile(place))?.toString() ?? "");
  if (names.length === 0) return undefined;
  const alternatives = names.length === 1 ? names[0] : `(${names.join("|")})`;
  return { place, command: `sed -i.bak -E '/^[[:space:]]*${alternatives}[[:space:]]*=/d' ${word(place)}` };
}

/** The names by which lines of a nix.conf set a setting: its own, an old one, one with `extra-`. */
function namesOf(name: string, conf: string): string[] {
  const written = conf.split("\n").flatMap((line) => /^\s*([A-Za-z0-9-]+)\s*=/.exec(line)?.[1] ?? []);
  return [...new Set(written.filter((one) => (findSetting(one)?.setting.name ?? one) === name))];
}

/** A setting's value as nix.conf has it. */
const confValue = ({ name, value }: Setting): string => confLine(name, value).replace(/^[^=]*=\s*/, "");

const words = (text: string): string[] => text.split(/\s+/).filter((one) => one !== "");

/** What is in effect in place of a setting's value, as the rest of a sentence. */
function difference(setting: Setting, effective: string): string {
  const wanted = confValue(setting);
  if (typeof setting.value !== "object") return `is ${effective || "empty"}, not ${wanted || "empty"}`;
  const [ours, theirs] = [new Set(words(wanted)), new Set(words(effective))];
  const lacks = [...ours].filter((one) => !theirs.has(one)).join(" ");
  const more = [...theirs].filter((one) => !ours.has(one)).join(" ");
  return [lacks && `lacks ${lacks}`, more && `has ${more}`].filter(Boolean).join(" and ") || `is in another order: ${effective}`;
}

/** Whether the value that Nix shows is the one that the spec has, each written in its own way. */
function isInEffect(setting: Setting, effective: string, version: NixVersion): boolean {
  const wanted = confValue(setting);
  if (wanted === effective) return true;
  const found = findSetting(setting.name);
  // Nix shows what `auto` comes to.
  if (wanted === "auto") return /^\d+$/.test(effective);
  if (found?.setting.type !== "list" && found?.setting.type !== "map") return false;
  const plain = (text: string) => words(text).map((one) => one.replace(/(?<=[^/])\/$/, ""));
  let [ours, theirs] = [plain(wanted), plain(effective)];
  if (found.setting.name === "experimental-features")
    ours = [...new Set(ours)].filter((feature) => isKnownFeature(feature, version));
  const inEffect = new Set(theirs);
  if (found.via === "extra") return ours.every((one) => inEffect.has(one));
  // Caches have an order; of all other lists and maps, newer Nixes show a sorted one.
  if (found.setting.name !== "substituters") [ours, theirs] = [ours.toSorted(), theirs.toSorted()];
  return [...new Set(ours)].join(" ") === [...new Set(theirs)].join(" ");
}

/** Whether a Nix knows an experimental feature: as the newest Nix that we know of and that is not newer. */
function isKnownFeature(name: string, version: NixVersion): boolean {
  const versions = [...new Set(allSettings().flatMap((setting) => setting.versions))];
  const [oldest, ...others] = versions.sort(compareVersions);
  const closest = others.findLast((one) => {
    const [major = 0, minor = 0] = one.split(".").map(Number);
    return !isBefore(version, major, minor);
  });
  const feature = experimentalFeatures().find((one) => one.name === name);
  return feature?.versions.some((one) => one === (closest ?? oldest)) === true;
}
