import { nixpkgsUrl } from "../knowledge/releases.ts";
import { DEFAULTS } from "../language/defaults.ts";
import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import { boundedNearest } from "../report/bounded-search.ts";
import type { ReporterAdd } from "../report/diagnostic.ts";
import { memoized } from "../report/memoized.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { didYouMean } from "../report/words.ts";
import type { Group, Model, Overlay, PackageSet, Shell, Tool } from "./model.ts";
import { byName, unique } from "./order.ts";
import { type References, refer } from "./references.ts";
import { envFilesOf, variablesOf } from "./variables.ts";
import type { Versions } from "./versions.ts";

/* Package sets, tools, groups and shells. */

type Part<Key extends keyof Spec> = Pruned<NonNullable<Spec[Key]>> | undefined;
type ToolPart = Pruned<Spec["groups"][string]>["packages"];

/** The main package set. */
export function nixpkgsOf(part: Part<"nixpkgs">): Omit<Model["nixpkgs"], "overlays"> {
  const long = typeof part === "object" ? part : undefined;
  const written = (long ? long.url : (part as string | undefined)) ?? DEFAULTS.nixpkgs;
  const { unfree = [], insecure = [] } = long ?? {};
  return {
    at: long?.url === undefined ? ["nixpkgs"] : ["nixpkgs", "url"],
    name: "nixpkgs",
    written,
    url: nixpkgsUrl(written),
    unfree: typeof unfree === "boolean" ? unfree || [] : present(unfree),
    insecure: present(insecure),
    kind: "nixpkgs",
    follows: [],
  };
}

/** The overlays of nixpkgs, in their order. Adds `reference-unknown`. */
export function overlaysOf(part: Part<"nixpkgs">, sets: References<PackageSet>, add: ReporterAdd): Overlay[] {
  const list = typeof part === "object" ? (part.overlays ?? []) : [];
  return list.flatMap((entry, index): Overlay[] => {
    const at = ["nixpkgs", "overlays", index];
    if (typeof entry === "string") return [{ at, path: entry }];
    if (entry?.from === undefined) return [];
    const from = refer(sets, entry.from, [...at, "from"], add);
    return from ? [{ at, from, name: entry.name ?? DEFAULTS.overlay.name }] : [];
  });
}

/** Entries of `inputs`, sorted by name. Reports `name-conflict` for a reserved name. */
export function inputsOf(part: Part<"inputs">, add: ReporterAdd): PackageSet[] {
  const inputs: PackageSet[] = [];
  const names = ["nixpkgs", ...Object.keys(part ?? {})];
  for (const [name, input] of Object.entries(part ?? {})) {
    if (input === undefined) continue;
    const at = ["inputs", name];
    if (name === "nixpkgs" || name === "self") {
      add("name-conflict", at, "key", `the input name \`${name}\` is reserved`, {
        hint: name === "nixpkgs" ? "set the main package set with the top-level key `nixpkgs`" : "rename the input",
      });
      continue;
    }
    if (typeof input === "string") inputs.push({ at, name, url: input, kind: "nixpkgs", follows: [] });
    else if (input.flake !== undefined) {
      const followed = (input.follows ?? []).filter((other, index): other is string => {
        if (other === undefined) return false;
        if (other === "nixpkgs" || (other !== name && Object.hasOwn(part ?? {}, other))) return true;
        const near = boundedNearest(names, other, names).filter((one) => one !== name);
        add("reference-unknown", [...at, "follows", index], "value", `no input is called \`${other}\``, {
          hint: didYouMean(near).hint ?? "declare it under `inputs`, or name `nixpkgs`",
        });
        return false;
      });
      inputs.push({ at: [...at, "flake"], name, url: input.flake, kind: "flake", follows: unique(followed) });
    }
  }
  return byName(inputs);
}

/** The groups, in the spec's order. */
export function groupsOf(part: Part<"groups">, sources: ToolSources, add: ReporterAdd): Group[] {
  return Object.entries(part ?? {}).flatMap(([name, group]) => {
    if (group === undefined) return [];
    const { title = name, description = "", packages } = group;
    const at = ["groups", name];
    return [{ at, name, title, description, tools: toolsOf(packages, [...at, "packages"], sources, add) }];
  });
}

