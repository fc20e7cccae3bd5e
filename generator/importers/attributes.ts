import { toolNamed } from "../knowledge/tool-names.ts";
import type { ImportedPackage, KnownPackages } from "./draft.ts";

/** Whose name it is: devbox takes nixpkgs' own (or Nixhub's), mise and asdf have their own. */
export type NameSource = "devbox" | "mise";

/** nixpkgs' attribute for each name of asdf, mise and Nixhub that people do not use everywhere (those are in tool-names.ts). */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map(
  Object.entries({
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
  }),
);

/** nixpkgs' attribute for one version line of a program, by the version's first numbers. */
const VERSION_LINES: ReadonlyMap<string, (major: string, minor: string) => string> = new Map([
  ["go", (major, minor) => `go_${major}_${minor}`],
  ["jdk", (major) => `jdk${major}`],
  ["nodejs", (major) => `nodejs_${major}`],
  ["php", (major, minor) => `php${major}${minor}`],
  ["postgresql", (major) => `postgresql_${major}`],
  ["python3", (major, minor) => `python${major}${minor}`],
  ["ruby", (major, minor) => `ruby_${major}_${minor}`],
]);

/** What a spec takes as a package. */
export const ATTRIBUTE_PATH = /^[A-Za-z0-9_][A-Za-z0-9_'+-]*(\.[A-Za-z0-9_][A-Za-z0-9_'+-]*)*$/;

/**
 * A foreign package name and version → an attribute of nixpkgs and a remark on it, which may be empty. Without an attribute,
 * the remark says why. The version is never kept: a package set has each program once.
 */
export function foreignAttribute(
  source: NameSource,
  name: string,
  version: string,
  known: KnownPackages | undefined,
): [attribute: string | undefined, remark: string] {
  const written = version === "" ? name : `${name}@${version}`;
  // devbox looks a name up in nixpkgs first, so its `helm` is nixpkgs' own, and in Nixhub after that.
  const own = source === "devbox" && known?.has(name) === true;
  const renamed = ATTRIBUTES.get(name) ?? toolNamed(name)?.attribute;
  const attribute = own ? name : (renamed ?? name);
  if (!ATTRIBUTE_PATH.test(attribute)) return [undefined, `${written} is left out: not a valid attribute path of nixpkgs`];
  if (source === "mise" && renamed === undefined && known?.has(name) === false)
    return [undefined, `${written} is left out: no package of that name is known in nixpkgs`];
  if (version === "" || ["latest", "stable", "lts"].includes(version)) return [attribute, ""];
  const line = lineOf(attribute, version, known);
  return [
    attribute,
    `wanted: ${version}. The version comes from nixpkgs${line ? ` (${line} is that line there, while it is maintained)` : ""}; for another one, take it \`from\` an entry of \`inputs\``,
  ];
}

function lineOf(attribute: string, version: string, known: KnownPackages | undefined): string | undefined {
  const [major, minor = ""] = /(\d+)(?:\.(\d+))?/.exec(version)?.slice(1) ?? [];
  const name = major === undefined ? undefined : VERSION_LINES.get(attribute)?.(major, minor);
  if (name === undefined) return undefined;
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
