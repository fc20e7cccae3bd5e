import type { Group, Model, PackageSet, Tool } from "../../model/model.ts";
import type { PlanContext } from "../context.ts";
import { type Attribute, Call, type NixValue, Selection } from "../printers/nix.ts";
import { NIX_DARWIN, nixDarwinInput } from "./darwin-hosts.ts";
import { DEPLOY_RS, deployedByDeployRs, deployRsInput } from "./deploy.ts";
import { hasGroupChecks, hasPolicyChecks, hasPrograms, hasSizes } from "./evidence.ts";
import { deployedByColmena } from "./fleet.ts";
import { isDarwin, isNixos, isOtherLinux } from "./kinds.ts";
import { hasNetwork } from "./network.ts";
import { hasPolicy } from "./nixos.ts";

/** Data for flake.nix and the files in nix/. */

export function flakeView(model: Model): object {
  // What Nix has by default is left out: it asks whoever is not trusted about every entry, at each command.
  const caches = model.substituters.filter(({ url }) => !/^https:\/\/cache\.nixos\.org\/*$/i.test(url));
  const deployRs = deployRsInput(model);
  const nixDarwin = nixDarwinInput(model);
  const urls = caches.map((cache) => cache.url);
  const keys = caches.flatMap((cache) => cache.publicKey ?? []);
  return {
    description: model.description || `The ${model.name} platform`,
    inputs: {
      ...Object.fromEntries([model.nixpkgs, ...model.inputs].map((set) => [set.name, flakeInput(set)])),
      ...(nixDarwin === undefined ? {} : { [NIX_DARWIN]: nixDarwin }),
      ...(deployRs === undefined ? {} : { [DEPLOY_RS]: deployRs }),
    },
    systems: model.systems,
    templateDescription: `A project that works in the shells of ${model.name}`,
    caches: urls.length > 0 && { urls: [...new Set(urls)], keys: [...new Set(keys)] },
    hasBuildUsers: model.buildUsers !== undefined,
    hasHosts: model.hosts.some(isNixos),
    hasImages: model.images.length > 0,
    hasMacs: model.hosts.some(isDarwin),
    hasHive: deployedByColmena(model) !== undefined,
    hasDeploy: deployedByDeployRs(model).length > 0,
    hasBuilders: model.builders.length > 0,
    hasNetwork: hasNetwork(model),
  };
}

/**
 * The template's flake takes the platform from its repository, where bots can follow it. Without one in the spec, it takes it from the
 * registry; the NixOS module adds it there.
 */
export function templateView({ name, repository }: Model, { folder }: PlanContext): object {
  if (repository === undefined) return { platform: `flake:${name}` };
  const hasFolder = folder === "" || /[?&]dir=/.test(repository);
  const encoded = folder.split("/").map(encodeURIComponent).join("/");
  return { platform: hasFolder ? repository : `${repository}${repository.includes("?") ? "&" : "?"}dir=${encoded}` };
}

function flakeInput({ url, follows, isPin }: PackageSet): NixValue {
  // Before 20.03 nixpkgs was no flake.
  if (isPin) return { url, flake: false };
  if (follows.length === 0) return { url };
  return { url, inputs: Object.fromEntries(follows.map((name) => [name, { follows: name }])) };
}

export function packageSetsView(model: Model): object {
  const other = model.inputs.filter((set) => set.kind === "nixpkgs");
  const attributes = attributesByInput(model);
  const flakes = model.inputs.flatMap((set): Attribute[] => {
    const names = set.kind === "flake" ? [...(attributes.get(set.name) ?? [])].sort() : [];
    const flake = new Selection("inputs", [set.name]);
    return names.length > 0 ? [[set.name, new Call("packagesOf", { flake, names })]] : [];
  });
  return {
    policy: hasPolicy(model),
    overlays: model.nixpkgs.overlays.length > 0,
    other: other.map(({ name }): Attribute => [name, new Call("nixpkgsOf", { name, source: new Selection("inputs", [name]) })]),
    flakes,
  };
}

/** The attributes that tools take from each input. */
function attributesByInput(model: Model): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { tools } of [...model.groups, ...model.shells])
    for (const { from, attribute } of tools) {
      const names = found.get(from.name) ?? new Set();
      found.set(from.name, names.add(attribute[0] ?? ""));
    }
  return found;
}

