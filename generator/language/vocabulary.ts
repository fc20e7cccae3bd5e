import { DEFAULT_RELEASE, nixpkgsUrl } from "../knowledge/releases.ts";
import { DEFAULTS } from "./defaults.ts";

/* Words that the schema, the messages and the editor's schema share. */

/** Systems that nixpkgs builds or evaluates for, the most common first. */
export const SYSTEMS = [
  "x86_64-linux",
  "aarch64-linux",
  "aarch64-darwin",
  "x86_64-darwin",
  "i686-linux",
  "armv6l-linux",
  "armv7l-linux",
  "powerpc64le-linux",
  "riscv64-linux",
] as const;

/** Forges with a CI that a pipeline can be generated for. */
export const FORGE_NAMES = ["github", "gitlab", "forgejo"] as const;

/** Bots that can keep the output current. */
export const BOTS = ["renovate", "dependabot"] as const;

/** How often a bot looks for updates. */
export const PERIODS = ["day", "week", "month"] as const;

/** The names of JSON Schema's types in messages. */
export const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  null: "nothing",
};

/** What a `$defs` entry with a pattern expects. */
interface Expected {
  /** What the value is called: `invalid NAME …`. */
  readonly name: string;
  /** The values that the pattern accepts. */
  readonly use?: string;
  readonly hint?: string;
}

/** The words of `validate` for each `$defs` entry with a pattern, by the entry's name. */
export const EXPECTED: Readonly<Record<string, Expected>> = {
  projectName: { name: "name", use: "lower-case letters, digits, `-`, starting with a letter, at most 63 characters" },
  name: { name: "name", use: "lower-case letters, digits, `-`, `_`, starting with a letter, at most 128 characters" },
  hostName: {
    name: "host name",
    use: "lower-case letters, digits, `-`, `_`, starting and ending with a letter or digit, at most 63 characters",
  },
  envName: { name: "variable name", use: "letters, digits, `_`, not starting with a digit" },
  gitRef: {
    name: "nixpkgs reference",
    use: "a branch, tag or commit of NixOS/nixpkgs, or a flake reference",
    hint: `write one such as \`${DEFAULTS.nixpkgs}\``,
  },
  requirement: { name: "version requirement", use: 'a minimum version in quotes, such as ">=0.2"' },
  flakeReference: { name: "flake reference", hint: `write one such as ${nixpkgsUrl(DEFAULTS.nixpkgs)} or path:/srv/nixpkgs` },
  attribute: { name: "attribute", use: "a name such as default" },
  packageVersion: { name: "version", use: 'a version or its beginning in quotes, such as "1.29"' },
  attributePath: {
    name: "attribute path",
    use: "a name such as kubectl or python3Packages.ansible",
    hint: "`flakewright search WORD` finds the names of packages",
  },
  oneLine: { name: "text", use: "one line that is not empty" },
  absolutePath: { name: "path", use: "an absolute path without `.`, `..`, white space or control characters" },
  imageName: {
    name: "image name",
    use: "a repository in lower case and without a tag, such as registry.example.net/platform/ci",
  },
  runnerLabel: { name: "runner label", use: "letters, digits, `.`, `_` and `-`, such as self-hosted" },
  cachixName: { name: "cache name", use: "the name in NAME.cachix.org: lower-case letters, digits and `-`" },
  modulePath: {
    name: "module path",
    use: "a path inside the output folder that starts with ./, such as ./hosts/web.nix",
    hint: "copy the file into the output folder, below hosts/ or overlays/; an overlay of a flake is `{ from: INPUT }`",
  },
  projectPath: { name: "path", use: "a path below the project's root or an absolute path, without `..` and control characters" },
  searchPath: {
    name: "path",
    use: "a path below the project's root or an absolute path, without `..`, `:` and control characters",
    hint: "give each entry a place of its own in the list",
  },
  olderThan: { name: "age", use: "a number of days, such as 30d" },
  license: { name: "licence", use: "an identifier of https://spdx.org/licenses, such as AGPL-3.0-only" },
  size: { name: "size", use: "a number with its unit (MiB, GiB, TiB, MB, GB, TB), such as 2GiB" },
  minimumAge: { name: "age", use: "a number of days from 1d to 90d" },
  repositoryReference: {
    name: "repository",
    use: "the flake reference of a repository, such as github:acme/platform or git+https://git.example.net/platform",
  },
  stateVersion: {
    name: "stateVersion",
    use: `a release in quotes for NixOS, such as "${DEFAULT_RELEASE}", or a number without quotes for macOS, such as 6`,
  },
  hostAddress: { name: "address", use: "a host name or an IP address" },
  account: { name: "account name", use: "letters, digits, `_`, `.`, `-`, starting with a letter or `_`" },
  nixUser: { name: "account", use: "an account name, a group as @group, or *" },
  feature: { name: "word", use: "letters, digits, `-`, `_`, `.`, `+`, starting with a letter or digit" },
  base64: { name: "base64", hint: "run this on the builder: base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub" },
  proxyAddress: { name: "proxy", use: "an address such as http://proxy.example.net:3128" },
  noProxyEntry: { name: "host", use: "one host, domain or address without white space and commas, such as .example.net" },
  bundlePath: {
    name: "path",
    use: "an absolute path of plain characters, without `.`, `..`, `:` and `=`, or a file in the output folder such as ./certs/company.pem",
    hint: "name one file that has all certificates, such as /etc/ssl/certs/ca-certificates.crt",
  },
  url: { name: "URL", use: "a URL or store address without white space or `#`, such as https://cache.nixos.org/" },
};

/** The JSON Schema type of a value. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}
