import { DEFAULTS } from "../language/defaults.ts";
import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import type { Locator, ReporterAdd } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import type { Builder, BuildUsers, Gc, Group, Host, Network, Role, Setting, User, Volume } from "./model.ts";
import { byName, unique } from "./order.ts";
import type { References } from "./references.ts";
import { settingsOf, settingsOver, sortSettings } from "./settings.ts";
import { everyGroup, groupList, present } from "./tools.ts";

/* Garbage collection, the network, build users, users, volumes and builders. */

type Part<Key extends keyof Spec> = Pruned<NonNullable<Spec[Key]>> | undefined;

/** Garbage collection with its defaults; undefined when the spec has none. */
export function gcOf(part: Part<"gc">): Gc | undefined {
  if (!part) return undefined;
  const { automatic, dates, olderThan } = DEFAULTS.gc;
  return {
    at: ["gc"],
    automatic: part.automatic ?? automatic,
    dates: part.dates ?? dates,
    olderThan: part.olderThan ?? olderThan,
  };
}

/** The proxy and the certificate authorities; undefined when the spec has neither. */
export function networkOf(part: Part<"network">): Network | undefined {
  if (!part) return undefined;
  const { proxy, noProxy, caBundle } = part;
  if (proxy === undefined && caBundle === undefined && noProxy === undefined) return undefined;
  return { at: ["network"], proxy, noProxy: unique(present(noProxy ?? [])), caBundle };
}

/** Build users nixbld1, nixbld2, …, in the order of the roles. Reports `name-conflict` for a duplicate role. */
export function buildUsersOf(
  part: Part<"buildUsers">,
  groups: References<Group>,
  source: Locator,
  add: ReporterAdd,
): BuildUsers | undefined {
  if (!part) return undefined;
  const fallback = DEFAULTS.buildUsers;
  const { group = fallback.group, gid = fallback.gid, firstUid = fallback.firstUid, roles: list = [] } = part;
  const seen = new Map<string, SpecPath>();
  const roles = list.flatMap((role, index): Role[] => {
    if (role?.role === undefined) return [];
    const { role: name, description = "" } = role;
    const at = ["buildUsers", "roles", index];
    const before = seen.get(name);
    if (before) {
      const message = `duplicate role \`${name}\`: both need the output checks.<system>.role-${name}`;
      add("name-conflict", [...at, "role"], "value", message, {
        hint: "rename one of them",
        related: [{ message: `the first \`${name}\` is here`, range: source.locate([...before, "role"], "value") }],
      });
    } else seen.set(name, at);
    return [
      {
        at,
        name,
        description,
        gecos: gecosOf(description) || `${name} builds`,
        groups: groupList(role.groups, [...at, "groups"], groups, add) ?? [],
        user: `nixbld${index + 1}`,
        uid: firstUid + index,
      },
    ];
  });
  return { at: ["buildUsers"], group, gid, firstUid, roles };
}

/** Users sorted by name. */
export function usersOf(part: Part<"users">, source: Locator, add: ReporterAdd): User[] {
  return byName(
    Object.entries(part ?? {}).flatMap(([name, user]) => {
      if (user === undefined) return [];
      const at = ["users", name];
      return [{ at, name, settings: sortSettings(settingsOf(user.settings, [...at, "settings"], source, add)) }];
    }),
  );
}

/**
 * Volumes sorted by name.
 *
 * @param system The system's whole nix.conf, which each volume's own settings override.
 */
export function volumesOf(
  part: Part<"volumes">,
  groups: References<Group>,
  system: readonly Setting[],
  source: Locator,
  add: ReporterAdd,
): Volume[] {
  return byName(
    Object.entries(part ?? {}).flatMap(([name, volume]) => {
      if (volume === undefined) return [];
      const at = ["volumes", name];
      const ownSettings = settingsOf(volume.settings, [...at, "settings"], source, add);
      return [
        {
          at,
          name,
          mount: volume.mount ?? "",
          groups: groupList(volume.groups, [...at, "groups"], groups, add) ?? everyGroup(groups),
          ownSettings,
          settings: settingsOver(system, ownSettings),
        },
      ];
    }),
  );
}

/** Remote build machines. A builder that is a host of the spec has that host's deploy target as its address, and builds for its system. */
export function buildersOf(part: Part<"builders">, hosts: readonly Host[]): Builder[] {
  const byHost = new Map(hosts.map((host) => [host.name, host]));
  return (part ?? []).flatMap((builder, index) => {
    if (builder === undefined) return [];
    const named = builder.host ?? "";
    const host = byHost.get(named);
    const systems = present(builder.systems ?? []);
    const fallback = DEFAULTS.builder;
    return [
      {
        at: ["builders", index],
        host: host?.deploy?.target ?? named,
        specHost: host?.name,
        protocol: builder.protocol ?? fallback.protocol,
        user: builder.user ?? fallback.user,
        systems: systems.length > 0 ? systems : [host?.system ?? fallback.system],
        maxJobs: builder.maxJobs ?? fallback.maxJobs,
        speedFactor: builder.speedFactor ?? fallback.speedFactor,
        features: present(builder.features ?? []),
        mandatoryFeatures: present(builder.mandatoryFeatures ?? []),
        sshKey: builder.sshKey,
        publicHostKey: builder.publicHostKey,
      },
    ];
  });
}

/** A description as a GECOS field: passwd(5) uses colons and line breaks as separators. */
const gecosOf = (text: string): string =>
  text
    .split(/[:\n\r\t]/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join(" ");
