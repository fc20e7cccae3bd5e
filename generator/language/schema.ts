/*
 * The language as JSON Schema 2020-12: shapes only. What needs knowledge of Nix (setting names, packages, keys of caches) is
 * judged by rules.ts; `editorSchema` adds that knowledge for an editor's completion and hovers.
 */

type Schema = { readonly [keyword: string]: unknown };

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

const ref = (name: string, description?: string): Schema => ({
  ...(description ? { description } : {}),
  $ref: `#/$defs/${name}`,
});
const listOf = (items: Schema, description: string, more: Schema = {}): Schema => ({
  type: "array",
  items,
  description,
  ...more,
});
const record = (properties: Record<string, Schema>, description: string, required: readonly string[] = []): Schema => ({
  type: "object",
  description,
  properties,
  additionalProperties: false,
  ...(required.length ? { required } : {}),
});
/** A map from names to things. */
const mapOf = (values: Schema, description: string, names = "name"): Schema => ({
  type: "object",
  description,
  propertyNames: ref(names),
  additionalProperties: values,
});
/** Text or a map; each is judged by its own branch, so that a mistake is told in the terms of what was written. */
const textOr = (text: Schema, map: Schema, description: string): Schema => ({
  description,
  type: ["string", "object"],
  if: { type: "string" },
  then: text,
  else: { if: { type: "object" }, then: map },
});

const uid = (description: string): Schema => ({ type: "integer", minimum: 1, maximum: 4294967293, description });

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

/** What each `$defs` entry with a pattern expects, for people; validate.ts says it when the pattern fails. */
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

