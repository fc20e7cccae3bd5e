import type { Facts } from "../../knowledge/packages.ts";
import { sizeText } from "../../knowledge/sizes.ts";
import { descriptionOf } from "../../knowledge/tool-names.ts";
import type { EnvValue, Group, Model, PackageSet, Shell, Tool } from "../../model/model.ts";
import type { PlanContext } from "../context.ts";
import { shellWord } from "../printers/shell.ts";
import { diagram } from "./diagram.ts";
import { isEveryGroup } from "./every-group.ts";
import { kindsOfHosts, systemWords } from "./host-words.ts";
import { exceptions } from "./network.ts";
import { overlayNames } from "./overlays.ts";

/** A link to a part of the page. */
interface Link {
  readonly id: string;
  readonly name: string;
}

/** Names with commas between them. */
const listed = (names: readonly string[]) => names.map((name, index) => ({ name, follows: index > 0 }));

/** Data for catalog.html: the tools, each with the shells that have it. Absent text is `""`, which `#if` skips. */
export function catalogView(model: Model, context: PlanContext): object {
  const ids = new Ids();
  const everything = model.shells.find((shell) => shell.name === "default" && isEveryGroup(model, shell.groups));
  const shellsWith = shellIndex(model, everything, ids);
  const links = (groups: readonly Group[]): Link[] => groups.map((group) => ids.linkTo("group", group));
  const most = shellsBeside([...model.groups, ...model.shells].reduce((sum, { tools }) => sum + tools.length, 0));
  const tool = (one: Tool) => {
    const shells = shellsWith(one);
    const beside = { shells: shells.slice(0, most), more: Math.max(0, shells.length - most) };
    return toolRow(one, ids, beside, model.nixpkgs, context.facts);
  };

  const hasFacts = context.facts !== undefined;
  const sections = [
    ...model.groups.map((group) => ({
      id: ids.linkTo("group", group).id,
      title: group.title,
      description: group.description,
      command: developCommand(group.name, context),
      count: group.tools.length,
      size: sizeOf(group.name, context),
      hasFacts,
      tools: group.tools.map(tool),
    })),
    ...model.shells
      .filter((shell) => shell.tools.length > 0)
      .map((shell) => ({
        id: ids.of("extra", shell.name),
        title: `More in ${shell.name}`,
        description: "",
        command: developCommand(shell.name, context),
        count: shell.tools.length,
        size: "",
        hasFacts,
        tools: shell.tools.map(tool),
      })),
  ];

  const view = {
    title: model.description || model.name,
    name: model.name,
    nixpkgs: model.nixpkgs.url,
    included: listed(context.specFiles.slice(1)),
    overlays: listed(overlayNames(model)),
    inputs: model.inputs.map(({ name, url }) => ({ name, url })),
    systems: listed(model.systems),
    everything: everything !== undefined && developCommand("default", context),
    sections,
    toolCount: sections.reduce((sum, { count }) => sum + count, 0),
    shells: model.shells.map((shell) => ({
      id: ids.linkTo("shell", shell).id,
      name: shell.name,
      title: shell.title === shell.name ? "" : shell.title,
      command: developCommand(shell.name, context),
      all: shell === everything,
      groups: shell === everything ? [] : links(shell.groups),
      tools: shell.tools.map(({ name }) => ({ name })),
      env: shell.env.map(({ name, value }) => ({ name, value: envText(name, value) })),
      envFiles: shell.envFiles.map(({ file }) => ({ file })),
      hook: shell.hook !== "",
    })),
    commands: model.commands.map(({ name, help, groups }) => ({
      id: ids.of("command", name),
      name,
      help,
      all: groups === undefined,
      groups: groups === undefined ? [] : links(groups),
    })),
    map: diagram(model),
    caches: model.substituters.map(({ url, publicKey }) => ({ id: ids.of("cache", url), url, key: publicKey ?? "" })),
    network: networkRows(model).map((row) => ({ id: ids.of("network", row.name), ...row })),
    roles: (model.buildUsers?.roles ?? []).map((role) => ({
      id: ids.of("role", role.name),
      name: role.name,
      user: role.user,
      uid: role.uid,
      description: role.description,
      groups: links(role.groups),
    })),
    hostKinds: kindsOfHosts(model),
    hosts: model.hosts.map((host) => ({
      id: ids.of("host", host.name),
      name: host.name,
      system: host.system,
      ...systemWords(host),
      target: host.deploy ? `${host.deploy.user}@${host.deploy.target}` : "",
      tags: host.deploy?.tags.join(", ") ?? "",
      all: isEveryGroup(model, host.groups),
      groups: isEveryGroup(model, host.groups) ? [] : links(host.groups),
    })),
    volumes: model.volumes.map((volume) => ({
      id: ids.of("volume", volume.name),
      name: volume.name,
      mount: volume.mount,
      all: isEveryGroup(model, volume.groups),
      groups: isEveryGroup(model, volume.groups) ? [] : links(volume.groups),
    })),
    builders: model.builders.map((builder) => ({
      id: ids.of("builder", builder.specHost ?? builder.host),
      name: builder.specHost ?? builder.host,
      address: `${builder.protocol}://${builder.user}@${builder.host}`,
      systems: builder.systems.join(", "),
      maxJobs: builder.maxJobs,
      speedFactor: builder.speedFactor,
      features: builder.features.join(", "),
      mandatory: builder.mandatoryFeatures.join(", "),
    })),
  };
  return { ...view, stats: stats(view), long: view.toolCount > 500, hasFacts };
}

