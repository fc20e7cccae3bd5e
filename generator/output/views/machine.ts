import { isMac } from "../../knowledge/nix-darwin.ts";
import type { BuildUsers, Model, Setting, User, Volume } from "../../model/model.ts";
import type { SysusersEntry } from "../printers/conf.ts";
import { Call, type NixValue } from "../printers/nix.ts";
import { isOtherLinux } from "./kinds.ts";
import { daemonVariables, darwinNetwork, hasNetwork, ownBundle, scriptNetwork, withBundle } from "./network.ts";
import { hasOverlays, hasPolicy, settingsToNix } from "./nixos.ts";

/** Data for machines without NixOS: configuration files, scripts, and the modules of Home Manager and nix-darwin. */

export const confView = (model: Model, settings: readonly Setting[]): object => ({
  platform: model.name,
  settings: settings.map(({ name, value }) => ({ name, value })),
});

/** nix.conf of a machine that is not NixOS. */
export const systemConfView = (model: Model): object =>
  confView(model, withFlakes(withBundle(model, forMachines(model, model.settings))));

/** A nix.conf without `experimental-features` would switch off what the machine has: this adds what flakes need and replaces nothing. */
export function withFlakes(settings: readonly Setting[]): readonly Setting[] {
  const features = ["experimental-features", "extra-experimental-features"];
  if (settings.some(({ name }) => features.includes(name))) return settings;
  return [{ at: [], name: "extra-experimental-features", value: ["nix-command", "flakes"] }, ...settings];
}

/** Settings for files that macOS reads too, if the platform has such systems: there `auto-optimise-store` corrupts the store (NixOS/nix#7273). */
function forMachines(model: Model, settings: readonly Setting[]): readonly Setting[] {
  const onlyMacs = model.systems.every(isMac);
  return onlyMacs ? settings.filter(({ name }) => name !== "auto-optimise-store") : settings;
}

export const userConfView = (model: Model, user: User): object => ({ ...confView(model, user.settings), user: user.name });

export const volumeConfView = (model: Model, volume: Volume): object => ({
  ...confView(model, withBundle(model, forMachines(model, volume.settings))),
  volume: volume.name,
});

export function machinesView(model: Model): object {
  return { platform: model.name, builders: model.builders };
}

export function sysusersView(model: Model, { group, gid, roles }: BuildUsers): object {
  const entries: SysusersEntry[] = [{ type: "g", name: group, gid }];
  for (const { user, uid, gecos } of roles) entries.push({ type: "u", name: user, uid, group, gecos });
  for (const { user } of roles) entries.push({ type: "m", name: user, group });
  return { platform: model.name, entries };
}

export function applyView(model: Model): object {
  const users = model.buildUsers;
  return {
    name: model.name,
    hosts: model.hosts.filter(isOtherLinux).map(({ name }) => name),
    network: daemonVariables("linux", model).map((pair) => pair.join("=")),
    bundle: ownBundle(model) ?? "",
    buildUsers: {
      group: users?.group ?? "",
      gid: users?.gid ?? "",
      names: users?.roles.map((role) => role.user) ?? [],
      uids: users?.roles.map((role) => String(role.uid)) ?? [],
      roles: users?.roles.map((role) => role.gecos) ?? [],
    },
  };
}

export function manageView(model: Model): object {
  const tools = model.groups.flatMap((group) => group.tools.map((tool) => ({ name: tool.name, group: group.name })));
  return {
    name: model.name,
    network: scriptNetwork(model),
    keepFor: model.gc?.olderThan ?? "30d",
    groups: { names: model.groups.map((group) => group.name), titles: model.groups.map((group) => group.title) },
    volumes: {
      names: model.volumes.map((volume) => volume.name),
      mounts: model.volumes.map((volume) => volume.mount),
      groups: model.volumes.map((volume) => volume.groups.map((group) => group.name).join(" ")),
    },
    tools: { names: tools.map((tool) => tool.name), groups: tools.map((tool) => tool.group) },
  };
}

export function setupView(model: Model): object {
  const volumes = model.volumes.map(({ name, mount }) => ({ name, mount }));
  return {
    name: model.name,
    network: scriptNetwork(model),
    volumes,
    volumeNames: volumes.map(({ name }) => name).join(" ") || "none",
  };
}

/** Home Manager writes one user's nix.conf, so the settings of all users are a set by account name. */
export function homeManagerView(model: Model): object {
  const users = model.users.filter((user) => user.settings.length > 0);
  return {
    users: users.length > 0 && Object.fromEntries(users.map((user) => [user.name, settingsToNix(model, user.settings)])),
    overlays: hasOverlays(model),
  };
}

export function darwinView(model: Model): object {
  const settings: Record<string, NixValue> = settingsToNix(model, model.settings, (value) => new Call("lib.mkForce", value));
  // nix-darwin refuses this setting, which corrupts a store on macOS, and has `nix.optimise` instead.
  const optimise = settings["auto-optimise-store"] === true;
  delete settings["auto-optimise-store"];
  const gc = model.gc && {
    automatic: model.gc.automatic,
    // launchd has no calendar expressions. Anything but `daily` becomes nix-darwin's default, weekly.
    ...(model.gc.dates === "daily" ? { interval: { Hour: 3, Minute: 15 } } : {}),
    options: `--delete-older-than ${model.gc.olderThan}`,
  };
  const hasSettings = Object.keys(settings).length > 0;
  return {
    usesLib: hasSettings || optimise || gc !== undefined || hasNetwork(model),
    network: darwinNetwork(model),
    settings: hasSettings && settings,
    optimise,
    gc: gc ?? false,
    policy: hasPolicy(model),
    overlays: hasOverlays(model),
  };
}
