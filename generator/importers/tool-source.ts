/** Where a tool of mise comes from. */
export interface ToolSource {
  /** `aqua`, `npm`; undefined for a name of the registry. */
  readonly backend: string | undefined;
  /** As written, without options and version: `pipx:black`. */
  readonly written: string;
  /** The tool's likely name: `black`, `kubectl`, `biome`. */
  readonly name: string;
  /** Another likely name: `bitwarden-cli` of `npm:@bitwarden/cli`. */
  readonly otherName?: string;
  /** `github.com/owner/repo`, where the source names one. */
  readonly repository?: string;
  /** The source in a reader's words: `npm's @biomejs/biome`. Undefined for a name of the registry. */
  readonly from?: string;
}

/** Repositories of Go modules whose path is no address of a forge: https://pkg.go.dev says where they are. */
const GO_HOSTS: readonly (readonly [pattern: RegExp, repository: string])[] = [
  [/^sigs\.k8s\.io\/([^/]+)/, "github.com/kubernetes-sigs/$1"],
  [/^k8s\.io\/([^/]+)/, "github.com/kubernetes/$1"],
  [/^golang\.org\/x\/([^/]+)/, "github.com/golang/$1"],
  [/^mvdan\.cc\/([^/]+)/, "github.com/mvdan/$1"],
  [/^helm\.sh\/([^/]+)/, "github.com/helm/$1"],
  [/^honnef\.co\/go\/tools/, "github.com/dominikh/go-tools"],
  [/^go\.uber\.org\/([^/]+)/, "github.com/uber-go/$1"],
];

/** Splits a tool as mise writes it, without its version: `BACKEND:NAME[OPTIONS]`. */
export function toolSource(given: string): ToolSource {
  const written = given.trim().replace(/\[.*$/s, "");
  const [, backend, rest = written] = /^([a-z0-9-]+):(.*)$/s.exec(written) ?? [];
  const place = rest.replace(/^git\+/, "").replace(/(?<=.)@[^/]*$/, "");
  if (backend === undefined || backend === "core") return { backend, written: place || written, name: place };
  const repository = repositoryOf(backend, place);
  const from = repository ?? `${backend}'s ${place}`;
  const scope = backend === "npm" ? /^@([^/]+)\/cli$/.exec(place)?.[1] : undefined;
  return {
    backend,
    written: `${backend}:${place}`,
    name: nameOf(backend, place),
    ...(scope ? { otherName: `${scope}-cli` } : {}),
    from,
    ...(repository ? { repository } : {}),
  };
}

/** The repository that a backend's address is of. */
function repositoryOf(backend: string, place: string): string | undefined {
  const url = /^(?:https?:\/\/|ssh:\/\/git@|git@)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)[/:]([^/]+)\/([^/]+)/i.exec(place);
  if (backend === "go") {
    for (const [pattern, repository] of GO_HOSTS) {
      const found = pattern.exec(place);
      if (found) return repository.replace("$1", found[1] ?? "").toLowerCase();
    }
  }
  if (["asdf", "vfox"].includes(backend)) return undefined;
  if (url && (place.includes("://") || /^git(hub|lab)\.com$|^codeberg\.org$/i.test(url[1] ?? "")))
    return `${url[1]}/${url[2]}/${url[3]?.replace(/\.git$/, "")}`.toLowerCase();
  const [owner, repository] = place.split("/");
  if (!owner || !repository || owner.startsWith("@") || owner.includes(".")) return undefined;
  const host = { gitlab: "gitlab.com", forgejo: "codeberg.org" }[backend] ?? "github.com";
  return ["aqua", "ubi", "github", "gitlab", "forgejo", "pipx", "spm"].includes(backend)
    ? `${host}/${owner}/${repository}`.toLowerCase()
    : undefined;
}

/** What the program is likely called. */
function nameOf(backend: string, place: string): string {
  const parts = place.replace(/\.git$|\/+$/, "").split("/");
  if (backend === "go" && /^v\d+$/.test(parts.at(-1) ?? "")) parts.pop();
  const last = parts.at(-1) ?? place;
  // `npm:@devcontainers/cli`, `github:dapr/cli`: the owner says whose.
  const isGeneral = ["cli", "client", "core"].includes(last);
  const scope = (parts.at(-2) ?? "").replace(/^@/, "");
  if (isGeneral && scope !== "") return backend === "npm" || scope === last ? scope : `${scope}-${last}`.toLowerCase();
  const name = ["asdf", "vfox"].includes(backend) ? last.replace(/^(asdf|vfox|mise)-(plugin-)?/, "") : last;
  return name.toLowerCase();
}
