import type { Builder, Group, Host, Model, NixosHost, Setting } from "../../model/model.ts";
import { addTo } from "../../report/lists-by-key.ts";
import { memoized } from "../../report/memoized.ts";
import { type Attribute, Call, type NixValue, nixValue, Selection } from "../printers/nix.ts";
import { isEveryGroup } from "./every-group.ts";
import { isNixos } from "./kinds.ts";
import { hasOverlays, settingsToNix } from "./nixos.ts";

/** Data for the NixOS hosts, their deployment and the remote builders. */

export function hostsView(model: Model): object {
  const hosts = model.hosts.filter(isNixos);
  const hostOf = ({ name, system, stateVersion, groups, modules, deploy, ownSettings }: NixosHost) => ({
    name,
    system,
    stateVersion,
    groups: groupSwitches(model, groups),
    modules: moduleFiles(modules),
    ...hostSettings(ownSettings, model, name),
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
    everyGroup: everyGroup(model, hosts),
    overrides: overrides(hosts, (host) => hostSettings(host.ownSettings, model, host.name)),
    hosts: hosts.map((host): Attribute => [host.name, new Call("host", hostOf(host))]),
  };
}

// All hosts that have every group share one list: a thousand hosts of a thousand groups each would be a million lines.
const hasEvery = (model: Model, groups: readonly Group[]) => isEveryGroup(model, groups) && groups.length > 0;

/** The switches that the hosts with every group share; false if there is no such host. */
export const everyGroup = (model: Model, hosts: readonly Host[]): NixValue =>
  hosts.some((host) => hasEvery(model, host.groups)) && switches(model.groups);

/** The switches of a host's groups; `everyGroup` is a binding of the file. */
export const groupSwitches = (model: Model, groups: readonly Group[]): NixValue =>
  hasEvery(model, groups) ? new Selection("everyGroup", []) : switches(groups);

/** The user's own modules, for a file in nix/, one level below the output folder. */
export const moduleFiles = (modules: readonly string[]): NixValue[] =>
  modules.map((path) => new Selection(`../${path.slice(2)}`, []));

/**
 * A host's own settings, for the argument `settings` of `host` in nix/hosts.nix. Their priority is above that of the modules, which is
 * 50 for the lists that are the spec's as a whole and 100 for the others.
 */
function hostSettings(own: readonly Setting[], model: Model, name: string): { readonly settings?: NixValue } {
  const settings = settingsToNix(
    model,
    own,
    (list) => new Call("wholeList", list),
    (value) => new Call("override", value),
  );
  const trusted = own.find((setting) => setting.name === "trusted-users");
  const accounts = trusted ? trustedAccounts(name, model, trusted) : [];
  if (accounts.length > 0) settings["extra-trusted-users"] = accounts;
  return Object.keys(settings).length > 0 ? { settings } : {};
}

/** Which of the two functions in front of a host's own settings the file uses; false for none. */
export function overrides<H>(hosts: readonly H[], print: (host: H) => object): object | false {
  const text = hosts.map((host) => nixValue(print(host) as NixValue, 0)).join("\n");
  const uses = { some: /= override /.test(text), wholeLists: /= wholeList /.test(text) };
  return (uses.some || uses.wholeLists) && uses;
}

const switches = (groups: readonly Group[]): NixValue => Object.fromEntries(groups.map(({ name }) => [name, { enable: true }]));

/** The host's own module, if the spec has it at its default path. */
export function hostScaffoldView(host: Host, model: Model): { name: string; view: object } | undefined {
  if (host.os === "linux" || !host.modules.includes(`./hosts/${host.name}.nix`)) return undefined;
  return { name: host.name, view: { mac: host.os === "darwin", accounts: accounts(buildersOn(host.name, model)) } };
}

/** The first NixOS host that colmena deploys; undefined if there is none. */
export const deployedByColmena = (model: Model): NixosHost | undefined =>
  model.deployer === "colmena" ? model.hosts.filter(isNixos).find((host) => host.deploy) : undefined;

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
  const declared = model.settings.find((setting) => setting.name === "trusted-users");
  const serving: Record<string, NixValue> = {};
  const nixos = new Set(model.hosts.filter(isNixos).map(({ name }) => name));
  for (const name of new Set(model.builders.flatMap((builder) => builder.specHost ?? []))) {
    if (!nixos.has(name)) continue;
    const builders = buildersOn(name, model);
    serving[name] = {
      accounts: accounts(builders),
      trusted: trustedAccounts(name, model, declared),
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
export function buildMachine(builder: Builder): NixValue {
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

/** The builders of each host that is one. */
const byHost = memoized((builders: readonly Builder[]): ReadonlyMap<string, readonly Builder[]> => {
  const found = new Map<string, Builder[]>();
  for (const builder of builders) if (builder.specHost !== undefined) addTo(found, builder.specHost, builder);
  return found;
});

/** The builders that a host is. */
export const buildersOn = (host: string, { builders }: Model): readonly Builder[] => byHost(builders).get(host) ?? [];

/** The accounts for incoming builds that are not in a list of trusted users. */
export function trustedAccounts(host: string, model: Model, listed: Setting | undefined): string[] {
  const trusted = Array.isArray(listed?.value) ? (listed.value as readonly string[]) : [];
  return unique(buildersOn(host, model).map(({ user }) => user)).filter((user) => !trusted.includes(user));
}

/** The accounts to declare for incoming builds; root exists already. */
const accounts = (builders: readonly Builder[]): string[] =>
  unique(builders.map(({ user }) => user)).filter((user) => user !== "root");

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];
