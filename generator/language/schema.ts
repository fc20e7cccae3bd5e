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
import { BOTS, FORGE_NAMES, PERIODS, SYSTEMS } from "./vocabulary.ts";

/*
 * The spec language: shapes, types, descriptions and defaults, as JSON Schema 2020-12. Rules that need knowledge of Nix (names of settings,
 * packages, keys of caches) are in lint/; editor-schema.ts adds that knowledge for editors.
 */

const projectName = define("projectName", text(/^[a-z][a-z0-9-]{0,62}$/));
const name = define("name", text(/^[a-z_][a-z0-9_-]{0,127}$/));
const hostName = define("hostName", text(/^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/));
const envName = define("envName", text(/^[A-Za-z_][A-Za-z0-9_]*$/));
const gitRef = define("gitRef", text(/^([A-Za-z0-9][A-Za-z0-9._/+-]*|[a-z][a-z0-9+.-]*:[^\s"'<>\\^`{|}]+)$/));
const flakeReference = define("flakeReference", text(/^[a-z][a-z0-9+.-]*:[^\s"'<>\\^`{|}]+$/));
const attributePath = define("attributePath", text(/^[A-Za-z0-9_][A-Za-z0-9_'+-]*(\.[A-Za-z0-9_][A-Za-z0-9_'+-]*)*$/));
const requirement = define("requirement", text(/^>= ?[0-9]+(\.[0-9]+){0,2}$/));
const attribute = define("attribute", text(/^[A-Za-z0-9_][A-Za-z0-9_'+-]*$/));
const packageVersion = define("packageVersion", text(/^(?!.*\.[xX]$)[A-Za-z0-9][A-Za-z0-9._+~-]{0,127}$/));
const anyText = define("text", text());
const oneLine = define("oneLine", text(/^[^\n\r\t]+$/));
const absolutePath = define("absolutePath", text(/^(?!.*\/\.\.?(\/|$))\/[^\s\u0000-\u001f\u007f]*$/));
const modulePath = define("modulePath", text(/^\.(?!.*\/\.\.(\/|$))(\/[A-Za-z0-9._+-]+)+$/));
const projectPath = define("projectPath", text(/^(?!.*(^|\/)\.\.(\/|$))[^\u0000-\u001f\u007f]+$/));
const searchPath = define("searchPath", text(/^(?!.*(^|\/)\.\.(\/|$))[^\u0000-\u001f\u007f:]+$/));
const olderThan = define("olderThan", text(/^[1-9][0-9]{0,5}d$/));
// Dependabot takes at most 90 days.
const minimumAge = define("minimumAge", text(/^([1-9]|[1-8][0-9]|90)d$/));
const repositoryReference = define(
  "repositoryReference",
  text(/^((github|gitlab|sourcehut):[^\s"'<>\\^`{|}/]+\/|git\+(https|ssh):\/\/)[^\s"'<>\\^`{|}]+$/),
);
const stateVersion = define(
  "stateVersion",
  raw<string | number>({ type: ["string", "integer"], pattern: "^[0-9]{2}\\.(05|11)$", minimum: 1, maximum: 99 }),
);
const hostAddress = define("hostAddress", text(/^[A-Za-z0-9_[]([A-Za-z0-9._:%\]-]*[A-Za-z0-9\]])?$/));
const account = define("account", text(/^[A-Za-z_][A-Za-z0-9_.-]*$/));
const nixUser = define("nixUser", text(/^(\*|@?[A-Za-z_][A-Za-z0-9_.-]*\$?)$/));
const feature = define("feature", text(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/));
const base64 = define("base64", text(/^[A-Za-z0-9+/]+={0,2}$/));
const url = define("url", text(/^[A-Za-z0-9/][^\s#\u0000-\u001f]*$/));
const proxyAddress = define("proxyAddress", text(/^[^\s$"'<>\\^`{|}\u0000-\u001f\u007f]+$/));
const noProxyEntry = define("noProxyEntry", text(/^[^\s,$"'`\\\u0000-\u001f\u007f]+$/));
// NixOS writes its path into shell code, and nix.conf has `=` and `?` behind paths of the sandbox.
const bundlePath = define(
  "bundlePath",
  text(
    /^(?!.*\/\.\.?(\/|$))(\.(\/[A-Za-z0-9._+-]+)+|\/([^\s:=?@$"'`\\\u0000-\u001f\u007f]*[^\s:=?@$"'`\\/\u0000-\u001f\u007f]))$/,
  ),
);
const license = define("license", text(/^[A-Za-z0-9][A-Za-z0-9.+-]*( WITH [A-Za-z0-9.-]+)?$/));
const size = define("size", text(/^(?!0+(\.0+)?[A-Z])[0-9]{1,6}(\.[0-9]{1,3})?(MiB|GiB|TiB|MB|GB|TB)$/));
const system = define("system", oneOf(SYSTEMS));
const forge = define("forge", oneOf(FORGE_NAMES));
const runnerLabel = define("runnerLabel", text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/));
const imageName = define("imageName", text(/^[a-z0-9]+([._:/-]+[a-z0-9]+)*$/));
const cachixName = define("cachixName", text(/^[a-z0-9][a-z0-9-]{0,62}$/));
const groupNames = define("groupNames", listOf(name("The name of an entry of `groups`."), "Names of groups, in order."));

const id = (description: string, fallback: number) => wholeNumber(1, 4294967293, description, fallback);

const tool = define(
  "package",
  textOr(
    attributePath(),
    record(
      {
        package: attributePath("The attribute path in the package set: `kubectl`, `python3Packages.ansible`."),
        name: oneLine("The tool's name for readers. Default: the last part of the attribute path."),
        description: anyText("What the tool does, in a few words."),
        from: name("An entry of `inputs` to take the tool from, for another version. Default: nixpkgs."),
        version: packageVersion(
          'The version, whole or its beginning: "1.29" is the newest 1.29.x that nixpkgs ever had. `flakewright pin` finds it and writes it to the pins file beside the spec.',
        ),
        systems: listOf(system(), "Systems that get the tool. Default: all systems on which the package is available.", {
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
      title: anyText("The group's title for readers. Default: its name."),
      description: anyText("What the group is for."),
      packages: packages("The tools of the group, in order."),
    },
    "A group of tools: one dev shell (`nix develop .#NAME`), one installable package (`nix profile install .#NAME`) and one module switch.",
  ),
);

const searchPaths = (description: string) => listOf(searchPath(), description, { minItems: 1 });
const envValue = define(
  "envValue",
  textOr(
    anyText(),
    record(
      {
        path: projectPath("A file or folder below the project's root, wherever in the project the shell is entered."),
        prepend: searchPaths(
          "Entries in front of the variable's value, separated by colons. One that is not absolute is below the project's root.",
        ),
        append: searchPaths("Entries behind the variable's value, in the same form as in `prepend`."),
      },
      "A path below the project's root, or entries of a variable such as PATH that holds a list with colons.",
    ),
    "The variable's value as text, in which nothing is expanded, or a map with `path`, or with `prepend` and `append`.",
  ),
);
const envFile = define(
  "envFile",
  textOr(
    projectPath(),
    record(
      {
        file: projectPath("The file's path below the project's root, or an absolute path."),
        optional: trueOrFalse("Whether the file may be missing.", DEFAULTS.envFile.optional),
      },
      "A file that may be missing.",
      ["file"],
    ),
    "A file of the project, or a map with `file` and `optional`.",
  ),
);

const command = define(
  "command",
  record(
    {
      help: oneLine("What the command does, in a few words. `menu` shows it."),
      run: anyText(
        'The program: bash, with `set -euo pipefail`, so that it ends at the first error. Its arguments are "$@", and $FLAKEWRIGHT_ROOT is the project\'s root.',
      ),
      groups: groupNames("Groups whose shells contain the command. Default: every shell contains it."),
    },
    "A command of the project. It is a program on PATH, so it works in every kind of shell and under direnv.",
    ["run"],
  ),
);

const shell = define(
  "shell",
  record(
    {
      title: anyText("The shell's title for readers. Default: the title of the group of the same name, or the name."),
      groups: groupNames("Groups whose tools the shell contains. Default for a shell named like a group: that group."),
      packages: packages("Tools in addition to those of the groups."),
      env: mapOf(envName, envValue(), "Environment variables to set on entry."),
      envFiles: listOf(
        envFile(),
        "Files of KEY=VALUE lines, read on entry as data: nothing in them is expanded or run. They override `env`, and a later file overrides an earlier one.",
      ),
      hook: anyText(
        "Bash code that runs on entry, after the variables are set. Apart from `commands`, no other key of a spec is code.",
      ),
    },
    "A dev shell. One named like a group changes that group's shell; `nix develop` without a name opens `default`.",
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
    description: "nix.conf settings by name. `extra-NAME` adds to a list, NAME replaces it.",
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
      olderThan: olderThan("Delete generations that are older than this.", DEFAULTS.gc.olderThan),
    },
    "Garbage collection.",
  ),
);

const network = record(
  {
    proxy: proxyAddress(
      "The HTTP proxy with its port: http://proxy.example.net:3128. Without an account: a password is a secret. Connections of ssh do not use it.",
    ),
    noProxy: listOf(
      noProxyEntry(),
      "Hosts that are reached without the proxy: build.example.net, a domain with all its hosts as .example.net, an IP address, or *. localhost, 127.0.0.1 and ::1 are always among them.",
    ),
    caBundle: bundlePath(
      "A PEM file, not a link, with every certificate authority to trust: an absolute path on the machines, or a file of your own in the output folder, such as ./certs/company.pem, which NixOS and macOS add to the system's own authorities.",
    ),
  },
  "How machines behind a company's proxy reach the network: for the Nix daemon, the machines and the shells.",
);

const role = define(
  "role",
  record(
    {
      role: name("The role's name. The first role belongs to nixbld1, the second to nixbld2, and so on."),
      description: anyText("What the role builds. Also the user's GECOS field, with spaces instead of colons and line breaks."),
      groups: groupNames("Groups that the role's CI job builds. Default: none; the job then runs only the role's check."),
    },
    "A build user's role: a label, a CI job and a check. It does not assign builds: Nix uses any free build user.",
    ["role"],
  ),
);
const buildUsers = define(
  "buildUsers",
  record(
    {
      group: account("The build users' group.", DEFAULTS.buildUsers.group),
      gid: id("The group's id.", DEFAULTS.buildUsers.gid),
      firstUid: id("The id of nixbld1; the next user has the next id.", DEFAULTS.buildUsers.firstUid),
      roles: listOf(role(), "The roles of nixbld1, nixbld2, …, in this order."),
    },
    "The accounts that builds run under (nixbld1, nixbld2, …).",
  ),
);

const user = define(
  "user",
  record(
    { settings: settings("The user's own nix.conf settings. A list here replaces the system's list.") },
    "A person's own configuration.",
  ),
);

const volume = define(
  "volume",
  record(
    {
      mount: absolutePath("Where the volume is mounted."),
      groups: groupNames("Groups installed on the volume. Default: all."),
      settings: settings("Settings of this volume. They override the top-level ones."),
    },
    "A self-contained environment on a mounted volume.",
    ["mount"],
  ),
);

const host = define(
  "host",
  record(
    {
      os: oneOf(
        ["nixos", "darwin", "linux"],
        "What runs there: NixOS, macOS with nix-darwin, or any other Linux with Nix. Default: darwin for a darwin system, else nixos.",
      ),
      system: system("The machine's system. Default: the first Linux of `systems`; for `os: darwin`, the first darwin one."),
      groups: groupNames("Groups on the host. Default: all."),
      stateVersion: stateVersion(
        'NixOS: the release that the host was first installed with, in quotes: "26.05". macOS: nix-darwin\'s number of that day: 6. Do not change it with nixpkgs.',
      ),
      settings: settings("nix.conf settings of this host. They override the top-level ones; the value of a list replaces it."),
      modules: listOf(
        modulePath(),
        "Modules of your own, for NixOS or nix-darwin. Default: ./hosts/NAME.nix, which is created once and never overwritten.",
      ),
      deploy: record(
        {
          target: hostAddress("The address to deploy to."),
          port: wholeNumber(1, 65535, "The port of ssh there. Default: ssh's own, 22."),
          user: account("The account to log in as.", DEFAULTS.deploy.user),
          tags: listOf(feature(), "Tags that select hosts (`colmena apply --on @TAG`); deploy-rs has none."),
        },
        "How to reach the host for a deployment.",
        ["target"],
      ),
    },
    "A machine: NixOS (`nixos-rebuild switch --flake .#NAME`), macOS (`darwin-rebuild switch --flake .#NAME`) or another Linux (`./apply-nix-config.sh --host NAME`).",
  ),
);

const builder = define(
  "builder",
  record(
    {
      host: hostAddress("The build machine's address, or the name of an entry of `hosts`."),
      protocol: oneOf(["ssh-ng", "ssh"], "", DEFAULTS.builder.protocol),
      user: account("The account to log in as.", DEFAULTS.builder.user),
      systems: listOf(
        system(),
        "Systems that it builds for. Default: the system of the host if it is one of this spec, else x86_64-linux.",
        {
          minItems: 1,
          uniqueItems: true,
        },
      ),
      maxJobs: wholeNumber(1, 65535, "The number of builds that run at the same time.", DEFAULTS.builder.maxJobs),
      speedFactor: wholeNumber(1, 65535, "Its speed relative to the other builders.", DEFAULTS.builder.speedFactor),
      features: listOf(feature(), "Features of this machine that a build can require, such as big-parallel or kvm.", {
        uniqueItems: true,
      }),
      mandatoryFeatures: listOf(feature(), "Only builds that require all of these run on this machine.", { uniqueItems: true }),
      sshKey: absolutePath("The path of the private key on the machine that connects, never the key itself."),
      publicHostKey: base64(
        "The builder's SSH host key: the line of its public key in base64. SSH verifies the machine with it.",
      ),
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
      at: oneLine("The place where the risk is accepted, such as trustedUsers[1] or groups.k8s. Default: everywhere."),
      why: anyText("The reason, for readers of the spec."),
    },
    "One accepted risk.",
    ["code"],
  ),
);

const include = define(
  "include",
  textOr(
    oneLine(),
    record(
      {
        file: oneLine("The file's path, relative to the folder of the including file."),
        without: listOf(
          oneLine(),
          'Parts of that file to exclude, in the form of `lint: at:`: "trustedUsers[1]", "groups.k8s.packages".',
        ),
      },
      "A file, without some of its parts.",
      ["file"],
    ),
    "A file of the repository: its path relative to the folder of the including file, or a map with `file` and `without`.",
  ),
);

const input = define(
  "input",
  textOr(
    flakeReference(),
    record(
      {
        flake: flakeReference("The flake reference: github:acme/tools."),
        follows: listOf(
          name(),
          "Inputs of that flake to replace by those of this spec, such as nixpkgs, so that it does not need a second nixpkgs.",
        ),
      },
      "A flake other than nixpkgs: tools with `from` are its packages.<system>.<attribute>, or its legacyPackages.",
      ["flake"],
    ),
    "The flake reference of another nixpkgs, for other versions of tools, or a map with `flake` for any other flake.",
  ),
);
const overlay = define(
  "overlay",
  textOr(
    modulePath(),
    record(
      {
        from: name("The entry of `inputs` that has the overlay."),
        name: attribute("The overlay's name in that flake.", DEFAULTS.overlay.name),
      },
      "An overlay of a flake: its output overlays.NAME.",
      ["from"],
    ),
    "A file of your own in the output folder, ./overlays/NAME.nix (created once, never overwritten), or a map with `from` for an overlay of a flake.",
  ),
);

const image = define(
  "image",
  record(
    {
      groups: groupNames("Groups whose tools, variables and commands the image has. Default: all."),
      name: imageName("The image's repository: registry.example.net/platform/ci. Default: the entry's name."),
      user: wholeNumber(0, 65533, "The id of the account that programs run as.", DEFAULTS.image.user),
    },
    "An OCI image: `nix run .#image-NAME | docker load`.",
  ),
);
const runner = define(
  "runner",
  record(
    {
      labels: listOf(runnerLabel(), "The labels (GitLab: tags) that select the runner.", { minItems: 1, uniqueItems: true }),
      pullRequests: trueOrFalse(
        "Run the jobs of pull requests too. Whoever opens one then runs code on that machine.",
        DEFAULTS.runner.pullRequests,
      ),
    },
    "A self-hosted runner.",
    ["labels"],
  ),
);
const ci = textOr(
  forge(),
  record(
    {
      forges: listOf(forge(), "The forges to generate a pipeline for.", { minItems: 1, uniqueItems: true }),
      systems: listOf(system(), "Systems to build on. Default: those of the spec for which the forge has a hosted runner.", {
        minItems: 1,
        uniqueItems: true,
      }),
      runners: mapOf(system, runner(), "Self-hosted runners, each by its system, in place of the forge's hosted ones."),
      cache: record(
        {
          cachix: cachixName(
            "The name of a cache at cachix.org. Only the default branch pushes to it, with the secret CACHIX_AUTH_TOKEN of the forge.",
          ),
          store: oneOf(["actions"], "Keep what was built in the forge's own cache (GitHub, GitLab)."),
        },
        "Where CI takes store paths from, so that it does not build them again.",
      ),
    },
    "Pipelines of one or several forges.",
    ["forges"],
  ),
  "The forge to generate a CI pipeline for, or a map with details. Default: none.",
);

const bot = define("bot", oneOf(BOTS));
const updates = textOr(
  bot(),
  record(
    {
      bot: bot("The bot: renovate (renovate.json5) or dependabot (.github/dependabot.yml)."),
      every: oneOf(PERIODS, "How often it looks for updates.", DEFAULTS.updates.every),
      minimumAge: minimumAge(
        "How old an update must be, such as 3d. Renovate knows no dates of Git branches, so flake.lock and `nixpkgs` are not held back there. Default: none.",
      ),
    },
    "A bot and what it does.",
    ["bot"],
  ),
  "The bot that keeps the platform current, or a map with details. It moves flake.lock and, as Renovate, `nixpkgs` and `version` in the spec; other generated files it leaves alone. Default: none.",
);

const policy = define(
  "policy",
  record(
    {
      nixpkgs: record(
        { maxAge: olderThan("How old the nixpkgs of flake.lock may be, in days: 60d.") },
        "What nixpkgs the platform may have.",
      ),
      licenses: record(
        {
          deny: listOf(license(), "Licences that no tool may have, by SPDX's identifiers: AGPL-3.0-only.", { uniqueItems: true }),
        },
        "What licences tools may have.",
      ),
      closure: mapOf(name, size(), "How large a group may be, with everything that it needs: 2GiB."),
    },
    "Rules that `check`, `doctor` and the flake's checks judge the platform by.",
  ),
);

const nixpkgs = textOr(
  gitRef(),
  record(
    {
      url: flakeReference("A flake reference, such as github:NixOS/nixpkgs/nixos-26.05 or path:/srv/nixpkgs."),
      unfree: raw<boolean | readonly string[]>({
        description: "Names of packages allowed to be unfree; `true` allows all.",
        type: ["boolean", "array"],
        items: oneLine(),
      }),
      insecure: listOf(oneLine(), "Packages allowed despite known vulnerabilities, each as name-version: openssl-1.1.1w."),
      overlays: listOf(
        overlay(),
        "Changes to the package set, in order, for shells, packages, hosts and modules. They do not apply to the package sets of `inputs`.",
      ),
    },
    "The package set and which unfree and insecure packages it allows.",
  ),
  "The package set: a branch, tag or commit of NixOS/nixpkgs, or a map.",
  DEFAULTS.nixpkgs,
);

const spec = record(
  {
    version: raw<number>({ type: "integer", const: 1, description: "The version of the spec language: 1." }),
    requires: requirement("The version of flakewright that the spec needs. An older one reports only that. Default: any."),
    include: listOf(
      include(),
      "Other files to merge into this spec. Maps merge, and lists are joined (included entries first, without duplicates). The values of this file have precedence.",
    ),
    name: projectName("The platform's name."),
    description: anyText("One sentence about the platform."),
    nixpkgs,
    inputs: mapOf(name, input(), "Additional package sets, by the name that a tool's `from` uses."),
    systems: listOf(system(), "Systems that the flake has outputs for.", { minItems: 1, uniqueItems: true }, DEFAULTS.systems),
    groups: mapOf(name, group(), "Tool groups by name; one dev shell, one installable package and one module switch each."),
    shells: mapOf(
      name,
      shell(),
      "Dev shells in addition to the automatic ones. One named like a group changes that group's shell.",
    ),
    commands: mapOf(name, command(), "Commands of the project, by name; `menu` lists them in a shell."),
    settings: settings(),
    nix: oneOf(
      ["nix", "determinate", "lix"],
      "Whose Nix the machines run: that of NixOS, Determinate's or Lix. Settings and experimental features are checked by it.",
      DEFAULTS.nix,
    ),
    substituters: listOf(substituter(), "Binary caches in order of preference. The list is complete: no other cache is added."),
    trustedUsers: listOf(nixUser(), "Accounts that the daemon trusts: equivalent to root on that machine."),
    allowedUsers: listOf(nixUser(), 'Accounts that may connect to the daemon. Nix\'s default: ["*"].'),
    gc: gc(),
    network,
    buildUsers: buildUsers(),
    users: mapOf(name, user(), "People's own nix.conf (and Home Manager module), by account name."),
    volumes: mapOf(name, volume(), "Self-contained environments on mounted volumes."),
    hosts: mapOf(hostName, host(), "Machines: NixOS, macOS and other Linux."),
    deployer: oneOf(
      ["colmena", "deploy-rs"],
      "What deploys the hosts with `deploy`: colmena (NixOS hosts only), or deploy-rs (all hosts; it undoes a deployment that fails or that cuts its own connection).",
      DEFAULTS.deployer,
    ),
    builders: listOf(builder(), "Remote build machines."),
    images: mapOf(name, image(), "OCI images of tool groups for CI jobs and pods, for each Linux of `systems`."),
    ci,
    policy: policy(),
    sbom: trueOrFalse(
      "Make a bill of materials of each group: packages.<system>.sbom-NAME, CycloneDX 1.6 in JSON. Default: true if there is a `policy`.",
    ),
    updates,
    devcontainer: trueOrFalse(
      "Write .devcontainer/devcontainer.json: a container with Nix, whose terminals are in the default dev shell, for VS Code and Codespaces.",
      DEFAULTS.devcontainer,
    ),
    repository: repositoryReference(
      "Where projects find this platform, such as github:acme/platform: the input of the flake that `nix flake init --template` makes, which bots then move. Default: the entry of the machine's registry that the NixOS module makes.",
    ),
    lint: listOf(acceptance(), "Accepted risks, each with its reason."),
  },
  "A Nix platform: tools, caches, settings, build users and hosts.",
  ["version", "name", "groups"],
);

/** A spec that the schema accepts. */
export type Spec = ValueOf<typeof spec>;

/** The schema of a spec, version 1. */
export const specSchema: Readonly<Record<string, unknown>> = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "flakewright spec",
  ...spec,
  $defs: definitions,
};
