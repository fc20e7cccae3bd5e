import { canonicalSettingValue, findSetting } from "../knowledge/settings.ts";
import type { Source } from "../read/source.ts";
import { type Diagnostic, type ReporterAdd, reporter } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { pathKey } from "../report/spec-path.ts";
import { nearestNames } from "../report/suggestions.ts";
import type {
  Builder,
  BuildUsers,
  Gc,
  Group,
  Model,
  NixosHost,
  PackageSet,
  Role,
  Setting,
  SettingValue,
  Shell,
  Substituter,
  Tool,
  Volume,
} from "./model.ts";

const DEFAULT_NIXPKGS = "nixos-26.05";

const DEFAULT_SYSTEMS = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"];

/** Settings that a part of the spec writes, and that part: `settings` may not declare them a second time. */
const DERIVED: Readonly<Record<string, string>> = {
  substituters: "substituters",
  "trusted-public-keys": "substituters",
  "trusted-users": "trustedUsers",
  "allowed-users": "allowedUsers",
  "build-users-group": "buildUsers",
};

/**
 * Source → model. What validation refused (`invalid`, see validate.ts) is treated as absent, and nothing is reported about
 * it again. Adds `name-conflict` and `reference-unknown`.
 */
export function buildModel(source: Source, invalid: ReadonlySet<string>): [Model, Diagnostic[]] {
  const builder = new ModelBuilder(source, invalid);
  return [freeze(builder.build()), builder.diagnostics];
}

/** A place of the spec that reads as absent when it is missing, refused or of another kind than asked for. */
class Cursor {
  readonly #value: unknown;
  readonly #parent: Cursor | undefined;
  readonly #step: string | number;
  readonly #invalid: ReadonlySet<string>;
  #at: SpecPath | undefined;

  constructor(value: unknown, parent: Cursor | undefined, step: string | number, invalid: ReadonlySet<string>) {
    this.#parent = parent;
    this.#step = step;
    this.#invalid = invalid;
    this.#value = invalid.size > 0 && invalid.has(pathKey(this.at)) ? undefined : value;
  }

  /** Put together when it is asked for: most places are only passed through. */
  get at(): SpecPath {
    this.#at ??= this.#parent ? [...this.#parent.at, this.#step] : [];
    return this.#at;
  }

  get present(): boolean {
    return this.#value !== undefined && this.#value !== null;
  }

  get raw(): unknown {
    return this.#value;
  }