/** One shell for each group, each entry of `shells` and `default`; sorted by name, and without commands. */
export function shellsOf(part: Part<"shells">, groups: References<Group>, sources: ToolSources, add: ReporterAdd): Shell[] {
  const all = everyGroup(groups);
  const shells = new Map<string, Shell>();
  const automatic = (name: string, title: string, members: readonly Group[], at: SpecPath): void =>
    void shells.set(name, { at, name, title, groups: members, tools: [], env: [], envFiles: [], commands: [], hook: "" });
  for (const group of all) automatic(group.name, group.title, [group], group.at);
  automatic("default", "All tools", all, ["groups"]);
  for (const [name, shell] of Object.entries(part ?? {})) {
    if (shell === undefined) continue;
    const at = ["shells", name];
    const before = shells.get(name);
    const { title = before?.title ?? name, packages, hook = "" } = shell;
    shells.set(name, {
      at,
      name,
      title,
      groups: groupList(shell.groups, [...at, "groups"], groups, add) ?? before?.groups ?? [],
      tools: toolsOf(packages, [...at, "packages"], sources, add),
      env: variablesOf(shell.env, [...at, "env"], add),
      envFiles: envFilesOf(shell.envFiles, [...at, "envFiles"]),
      commands: [],
      hook,
    });
  }
  return byName([...shells.values()]);
}

/** The groups in a list of names, without duplicates; undefined when there is no list. Reports `reference-unknown`. */
export function groupList(
  part: readonly (string | undefined)[] | undefined,
  at: SpecPath,
  groups: References<Group>,
  add: ReporterAdd,
): Group[] | undefined {
  if (part === undefined) return undefined;
  const found = new Set<Group>();
  for (const [index, name] of part.entries()) {
    const group = name === undefined ? undefined : refer(groups, name, [...at, index], add);
    if (group) found.add(group);
  }
  return [...found];
}

/** All groups, one list for all machines that have them: a thousand lists of a thousand groups would be a million entries. */
export const everyGroup = memoized((groups: References<Group>): readonly Group[] => [...groups.known.values()]);

/** Where tools come from. */
export interface ToolSources {
  readonly sets: References<PackageSet>;
  readonly versions: Versions;
}

/** What other tools call the newest version. */
const NEWEST = /^(latest|newest|stable|lts)$/i;

function toolsOf(part: ToolPart, at: SpecPath, { sets, versions }: ToolSources, add: ReporterAdd): Tool[] {
  return (part ?? []).flatMap((entry, index) => {
    const long = typeof entry === "object" ? entry : undefined;
    const path = long ? long.package : (entry as string | undefined);
    if (path === undefined) return [];
    const place = [...at, index];
    const set = refer(sets, long?.from ?? "nixpkgs", [...place, "from"], add);
    if (!set) return [];
    const version = long?.version;
    if (version !== undefined && long?.from !== undefined)
      add("schema-value", [...place, "version"], "value", "a tool has either `version` or `from`", {
        hint: "delete one of them: `version` finds the nixpkgs by itself",
      });
    const isNewest = version !== undefined && NEWEST.test(version);
    if (isNewest)
      add("schema-value", [...place, "version"], "value", `\`${version}\` is no version`, {
        hint: "delete it: without `version`, the tool is the one of the spec's nixpkgs",
      });
    const isPinned = version !== undefined && long?.from === undefined && !isNewest;
    const pin = isPinned ? versions.pin(path, version, [...place, "version"]) : undefined;
    const { attribute = path, from = set } = pin ?? {};
    return [
      {
        at: place,
        name: long?.name ?? path.split(".").at(-1) ?? path,
        description: long?.description ?? "",
        package: attribute,
        attribute: attribute.split("."),
        from,
        systems: long?.systems && present(long.systems),
        version: pin?.version,
      },
    ];
  });
}

/** A list without the undefined items that rejected ones became. */
export const present = <T>(list: readonly (T | undefined)[]): T[] => list.filter((item) => item !== undefined);
