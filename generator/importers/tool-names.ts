import { onlyOtherThing, toolNamed } from "../knowledge/tool-names.ts";
import { ATTRIBUTE_PATH, OTHER_NAMES } from "./attributes.ts";
import type { KnownPackages } from "./draft.ts";
import foreign from "./tool-names.json" with { type: "json" };
import { type ToolSource, toolSource } from "./tool-source.ts";

/*
 * A tool of mise, asdf, aqua or Homebrew → an attribute of nixpkgs. The repository that it comes from decides where it is known, since
 * names mean other things elsewhere: asdf's `kubelogin` is int128's, nixpkgs' is Azure's.
 */

/** The attribute of a foreign tool. Without an attribute the remark says why; with one, it says what is not certain. */
export interface MappedTool {
  readonly attribute?: string;
  /** May be empty. */
  readonly remark: string;
  /** nixpkgs has no such package as far as is known: the tool only keeps its place. */
  readonly isUnknown?: true;
}

/** Names that are another program in nixpkgs, which does not have the tool. */
const OTHER_PROGRAMS: ReadonlySet<string> = new Set(foreign.otherPrograms);

/** Maps a tool as mise writes it: `kubectl`, `aqua:kubernetes/kubernetes/kubectl`, `npm:@biomejs/biome`, `pipx:black[d]`. */
export function mapTool(written: string, known: KnownPackages | undefined): MappedTool {
  const source = toolSource(written);
  const registered = known?.tools.tool(source.written) ?? (isName(source) ? known?.tools.tool(source.name) : undefined);
  const names = [...new Set([registered?.name, source.name, source.otherName].filter((one) => one !== undefined))];
  // A name of asdf's or mise's own is what its registry says; a repository is what it is.
  const repositories = source.repository ? [source.repository] : repositoriesOf(registered?.backends ?? []);
  const curated = names.map((name) => OTHER_NAMES.get(name)).find((one) => one !== undefined);
  if (curated !== undefined && (registered || isName(source))) return { attribute: curated, remark: "" };
  const candidates = repositories.flatMap((repository) => known?.tools.attributesOf(repository) ?? []);
  const picked = known && pick(candidates, [...names, ...(registered?.programs ?? [])], known);
  if (picked !== undefined && known)
    return { attribute: picked, remark: partRemark([source.written, ...(registered?.backends ?? [])], picked, known) };
  return byName(source, names, repositories, known);
}

/** Whether it is a name of the registry's or of a plug-in of asdf or mise, which have the same names. */
const isName = ({ backend, written }: ToolSource): boolean =>
  backend === undefined || ["core", "asdf", "vfox"].includes(backend) || (backend === "aqua" && !written.includes("/"));

const repositoriesOf = (backends: readonly string[]): string[] => [
  ...new Set(backends.filter((one) => !/^(asdf|vfox):/.test(one)).flatMap((one) => toolSource(one).repository ?? [])),
];

/**
 * What there is to say where aqua names one of several programs of a repository (`aqua:ahmetb/kubectx/kubens`), and the package has another
 * name than that program.
 */
function partRemark(addresses: readonly string[], attribute: string, known: KnownPackages): string {
  const [part] = addresses.flatMap((one) => /^aqua:[^/]+\/[^/]+\/(?:.*\/)?([^/]+)$/.exec(one)?.[1] ?? []);
  if (part === undefined || [attribute, known.programOf(attribute)].some((name) => letters(name) === letters(part))) return "";
  return toolNamed(part)?.attribute === attribute
    ? `\`${part}\` is a program of \`${attribute}\``
    : `\`${attribute}\` is of the same repository; check that it has \`${part}\``;
}