  get map(): Record<string, unknown> | undefined {
    return typeof this.#value === "object" && this.#value !== null && !Array.isArray(this.#value)
      ? (this.#value as Record<string, unknown>)
      : undefined;
  }

  get text(): string | undefined {
    return typeof this.#value === "string" ? this.#value : undefined;
  }

  get number(): number | undefined {
    return typeof this.#value === "number" ? this.#value : undefined;
  }

  get boolean(): boolean | undefined {
    return typeof this.#value === "boolean" ? this.#value : undefined;
  }

  get isList(): boolean {
    return Array.isArray(this.#value);
  }

  key(name: string): Cursor {
    return new Cursor(this.map?.[name], this, name, this.#invalid);
  }

  /** `key(name).text`, for the ten thousand places where nothing else is asked of it. */
  textOf(name: string): string | undefined {
    if (this.#invalid.size > 0) return this.key(name).text;
    const value = this.map?.[name];
    return typeof value === "string" ? value : undefined;
  }

  /** The entries of a list that can be used. */
  get items(): Cursor[] {
    if (!Array.isArray(this.#value)) return [];
    return this.#value.map((item, index) => new Cursor(item, this, index, this.#invalid)).filter((item) => item.present);
  }

  /** The entries of a map that can be used, in the spec's order. */
  get entries(): [string, Cursor][] {
    return Object.keys(this.map ?? {})
      .map((name): [string, Cursor] => [name, this.key(name)])
      .filter(([, item]) => item.present);
  }

  get texts(): string[] {
    return this.items.flatMap((item) => item.text ?? []);
  }
}

class ModelBuilder {
  readonly diagnostics: Diagnostic[];
  readonly #add: ReporterAdd;
  readonly #root: Cursor;
  readonly #source: Source;
  readonly #sets = new Map<string, PackageSet>();
  readonly #groups = new Map<string, Group>();
  #declaredGroups: string[] = [];
  #declaredInputs: string[] = [];

  constructor(source: Source, invalid: ReadonlySet<string>) {
    const { list, add } = reporter(source);
    this.diagnostics = list;
    this.#add = add;
    this.#source = source;
    this.#root = new Cursor(source.value, undefined, "", invalid);
  }

  build(): Model {
    const root = this.#root;
    const nixpkgs = this.#nixpkgs(root.key("nixpkgs"));
    this.#sets.set("nixpkgs", nixpkgs);
    const inputs = this.#inputs(root.key("inputs"));
    const systems = root.key("systems").texts;
    // Refused entries still count as declared: who refers to them has made no mistake.
    this.#declaredGroups = Object.keys(root.key("groups").map ?? {});
    const groups = root.key("groups").entries.map(([name, node]) => this.#group(name, node));
    const settings = this.#settings(root.key("settings"));
    const substituters = root.key("substituters").items.map((node) => this.#substituter(node));
    const trustedUsers = root.key("trustedUsers").items.flatMap((node) => named(node));
    const allowedUsers = root.key("allowedUsers").items.flatMap((node) => named(node));
    const buildUsers = this.#buildUsers(root.key("buildUsers"));
    const all = this.#allSettings(settings, substituters, trustedUsers, allowedUsers, buildUsers);
    const modelSystems = systems.length > 0 ? systems : DEFAULT_SYSTEMS;
    const hosts = root.key("hosts").entries.map(([name, node]) => this.#host(name, node, modelSystems, nixpkgs.written));
    const model: Model = {
      name: root.textOf("name") ?? "unnamed",
      description: root.textOf("description") ?? "",
      nixpkgs,
      inputs,
      systems: modelSystems,
      groups,
      shells: this.#shells(root.key("shells"), groups),
      settings: all,
      substituters,
      trustedUsers,
      allowedUsers,
      gc: this.#gc(root.key("gc")),
      buildUsers,
      users: byName(
        root
          .key("users")
          .entries.map(([name, node]) => ({ at: node.at, name, settings: sortSettings(this.#settings(node.key("settings"))) })),
      ),
      volumes: byName(root.key("volumes").entries.map(([name, node]) => this.#volume(name, node, all))),
      hosts: byName(hosts),
      builders: root.key("builders").items.map((node) => this.#builder(node, hosts)),
      ci: root.textOf("ci") === "github" ? "github" : undefined,
      lint: root.key("lint").items.flatMap((node) => {
        const code = node.textOf("code");
        return code === undefined ? [] : [{ at: node.at, code, place: node.textOf("at"), why: node.textOf("why") }];
      }),
    };
    this.#conflicts(model);
    return model;
  }

  #nixpkgs(node: Cursor): Model["nixpkgs"] {
    const url = node.map ? node.key("url") : node;
    const written = url.text ?? DEFAULT_NIXPKGS;
    const unfree = node.key("unfree");
    return {
      at: url.present ? url.at : node.at,
      name: "nixpkgs",
      written,
      url: written.includes(":") ? written : `github:NixOS/nixpkgs/${written}`,
      unfree: unfree.boolean === true ? true : unfree.texts,
      insecure: node.key("insecure").texts,
    };
  }

  #inputs(node: Cursor): PackageSet[] {
    this.#declaredInputs = Object.keys(node.map ?? {});
    const inputs: PackageSet[] = [];
    for (const [name, entry] of node.entries) {
      if (entry.text === undefined) continue;
      if (name === "nixpkgs" || name === "self") {
        this.#add("name-conflict", entry.at, "key", `the flake's own input \`${name}\` has this name`, {
          hint: name === "nixpkgs" ? "the main package set is the top-level key `nixpkgs`" : "give the input another name",
        });
        continue;
      }
      const input = { at: entry.at, name, url: entry.text };
      inputs.push(input);
      this.#sets.set(name, input);
    }
    return byName(inputs);
  }

  #group(name: string, node: Cursor): Group {
    const group = {
      at: node.at,
      name,
      title: node.textOf("title") ?? name,
      description: node.textOf("description") ?? "",
      tools: this.#tools(node.key("packages")),
    };
    this.#groups.set(name, group);
    return group;
  }

  #tools(node: Cursor): Tool[] {
    return node.items.flatMap((item) => this.#tool(item) ?? []);
  }

  #tool(node: Cursor): Tool | undefined {
    const long = node.map;
    const path = long ? node.textOf("package") : node.text;
    if (path === undefined) return undefined;
    const attribute = path.split(".");
    const from = long && "from" in long ? this.#packageSet(node.key("from")) : this.#sets.get("nixpkgs");
    if (!from) return undefined;
    const systems = long && "systems" in long && node.key("systems").isList ? node.key("systems").texts : undefined;
    return {
      at: node.at,
      name: (long ? node.textOf("name") : undefined) ?? attribute.at(-1) ?? path,
      description: (long ? node.textOf("description") : undefined) ?? "",
      package: path,
      attribute,
      from,
      systems,
    };
  }

  #packageSet(node: Cursor): PackageSet | undefined {
    const name = node.text;
    if (name === undefined) return this.#sets.get("nixpkgs");
    const found = this.#sets.get(name);
    if (!found && !this.#declaredInputs.includes(name)) this.#unknown(node, name, "input", "inputs", this.#declaredInputs);
    return found;
  }

  /** The groups a list names; undefined when there is no list. */
  #groupList(node: Cursor): Group[] | undefined {
    if (!node.isList) return undefined;
    const groups: Group[] = [];
    for (const item of node.items) {
      const name = item.text;
      if (name === undefined) continue;
      const group = this.#groups.get(name);
      if (group) {
        if (!groups.includes(group)) groups.push(group);
      } else if (!this.#declaredGroups.includes(name)) this.#unknown(item, name, "group", "groups", this.#declaredGroups);
    }
    return groups;
  }

  #unknown(node: Cursor, name: string, kind: string, key: string, declared: readonly string[]): void {
    const near = nearestNames(name, declared);
    const list = (names: readonly string[]) => names.map((one) => `\`${one}\``).join(", ");
    const hint =
      near.length > 0
        ? `did you mean ${list(near)}?`
        : declared.length === 0
          ? `declare it under \`${key}\``
          : declared.length <= 12
            ? `\`${key}\` has ${list(declared)}`
            : `\`${key}\` has ${declared.length} entries and none of a similar name`;
    this.#add("reference-unknown", node.at, "value", `no ${kind} is called \`${name}\``, { hint });
  }

  #shells(node: Cursor, groups: readonly Group[]): Shell[] {
    const shells = new Map<string, Shell>();
    for (const group of groups)
      shells.set(group.name, {
        at: group.at,
        name: group.name,
        title: group.title,
        groups: [group],
        tools: [],
        env: [],
        hook: "",
      });
    shells.set("default", { at: ["groups"], name: "default", title: "All tools", groups, tools: [], env: [], hook: "" });
    for (const [name, entry] of node.entries) {
      const automatic = shells.get(name);
      const env = entry
        .key("env")
        .entries.flatMap(([variable, value]) =>
          value.text === undefined ? [] : [{ at: value.at, name: variable, value: value.text }],
        );
      shells.set(name, {
        at: entry.at,
        name,
        title: entry.textOf("title") ?? automatic?.title ?? name,
        groups: this.#groupList(entry.key("groups")) ?? automatic?.groups ?? [],
        tools: this.#tools(entry.key("packages")),
        env: byName(env),
        hook: entry.textOf("hook") ?? "",
      });
    }
    return byName([...shells.values()]);
  }

  #settings(node: Cursor): Setting[] {
    const settings = new Map<string, Setting>();
    for (const [written, entry] of node.entries) {
      const value = settingValue(written, entry.raw);
      if (value === undefined) continue;
      const name = currentSettingName(written);
      const before = settings.get(name);
      if (before) {
        this.#add("name-conflict", entry.at, "key", `\`${written}\` and \`${String(before.at.at(-1))}\` are one setting`, {
          hint: "delete one of them",
          related: [{ message: `\`${String(before.at.at(-1))}\` is here`, range: this.#source.locate(before.at, "key") }],
        });
        continue;
      }
      settings.set(name, { at: entry.at, name, value });
    }
    return [...settings.values()];
  }

  #substituter(node: Cursor): Substituter {
    return { at: node.at, url: node.textOf("url") ?? "", publicKey: node.textOf("publicKey") };
  }

  /** `settings` together with what other parts of the spec say about nix.conf. */
  #allSettings(
    settings: readonly Setting[],
    substituters: readonly Substituter[],
    trusted: Model["trustedUsers"],
    allowed: Model["allowedUsers"],
    buildUsers: BuildUsers | undefined,
  ): Setting[] {
    const result = new Map(settings.map((setting) => [setting.name, setting]));
    const derive = (name: string, value: SettingValue, at: SpecPath) => {
      const before = result.get(name);
      if (before) {
        if (before.value === value) return;
        const part = DERIVED[name] ?? name;
        this.#add("name-conflict", before.at, "key", `\`${part}\` declares \`${name}\` already`, {
          hint: `keep one of the two; \`${part}\` is checked more closely`,
          related: [{ message: `\`${part}\` is here`, range: this.#source.locate(at, "key") }],
        });
        return;
      }
      result.set(name, { at, name, value });
    };
    if (this.#root.key("substituters").isList) {
      derive("substituters", unique(substituters.map((cache) => cache.url)), ["substituters"]);
      const keys = unique(substituters.flatMap((cache) => cache.publicKey ?? []));
      derive("trusted-public-keys", keys, ["substituters"]);
    }
    if (this.#root.key("trustedUsers").isList)
      derive("trusted-users", unique(trusted.map((user) => user.name)), ["trustedUsers"]);
    if (this.#root.key("allowedUsers").isList)
      derive("allowed-users", unique(allowed.map((user) => user.name)), ["allowedUsers"]);
    if (buildUsers) derive("build-users-group", buildUsers.group, buildUsers.at);
    return sortSettings([...result.values()]);
  }

  #gc(node: Cursor): Gc | undefined {
    if (!node.map) return undefined;
    return {
      at: node.at,
      automatic: node.key("automatic").boolean ?? false,
      dates: node.textOf("dates") ?? "weekly",
      olderThan: node.textOf("olderThan") ?? "30d",
    };
  }

  #buildUsers(node: Cursor): BuildUsers | undefined {
    if (!node.map) return undefined;
    const firstUid = node.key("firstUid").number ?? 30001;
    const seen = new Map<string, SpecPath>();
    const roles = node.key("roles").items.flatMap((item, index): Role[] => {
      const name = item.textOf("role");
      if (name === undefined) return [];
      const before = seen.get(name);
      if (before) {
        this.#add(
          "name-conflict",
          [...item.at, "role"],
          "value",
          `the role \`${name}\` is declared twice; both claim checks.<system>.role-${name}`,
          {
            hint: "give each role a name of its own",
            related: [{ message: `\`${name}\` is here too`, range: this.#source.locate([...before, "role"], "value") }],
          },
        );
      } else seen.set(name, item.at);
      const description = item.textOf("description") ?? "";
      return [
        {
          at: item.at,
          name,
          description,
          gecos: gecosOf(description) || `${name} builds`,
          groups: this.#groupList(item.key("groups")) ?? [],
          user: `nixbld${index + 1}`,
          uid: firstUid + index,
        },
      ];
    });
    return { at: node.at, group: node.textOf("group") ?? "nixbld", gid: node.key("gid").number ?? 30000, firstUid, roles };
  }

  #volume(name: string, node: Cursor, system: readonly Setting[]): Volume {
    const ownSettings = this.#settings(node.key("settings"));
    const own = new Set(ownSettings.map((setting) => setting.name));
    return {
      at: node.at,
      name,
      mount: node.textOf("mount") ?? "",
      groups: this.#groupList(node.key("groups")) ?? [...this.#groups.values()],
      ownSettings,
      settings: sortSettings([...system.filter((setting) => !own.has(setting.name)), ...ownSettings]),
    };
  }

  #host(name: string, node: Cursor, systems: readonly string[], nixpkgs: string): NixosHost {
    const deploy = node.key("deploy");
    const target = deploy.textOf("target");
    const modules = node.key("modules");
    return {
      at: node.at,
      name,
      system: node.textOf("system") ?? systems.find((system) => system.endsWith("-linux")) ?? "x86_64-linux",
      groups: this.#groupList(node.key("groups")) ?? [...this.#groups.values()],
      stateVersion: node.textOf("stateVersion") ?? /[0-9]{2}\.(05|11)/.exec(nixpkgs)?.[0] ?? "26.05",
      modules: modules.isList ? modules.texts : [`./hosts/${name}.nix`],
      deploy:
        target === undefined
          ? undefined
          : { at: deploy.at, target, user: deploy.textOf("user") ?? "root", tags: deploy.key("tags").texts },
    };
  }

  #builder(node: Cursor, hosts: readonly NixosHost[]): Builder {
    const written = node.textOf("host") ?? "";
    const host = hosts.find((one) => one.name === written);
    const systems = node.key("systems").texts;
    return {
      at: node.at,
      host: host?.deploy?.target ?? written,
      specHost: host?.name,
      protocol: node.textOf("protocol") ?? "ssh-ng",
      user: node.textOf("user") ?? "nixremote",
      systems: systems.length > 0 ? systems : [host?.system ?? "x86_64-linux"],
      maxJobs: node.key("maxJobs").number ?? 1,
      speedFactor: node.key("speedFactor").number ?? 1,
      features: node.key("features").texts,
      mandatoryFeatures: node.key("mandatoryFeatures").texts,
      sshKey: node.textOf("sshKey"),
      publicHostKey: node.textOf("publicHostKey"),
    };
  }

  /** Output names that two things would claim. */
  #conflicts(model: Model): void {
    for (const host of model.hosts) {
      if (!host.deploy || !["defaults", "meta", "network"].includes(host.name)) continue;
      const message = `a machine that colmena deploys can't be called \`${host.name}\`: its hive keeps that name for itself`;
      this.#add("name-conflict", host.at, "key", message, { hint: "rename the host, or deploy it with nixos-rebuild" });
    }
    const explicitDefault = this.#root.key("shells").key("default").present;
    for (const group of model.groups) {
      if (group.name === "default") {
        const related = explicitDefault
          ? { related: [{ message: "`shells.default` is here", range: this.#source.locate(["shells", "default"], "key") }] }
          : {};
        this.#add(
          "name-conflict",
          group.at,
          "key",
          "devShells.<system>.default is the shell of all groups; a group can't have that name",
          {
            hint: "rename the group; `shells.default` says what the default shell holds",
            ...related,
          },
        );
      }
      const volume = model.volumes.find((one) => `volume-${one.name}` === group.name);
      if (volume) {
        this.#add(
          "name-conflict",
          group.at,
          "key",
          `the group \`${group.name}\` and the volume \`${volume.name}\` both claim packages.<system>.${group.name}`,
          {
            hint: "rename one of them",
            related: [{ message: `the volume \`${volume.name}\` is here`, range: this.#source.locate(volume.at, "key") }],
          },
        );
      }
    }
  }
}

/** passwd(5) keeps colons and line breaks for itself. */
const gecosOf = (text: string): string =>
  text
    .split(/[:\n\r\t]/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join(" ");

function named(node: Cursor): { at: SpecPath; name: string }[] {
  return node.text === undefined ? [] : [{ at: node.at, name: node.text }];
}

/** The value in its setting's own type: `yes` of a boolean is true, and words in one text are a list. */
function settingValue(written: string, raw: unknown): SettingValue | undefined {
  const value = plainSettingValue(raw);
  const setting = findSetting(written)?.setting;
  return value === undefined || !setting ? value : canonicalSettingValue(setting, value);
}

function plainSettingValue(raw: unknown): SettingValue | undefined {
  if (typeof raw === "string" || typeof raw === "number" || typeof raw === "boolean") return raw;
  // What validation refused inside a list keeps its place there, empty: a map of the spec has no text of its own.
  const text = (part: unknown) => (typeof part === "object" ? "" : String(part));
  if (Array.isArray(raw)) return raw.map(text);
  if (typeof raw === "object" && raw !== null)
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, text(value)]));
  return undefined;
}

/** The name that today's Nix knows a setting by; an unknown name stays as it is, for lint to judge. */
function currentSettingName(written: string): string {
  const found = findSetting(written);
  if (!found) return written;
  return found.via === "extra" ? `extra-${found.setting.name}` : found.setting.name;
}

/** By name, and each `extra-NAME` right behind NAME: Nix drops one that comes before (NixOS/nix#9487). */
function sortSettings(settings: readonly Setting[]): Setting[] {
  const order = (setting: Setting) => setting.name.replace(/^extra-(?!platforms$)(.*)$/, "$1\u0001");
  return [...settings].sort((a, b) => compare(order(a), order(b)));
}

function byName<T extends { readonly name: string }>(things: readonly T[]): T[] {
  return [...things].sort((a, b) => compare(a.name, b.name));
}

/** By code units, the same on every machine; a locale's order is not. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** So that no later stage changes what is finished. */
function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}