function networkRows({ network }: Model): { readonly name: string; readonly value: string }[] {
  if (!network) return [];
  return [
    ...(network.proxy === undefined
      ? []
      : [
          { name: "Proxy", value: network.proxy },
          { name: "Without the proxy", value: exceptions(network) },
        ]),
    ...(network.caBundle === undefined ? [] : [{ name: "Certificate authorities", value: network.caBundle }]),
  ];
}

/** The measured size of a group, in words; `""` where nobody measured it. */
function sizeOf(group: string, { sizes }: PlanContext): string {
  const bytes = sizes?.closure.get(group);
  return bytes === undefined ? "" : `${sizeText(bytes)} on ${sizes?.system}`;
}

/** The counts in the head of the page. */
function stats(view: {
  toolCount: number;
  sections: object[];
  shells: object[];
  commands: object[];
  caches: object[];
  roles: object[];
  hosts: object[];
  volumes: object[];
  builders: object[];
}): object[] {
  const rows: [number, string, string][] = [
    [view.toolCount, "tool", "tools"],
    [view.shells.length, "shell", "shells"],
    [view.commands.length, "command", "commands"],
    [view.caches.length, "cache", "caches"],
    [view.roles.length, "build role", "build roles"],
    [view.hosts.length, "host", "hosts"],
    [view.volumes.length, "volume", "volumes"],
    [view.builders.length, "builder", "builders"],
  ];
  return rows.filter(([count]) => count > 0).map(([count, one, many]) => ({ count, label: count === 1 ? one : many }));
}

/** A variable's value for readers, in the form of a shell. */
function envText(name: string, value: EnvValue): string {
  const place = (path: string) => (path.startsWith("/") ? path : `$FLAKEWRIGHT_ROOT${path === "" ? "" : `/${path}`}`);
  if (value.kind === "text") return value.text;
  if (value.kind === "path") return place(value.path);
  return [...value.prepend.map(place), `$${name}`, ...value.append.map(place)].join(":");
}

/** `nix develop` beside the output folder, as README has it: a reader of the page is rarely in that folder. */
function developCommand(name: string, { folder }: PlanContext): string {
  const flake = folder === "" ? "." : `./${folder.split("/").at(-1)}`;
  const whole = name === "default" ? (flake === "." ? "" : flake) : `${flake}#${name}`;
  if (whole === "") return "nix develop";
  return `nix develop ${/^[\w./#-]+$/.test(whole) ? whole : shellWord(whole)}`;
}

/** The same package of the same set under the same name is one tool, in whatever group. */
const identity = (tool: Tool): string => `${tool.from.name}\0${tool.package}\0${tool.name}`;

