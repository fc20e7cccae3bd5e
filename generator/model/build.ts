import { DEFAULTS } from "../language/defaults.ts";
import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import { type Locator, reporter, type Stage } from "../report/diagnostic.ts";
import { ciOf } from "./ci.ts";
import { commandsOf, withCommands } from "./commands.ts";
import { reportConflicts } from "./conflicts.ts";
import { hostsOf } from "./hosts.ts";
import { imagesOf } from "./images.ts";
import { buildersOf, buildUsersOf, gcOf, networkOf, usersOf, volumesOf } from "./machines.ts";
import type { Acceptance, Group, Model, PackageSet, Substituter } from "./model.ts";
import { byName } from "./order.ts";
import { policyOf } from "./policy.ts";
import type { References } from "./references.ts";
import { settingsOf, systemSettings } from "./settings.ts";
import { groupsOf, inputsOf, nixpkgsOf, overlaysOf, present, shellsOf } from "./tools.ts";
import { updatesOf } from "./updates.ts";
import { reportTooLong } from "./variables.ts";
import { type PinsFile, Versions } from "./versions.ts";

/**
 * Builds the model from a validated spec. The parts that validation rejected are absent from `spec`, and are not reported again. Reports
 * `name-conflict`, `reference-unknown` and `version-unresolved`.
 *
 * @param pins The pins file beside the spec; without one, no version is resolved.
 */
export function buildModel(spec: Pruned<Spec>, source: Locator, pins?: PinsFile): Stage<Model> {
  const { list, add } = reporter(source);
  const versions = new Versions(pins, add);
  const inputs = inputsOf(spec.inputs, add);
  const declared = Object.keys(spec.inputs ?? {});
  const byInput = new Map(inputs.map((set) => [set.name, set]));
  const overlays = overlaysOf(spec.nixpkgs, { kind: "input", key: "inputs", declared, known: byInput }, add);
  const nixpkgs = { ...nixpkgsOf(spec.nixpkgs), overlays };
  const known = new Map<string, PackageSet>([["nixpkgs", nixpkgs], ...byInput]);
  const sets: References<PackageSet> = { kind: "input", key: "inputs", declared, known };
  const groupEntries = groupsOf(spec.groups, { sets, versions }, add);
  const groups: References<Group> = {
    kind: "group",
    key: "groups",
    declared: Object.keys(spec.groups ?? {}),
    known: new Map(groupEntries.map((group) => [group.name, group])),
  };
  const plainShells = shellsOf(spec.shells, groups, { sets, versions }, add);
  for (const { name } of versions.sets)
    if (byInput.has(name))
      add("name-conflict", ["inputs", name], "key", `a commit of the pins file has the name \`${name}\``, {
        hint: "give the input another name",
      });
  reportTooLong(plainShells, add);
  const commands = commandsOf(spec.commands, groups, add);
  const shells = withCommands(plainShells, commands);
  const settings = settingsOf(spec.settings, ["settings"], source, add);
  const substituters = substitutersOf(spec.substituters);
  const trustedUsers = accountsOf(spec.trustedUsers, "trustedUsers");
  const allowedUsers = accountsOf(spec.allowedUsers, "allowedUsers");
  const buildUsers = buildUsersOf(spec.buildUsers, groups, source, add);
  const all = systemSettings(settings, { substituters, trustedUsers, allowedUsers, buildUsers }, source, add);
  const [first, ...others] = present(spec.systems ?? []);
  const systems = first === undefined ? DEFAULTS.systems : ([first, ...others] as const);
  const hosts = hostsOf(spec.hosts, groups, systems, all, source, add);
  const model: Model = {
    name: spec.name ?? "unnamed",
    description: spec.description ?? "",
    nixpkgs,
    inputs: byName([...inputs, ...versions.sets]),
    versions: versions.asked,
    systems,
    groups: groupEntries,
    shells,
    commands,
    settings: all,
    substituters: substituters ?? [],
    trustedUsers: trustedUsers ?? [],
    allowedUsers: allowedUsers ?? [],
    gc: gcOf(spec.gc),
    network: networkOf(spec.network),
    buildUsers,
    users: usersOf(spec.users, source, add),
    volumes: volumesOf(spec.volumes, groups, all, source, add),
    hosts: byName(hosts),
    deployer: spec.deployer ?? DEFAULTS.deployer,
    builders: buildersOf(spec.builders, hosts),
    nix: spec.nix ?? DEFAULTS.nix,
    images: imagesOf(spec.images, groups, shells, add),
    ci: ciOf(spec.ci, systems, add),
    policy: policyOf(spec.policy, groups, add),
    sbom: spec.sbom ?? spec.policy !== undefined,
    updates: updatesOf(spec.updates),
    devcontainer: spec.devcontainer ?? DEFAULTS.devcontainer,
    repository: spec.repository,
    lint: acceptancesOf(spec.lint),
  };
  reportConflicts(model, spec.shells?.["default"] !== undefined, source, add);
  return [frozen(model), list];
}

function substitutersOf(part: Pruned<Spec>["substituters"]): Substituter[] | undefined {
  return part?.flatMap((cache, index) =>
    cache === undefined ? [] : [{ at: ["substituters", index], url: cache.url ?? "", publicKey: cache.publicKey }],
  );
}

function accountsOf(part: readonly (string | undefined)[] | undefined, key: string): Model["trustedUsers"] | undefined {
  return part?.flatMap((name, index) => (name === undefined ? [] : [{ at: [key, index], name }]));
}

function acceptancesOf(part: Pruned<Spec>["lint"]): Acceptance[] {
  return (part ?? []).flatMap((entry, index) =>
    entry?.code === undefined ? [] : [{ at: ["lint", index], code: entry.code, place: entry.at, why: entry.why }],
  );
}

/** Freezes a value and everything in it, so that no later stage can change the model. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    if (Array.isArray(value)) for (const part of value) frozen(part);
    else for (const key of Object.keys(value)) frozen(value[key as keyof typeof value]);
  }
  return value;
}