/** The likeliest of the packages that are built from one repository; undefined if nixpkgs no longer has any of them. */
function pick(candidates: readonly string[], hints: readonly string[], known: KnownPackages): string | undefined {
  const named = new Set(hints.flatMap((hint) => [toolNamed(hint)?.attribute ?? [], OTHER_NAMES.get(hint) ?? []].flat()));
  const plain = new Set(hints.map(letters));
  const rank = (attribute: string): number => {
    if (named.has(attribute)) return 0;
    if (hints.includes(attribute)) return 1;
    if (plain.has(letters(attribute))) return 2;
    return hints.includes(known.programOf(attribute)) ? 3 : 4;
  };
  const present = [...new Set(candidates.map((one) => usual(one, known)).filter((one) => known.has(one)))];
  return present.sort((a, b) => rank(a) - rank(b) || variant(a) - variant(b) || a.length - b.length || (a < b ? -1 : 1))[0];
}

const letters = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** `neovim-unwrapped` → `neovim`, `etcd_3_4` → `etcd`, where nixpkgs has those. */
function usual(attribute: string, known: KnownPackages): string {
  const base = attribute.replace(/-unwrapped$|_\d+(_\d+)*$/, "");
  return base !== attribute && known.has(base) ? base : attribute;
}

/** Whether it is one of several builds of a package. */
const variant = (attribute: string): number =>
  /_\d|-(cuda|rocm|vulkan|cpu|full|light|minimal|wrapped)$/.test(attribute) ? 1 : 0;

/** By name alone: what people call it, else what nixpkgs has under the name unless that is built from another repository. */
function byName(
  source: ToolSource,
  names: readonly string[],
  repositories: readonly string[],
  known: KnownPackages | undefined,
): MappedTool {
  const [name = ""] = names;
  const from = repositories[0] ?? source.from;
  const missing = from === undefined ? "" : ` (${from})`;
  for (const one of names) {
    if (onlyOtherThing(one) || OTHER_PROGRAMS.has(one))
      return { remark: `nixpkgs does not have it${missing}; its \`${one}\` is another program` };
    const common = toolNamed(one);
    // A well-known tool whose name nixpkgs has for another thing, or any tool without a repository.
    if (common && (common.kind === "other-thing" || repositories.length === 0))
      return { attribute: common.attribute, remark: guess(source) };
    if (!known || !ATTRIBUTE_PATH.test(one) || !known.has(one)) {
      // The program's name: `nodejs/node`. nixpkgs builds the package from something else than a repository, or from one of that name.
      if (common && known?.has(common.attribute) && mayBeFrom(common.attribute, repositories, known))
        return { attribute: common.attribute, remark: guess(source) };
      continue;
    }
    const origins = known.tools.repositoriesOf(one);
    const moved = mayBeFrom(one, repositories, known);
    const same = known.tools.tool(one);
    const isRegistered = same !== undefined && repositoriesOf(same.backends).some((path) => repositories.includes(path));
    if (moved) return { attribute: one, remark: isRegistered ? "" : guess(source) };
    return { remark: `nixpkgs does not have it${missing}; its \`${one}\` is another program, built from ${origins[0]}` };
  }
  if (!ATTRIBUTE_PATH.test(name)) return { remark: `not a valid attribute path of nixpkgs` };
  if (known?.isRemoved(name)) return { remark: `nixpkgs removed its \`${name}\`` };
  const about = `no package of nixpkgs is known for it${missing}; \`${name}\` keeps its place: write the package's name, or delete it`;
  return known ? { attribute: name, remark: about, isUnknown: true } : { attribute: name, remark: "" };
}

/** Whether nothing that is known says that a package is built from other repositories. */
function mayBeFrom(attribute: string, repositories: readonly string[], known: KnownPackages): boolean {
  const origins = known.tools.repositoriesOf(attribute);
  return repositories.length === 0 || origins.length === 0 || origins.some((origin) => isMoved(origin, repositories));
}

/** A repository keeps its name when it moves to another owner. */
const isMoved = (origin: string, repositories: readonly string[]): boolean =>
  repositories.some((one) => lastPart(one) === lastPart(origin));
const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1).toLowerCase();

/** What there is to say of a package that only its name connects with the tool. */
const guess = (source: ToolSource): string => (isName(source) ? "" : `found by its name; check that it is ${source.from}`);
