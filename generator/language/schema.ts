import {
  define,
  definitions,
  listOf,
  mapOf,
  oneOf,
  raw,
  record,
  text,
  textOr,
  trueOrFalse,
  type ValueOf,
  wholeNumber,
} from "./builder.ts";
import { DEFAULTS } from "./defaults.ts";
import { SYSTEMS } from "./vocabulary.ts";

/*
 * The spec language, stated once: shapes, types, descriptions and defaults, as JSON Schema 2020-12. What needs knowledge of Nix
 * (setting names, packages, keys of caches) is judged by lint/; editor-schema.ts adds that knowledge for an editor.
 */

const projectName = define("projectName", text(/^[a-z][a-z0-9-]{0,62}$/));
const name = define("name", text(/^[a-z_][a-z0-9_-]{0,127}$/));
const hostName = define("hostName", text(/^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/));
const envName = define("envName", text(/^[A-Za-z_][A-Za-z0-9_]*$/));
const gitRef = define("gitRef", text(/^([A-Za-z0-9][A-Za-z0-9._/+-]*|[a-z][a-z0-9+.-]*:[^\s"'<>\\^`{|}]+)$/));
const flakeReference = define("flakeReference", text(/^[a-z][a-z0-9+.-]*:[^\s"'<>\\^`{|}]+$/));
const attributePath = define("attributePath", text(/^[A-Za-z0-9_][A-Za-z0-9_'+-]*(\.[A-Za-z0-9_][A-Za-z0-9_'+-]*)*$/));
const anyText = define("text", text());
const oneLine = define("oneLine", text(/^[^\n\r\t]+$/));
const absolutePath = define("absolutePath", text(/^\/(?!.*(^|\/)\.\.(\/|$))[^\s\u0000-\u001f]*$/));
const modulePath = define("modulePath", text(/^\.(?!.*\/\.\.(\/|$))(\/[A-Za-z0-9._+-]+)+$/));
const olderThan = define("olderThan", text(/^[1-9][0-9]{0,5}d$/));
const stateVersion = define("stateVersion", text(/^[0-9]{2}\.(05|11)$/));
const hostAddress = define("hostAddress", text(/^[A-Za-z0-9_[]([A-Za-z0-9._:%\]-]*[A-Za-z0-9\]])?$/));
const account = define("account", text(/^[A-Za-z_][A-Za-z0-9_.-]*$/));
const nixUser = define("nixUser", text(/^(\*|@?[A-Za-z_][A-Za-z0-9_.-]*\$?)$/));
const feature = define("feature", text(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/));
const base64 = define("base64", text(/^[A-Za-z0-9+/]+={0,2}$/));
const url = define("url", text(/^[A-Za-z0-9/][^\s#\u0000-\u001f]*$/));
const system = define("system", oneOf(SYSTEMS));
const groupNames = define("groupNames", listOf(name("The name of an entry of `groups`."), "Names of groups, in order."));

const id = (description: string, fallback: number) => wholeNumber(1, 4294967293, description, fallback);

const tool = define(
  "package",
  textOr(
    attributePath(),
    record(
      {
        package: attributePath("The attribute path in the package set: `kubectl`, `python3Packages.ansible`."),
        name: oneLine("What people call the tool. Default: the last part of the attribute path."),
        description: anyText("What the tool is for, in a few words."),
        from: name("An entry of `inputs` to take the tool from, to hold it at another version. Default: nixpkgs."),
        systems: listOf(system(), "Systems that get the tool. Default: wherever the package itself is available.", {
          minItems: 1,
          uniqueItems: true,
        }),
      },
      "A package with its details.",
      ["package"],
    ),
    "A tool: an attribute path of the package set, or a map with `package` and details.",
  ),
);
const packages = define("packages", listOf(tool(), "Tools, in order."));

const group = define(
  "group",
  record(
    {
      title: anyText("The group's heading for people. Default: its name."),
      description: anyText("What the group is for."),
      packages: packages("The tools of the group, in order."),
    },
    "A group of tools: one dev shell (`nix develop .#NAME`), one installable package (`nix profile install .#NAME`) and one module switch.",
  ),
);

const shell = define(
  "shell",
  record(
    {
      title: anyText("The shell's heading for people. Default: that of the group of the same name, or the name."),
      groups: groupNames("Groups whose tools the shell has. Default for a shell named like a group: that group."),
      packages: packages("Tools beyond those of the groups."),
      env: mapOf(
        envName,
        anyText("The variable's value; it is data, nothing in it is expanded."),
        "Environment variables to set on entry.",
      ),
      hook: anyText("bash that runs on entry, after the variables are set. The only place of a spec that holds code."),
    },
    "A dev shell. One named like a group refines that group's shell; `default` is what plain `nix develop` opens.",
  ),
);

const settingValue = define(
  "settingValue",
  raw<string | number | boolean | readonly (string | number | boolean)[] | Readonly<Record<string, string | number | boolean>>>({
    description: "The setting's value: text, a number, true or false, or a list.",
    type: ["string", "number", "boolean", "array", "object"],
    items: { type: ["string", "number", "boolean"] },
    additionalProperties: { type: ["string", "number", "boolean"] },
  }),
);
const settings = define(
  "settings",
  raw<Readonly<Record<string, ValueOf<ReturnType<typeof settingValue>>>>>({
    type: "object",
    description: "nix.conf settings by their own names; `extra-NAME` adds to a list where NAME would replace it.",
    additionalProperties: settingValue(),
  }),
);

const substituter = define(
  "substituter",
  record(
    {
      url: url("The cache's address: https://…, s3://…, ssh://…, file:///…"),
      publicKey: anyText("The public key that the cache signs with, `name:base64`. Never a secret key."),
    },
    "A binary cache and the key it signs with.",
    ["url"],
  ),
);

const gc = define(
  "gc",
  record(
    {
      automatic: trueOrFalse("Collect garbage regularly (NixOS: a timer).", DEFAULTS.gc.automatic),
      dates: oneLine("When: a systemd calendar expression such as weekly or 03:15.", DEFAULTS.gc.dates),
      olderThan: olderThan("Generations older than this go, such as 30d.", DEFAULTS.gc.olderThan),
    },
    "Garbage collection.",
  ),
);

const role = define(
  "role",
  record(
    {
      role: name("The role's name; the build user of its place in the list carries it."),
      description: anyText(
        "What the role builds. It becomes the user's GECOS field, where colons and line breaks turn into spaces.",
      ),
      groups: groupNames("What the role's CI job builds. Default: nothing beyond a check of the role itself."),
    },
    "A build user's role. Nix takes build users as they are free: a role is a label, a CI job and a check, never a pin.",
    ["role"],
  ),
);
const buildUsers = define(
  "buildUsers",
  record(
    {
      group: account("The build users' group.", DEFAULTS.buildUsers.group),
      gid: id("The group's id.", DEFAULTS.buildUsers.gid),
      firstUid: id("The id of nixbld1; the others follow.", DEFAULTS.buildUsers.firstUid),
      roles: listOf(role(), "nixbld1, nixbld2, … in this order."),
    },
    "The accounts that builds run under (nixbld1, nixbld2, …).",
  ),
);

const user = define(
  "user",
  record(
    { settings: settings("The user's own nix.conf settings; a list here replaces the system's.") },
    "A person's own configuration.",
  ),
);

const volume = define(
  "volume",
  record(
    {
      mount: absolutePath("Where the volume is mounted."),
      groups: groupNames("Groups installed on the volume. Default: all."),
      settings: settings("Over the top-level settings."),
    },
    "A self-contained environment on a mounted volume.",
    ["mount"],
  ),
);

const host = define(
  "host",
  record(
    {
      system: system("The machine's system. Default: the first Linux of `systems`."),
      groups: groupNames("Groups on the host. Default: all."),
      stateVersion: stateVersion(
        'The NixOS release that the host was first installed with, in quotes: "26.05". It stays when nixpkgs moves on.',
      ),
      modules: listOf(modulePath(), "The user's own NixOS modules. Default: ./hosts/NAME.nix, written once and then left alone."),
      deploy: record(
        {
          target: hostAddress("The address that deployment connects to."),
          user: account("The account that deployment logs in as.", DEFAULTS.deploy.user),
          tags: listOf(feature(), "Tags to pick hosts by (`colmena apply --on @TAG`)."),
        },
        "Deployment with colmena.",
        ["target"],
      ),
    },
    "A NixOS machine: `nixos-rebuild switch --flake .#NAME`.",
  ),
);

const builder = define(
  "builder",
  record(
    {
      host: hostAddress("The build machine's address, or the name of an entry of `hosts`."),
      protocol: oneOf(["ssh-ng", "ssh"], "", DEFAULTS.builder.protocol),
      user: account("The account to log in as.", DEFAULTS.builder.user),
      systems: listOf(system(), "Systems that it builds for. Default: that of the host of this spec, else x86_64-linux.", {
        minItems: 1,
        uniqueItems: true,
      }),
      maxJobs: wholeNumber(1, 65535, "Builds at once.", DEFAULTS.builder.maxJobs),
      speedFactor: wholeNumber(1, 65535, "How fast it is against the others.", DEFAULTS.builder.speedFactor),
      features: listOf(feature(), "Features that a build may require and this machine has, such as big-parallel or kvm.", {
        uniqueItems: true,
      }),
      mandatoryFeatures: listOf(feature(), "Only builds that require all of these go there.", { uniqueItems: true }),
      sshKey: absolutePath("The path of the private key on the machine that connects; never the key itself."),
      publicHostKey: base64("The builder's host key, base64 of its public key line: it is how the right machine is known."),
    },
    "A remote build machine.",
    ["host"],
  ),
);

const acceptance = define(
  "acceptance",
  record(
    {
      code: oneLine("The diagnostic's code, such as trusted-user-is-root."),
      at: oneLine("Only at this place, such as trustedUsers[1] or groups.k8s."),
      why: anyText("The reason, for whoever reads the spec next."),
    },
    "One accepted risk.",
    ["code"],
  ),
);

const nixpkgs = textOr(
  gitRef(),
  record(
    {
      url: flakeReference("Any flake reference; path:/… included."),
      unfree: raw<boolean | readonly string[]>({
        description: "Names of packages allowed to be unfree; `true` allows all.",
        type: ["boolean", "array"],
        items: oneLine(),
      }),
      insecure: listOf(oneLine(), "Packages allowed in spite of known vulnerabilities, each as name-version: openssl-1.1.1w."),
    },
    "The package set with its policy.",
  ),
  "The package set: a branch, tag or commit of NixOS/nixpkgs, or a map.",
  DEFAULTS.nixpkgs,
);

const spec = record(
  {
    version: raw<number>({ type: "integer", const: 1, description: "The version of the spec language: 1." }),
    name: projectName("The platform's name."),
    description: anyText("One sentence about the platform."),
    nixpkgs,
    inputs: mapOf(name, flakeReference(), "More package sets, to hold a tool at another version: name → flake reference."),
    systems: listOf(system(), "Systems that the flake has outputs for.", { minItems: 1, uniqueItems: true }, DEFAULTS.systems),
    groups: mapOf(name, group(), "Tool groups by name; one dev shell, one installable package and one module switch each."),
    shells: mapOf(name, shell(), "Dev shells beyond the automatic ones; one named like a group refines that group's shell."),
    settings: settings(),
    substituters: listOf(substituter(), "Binary caches in order of preference: the whole list, nothing is added to it."),
    trustedUsers: listOf(nixUser(), "Accounts that the daemon trusts: equivalent to root on that machine."),
    allowedUsers: listOf(nixUser(), 'Accounts that may connect to the daemon. Nix\'s default: ["*"].'),
    gc: gc(),
    buildUsers: buildUsers(),
    users: mapOf(name, user(), "People's own nix.conf (and Home Manager module), by account name."),
    volumes: mapOf(name, volume(), "Self-contained environments on mounted volumes."),
    hosts: mapOf(hostName, host(), "NixOS machines."),
    builders: listOf(builder(), "Remote build machines."),
    ci: oneOf(["github"], "Writes a CI workflow for this forge. Default: none."),
    lint: listOf(acceptance(), "Accepted risks, each with its reason."),
  },
  "A Nix platform: tools, caches, settings, build users and hosts.",
  ["version", "name", "groups"],
);

/** A spec that the schema takes. */
export type Spec = ValueOf<typeof spec>;

/** The schema of a spec, version 1. */
export const specSchema: Readonly<Record<string, unknown>> = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "flakewright spec",
  ...spec,
  $defs: definitions,
};
