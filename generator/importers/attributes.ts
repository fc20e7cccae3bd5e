import { toolNamed } from "../knowledge/tool-names.ts";
import type { ImportedPackage, KnownPackages } from "./draft.ts";

/** Where a name comes from: devbox's are nixpkgs' own (or Nixhub's), asdf's and mise's are theirs. */
export type NameSource = "devbox" | "mise";

/** Names of asdf, mise and Nixhub, beyond the ones that people use everywhere (tool-names.ts), and nixpkgs' attribute for each. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  "1password-cli": "_1password-cli",
  "ansible-base": "ansible",
  apache: "apacheHttpd",
  "argo-workflows": "argo",
  "aws-copilot": "copilot-cli",
  awscli: "awscli2",
  azure: "azure-cli",
  bitwarden: "bitwarden-cli",
  "carvel-ytt": "ytt",
  "dotnet-core": "dotnet-sdk",
  flux2: "fluxcd",
  "github-cli": "gh",
  "gitlab-cli": "glab",
  haskell: "ghc",
  kubernetes: "kubectl",
  mc: "minio-client",
  mongo: "mongodb",
  mysql: "mysql84",
  "openshift-client": "openshift",
  pip: "python3Packages.pip",
  pnpm: "pnpm",
  rebar: "rebar3",
  rust: "rustup",
  "sam-cli": "aws-sam-cli",
  solidity: "solc",
  talos: "talosctl",
  "tekton-cli": "tektoncd-cli",
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
  const renamed = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : toolNamed(name)?.attribute;
  const attribute = own ? name : (renamed ?? name);
  if (!ATTRIBUTE_PATH.test(attribute))
    return [undefined, `${written} is left out: it is no name that an attribute of nixpkgs can have`];
  if (source === "mise" && renamed === undefined && known?.has(name) === false)
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
