import { isMac } from "../knowledge/nix-darwin.ts";
import { DEFAULTS } from "../language/defaults.ts";
import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import type { Locator, ReporterAdd } from "../report/diagnostic.ts";
import type { Deploy, Group, Host, Setting } from "./model.ts";
import type { References } from "./references.ts";
import { settingsOf, settingsOver } from "./settings.ts";
import { everyGroup, groupList, present } from "./tools.ts";

/* The hosts: NixOS machines, Macs with nix-darwin, and Linux machines of other distributions. */

type Hosts = Pruned<NonNullable<Spec["hosts"]>> | undefined;
type Entry = NonNullable<NonNullable<Hosts>[string]>;

/**
 * Hosts in the spec's order. A system that does not fit `os` decides what the host is; lint reports it.
 *
 * @param systems The systems of the spec: the first that fits is the default of a host.
 * @param wider The system's whole nix.conf, which each host's own settings override.
 */
export function hostsOf(
  part: Hosts,
  groups: References<Group>,
  systems: readonly string[],
  wider: readonly Setting[],
  source: Locator,
  add: ReporterAdd,
): Host[] {
  return Object.entries(part ?? {}).flatMap(([name, host]): Host[] => {
    if (host === undefined) return [];
    const at = ["hosts", name];
    const asked = host.os;
    const system = host.system ?? defaultSystem(asked, systems);
    const ownSettings = settingsOf(host.settings, [...at, "settings"], source, add);
    const common = {
      at,
      name,
      system,
      groups: groupList(host.groups, [...at, "groups"], groups, add) ?? everyGroup(groups),
      ownSettings,
      settings: settingsOver(wider, ownSettings),
      deploy: deployOf(host.deploy, at),
    };
    const { stateVersion } = host;
    const configured = {
      ...common,
      declaresStateVersion: "stateVersion" in host,
      modules: host.modules ? present(host.modules) : [`./hosts/${name}.nix`],
    };
    if (isMac(system)) {
      const version = typeof stateVersion === "number" ? stateVersion : DEFAULTS.mac.stateVersion;
      return [{ ...configured, os: "darwin", stateVersion: version }];
    }
    if (asked === "linux") return [{ ...common, os: "linux" }];
    const version = typeof stateVersion === "string" ? stateVersion : DEFAULTS.host.stateVersion;
    return [{ ...configured, os: "nixos", stateVersion: version }];
  });
}

function defaultSystem(os: string | undefined, systems: readonly string[]): string {
  if (os === "darwin") return systems.find(isMac) ?? DEFAULTS.mac.system;
  return systems.find((system) => !isMac(system)) ?? DEFAULTS.host.system;
}

function deployOf(deploy: Entry["deploy"], host: readonly string[]): Deploy | undefined {
  if (deploy?.target === undefined) return undefined;
  return {
    at: [...host, "deploy"],
    target: deploy.target,
    port: deploy.port,
    user: deploy.user ?? DEFAULTS.deploy.user,
    tags: present(deploy.tags ?? []),
  };
}