const $defs: Record<string, Schema> = {
  projectName: { type: "string", pattern: "^[a-z][a-z0-9-]{0,62}$" },
  name: { type: "string", pattern: "^[a-z_][a-z0-9_-]{0,127}$" },
  hostName: { type: "string", pattern: "^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$" },
  envName: { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9_]*$" },
  gitRef: { type: "string", pattern: "^([A-Za-z0-9][A-Za-z0-9._/+-]*|[a-z][a-z0-9+.-]*:[^\\s\"'<>\\\\^`{|}]+)$" },
  flakeReference: { type: "string", pattern: "^[a-z][a-z0-9+.-]*:[^\\s\"'<>\\\\^`{|}]+$" },
  attributePath: { type: "string", pattern: "^[A-Za-z0-9_][A-Za-z0-9_'+-]*(\\.[A-Za-z0-9_][A-Za-z0-9_'+-]*)*$" },
  text: { type: "string" },
  oneLine: { type: "string", pattern: "^[^\\n\\r\\t]+$" },
  absolutePath: { type: "string", pattern: "^/(?!.*(^|/)\\.\\.(/|$))[^\\s\\u0000-\\u001f]*$" },
  modulePath: { type: "string", pattern: "^\\.(?!.*/\\.\\.(/|$))(/[A-Za-z0-9._+-]+)+$" },
  olderThan: { type: "string", pattern: "^[1-9][0-9]{0,5}d$" },
  stateVersion: { type: "string", pattern: "^[0-9]{2}\\.(05|11)$" },
  hostAddress: { type: "string", pattern: "^[A-Za-z0-9_\\[]([A-Za-z0-9._:%\\]-]*[A-Za-z0-9\\]])?$" },
  account: { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9_.-]*$" },
  nixUser: { type: "string", pattern: "^(\\*|@?[A-Za-z_][A-Za-z0-9_.-]*\\$?)$" },
  feature: { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._+-]*$" },
  base64: { type: "string", pattern: "^[A-Za-z0-9+/]+={0,2}$" },
  url: { type: "string", pattern: "^[A-Za-z0-9/][^\\s#\\u0000-\\u001f]*$" },
  system: { type: "string", enum: SYSTEMS },
  groupNames: listOf(ref("name", "The name of an entry of `groups`."), "Names of groups, in order."),

  package: textOr(
    ref("attributePath"),
    record(
      {
        package: ref("attributePath", "The attribute path in the package set: `kubectl`, `python3Packages.ansible`."),
        name: ref("oneLine", "What people call the tool. Default: the last part of the attribute path."),
        description: ref("text", "What the tool is for, in a few words."),
        from: ref("name", "An entry of `inputs` to take the tool from, to hold it at another version. Default: nixpkgs."),
        systems: listOf(ref("system"), "Systems that get the tool. Default: wherever the package itself is available.", {
          minItems: 1,
          uniqueItems: true,
        }),
      },
      "A package with its details.",
      ["package"],
    ),
    "A tool: an attribute path of the package set, or a map with `package` and details.",
  ),
  packages: listOf(ref("package"), "Tools, in order."),
  group: record(
    {
      title: ref("text", "The group's heading for people. Default: its name."),
      description: ref("text", "What the group is for."),
      packages: ref("packages", "The tools of the group, in order."),
    },
    "A group of tools: one dev shell (`nix develop .#NAME`), one installable package (`nix profile install .#NAME`) and one module switch.",
  ),
  shell: record(
    {
      title: ref("text", "The shell's heading for people. Default: that of the group of the same name, or the name."),
      groups: ref("groupNames", "Groups whose tools the shell has. Default for a shell named like a group: that group."),
      packages: ref("packages", "Tools beyond those of the groups."),
      env: {
        ...mapOf(
          ref("text", "The variable's value; it is data, nothing in it is expanded."),
          "Environment variables to set on entry.",
          "envName",
        ),
      },
      hook: ref("text", "bash that runs on entry, after the variables are set. The only place of a spec that holds code."),
    },
    "A dev shell. One named like a group refines that group's shell; `default` is what plain `nix develop` opens.",
  ),
  settingValue: {
    description: "The setting's value: text, a number, true or false, or a list.",
    type: ["string", "number", "boolean", "array", "object"],
    items: { type: ["string", "number", "boolean"] },
    additionalProperties: { type: ["string", "number", "boolean"] },
  },
  settings: {
    type: "object",
    description: "nix.conf settings by their own names; `extra-NAME` adds to a list where NAME would replace it.",
    additionalProperties: ref("settingValue"),
  },
  substituter: record(
    {
      url: ref("url", "The cache's address: https://…, s3://…, ssh://…, file:///…"),
      publicKey: ref("text", "The public key that the cache signs with, `name:base64`. Never a secret key."),
    },
    "A binary cache and the key it signs with.",
    ["url"],
  ),
  gc: record(
    {
      automatic: { type: "boolean", description: "Collect garbage regularly (NixOS: a timer). Default: false." },
      dates: ref("oneLine", "When: a systemd calendar expression such as weekly or 03:15. Default: weekly."),
      olderThan: ref("olderThan", "Generations older than this go, such as 30d. Default: 30d."),
    },
    "Garbage collection.",
  ),
  role: record(
    {
      role: ref("name", "The role's name; the build user of its place in the list carries it."),
      description: ref(
        "text",
        "What the role builds. It becomes the user's GECOS field, where colons and line breaks turn into spaces.",
      ),
      groups: ref("groupNames", "What the role's CI job builds. Default: nothing beyond a check of the role itself."),
    },
    "A build user's role. Nix takes build users as they are free: a role is a label, a CI job and a check, never a pin.",
    ["role"],
  ),
  buildUsers: record(
    {
      group: ref("account", "The build users' group. Default: nixbld."),
      gid: uid("The group's id. Default: 30000."),
      firstUid: uid("The id of nixbld1; the others follow. Default: 30001."),
      roles: listOf(ref("role"), "nixbld1, nixbld2, … in this order."),
    },
    "The accounts that builds run under (nixbld1, nixbld2, …).",
  ),
  user: record(
    { settings: ref("settings", "The user's own nix.conf settings; a list here replaces the system's.") },
    "A person's own configuration.",
  ),
  volume: record(
    {
      mount: ref("absolutePath", "Where the volume is mounted."),
      groups: ref("groupNames", "Groups installed on the volume. Default: all."),
      settings: ref("settings", "Over the top-level settings."),
    },
    "A self-contained environment on a mounted volume.",
    ["mount"],
  ),
  host: record(
    {
      system: ref("system", "The machine's system. Default: the first Linux of `systems`."),
      groups: ref("groupNames", "Groups on the host. Default: all."),
      stateVersion: ref(
        "stateVersion",
        'The NixOS release that the host was first installed with, in quotes: "26.05". Default: the release of `nixpkgs`.',
      ),
      modules: listOf(
        ref("modulePath"),
        "The user's own NixOS modules. Default: ./hosts/NAME.nix, written once and then left alone.",
      ),
      deploy: record(
        {
          target: ref("hostAddress", "The address that deployment connects to."),
          user: ref("account", "The account that deployment logs in as. Default: root."),
          tags: listOf(ref("feature"), "Tags to pick hosts by (`colmena apply --on @TAG`)."),
        },
        "Deployment with colmena.",
        ["target"],
      ),
    },
    "A NixOS machine: `nixos-rebuild switch --flake .#NAME`.",
  ),
  builder: record(
    {
      host: ref("hostAddress", "The build machine's address, or the name of an entry of `hosts`."),
      protocol: { type: "string", enum: ["ssh-ng", "ssh"], description: "Default: ssh-ng." },
      user: ref(
        "account",
        "The account to log in as. Default: nixremote for a host of this spec, else root's ssh configuration decides.",
      ),
      systems: listOf(ref("system"), "Systems that it builds for. Default: that of the host of this spec, else x86_64-linux.", {
        minItems: 1,
        uniqueItems: true,
      }),
      maxJobs: { type: "integer", minimum: 1, maximum: 65535, description: "Builds at once. Default: 1." },
      speedFactor: { type: "integer", minimum: 1, maximum: 65535, description: "How fast it is against the others. Default: 1." },
      features: listOf(ref("feature"), "Features that a build may require and this machine has, such as big-parallel or kvm.", {
        uniqueItems: true,
      }),
      mandatoryFeatures: listOf(ref("feature"), "Only builds that require all of these go there.", { uniqueItems: true }),
      sshKey: ref("absolutePath", "The path of the private key on the machine that connects; never the key itself."),
      publicHostKey: ref(
        "base64",
        "The builder's host key, base64 of its public key line: it is how the right machine is known.",
      ),
    },
    "A remote build machine.",
    ["host"],
  ),
  acceptance: record(
    {
      code: ref("oneLine", "The diagnostic's code, such as trusted-user-is-root."),
      at: ref("oneLine", "Only at this place, such as trustedUsers[1] or groups.k8s."),
      why: ref("text", "The reason, for whoever reads the spec next."),
    },
    "One accepted risk.",
    ["code"],
  ),
};

