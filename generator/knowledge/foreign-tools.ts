import { addTo } from "../report/lists-by-key.ts";

/*
 * What other tool managers call a program, and where it comes from: mise's registry, and the repositories that nixpkgs builds its
 * packages from. Only `import` reads them; scripts/foreign-names.ts writes both files.
 *
 *   mise-registry.tsv    name  aliases  backends  programs      kubectl  ""  aqua:kubernetes/kubernetes/kubectl asdf:…  kubectl
 *   upstreams.tsv        repository  attributes                 "jqlang/jq"; without a host: GitHub; without attributes: its last part
 */

/** A tool of mise's registry. */
export interface RegisteredTool {
  readonly name: string;
  /** `aqua:kubernetes/kubernetes/kubectl`, the preferred first. */
  readonly backends: readonly string[];
  readonly programs: readonly string[];
}

export interface ForeignTools {
  /** The tool with a name, an alias or a backend, in any case. */
  tool(nameOrBackend: string): RegisteredTool | undefined;
  /** All tools of the registry, sorted by name. */
  tools(): readonly RegisteredTool[];
  /** The attributes of nixpkgs that are built from a repository, `github.com/owner/repo` in any case. */
  attributesOf(repository: string): readonly string[];
  /** The repositories that an attribute is built from; `[]` if it is not known. */
  repositoriesOf(attribute: string): readonly string[];
}

/** Opens the texts of both files. They are parsed when they are first asked. */
export function openForeignTools(registry: string, upstreams: string): ForeignTools {
  const toolsByName = lazy(() => readRegistry(registry));
  const byRepository = lazy(() => readUpstreams(upstreams));
  const byAttribute = lazy(() => {
    const found = new Map<string, string[]>();
    for (const [repository, attributes] of byRepository())
      for (const attribute of attributes) addTo(found, attribute, repository);
    return found;
  });
  return {
    tool: (name) => toolsByName().get(name.toLowerCase()),
    tools: () => [...new Set(toolsByName().values())],
    attributesOf: (repository) => byRepository().get(repository.toLowerCase().replace(/\.git$/, "")) ?? [],
    repositoriesOf: (attribute) => byAttribute().get(attribute) ?? [],
  };
}

function readRegistry(text: string): Map<string, RegisteredTool> {
  const found = new Map<string, RegisteredTool>();
  const aliases: [string, RegisteredTool][] = [];
  for (const [name = "", others = "", backends = "", programs = ""] of rows(text)) {
    const tool = { name, backends: words(backends), programs: words(programs) };
    found.set(name.toLowerCase(), tool);
    for (const other of [...words(others), ...tool.backends]) aliases.push([other.toLowerCase(), tool]);
  }
  // A name goes before another tool's alias, and the first tool of a repository before the others.
  for (const [other, tool] of aliases) if (!found.has(other)) found.set(other, tool);
  return found;
}

function readUpstreams(text: string): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [repository = "", attributes] of rows(text)) {
    // No owner at GitHub has a dot in its name; hosts have one.
    const whole = /^[^./]+\/[^/]+$/.test(repository) ? `github.com/${repository}` : repository;
    found.set(whole, attributes === undefined ? [repository.slice(repository.lastIndexOf("/") + 1)] : words(attributes));
  }
  return found;
}

const rows = (text: string): string[][] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("\t"));
const words = (cell: string): string[] => cell.split(" ").filter(Boolean);

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
