import type { Builder, Group, Model, NixosHost } from "../../model/model.ts";
import { type Attribute, Call, type NixValue, Selection } from "../printers/nix.ts";
import { isEveryGroup } from "./every-group.ts";
import { hasOverlays } from "./nixos.ts";

/** Data for the NixOS hosts, their deployment and the remote builders. */

export function hostsView(model: Model): object {
  // All hosts that have every group share one list: a thousand hosts of a thousand groups each would be a million lines.
  const isAll = (groups: readonly Group[]) => isEveryGroup(model, groups) && groups.length > 0;
  const hostOf = ({ name, system, stateVersion, groups, modules, deploy }: NixosHost) => ({
    name,
    system,
    stateVersion,
    groups: isAll(groups) ? new Selection("everyGroup", []) : switches(groups),
    // nix/hosts.nix is one level below the output folder.
    modules: modules.map((path) => new Selection(`../${path.slice(2)}`, [])),
    ...(deploy
      ? {
          deployment: {
            targetHost: deploy.target,
            ...(deploy.port === undefined ? {} : { targetPort: deploy.port }),
            targetUser: deploy.user,
            tags: deploy.tags,
          },
        }
      : {}),
  });
  return {
    everyGroup: model.hosts.some((host) => isAll(host.groups)) && switches(model.groups),
    hosts: model.hosts.map((host): Attribute => [host.name, new Call("host", hostOf(host))]),
  };
}

const switches = (groups: readonly Group[]): NixValue => Object.fromEntries(groups.map(({ name }) => [name, { enable: true }]));

/** The host's own module, if the spec has it at its default path. */
export function hostScaffoldView(host: NixosHost, model: Model): { name: string; view: object } | undefined {
  if (!host.modules.includes(`./hosts/${host.name}.nix`)) return undefined;
  return { name: host.name, view: { accounts: accounts(buildersOn(host.name, model)) } };
}

export function hiveView(model: Model, deployed: NixosHost): object {
  return {
    name: model.name,
    description: model.description || `The ${model.name} platform`,
    // colmena takes nixpkgs' lib and modules from this package set; each host has its own system.
    system: deployed.system,
    overlays: hasOverlays(model),
  };
}

export function remoteBuildersView(model: Model): object {
  const declared = model.settings.find((setting) => setting.name === "trusted-users")?.value;
  const trusted = Array.isArray(declared) ? (declared as readonly string[]) : [];
  const serving: Record<string, NixValue> = {};
  for (const name of new Set(model.builders.flatMap((builder) => builder.specHost ?? []))) {
    const builders = buildersOn(name, model);
    serving[name] = {
      accounts: accounts(builders),
      trusted: unique(builders.map(({ user }) => user)).filter((user) => !trusted.includes(user)),
      features: unique(builders.flatMap(({ features, mandatoryFeatures }) => [...features, ...mandatoryFeatures])),
    };
  }
  return {
    serving: Object.keys(serving).length > 0 && serving,
    builders: model.builders.map((builder) => ({ host: builder.specHost ?? "", machine: buildMachine(builder) })),
    machines: model.builders.map(buildMachine),
    wholeList: declared !== undefined,
  };
}

/** An entry of `nix.buildMachines`. */
function buildMachine(builder: Builder): NixValue {
  return {
    hostName: builder.host,
    protocol: builder.protocol,
    sshUser: builder.user,
    systems: builder.systems,
    maxJobs: builder.maxJobs,
    speedFactor: builder.speedFactor,
    supportedFeatures: builder.features,
    mandatoryFeatures: builder.mandatoryFeatures,
    ...(builder.sshKey === undefined ? {} : { sshKey: builder.sshKey }),
    ...(builder.publicHostKey === undefined ? {} : { publicHostKey: builder.publicHostKey }),
  };
}

const buildersOn = (host: string, model: Model): Builder[] => model.builders.filter((builder) => builder.specHost === host);

/** The accounts to declare for incoming builds; root exists already. */
const accounts = (builders: readonly Builder[]): string[] =>
  unique(builders.map(({ user }) => user)).filter((user) => user !== "root");

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];