/** The shapes of a spec, version 1. */
export const specSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "flakewright spec",
  ...record(
    {
      version: { type: "integer", const: 1, description: "The version of the spec language: 1." },
      name: ref("projectName", "The platform's name."),
      description: ref("text", "One sentence about the platform."),
      nixpkgs: textOr(
        ref("gitRef"),
        record(
          {
            url: ref("flakeReference", "Any flake reference; path:/… included."),
            unfree: {
              description: "Names of packages allowed to be unfree; `true` allows all.",
              type: ["boolean", "array"],
              items: ref("oneLine"),
            },
            insecure: listOf(
              ref("oneLine"),
              "Packages allowed in spite of known vulnerabilities, each as name-version: openssl-1.1.1w.",
            ),
          },
          "The package set with its policy.",
        ),
        "The package set: a branch, tag or commit of NixOS/nixpkgs, or a map. Default: nixos-26.05.",
      ),
      inputs: mapOf(ref("flakeReference"), "More package sets, to hold a tool at another version: name → flake reference."),
      systems: listOf(
        ref("system"),
        "Systems that the flake has outputs for. Default: x86_64-linux, aarch64-linux, aarch64-darwin.",
        {
          minItems: 1,
          uniqueItems: true,
        },
      ),
      groups: mapOf(ref("group"), "Tool groups by name; one dev shell, one installable package and one module switch each."),
      shells: mapOf(ref("shell"), "Dev shells beyond the automatic ones; one named like a group refines that group's shell."),
      settings: ref("settings"),
      substituters: listOf(ref("substituter"), "Binary caches in order of preference: the whole list, nothing is added to it."),
      trustedUsers: listOf(ref("nixUser"), "Accounts that the daemon trusts: equivalent to root on that machine."),
      allowedUsers: listOf(ref("nixUser"), 'Accounts that may connect to the daemon. Nix\'s default: ["*"].'),
      gc: ref("gc"),
      buildUsers: ref("buildUsers"),
      users: mapOf(ref("user"), "People's own nix.conf (and Home Manager module), by account name."),
      volumes: mapOf(ref("volume"), "Self-contained environments on mounted volumes."),
      hosts: mapOf(ref("host"), "NixOS machines.", "hostName"),
      builders: listOf(ref("builder"), "Remote build machines."),
      ci: { type: "string", enum: ["github"], description: "Writes a CI workflow for this forge. Default: none." },
      lint: listOf(ref("acceptance"), "Accepted risks, each with its reason."),
    },
    "A Nix platform: tools, caches, settings, build users and hosts.",
    ["version", "name", "groups"],
  ),
  $defs,
};
