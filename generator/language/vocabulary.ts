/* Words that the schema, its messages and the editor share. */

/** Systems that nixpkgs builds or evaluates for, the usual three first. */
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

/** What people call JSON Schema's types. */
export const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  null: "nothing",
};

/** What each `$defs` entry with a pattern expects, for people; validate.ts says so when the pattern fails. */
export const EXPECTED: Readonly<Record<string, { readonly is: string; readonly hint?: string }>> = {
  projectName: { is: "a name of lower-case letters, digits and `-` that begins with a letter" },
  name: { is: "a name of lower-case letters, digits, `_` and `-` that begins with a letter or `_`" },
  hostName: {
    is: "a host name: lower-case letters, digits, `_` and `-`, at most 63, beginning and ending with a letter or digit",
  },
  envName: { is: "the name of an environment variable: letters, digits and `_`, not beginning with a digit" },
  gitRef: { is: "a branch, tag or commit of NixOS/nixpkgs, such as nixos-26.05, or a flake reference" },
  flakeReference: { is: "a flake reference", hint: "such as github:NixOS/nixpkgs/nixos-26.05 or path:/srv/nixpkgs" },
  attributePath: {
    is: "an attribute path, such as kubectl or python3Packages.ansible",
    hint: "a tool is held at another version by `from:`, an entry of `inputs`, not by a version behind its name",
  },
  oneLine: { is: "one line of text, not empty" },
  absolutePath: { is: "an absolute path without `..`, white space or control characters" },
  modulePath: { is: "a path inside the output folder that begins with ./ and ends in .nix or names a folder" },
  olderThan: { is: "a number of days, such as 30d" },
  stateVersion: { is: 'a NixOS release in quotes, such as "26.05"' },
  hostAddress: { is: "a host name or address" },
  account: { is: "an account name" },
  nixUser: { is: "an account, a group as @group, or *" },
  feature: { is: "one word of letters, digits, `-`, `_` and `.`" },
  base64: { is: "base64", hint: "base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub, run on the builder, prints it" },
  url: { is: "a URL or store address without white space", hint: "such as https://cache.nixos.org/" },
};

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}
