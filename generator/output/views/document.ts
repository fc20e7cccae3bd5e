import { ownersOf } from "../../knowledge/other-nixes.ts";
import { sizeText } from "../../knowledge/sizes.ts";
import type { Model, Setting, Tool } from "../../model/model.ts";
import type { PlanContext } from "../context.ts";
import { nixPath } from "../printers/nix.ts";
import { checklist } from "./checklist.ts";
import { deployedByDeployRs } from "./deploy.ts";
import { isEveryGroup } from "./every-group.ts";
import { deployedByColmena } from "./fleet.ts";
import { switchCommand, systemWords } from "./host-words.ts";
import { documentNetwork } from "./network.ts";
import { overlayNames } from "./overlays.ts";

const BOT_NAMES = { renovate: "Renovate", dependabot: "Dependabot" } as const;

/** Data for ARCHITECTURE.md: the platform described for people. */
export function architectureView(model: Model, context: PlanContext): object {
  const tool = (one: Tool) => ({
    name: one.name,
    description: one.description,
    attribute: one.package,
    // Shown only if it is not the name.
    renamed: one.name !== one.package,
    from: one.from.name !== "nixpkgs" && one.from.name,
    version: one.version ?? (context.facts?.find(one.package)?.version || false),
    systems: one.systems ? one.systems.join(", ") : false,
  });
  const pairs = (settings: readonly Setting[]) => settings.map(({ name, value }) => ({ name, value }));
  const names = (things: readonly { readonly name: string }[]) => things.map(({ name }) => name).join(", ") || "none";
  // Not a list of all names: a thousand hosts with a thousand groups each would make a million words.
  const groupNames = (groups: Model["groups"]) => (isEveryGroup(model, groups) ? "all" : names(groups));
  const shells = model.shells.map((shell) => ({
    name: shell.name,
    title: shell.title,
    every: isEveryGroup(model, shell.groups),
    groups: names(shell.groups),
    extra: shell.tools.length > 0 && names(shell.tools),
    env: shell.env.length > 0 && shell.env.map(({ name }) => name).join(", "),
    envFiles: shell.envFiles.length > 0 && shell.envFiles.map(({ file }) => file).join(", "),
    hook: shell.hook !== "",
  }));
  const [spec, ...included] = context.specFiles;
  return {
    title: model.description || model.name,
    name: model.name,
    included: included.length > 0 && { by: spec, files: included.map((file, at) => ({ file, follows: at > 0 })) },
    nix: model.nix === "nix" ? false : ownersOf([model.nix]),
    nixpkgs: model.nixpkgs.url,
    inputs: model.inputs.map(({ name, url, kind }) => ({ name, url, flake: kind === "flake" })),
    overlays: overlayNames(model),
    systems: model.systems.join(", "),
    repository: model.repository ?? false,
    policy: policyLines(model),
    sbom: model.sbom,
    updates: model.updates
      ? { bot: BOT_NAMES[model.updates.bot], every: model.updates.every, minimumAge: model.updates.minimumAge ?? false }
      : false,
    settings: pairs(model.settings),
    caches: model.substituters.map(({ url, publicKey }) => ({ url, key: publicKey ?? "none" })),
    trusted: model.trustedUsers.map(({ name }, index) => ({ name, follows: index > 0 })),
    gc: model.gc ? { olderThan: model.gc.olderThan, dates: model.gc.dates, automatic: model.gc.automatic } : false,
    network: documentNetwork(model),
    users: model.users.map((user) => ({ name: user.name, settings: pairs(user.settings) })),
    groups: model.groups.map((group) => ({
      name: group.name,
      title: group.title,
      description: group.description,
      size: context.sizes?.closure.has(group.name) ? sizeText(context.sizes.closure.get(group.name) ?? 0) : false,
      tools: group.tools.map(tool),
    })),
    defaultIsAll: shells.find(({ name }) => name === "default")?.every ?? true,
    shells: shells.filter(
      ({ name, every, extra, env, envFiles, hook }) => name !== "default" || !every || extra || env || envFiles || hook,
    ),
    commands: model.commands.map(({ name, help, groups }) => ({ name, help, groups: groups ? names(groups) : false })),
    firstShell: model.groups[0]?.name ?? "default",
    buildUsers: model.buildUsers
      ? {
          count: model.buildUsers.roles.length,
          group: model.buildUsers.group,
          gid: model.buildUsers.gid,
          first: model.buildUsers.roles[0]?.user ?? "none",
          last: model.buildUsers.roles.at(-1)?.user ?? "none",
          roles: model.buildUsers.roles.map((role) => ({
            user: role.user,
            uid: role.uid,
            name: role.name,
            description: role.description || role.name,
            groups: names(role.groups),
          })),
        }
      : false,
    forges: model.ci?.forges.join(", ") || false,
    volumes: model.volumes.map((volume) => ({
      name: volume.name,
      mount: volume.mount,
      groups: groupNames(volume.groups),
      settings: volume.ownSettings.length > 0 && volume.ownSettings.map(({ name }) => name).join(", "),
    })),
    hosts: model.hosts.map((host) => ({
      name: host.name,
      system: host.system,
      groups: groupNames(host.groups),
      ...systemWords(host),
      command: switchCommand(host),
      settings: host.ownSettings.length > 0 && host.ownSettings.map(({ name }) => name).join(", "),
      target: host.deploy ? `${host.deploy.user}@${host.deploy.target}` : false,
    })),
    checklist: checklist(model),
    hive: deployedByColmena(model) !== undefined,
    deployRs: deployedByDeployRs(model)[0]?.name ?? false,
    builders: model.builders.map((builder) => ({
      host: builder.host,
      user: builder.user,
      name: builder.specHost ?? false,
      systems: builder.systems.join(", "),
      maxJobs: builder.maxJobs,
      features: [...builder.features, ...builder.mandatoryFeatures].join(", ") || "none",
      mandatory: builder.mandatoryFeatures.join(", "),
      knownByKey: builder.publicHostKey !== undefined,
    })),
    serving: [
      ...new Map(
        model.builders.flatMap(({ specHost, user, sshKey }) =>
          specHost === undefined
            ? []
            : [
                [
                  `${specHost} ${user}`,
                  {
                    host: specHost,
                    option: nixPath(["users", "users", user, "openssh", "authorizedKeys", "keys"]),
                    key: sshKey ?? false,
                  },
                ],
              ],
        ),
      ).values(),
    ],
  };
}

/** The policy in sentences, without a full stop. */
function policyLines({ policy }: Model): string[] {
  if (!policy) return [];
  return [
    ...(policy.maxAge ? [`The nixpkgs of flake.lock is at most ${policy.maxAge.days} days old`] : []),
    ...(policy.denied.length > 0 ? [`No tool has the licence ${policy.denied.map(({ license }) => license).join(", ")}`] : []),
    ...policy.budgets.map(({ group, written }) => `The group ${group.name} has at most ${written} with everything that it needs`),
  ];
}
