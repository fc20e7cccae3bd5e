import type { ImportedPackage, KnownPackages } from "./draft.ts";

/** Where a name comes from: devbox's are nixpkgs' own (or Nixhub's), asdf's and mise's are theirs. */
export type NameSource = "devbox" | "mise";

/**
 * Names that other tools have for a program, and nixpkgs' attribute for it. nixpkgs' own names need
 * no row, except where it means something else than everybody else does.
 */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  "1password-cli": "_1password-cli",
  "ansible-base": "ansible",
  apache: "apacheHttpd",
  "argo-workflows": "argo",
  "aws-cli": "awscli2",
  "aws-copilot": "copilot-cli",
  awscli: "awscli2",
  azure: "azure-cli",
  az: "azure-cli",
  bitwarden: "bitwarden-cli",
  "carvel-ytt": "ytt",
  cilium: "cilium-cli",
  dotnet: "dotnet-sdk",
  "dotnet-core": "dotnet-sdk",
  flux2: "fluxcd",
  flux: "fluxcd",
  gcloud: "google-cloud-sdk",
  "github-cli": "gh",
  "gitlab-cli": "glab",
  golang: "go",
  "google-cloud-cli": "google-cloud-sdk",
  haskell: "ghc",
  helm: "kubernetes-helm",
  "ibm-cloud-cli": "ibmcloud-cli",
  ibmcloud: "ibmcloud-cli",
  java: "jdk",
  kubernetes: "kubectl",
  make: "gnumake",
  mc: "minio-client",
  mongo: "mongodb",
  mysql: "mysql84",
  node: "nodejs",
  oc: "openshift",
  "openshift-client": "openshift",
  pip: "python3Packages.pip",
  pnpm: "pnpm",
  postgres: "postgresql",
  protoc: "protobuf",
  python: "python3",
  rebar: "rebar3",
  rust: "rustup",
  sam: "aws-sam-cli",
  "sam-cli": "aws-sam-cli",
  solidity: "solc",
  sqlite3: "sqlite",
  talos: "talosctl",
  task: "go-task",
  "tekton-cli": "tektoncd-cli",
  tkn: "tektoncd-cli",
  wg: "wireguard-tools",
  yq: "yq-go",
};

/** nixpkgs' attributes for one version line of a program, by the version's first numbers. */
const LINES: Readonly<Record<string, (major: string, minor: string) => string>> = {
  go: (major, minor) => `go_${major}_${minor}`,
  jdk: (major) => `jdk${major}`,
  nodejs: (major) => `nodejs_${major}`,
  php: (major, minor) => `php${major}${minor}`,
  postgresql: (major) => `postgresql_${major}`,
  python3: (major, minor) => `python${major}${minor}`,
  ruby: (major, minor) => `ruby_${major}_${minor}`,
};

/** What the spec takes as a package. */
export const ATTRIBUTE_PATH = /^[A-Za-z0-9_][A-Za-z0-9_'+-]*(\.[A-Za-z0-9_][A-Za-z0-9_'+-]*)*$/;

/**
 * A foreign package name and version → an attribute of nixpkgs and what there is to say about it (`""`: nothing). No
 * attribute: the remark says why. The version itself is never kept: a package set has each program once.
 */
export function foreignAttribute(
  source: NameSource,
  name: string,
  version: string,
  known: KnownPackages | undefined,
): [attribute: string | undefined, remark: string] {
  const written = version === "" ? name : `${name}@${version}`;
  // devbox takes nixpkgs' own names first, so `helm` there is nixpkgs' too; Nixhub's names are tried for what is none.
  const own = source === "devbox" && known?.has(name) === true;
  const attribute = own ? name : Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name]! : name;
  if (!ATTRIBUTE_PATH.test(attribute))
    return [undefined, `${written} is left out: it is no name that an attribute of nixpkgs can have`];
  if (source === "mise" && !Object.hasOwn(ATTRIBUTES, name) && known?.has(name) === false)
    return [undefined, `${written} is left out: no package of that name is known in nixpkgs`];
  if (version === "" || ["latest", "stable", "lts"].includes(version)) return [attribute, ""];
  const line = lineOf(attribute, version, known);
  return [
    attribute,
    `wanted: ${version}. The version comes from nixpkgs${line ? ` (${line} is that line there, while it is maintained)` : ""}; \`from\` with an entry of \`inputs\` holds another`,
  ];
}

function lineOf(attribute: string, version: string, known: KnownPackages | undefined): string | undefined {
  const [major, minor = ""] = /(\d+)(?:\.(\d+))?/.exec(version)?.slice(1) ?? [];
  const make = LINES[attribute];
  if (!make || major === undefined) return undefined;
  const name = make(major, minor);
  return known?.has(name) ? name : undefined;
}

/** A package of the draft's own nixpkgs. */
export function packageFrom(
  attribute: string,
  systems: readonly string[] | undefined,
  known: KnownPackages | undefined,
): ImportedPackage {
  return { attribute, ...(systems ? { systems } : {}), ...(known?.isUnfree(attribute) ? { unfree: true } : {}) };
}