/** The shells that have a tool, without the shell that has everything: it would be listed beside every tool. */
function shellIndex(model: Model, everything: Shell | undefined, ids: Ids): (tool: Tool) => readonly Link[] {
  const byGroup = new Map<Group, Link[]>(model.groups.map((group) => [group, []]));
  for (const shell of model.shells) {
    if (shell === everything) continue;
    for (const group of shell.groups) byGroup.get(group)?.push(ids.linkTo("shell", shell));
  }
  // Most tools are in one group, and share its list of shells. Only a tool in several groups has a list of its own.
  const byTool = new Map<string, readonly Link[] | Set<Link>>();
  const add = (tool: Tool, shells: readonly Link[]) => {
    const key = identity(tool);
    const known = byTool.get(key);
    const all = known instanceof Set ? known : known && new Set(known);
    for (const shell of all ? shells : []) all?.add(shell);
    byTool.set(key, all ?? shells);
  };
  for (const [group, shells] of byGroup) for (const tool of group.tools) add(tool, shells);
  for (const shell of model.shells) for (const tool of shell.tools) add(tool, [ids.linkTo("shell", shell)]);
  return (tool) => {
    const key = identity(tool);
    const found = byTool.get(key) ?? [];
    if (!(found instanceof Set)) return found;
    const list = [...found];
    byTool.set(key, list);
    return list;
  };
}

/**
 * How many shells stand beside each of so many tools: 40, or fewer where the page would have more than 100,000 links. The others are counted;
 * a tool in each of a thousand groups would make a page of a million links.
 */
const shellsBeside = (tools: number): number => Math.min(40, Math.max(8, Math.floor(100_000 / tools)));

function toolRow(tool: Tool, ids: Ids, shells: object, nixpkgs: PackageSet, facts: Facts | undefined): object {
  const attribute = tool.package;
  const about: string[] = [];
  const known = facts?.find(attribute);
  // Version and licences are those of the spec's nixpkgs only.
  const own = tool.from === nixpkgs ? known : undefined;
  const version = tool.version ?? own?.version ?? "";
  // Where facts are exact, versions and licences have columns.
  if (version && !facts) about.push(version);
  if (tool.from !== nixpkgs) about.push(`from ${tool.from.name}`);
  if (tool.systems) about.push(`only ${tool.systems.join(", ")}`);
  // On a narrow screen, a package that has the name of its tool has no line of its own.
  const kind = attribute === tool.name && about.length === 0 ? "same" : "package";
  const description = tool.description || known?.description || descriptionOf(attribute) || "";
  return {
    id: ids.of("tool", tool.name),
    name: tool.name,
    description,
    attribute,
    about: about.join(", "),
    kind,
    version,
    hasFacts: facts !== undefined,
    licenses: own?.licenses?.join(", ") ?? "",
    ...shells,
  };
}

/** Unique ids of elements, of letters, digits, `_`, `.` and `-`, for any name. */
class Ids {
  readonly #taken = new Set<string>();
  /** How many of each name there are. */
  readonly #counts = new Map<string, number>();
  readonly #links = new Map<object, Link>();

  /** The link to a thing that is once on the page; the same link each time. */
  linkTo(kind: string, thing: { readonly name: string }): Link {
    const link = this.#links.get(thing) ?? { id: this.of(kind, thing.name), name: thing.name };
    this.#links.set(thing, link);
    return link;
  }

  of(kind: string, name: string): string {
    const plain = /^[A-Za-z0-9_.-]{1,80}$/.test(name) ? name : name.replace(/[^A-Za-z0-9_.-]+/g, "-").slice(0, 80);
    const base = `${kind}-${plain}`;
    for (let count = (this.#counts.get(base) ?? 0) + 1; ; count++) {
      const id = count === 1 ? base : `${base}-${count}`;
      // Something else may be called `x-2`.
      if (this.#taken.has(id)) continue;
      this.#counts.set(base, count);
      this.#taken.add(id);
      return id;
    }
  }
}
