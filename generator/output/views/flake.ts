import type { Group, Model, Tool } from "../../model/model.ts";
import { Call, type NixValue, Selection } from "../printers/nix.ts";
import { hasPolicy } from "./nixos.ts";

/** Data for flake.nix and the files in nix/. */

export function flakeView(model: Model): object {
  const urls = model.substituters.map((cache) => cache.url);
  const keys = model.substituters.flatMap((cache) => cache.publicKey ?? []);
  return {
    description: model.description || `The ${model.name} platform`,
    inputs: Object.fromEntries([model.nixpkgs, ...model.inputs].map(({ name, url }) => [name, { url }])),
    systems: model.systems,
    templateDescription: `A project that works in the shells of ${model.name}`,
    caches: urls.length > 0 && { urls: [...new Set(urls)], keys: [...new Set(keys)] },
    hasBuildUsers: model.buildUsers !== undefined,
    hasHosts: model.hosts.length > 0,
    hasHive: model.hosts.some((host) => host.deploy),
    hasBuilders: model.builders.length > 0,
  };
}

/** The template's flake finds the platform by its name in the registry, where the NixOS module puts it. */
export function templateView(model: Model): object {
  return { platform: `flake:${model.name}` };
}

export function packageSetsView(model: Model): object {
  return { names: [model.nixpkgs, ...model.inputs].map((set) => set.name), policy: hasPolicy(model) };
}

/** A tool as nix/tool-groups.nix has it. */
function toolRecord(tool: Tool): NixValue {
  return {
    name: tool.name,
    description: tool.description,
    ...(tool.systems ? { systems: tool.systems } : {}),
    package: new Selection("packageSets", [tool.from.name, ...tool.attribute], true),
  };
}

export function toolGroupsView(model: Model): object {
  return {
    // An argument that nothing uses would be a dead binding.
    usesSets: model.groups.some((group) => group.tools.length > 0),
    groups: Object.fromEntries(model.groups.map((group) => [group.name, group.tools.map(toolRecord)])),
  };
}

/** The tools of several groups, then more, as one list; evaluated only when the list is. */
export function toolList(groups: readonly Group[], tools: readonly Tool[] = []): NixValue {
  const lists: NixValue[] = groups.map((group) => new Selection("groups", [group.name]));
  if (tools.length > 0) lists.push(tools.map(toolRecord));
  if (lists.length === 1) return lists[0] as NixValue;
  return lists.length === 0 ? [] : new Call("builtins.concatLists", lists);
}

export function devShellsView(model: Model): object {
  return {
    shells: model.shells.map((shell) => ({
      name: shell.name,
      title: shell.title,
      tools: toolList(shell.groups, shell.tools),
      env: Object.fromEntries(shell.env.map(({ name, value }) => [name, value])),
      hasEnv: shell.env.length > 0,
      hook: shell.hook,
    })),
    usesGroups: model.shells.some((shell) => shell.groups.length > 0),
  };
}

export function packagesView(model: Model): object {
  const groups = model.groups.map((group) => ({ name: group.name, title: group.title, tools: toolList([group]) }));
  const volumes = model.volumes.map((volume) => ({
    name: `volume-${volume.name}`,
    title: `The tools of the volume ${volume.name}`,
    tools: toolList(volume.groups),
  }));
  return { environments: [...groups, ...volumes], usesGroups: model.groups.length > 0 };
}

export function checksView(model: Model): object {
  const roles = model.buildUsers?.roles ?? [];
  return {
    shells: model.shells.map(({ name }) => ({ check: `shell-${name}`, shell: name })),
    roles: roles.map((role) => ({
      name: `role-${role.name}`,
      title: role.description || role.name,
      tools: toolList(role.groups),
    })),
    usesGroups: roles.some((role) => role.groups.length > 0),
  };
}