export function overlaysView(model: Model): object {
  return {
    overlays: model.nixpkgs.overlays.map((one): NixValue => {
      if ("path" in one)
        return { name: one.path.slice(2), overlay: new Call("import", new Selection(`../${one.path.slice(2)}`, [])) };
      const overlay = new Selection("inputs", [one.from.name, "overlays", one.name], true);
      return { name: `overlays.${one.name} of the input ${one.from.name}`, overlay };
    }),
    usesInputs: model.nixpkgs.overlays.some((one) => "from" in one),
  };
}

/** The user's own overlays at their usual place. */
export function overlayScaffolds(model: Model): readonly { readonly name: string; readonly view: object }[] {
  const names = model.nixpkgs.overlays.flatMap((one) => ("path" in one ? (OVERLAY_FILE.exec(one.path)?.[1] ?? []) : []));
  return [...new Set(names)].map((name) => ({ name, view: {} }));
}

const OVERLAY_FILE = /^\.\/overlays\/([^/]+)\.nix$/;

/** A tool in nix/tool-groups.nix. */
export function toolRecord(tool: Tool): { readonly [name: string]: NixValue } {
  const selection = new Selection("packageSets", [tool.from.name, ...tool.attribute], true);
  return tool.systems ? { name: tool.name, systems: tool.systems, package: selection } : { name: tool.name, package: selection };
}

export function toolGroupsView(model: Model): object {
  return {
    // Without tools, the argument would be an unused binding.
    usesSets: model.groups.some((group) => group.tools.length > 0),
    groups: Object.fromEntries(model.groups.map((group) => [group.name, group.tools.map(toolRecord)])),
  };
}

/** The tools of several groups, then others, as one list, which Nix evaluates lazily. */
export function toolList(groups: readonly Group[], tools: readonly Tool[] = []): NixValue {
  const lists: NixValue[] = groups.map((group) => new Selection("groups", [group.name]));
  if (tools.length > 0) lists.push(tools.map(toolRecord));
  if (lists.length === 1) return lists[0] as NixValue;
  return lists.length === 0 ? [] : new Call("builtins.concatLists", lists);
}

/** An attribute: one folder with the tools of these groups, built by nix/environment.nix. */
const environment = (name: string, title: string, groups: readonly Group[]): Attribute => [
  name,
  new Call("environment", { name, title, tools: toolList(groups) }),
];

export function packagesView(model: Model): object {
  const all = { name: model.name, title: `The tools of all groups of ${model.name}`, tools: toolList(model.groups) };
  const environments: Attribute[] = [
    ["default", new Call("environment", all)],
    ...model.groups.map((group) => environment(group.name, group.title, [group])),
    ...model.volumes.map(({ name, groups }) => environment(`volume-${name}`, `The tools of the volume ${name}`, groups)),
    ...model.hosts
      .filter(isOtherLinux)
      .map(({ name, groups }) => environment(`host-${name}`, `The tools of the host ${name}`, groups)),
  ];
  const groups = model.groups.map((group) => ({ name: group.name, title: group.title, tools: toolList([group]) }));
  return {
    environments,
    sboms: model.sbom && groups.map((group): Attribute => [`sbom-${group.name}`, new Call("sbom", group)]),
    sizes: hasSizes(model) && [["closure-sizes", new Call("import ./sizes.nix system packageSets", groups)] satisfies Attribute],
    hasImages: model.images.length > 0,
    usesGroups: model.groups.length > 0,
  };
}

/** The tools that the spec asks a version of. */
export function pinsView(model: Model): object {
  const tools = [...model.groups, ...model.shells].flatMap((part) => part.tools).filter((tool) => tool.version !== undefined);
  const unique = new Map(tools.map((tool) => [`${tool.from.name} ${tool.package} ${tool.name}`, tool]));
  return { tools: [...unique.values()].map((tool) => ({ ...toolRecord(tool), version: tool.version ?? "" })) };
}

export function checksView(model: Model): object {
  const roles = model.buildUsers?.roles ?? [];
  const pins = model.inputs.some((set) => set.isPin);
  const groups = hasGroupChecks(model) ? model.groups : [];
  return {
    checks: [
      ...(pins ? [["pins", new Call("import ./pins.nix system", new Selection("packageSets", []))] satisfies Attribute] : []),
      ...model.shells.map(({ name }): Attribute => [`shell-${name}`, new Selection("devShells", [name])]),
      ...roles.map(({ name, description, groups }) => environment(`role-${name}`, description || name, groups)),
      ...groups.map((group) => environment(`group-${group.name}`, group.title, [group])),
    ],
    hasPolicy: hasPolicyChecks(model),
    hasPrograms: hasPrograms(model),
    hasGroups: groups.length > 0,
    pins,
    usesGroups: groups.length > 0 || roles.some((role) => role.groups.length > 0),
  };
}
