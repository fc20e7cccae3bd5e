import type { SettingValue } from "../../knowledge/nix-conf.ts";
import { hasSetting, isOther, type Nix } from "../../knowledge/other-nixes.ts";
import { findSetting } from "../../knowledge/settings.ts";
import type { BuildUsers, Model, Setting } from "../../model/model.ts";
import type { PlanContext } from "../context.ts";
import { type Attribute, Call, type NixValue, Selection } from "../printers/nix.ts";
import { hasNetwork } from "./network.ts";

/** Data for the NixOS modules and hosts. */

export function nixosIndexView(model: Model): object {
  const imports = [
    "nix-settings",
    ...(model.buildUsers ? ["build-users"] : []),
    ...(hasNetwork(model) ? ["network"] : []),
    ...(model.builders.length > 0 ? ["remote-builders"] : []),
    "tool-groups",
  ];
  return { imports: imports.map((name) => new Selection(`./${name}.nix`, [])) };
}

export function optionsView(model: Model): object {
  const switches = model.groups.map(({ name, title }) => [name, { enable: new Call("lib.mkEnableOption", title) }]);
  return { groups: switches.length > 0 && Object.fromEntries(switches) };
}

/** NixOS adds its own entries to these three lists; the spec is the whole list. */
const WHOLE_LISTS = new Set(["substituters", "trusted-public-keys", "trusted-users"]);

/**
 * Settings as the modules' `nix.settings`. Settings that the current Nix does not know are left out: NixOS treats every warning about its
 * nix.conf as an error. `build-users-group` is set by the system itself.
 */
export function settingsToNix(
  { nix }: Pick<Model, "nix">,
  all: readonly Setting[],
  wholeList: (list: NixValue) => NixValue = (list) => list,
  other: (value: NixValue) => NixValue = (value) => value,
): Record<string, NixValue> {
  const settings: Record<string, NixValue> = {};
  for (const { name, value } of all) {
    if (!knownToCurrentNix(nix, name) || name === "build-users-group") continue;
    settings[name] = WHOLE_LISTS.has(name) ? wholeList(settingToNix(value)) : other(settingToNix(value));
  }
  return settings;
}

export function nixosSettingsView(model: Model): object {
  const settings = settingsToNix(model, model.settings, (list) => new Call("lib.mkForce", list));
  const gc = model.gc && {
    automatic: model.gc.automatic,
    dates: model.gc.dates,
    options: `--delete-older-than ${model.gc.olderThan}`,
  };
  const registry: Attribute[] = [[model.name, { flake: new Selection("config.flakewright.inputs.self", []) }]];
  return { name: model.name, registry, settings: Object.keys(settings).length > 0 && settings, gc: gc ?? false };
}

/** Whether the newest version of the machines' Nix has the setting. */
function knownToCurrentNix(nix: Nix, name: string): boolean {
  const setting = findSetting(name)?.setting;
  return setting !== undefined && hasSetting(nix, setting) && (isOther(setting) || setting.versions.at(-1) === "2.34");
}

/** `nix.settings` of NixOS has no maps: each pair is one word of a list, as in nix.conf. */
function settingToNix(value: SettingValue): NixValue {
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value as readonly string[];
  return Object.entries(value).map(([key, item]) => `${key}=${item}`);
}

/** What NixOS gives nixbld1, nixbld2, …: nixos/modules/services/system/nix-daemon.nix and misc/ids.nix of nixpkgs. */
const NIXOS = { group: "nixbld", gid: 30000, firstUid: 30001 };

/** NixOS declares the users with its own ids; the module has only those ids that differ in the spec. */
export function buildUsersView({ group, gid, roles }: BuildUsers): object {
  const force = (value: NixValue) => new Call("lib.mkForce", value);
  // NixOS creates only the group nixbld; Nix takes its build users from the members of `build-users-group`.
  const ownGroup = group !== NIXOS.group;
  const users = roles.map(({ user, uid, gecos }, index): Attribute => {
    const ownUid = uid !== NIXOS.firstUid + index;
    return [
      user,
      {
        description: force(gecos),
        ...(ownUid ? { uid: force(uid) } : {}),
        ...(ownGroup ? { group: force(group), extraGroups: [group] } : {}),
      },
    ];
  });
  const groups = ownGroup || gid !== NIXOS.gid ? { [group]: { gid: force(gid) } } : false;
  return {
    usesLib: groups !== false || users.length > 0,
    count: roles.length,
    ownGroup,
    group,
    groups,
    users: users.length > 0 && Object.fromEntries(users),
  };
}

/** Whether nixpkgs' own configuration is anything but the default. */
export function hasPolicy(model: Model): boolean {
  return model.nixpkgs.unfree === true || model.nixpkgs.unfree.length > 0 || model.nixpkgs.insecure.length > 0;
}

export function enabledToolsView(model: Model): object {
  return { hasInputs: model.inputs.length > 0, order: model.groups.map((group) => group.name) };
}

export const hasOverlays = (model: Model): boolean => model.nixpkgs.overlays.length > 0;

export function toolModuleView(model: Model): object {
  return { policy: hasPolicy(model), overlays: hasOverlays(model) };
}

/**
 * An entry of `unfree` is an attribute or what nixpkgs calls the package (its `pname`), which is all that nixpkgs' predicate sees.
 * The facts say what an attribute is called; of one that they don't know, Nix is asked.
 */
export function nixpkgsConfigView(model: Model, { bundled }: PlanContext): object {
  const { unfree, insecure } = model.nixpkgs;
  const entries = unfree === true ? [] : unfree;
  const isKnown = (entry: string) => bundled !== undefined && (bundled.pnames(entry).length > 0 || bundled.isPname(entry));
  const names = [...new Set(entries.flatMap((entry) => [entry, ...(bundled?.pnames(entry) ?? [])]))];
  const asked = entries.filter((entry) => isAttributePath(entry) && !isKnown(entry));
  return {
    unfreeAll: unfree === true,
    unfree: names.length > 0 && names,
    asked: asked.length > 0 && asked.map((entry) => new Selection("pkgs", entry.split("."), true)),
    insecure: insecure.length > 0 && insecure,
  };
}

/** As the spec writes one: what could be no attribute at all is a name. */
const isAttributePath = (entry: string): boolean => /^[A-Za-z_][A-Za-z0-9_'+-]*(?:\.[A-Za-z_][A-Za-z0-9_'+-]*)*$/.test(entry);
