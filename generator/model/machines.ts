import { DEFAULTS } from "../language/defaults.ts";
import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import type { Locator, ReporterAdd } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import type { Builder, BuildUsers, Gc, Group, NixosHost, Role, Setting, User, Volume } from "./model.ts";
import { byName } from "./order.ts";
import type { References } from "./references.ts";
import { settingsOf, settingsOver, sortSettings } from "./settings.ts";
import { groupList, present } from "./tools.ts";

/* Build users, people, volumes, hosts and builders. */

type Part<Key extends keyof Spec> = Pruned<NonNullable<Spec[Key]>> | undefined;

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

/** nixbld1, nixbld2, … in the order of the roles. Adds `name-conflict` for a role that stands twice. */
export function buildUsersOf(
  part: Part<"buildUsers">,
  groups: References<Group>,
  source: Locator,
  add: ReporterAdd,
): BuildUsers | undefined {
  if (!part) return undefined;
  const usual = DEFAULTS.buildUsers;
  const { group = usual.group, gid = usual.gid, firstUid = usual.firstUid, roles: list = [] } = part;
  const seen = new Map<string, SpecPath>();
  const roles = list.flatMap((role, index): Role[] => {
    if (role?.role === undefined) return [];
    const { role: name, description = "" } = role;
    const at = ["buildUsers", "roles", index];
    const before = seen.get(name);
    if (before) {
      const message = `the role \`${name}\` is declared twice; both claim checks.<system>.role-${name}`;
      add("name-conflict", [...at, "role"], "value", message, {
        hint: "give each role a name of its own",
        related: [{ message: `\`${name}\` is here too`, range: source.locate([...before, "role"], "value") }],
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

export function usersOf(part: Part<"users">, source: Locator, add: ReporterAdd): User[] {
  return byName(
    Object.entries(part ?? {}).flatMap(([name, user]) => {
      if (user === undefined) return [];
      const at = ["users", name];
      return [{ at, name, settings: sortSettings(settingsOf(user.settings, [...at, "settings"], source, add)) }];
    }),
  );
}

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
          groups: groupList(volume.groups, [...at, "groups"], groups, add) ?? [...groups.known.values()],
          ownSettings,
          settings: settingsOver(system, ownSettings),
        },
      ];
    }),
  );
}

export function hostsOf(
  part: Part<"hosts">,
  groups: References<Group>,
  systems: readonly string[],
  add: ReporterAdd,
): NixosHost[] {
  const usualSystem = systems.find((system) => system.endsWith("-linux")) ?? DEFAULTS.host.system;
  return Object.entries(part ?? {}).flatMap(([name, host]) => {
    if (host === undefined) return [];
    const at = ["hosts", name];
    const { system = usualSystem, stateVersion, modules, deploy } = host;
    return [
      {
        at,
        name,
        system,
        groups: groupList(host.groups, [...at, "groups"], groups, add) ?? [...groups.known.values()],
        declaresStateVersion: "stateVersion" in host,
        stateVersion: stateVersion ?? DEFAULTS.host.stateVersion,
        modules: modules ? present(modules) : [`./hosts/${name}.nix`],
        deploy:
          deploy?.target === undefined
            ? undefined
            : {
                at: [...at, "deploy"],
                target: deploy.target,
                user: deploy.user ?? DEFAULTS.deploy.user,
                tags: present(deploy.tags ?? []),
              },
      },
    ];
  });
}

/** Remote build machines; one that is a host of the spec is reached as that is deployed, and builds for its system. */
export function buildersOf(part: Part<"builders">, hosts: readonly NixosHost[]): Builder[] {
  return (part ?? []).flatMap((builder, index) => {
    if (builder === undefined) return [];
    const written = builder.host ?? "";
    const host = hosts.find((one) => one.name === written);
    const systems = present(builder.systems ?? []);
    const usual = DEFAULTS.builder;
    return [
      {
        at: ["builders", index],
        host: host?.deploy?.target ?? written,
        specHost: host?.name,
        protocol: builder.protocol ?? usual.protocol,
        user: builder.user ?? usual.user,
        systems: systems.length > 0 ? systems : [host?.system ?? usual.system],
        maxJobs: builder.maxJobs ?? usual.maxJobs,
        speedFactor: builder.speedFactor ?? usual.speedFactor,
        features: present(builder.features ?? []),
        mandatoryFeatures: present(builder.mandatoryFeatures ?? []),
        sshKey: builder.sshKey,
        publicHostKey: builder.publicHostKey,
      },
    ];
  });
}

/** passwd(5) keeps colons and line breaks for itself. */
const gecosOf = (text: string): string =>
  text
    .split(/[:\n\r\t]/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join(" ");
