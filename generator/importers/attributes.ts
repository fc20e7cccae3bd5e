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

/** Packages that install a tool in any version: their own version is not that of the tool. */
const INSTALLERS: ReadonlySet<string> = new Set(["rustup"]);

/** What a spec takes as a package. */
export const ATTRIBUTE_PATH = /^[A-Za-z0-9_][A-Za-z0-9_'+-]*(\.[A-Za-z0-9_][A-Za-z0-9_'+-]*)*$/;

/** A foreign tool as a package: without an attribute, the remark says why. */
export interface ForeignPackage {
  readonly attribute?: string;
  /** What a spec takes as `version`. */
  readonly version?: string;
  /** May be empty. */
  readonly remark: string;
}

/** A foreign package name and the versions of it that the source asks for → an attribute of nixpkgs. */
export function foreignAttribute(
  source: NameSource,
  name: string,
  versions: readonly string[],
  known: KnownPackages | undefined,
): ForeignPackage {
  const asked = versions.filter((version) => version !== "");
  const written = asked.length === 0 ? name : `${name}@${asked.join(", ")}`;
  // devbox looks a name up in nixpkgs first, so its `helm` is nixpkgs' own, and in Nixhub after that.
  const own = source === "devbox" && known?.has(name) === true;
  const renamed = ATTRIBUTES.get(name) ?? toolNamed(name)?.attribute;
  const attribute = own ? name : (renamed ?? name);
  if (!ATTRIBUTE_PATH.test(attribute)) return { remark: `${written} is left out: not a valid attribute path of nixpkgs` };
  if (source === "mise" && renamed === undefined && known?.has(name) === false)
    return { remark: `${written} is left out: no package of that name is known in nixpkgs` };
  return { attribute, ...wantedVersion(attribute, asked) };
}

const NEWEST: ReadonlySet<string> = new Set(["latest", "stable", "lts", "system"]);

/** The first version, which is the one on PATH, in the spec's form: whole or a prefix. Where a pin can't find it, a remark. */
function wantedVersion(attribute: string, [first = "latest", ...others]: readonly string[]): Omit<ForeignPackage, "attribute"> {
  const more = others.length > 0 ? `also wanted: ${others.join(", ")}; a shell has one version of a tool` : "";
  if (NEWEST.has(first)) return { remark: more };
  const version = /^(?:prefix:)?v?(\d[A-Za-z0-9._+~-]*?)(?:\.[x*])?$/.exec(first)?.[1];
  // Indexes of versions have the package set's own attributes, not those of sets within it.
  if (version !== undefined && version.length <= 128 && !attribute.includes(".") && !INSTALLERS.has(attribute))
    return { version, remark: more };
  const why = INSTALLERS.has(attribute)
    ? `${attribute} itself installs it`
    : "the version comes from nixpkgs, unless the tool gets a `version`";
  return { remark: `wanted: ${[first, ...others].join(", ")}; ${why}` };
}

/** A package of the draft's own nixpkgs. */
export function packageFrom(
  attribute: string,
  systems: readonly string[] | undefined,
  known: KnownPackages | undefined,
  version?: string,
): ImportedPackage {
  return {
    attribute,
    ...(version === undefined ? {} : { version }),
    ...(systems ? { systems } : {}),
    ...(known?.isUnfree(attribute) ? { unfree: true } : {}),
  };
}
