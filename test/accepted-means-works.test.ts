import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { COMMIT, codes, HOST_KEY, KEY } from "./support/diagnostic-rows.ts";
import { evaluateExpression } from "./support/real-nixpkgs.ts";
import { compileText } from "./support/spec.ts";
import { stringKeys } from "./support/string-keys.ts";
import { tempFolder } from "./support/temp.ts";
import { needs, tool } from "./support/tools.ts";

/*
 * What is accepted works: for every key that takes text there are values that its reader refuses or ignores later, each with its finding, and
 * a value that is accepted. Where the reader is at hand, it is asked: it refuses the one and takes the other. A new key needs a row.
 */

const test = suite("accepted means works");

/** Whether a program takes a value, as the text that reaches it. */
interface Reader {
  readonly tools: readonly string[];
  readonly takes: (value: string) => boolean | Promise<boolean>;
}

const status = (command: string, args: readonly string[], env: Record<string, string> = {}): number | null =>
  spawnSync(tool(command) ?? command, args, { encoding: "utf8", env: { ...process.env, ...env }, timeout: 60_000 }).status;

const READERS: Readonly<Record<string, Reader>> = {
  // `nix store ping` opens a store; a scheme that Nix does not know fails before anything is connected.
  store: {
    tools: ["nix"],
    takes: (url) => {
      const args = ["--extra-experimental-features", "nix-command", "store", "ping", "--store", url];
      const { stderr } = spawnSync(tool("nix") ?? "nix", args, { encoding: "utf8", env: { ...process.env, HOME: tempFolder() } });
      return !/don't know how to open|not a valid store|has invalid value|is not an integer|integer value|invalid/i.test(stderr);
    },
  },
  flakeReference: {
    tools: ["nix", "nixpkgs"],
    takes: async (reference) => {
      try {
        await evaluateExpression(`builtins.parseFlakeRef ${JSON.stringify(reference)}`);
        return true;
      } catch {
        return false;
      }
    },
  },
  nixConf: {
    tools: ["nix"],
    takes: (line) => {
      const folder = tempFolder();
      writeFileSync(join(folder, "nix.conf"), `${line}\n`);
      const env = { ...process.env, NIX_CONF_DIR: folder, NIX_USER_CONF_FILES: "/dev/null", NIX_CONFIG: "", HOME: folder };
      const args = ["--extra-experimental-features", "nix-command", "show-config"];
      const shown = spawnSync(tool("nix") ?? "nix", args, { encoding: "utf8", env });
      return shown.status === 0 && !/unknown setting|unknown experimental feature/.test(shown.stderr);
    },
  },
  // Generated files are text for Nix, which cuts a string at a NUL, or refuses it.
  nixText: {
    tools: ["nix-instantiate"],
    takes: (text) => {
      const file = join(tempFolder(), "text.nix");
      writeFileSync(file, `"${text}"`);
      const { stdout } = spawnSync("nix-instantiate", ["--eval", "--json", file], { encoding: "utf8" });
      return stdout.trim() === JSON.stringify(text);
    },
  },
  branch: { tools: ["git"], takes: (name) => status("git", ["check-ref-format", `refs/heads/${name}`]) === 0 },
  calendar: { tools: ["systemd-analyze"], takes: (text) => status("systemd-analyze", ["calendar", text]) === 0 },
  bash: { tools: ["bash"], takes: (code) => status("bash", ["-n", "-c", code]) === 0 },
  variable: {
    tools: ["bash"],
    takes: (name) => status("bash", ["-c", `export "${name}=x" 2>/dev/null && [ "$${name}" = x ]`]) === 0,
  },
  group: {
    tools: ["systemd-sysusers"],
    takes: (name) => {
      const root = tempFolder();
      mkdirSync(join(root, "etc"));
      writeFileSync(join(root, "users.conf"), `g ${name} 31000\n`);
      const args = [`--root=${root}`, "--dry-run", join(root, "users.conf")];
      return !spawnSync(tool("systemd-sysusers") ?? "", args, { encoding: "utf8" }).stderr.includes("is not a valid");
    },
  },
  address: { tools: ["getent"], takes: (address) => status("getent", ["ahosts", address]) === 0 },
  // ssh prints the host that it would connect to, and the port.
  ssh: {
    tools: ["ssh"],
    takes: (host) => {
      const { stdout } = spawnSync("ssh", ["-G", "-F", "none", host], { encoding: "utf8" });
      const name = /^hostname (.*)$/m.exec(stdout)?.[1] ?? "";
      return stdout !== "" && !/^\[|:\d+$/.test(name.replace(/^[0-9a-f:]+$/i, ""));
    },
  },
  privateKey: {
    tools: ["ssh-keygen"],
    takes: (path) => {
      const folder = tempFolder();
      spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "key")]);
      return status("ssh-keygen", ["-y", "-P", "", "-f", join(folder, path.endsWith(".pub") ? "key.pub" : "key")]) === 0;
    },
  },
  hive: {
    tools: ["colmena"],
    takes: (name) => {
      const source = readFileSync(join(tool("colmena") ?? "", "src/nix/hive/eval.nix"), "utf8");
      const reserved = /reservedNames = \[(.*?)\]/s.exec(source)?.[1] ?? "";
      assert.match(reserved, "meta");
      return !reserved.includes(`"${name}"`);
    },
  },
  darwinStateVersion: {
    tools: ["nixDarwin"],
    takes: (version) => {
      if (tool("nixDarwin")?.startsWith("/nix/store/")) return Number(version) < 20;
      const source = readFileSync(join(tool("nixDarwin") ?? "", "modules/system/version.nix"), "utf8");
      return Number(version) <= Number(/maxStateVersion = mkOption \{.*?default = (\d+)/s.exec(source)?.[1]);
    },
  },
  path: { tools: [], takes: (folder) => !folder.includes(":") },
};

interface Row {
  /** The key's value in YAML → the lines of the spec. */
  readonly spec: (value: string) => string;
  /** Values in YAML, with the code of their finding. */
  readonly bad: readonly (readonly [value: string, code: string])[];
  readonly good: string;
  /** Who reads the value later, and the text that reaches it, if it is not the value itself. */
  readonly reader?: keyof typeof READERS;
  readonly given?: (value: string) => string;
  /** Bad values that the reader itself takes, and does something else with. */
  readonly taken?: readonly string[];
}

const GROUP = "groups: { k8s: { packages: [kubectl] } }";
const NUL = '"a\\u0000b"';
const text = (spec: Row["spec"]): Row => ({ spec, bad: [[NUL, "schema-value"]], good: "fine", reader: "nixText" });
const line = (spec: Row["spec"]): Row => ({
  spec,
  bad: [
    [NUL, "schema-value"],
    ['"two\\nlines"', "schema-value"],
    ['""', "schema-value"],
  ],
  good: "fine",
});
const shell = (lines: string) => `shells: { k8s: { ${lines} } }`;
const inGroup = (entry: string) => `groups: { k8s: { packages: [${entry}] } }`;
const inShell = (entry: string) => shell(`packages: [${entry}]`);
const host = (lines: string) => `hosts: { box: { system: x86_64-linux, stateVersion: "26.05", ${lines} } }`;
const builder = (lines: string) => `builders: [{ publicHostKey: "${HOST_KEY}", ${lines} }]`;
const atBuilder = (lines: string) => builder(`host: arm.example.net, ${lines}`);
const reference = (spec: Row["spec"], good: string): Row => ({ spec, bad: [["nope", "reference-unknown"]], good });
const oneOfWords = (spec: Row["spec"], bad: string, good: string): Row => ({ spec, bad: [[bad, "schema-value"]], good });
const nixpkgs = (lines: string) => `nixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", ${lines} }`;
/** The text of a value in YAML. */
const unquoted = (value: string): string => String(parse(value));

/** The rows of a tool, in a group or in a shell. */
const toolRows = (at: string, put: (entry: string) => string): Record<string, Row> => ({
  [at]: {
    spec: put,
    bad: [
      ["helm", "package-wrong-name"],
      ["nosuchtool", "package-unknown"],
      ["nixpkgs#kubectl", "schema-value"],
      ['"jq "', "schema-value"],
    ],
    good: "jq",
  },
  [`${at}.package`]: {
    spec: (value) => put(`{ package: ${value} }`),
    bad: [
      ["op", "package-wrong-name"],
      ["jq@1.7", "schema-value"],
    ],
    good: "jq",
  },
  [`${at}.name`]: line((value) => put(`{ package: jq, name: ${value} }`)),
  [`${at}.description`]: text((value) => put(`{ package: jq, description: ${value} }`)),
  [`${at}.from`]: reference(
    (value) => `inputs: { old: "github:NixOS/nixpkgs/${COMMIT}" }\n${put(`{ package: jq, from: ${value} }`)}`,
    "old",
  ),
  [`${at}.version`]: {
    spec: (value) => put(`{ package: jq${value === '""' ? "" : `, version: ${value}`} }`),
    bad: [
      ['"^1.7"', "schema-value"],
      ['">=1.7"', "schema-value"],
      ['"1.7"', "version-unresolved"],
    ],
    good: '""',
  },
  [`${at}.systems[]`]: {
    spec: (value) => `systems: [x86_64-linux]\n${put(`{ package: jq, systems: [${value}] }`)}`,
    bad: [
      ["linux", "schema-value"],
      ["aarch64-linux", "system-unused"],
    ],
    good: "x86_64-linux",
  },
});

/** The rows of a map of settings. */
const settingRows = (at: string, put: (lines: string) => string): Record<string, Row> => ({
  [`${at}.<name>`]: {
    spec: (value) => put(`${value}: 4`),
    bad: [
      ["max-jobz", "setting-unknown"],
      ["build-users", "setting-unknown"],
    ],
    good: "cores",
    reader: "nixConf",
    given: (value) => `${value} = 4`,
  },
  [`${at}.*`]: {
    spec: (value) => put(`max-jobs: ${value}`),
    bad: [
      ["many", "setting-type"],
      ["-1", "setting-type"],
      ['"4 #"', "setting-type"],
    ],
    good: "auto",
    reader: "nixConf",
    given: (value) => `max-jobs = ${value}`,
    // Nix cuts the comment off.
    taken: ['"4 #"'],
  },
  [`${at}.*[]`]: {
    spec: (value) => put(`system-features: [${value}]`),
    bad: [
      ['"two words"', "setting-type"],
      ["KVM", "feature-unknown"],
      ["kvm, kvm", "entry-repeated"],
    ],
    good: "kvm",
  },
  [`${at}.*.*`]: {
    spec: (value) => put(`experimental-features: [nix-command, flakes, configurable-impure-env], impure-env: { A: ${value} }`),
    bad: [['"two words"', "setting-type"]],
    good: "one",
  },
  [`${at}.*.<name>`]: {
    spec: (value) => put(`experimental-features: [nix-command, flakes, configurable-impure-env], impure-env: { ${value}: x }`),
    bad: [['"A B"', "setting-type"]],
    good: "A",
  },
});

const ROWS: Readonly<Record<string, Row>> = {
  requires: {
    spec: (value) => `requires: ${value}`,
    bad: [
      ["latest", "schema-value"],
      ['"^0.1"', "schema-value"],
    ],
    good: '">=0.0"',
  },
  "include[]": { spec: (value) => `include: [${value}]`, bad: [["gone.yaml", "include-missing"]], good: "" },
  "include[].file": {
    spec: (value) => (value === "" ? "include: []" : `include: [{ file: ${value} }]`),
    bad: [
      ["gone.yaml", "include-missing"],
      ["https://example.net/a.yaml", "include-missing"],
    ],
    good: "",
  },
  "include[].without[]": {
    spec: (value) => (value === "" ? "include: []" : `include: [{ file: gone.yaml, without: [${value}] }]`),
    bad: [["groups", "include-missing"]],
    good: "",
  },
  name: {
    spec: (value) => `name: ${value}`,
    bad: [
      ["Our Platform", "name-invalid"],
      ["-x", "name-invalid"],
    ],
    good: "ours",
  },
  description: text((value) => `description: ${value}`),
  nixpkgs: {
    spec: (value) => `nixpkgs: ${value}`,
    bad: [
      ["a..b", "nixpkgs-reference"],
      ["x.lock", "nixpkgs-reference"],
      ['"x/"', "nixpkgs-reference"],
      ["unstable", "nixpkgs-reference"],
      ["nixos-26.5", "nixpkgs-reference"],
    ],
    good: COMMIT,
    reader: "branch",
    taken: ["unstable", "nixos-26.5"],
  },
  "nixpkgs.url": {
    ...reference((value) => `nixpkgs: { url: ${value} }`, `github:NixOS/nixpkgs/${COMMIT}`),
    bad: [
      ["gihub:NixOS/nixpkgs", "flake-reference"],
      ['"github:nixos"', "flake-reference"],
      ['"github:NixOS/nixpkgs/nixos-26.05#jq"', "flake-reference"],
      [`"github:NixOS/nixpkgs?ref=nixos-26.05&rev=${COMMIT}"`, "flake-reference"],
      ['"github:NixOS/nixpkgs@nixos-26.05"', "nixpkgs-reference"],
      ["https://github.com/NixOS/nixpkgs", "nixpkgs-reference"],
    ],
    reader: "flakeReference",
    // The first is a repository of that name for Nix, the second an archive.
    taken: ['"github:NixOS/nixpkgs@nixos-26.05"', "https://github.com/NixOS/nixpkgs"],
  },
  "nixpkgs.unfree[]": {
    spec: (value) => nixpkgs(`unfree: [${value}]`),
    bad: [
      ["teraform", "allowance-unknown"],
      ['"*"', "allowance-unknown"],
    ],
    good: "terraform",
  },
  "nixpkgs.insecure[]": {
    spec: (value) => nixpkgs(`insecure: [${value}]`),
    bad: [["openssl", "allowance-unknown"]],
    good: "openssl-1.1.1w",
  },
  "nixpkgs.overlays[]": {
    spec: (value) => nixpkgs(`overlays: [${value}]`),
    bad: [
      ["./nix/overlay.nix", "own-file-generated"],
      ["../overlay.nix", "schema-value"],
      ["./overlays/notes.md", "own-file-generated"],
    ],
    good: "./overlays/ours.nix",
  },
  "nixpkgs.overlays[].from": reference(
    (value) => `inputs: { acme: { flake: "github:acme/tools/${COMMIT}" } }\n${nixpkgs(`overlays: [{ from: ${value} }]`)}`,
    "acme",
  ),
  "nixpkgs.overlays[].name": {
    spec: (value) =>
      `inputs: { acme: { flake: "github:acme/tools/${COMMIT}" } }\n${nixpkgs(`overlays: [{ from: acme, name: ${value} }]`)}`,
    bad: [['"a b"', "schema-value"]],
    good: "tools",
  },
  "inputs.<name>": {
    spec: (value) => `inputs: { ${value}: "github:NixOS/nixpkgs/${COMMIT}" }`,
    bad: [
      ["_old", "input-name"],
      ["self", "name-conflict"],
    ],
    good: "old",
    reader: "flakeReference",
    // The pattern of Nix for names of inputs is the one of its registry.
    given: (value) => `flake:${value}`,
    taken: ["self"],
  },
  "inputs.*": {
    spec: (value) => `inputs: { old: ${value} }`,
    bad: [
      ["gihub:NixOS/nixpkgs", "flake-reference"],
      ["NixOS/nixpkgs", "schema-value"],
      ['"git+https://example.net/x?ref=a..b"', "flake-reference"],
    ],
    good: `github:NixOS/nixpkgs/${COMMIT}`,
    reader: "flakeReference",
    // An entry `NixOS` of the registry.
    taken: ["NixOS/nixpkgs"],
  },
  "inputs.*.flake": {
    spec: (value) => `inputs: { acme: { flake: ${value} } }`,
    bad: [
      ['"github:acme"', "flake-reference"],
      ["https://github.com/acme/tools", "flake-reference"],
      ['"github:acme/tools@v1"', "flake-reference"],
      ['"ssh://git@example.net/tools"', "flake-reference"],
    ],
    good: `github:acme/tools/${COMMIT}`,
    reader: "flakeReference",
    taken: ["https://github.com/acme/tools", '"github:acme/tools@v1"'],
  },
  "inputs.*.follows[]": reference(
    (value) => `inputs: { acme: { flake: "github:acme/tools/${COMMIT}", follows: [${value}] } }`,
    "nixpkgs",
  ),
  "systems[]": oneOfWords((value) => `systems: [${value}]`, "amd64", "x86_64-linux"),
  "groups.<name>": {
    spec: (value) => `groups: { ${value}: { packages: [jq] } }`,
    bad: [
      ['"K8s Tools"', "name-invalid"],
      ["default", "name-conflict"],
    ],
    good: "tools",
  },
  "groups.*.title": text((value) => `groups: { k8s: { title: ${value}, packages: [kubectl] } }`),
  "groups.*.description": text((value) => `groups: { k8s: { description: ${value}, packages: [kubectl] } }`),
  ...toolRows("groups.*.packages[]", inGroup),
  "shells.<name>": {
    spec: (value) => `shells: { ${value}: { groups: [k8s] } }`,
    bad: [["a/b", "name-invalid"]],
    good: "other",
  },
  "shells.*.title": text((value) => shell(`title: ${value}`)),
  "shells.*.groups[]": reference((value) => shell(`groups: [${value}]`), "k8s"),
  ...toolRows("shells.*.packages[]", inShell),
  "shells.*.env.<name>": {
    spec: (value) => shell(`env: { ${value}: x }`),
    bad: [
      ["UID", "name-conflict"],
      ["BASHOPTS", "name-conflict"],
      ['"A-B"', "name-invalid"],
      ["LD_PRELOAD", "variable-runs-code"],
    ],
    good: "A_B",
    reader: "variable",
    taken: ["LD_PRELOAD"],
  },
  "shells.*.env.*": {
    spec: (value) => shell(`env: { A: ${value} }`),
    bad: ["$HOME/x", "~/x", "~", "$PWD/x", '"x:$A"', "$(date)", "'{{config_root}}/x'", "${HOME}"].map((value) => [
      /^["']/.test(value) ? value : `"${value}"`,
      "env-not-expanded",
    ]),
    good: '"5 $ a day"',
  },
  "shells.*.env.*.path": {
    spec: (value) => shell(`env: { A: { path: ${value} } }`),
    bad: [
      ["../x", "schema-value"],
      ["~/x", "env-not-expanded"],
      ['"a:b"', "env-not-expanded"],
    ],
    good: "x/y",
  },
  ...Object.fromEntries(
    ["prepend", "append"].map((key) => [
      `shells.*.env.*.${key}[]`,
      {
        spec: (value: string) => shell(`env: { PATH: { ${key}: [${value}] } }`),
        bad: [
          ['"a:b"', "schema-value"],
          ['"$PATH"', "env-not-expanded"],
          ["~/bin", "env-not-expanded"],
        ],
        good: "bin",
        reader: "path",
        taken: ['"$PATH"', "~/bin"],
      } satisfies Row,
    ]),
  ),
  "shells.*.envFiles[]": {
    spec: (value) => shell(`envFiles: [${value}]`),
    bad: [
      ['"*.env"', "env-file-form"],
      [".envrc", "env-file-form"],
      ["../.env", "schema-value"],
    ],
    good: ".env",
  },
  "shells.*.envFiles[].file": {
    spec: (value) => shell(`envFiles: [{ file: ${value}, optional: true }]`),
    bad: [
      ["https://example.net/env", "env-file-form"],
      ["~/.env", "env-not-expanded"],
    ],
    good: ".env.local",
  },
  "shells.*.hook": {
    // The findings are those of test/commands/bash.test.ts; without bash, only what no text can have is found.
    spec: (value) => shell(`hook: ${value}`),
    bad: [[NUL, "schema-value"]],
    good: '"if true; then echo hi; fi"',
    reader: "bash",
    taken: [NUL],
  },
  "commands.<name>": {
    spec: (value) => `commands: { ${value}: { run: "true" } }`,
    bad: [
      ["menu", "name-conflict"],
      ["test", "command-hidden"],
      ["a.b", "name-invalid"],
    ],
    good: "roll-out",
  },
  "commands.*.help": line((value) => `commands: { x1: { run: "true", help: ${value} } }`),
  "commands.*.run": {
    spec: (value) => `commands: { x1: { run: ${value} } }`,
    bad: [[NUL, "schema-value"]],
    good: '"for x in 1 2; do echo $x; done"',
    reader: "bash",
    taken: [NUL],
  },
  "commands.*.groups[]": reference((value) => `commands: { x1: { run: "true", groups: [${value}] } }`, "k8s"),
  ...settingRows("settings", (lines) => `settings: { ${lines} }`),
  nix: oneOfWords((value) => `nix: ${value}`, "cppnix", "nix"),
  "substituters[].url": {
    spec: (value) => `substituters: [{ url: ${value}, publicKey: "${KEY}" }]`,
    bad: [
      ["cache.example.org", "substituter-url"],
      ["htps://cache.example.org", "substituter-url"],
      ["cachix:acme", "substituter-url"],
      ["https://app.cachix.org/cache/acme", "substituter-url"],
      ["http://cache.example.org", "substituter-insecure-url"],
      ['"https://cache.example.org?priority=high"', "substituter-url"],
    ],
    good: "file:///tmp/flakewright-no-such-cache?priority=10",
    reader: "store",
    // Nix takes them, and finds no cache: the first is a path, the next a page.
    taken: ["cache.example.org", "https://app.cachix.org/cache/acme", "http://cache.example.org"],
  },
  "substituters[].publicKey": {
    spec: (value) => `substituters: [{ url: "https://cache.example.org", publicKey: ${value} }]`,
    bad: [
      ["abc", "public-key-invalid"],
      [`"${KEY.slice(0, -2)}"`, "public-key-invalid"],
    ],
    good: `"${KEY}"`,
  },
  "trustedUsers[]": {
    spec: (value) => `trustedUsers: [${value}]`,
    bad: [
      ['"%wheel"', "schema-value"],
      ['"*"', "trusted-users-wildcard"],
      ["x".repeat(32), "account-invalid"],
    ],
    good: "root",
  },
  "allowedUsers[]": {
    spec: (value) => `allowedUsers: [${value}]`,
    bad: [
      ['"ada,bob"', "schema-value"],
      [`"@${"x".repeat(32)}"`, "account-invalid"],
    ],
    good: '"@users"',
  },
  "gc.dates": {
    spec: (value) => `gc: { automatic: true, dates: ${value} }`,
    bad: ["every week", "biweekly", "25:00", "0 3 * * *", "7d"].map((value) => [`"${value}"`, "calendar-event-invalid"]),
    good: '"Sun 03:15"',
    reader: "calendar",
  },
  "gc.olderThan": oneOfWords((value) => `gc: { automatic: true, olderThan: ${value} }`, "4w", "30d"),
  "buildUsers.group": {
    spec: (value) => `buildUsers: { group: ${value}, gid: 31000, roles: [{ role: a }] }`,
    bad: [
      ["nix.build", "account-invalid"],
      ["x".repeat(32), "account-invalid"],
      ["docker", "account-invalid"],
      ["0x", "schema-value"],
    ],
    good: "nixbuilders",
    reader: "group",
    taken: ["docker"],
  },
  "buildUsers.roles[].role": {
    spec: (value) => `buildUsers: { roles: [{ role: ${value} }] }`,
    bad: [["Our Role", "name-invalid"]],
    good: "builds",
  },
  "buildUsers.roles[].description": text((value) => `buildUsers: { roles: [{ role: a, description: ${value} }] }`),
  "buildUsers.roles[].groups[]": reference((value) => `buildUsers: { roles: [{ role: a, groups: [${value}] }] }`, "k8s"),
  "users.<name>": {
    spec: (value) => `users: { ${value}: { settings: { cores: 1 } } }`,
    bad: [
      ["Ada Lovelace", "name-invalid"],
      ["x".repeat(32), "account-invalid"],
    ],
    good: "ada",
    reader: "group",
    taken: ["Ada Lovelace"],
  },
  ...settingRows("users.*.settings", (lines) => `trustedUsers: [root, ada]\nusers: { ada: { settings: { ${lines} } } }`),
  "volumes.<name>": {
    spec: (value) => `volumes: { ${value}: { mount: /volumes/a } }`,
    bad: [["My Disk", "name-invalid"]],
    good: "disk",
  },
  "volumes.*.mount": {
    spec: (value) => `volumes: { a: { mount: ${value} } }`,
    bad: [
      ['"/volumes/a:b"', "volume-mount"],
      ["/nix/store", "volume-mount"],
      ["volumes/a", "schema-value"],
    ],
    good: "/volumes/a",
    reader: "path",
    taken: ["/nix/store", "volumes/a"],
  },
  "volumes.*.groups[]": reference((value) => `volumes: { a: { mount: /volumes/a, groups: [${value}] } }`, "k8s"),
  ...settingRows("volumes.*.settings", (lines) => `volumes: { a: { mount: /volumes/a, settings: { ${lines} } } }`),
  "hosts.<name>": {
    spec: (value) => `hosts: { ${value}: { system: x86_64-linux, stateVersion: "26.05", deploy: { target: a.example.net } } }`,
    bad: [
      ["meta", "name-conflict"],
      ["defaults", "name-conflict"],
      ["a-", "name-invalid"],
    ],
    good: "box",
    reader: "hive",
    taken: ["a-"],
  },
  "hosts.*.os": {
    spec: (value) => `hosts: { box: { os: ${value}, system: x86_64-linux } }`,
    bad: [
      ["ubuntu", "schema-value"],
      ["darwin", "host-os"],
    ],
    good: "linux",
  },
  "hosts.*.system": {
    spec: (value) => `hosts: { box: { os: linux, system: ${value} } }`,
    bad: [
      ["x86-64", "schema-value"],
      ["riscv64-linux", "host-system-missing"],
    ],
    good: "x86_64-linux",
  },
  "hosts.*.groups[]": reference((value) => host(`groups: [${value}]`), "k8s"),
  "hosts.*.stateVersion": {
    spec: (value) => `hosts: { mac: { system: aarch64-darwin, stateVersion: ${value} } }`,
    bad: [
      ["26", "state-version-unknown"],
      ['"26.05"', "state-version-kind"],
    ],
    good: "6",
    reader: "darwinStateVersion",
  },
  ...settingRows("hosts.*.settings", (lines) => host(`settings: { ${lines} }`)),
  "hosts.*.modules[]": {
    spec: (value) => host(`modules: [${value}]`),
    bad: [
      ["/etc/nixos/configuration.nix", "schema-value"],
      ["./flake.nix", "own-file-generated"],
      ["./hosts/box.txt", "own-file-generated"],
    ],
    good: "./hosts/box.nix",
  },
  "hosts.*.deploy.target": {
    spec: (value) => host(`deploy: { target: ${value} }`),
    bad: [
      ['"127.0.0.300"', "address-invalid"],
      ['"2001:db8:::7"', "address-invalid"],
      ['"box..example.net"', "address-invalid"],
      ['"[::1]"', "address-for-ssh"],
      ['"127.0.0.1:22"', "address-for-ssh"],
    ],
    good: '"127.0.0.1"',
    reader: "address",
  },
  "hosts.*.deploy.user": {
    spec: (value) => host(`deploy: { target: a.example.net, user: ${value} }`),
    bad: [
      ['"ada@home"', "schema-value"],
      ["x".repeat(32), "account-invalid"],
    ],
    good: "ada",
    reader: "group",
  },
  "hosts.*.deploy.tags[]": {
    spec: (value) => host(`deploy: { target: a.example.net, tags: [${value}] }`),
    bad: [
      ['"@web"', "schema-value"],
      ['"a,b"', "schema-value"],
    ],
    good: "web",
  },
  deployer: oneOfWords((value) => `deployer: ${value}`, "ansible", "colmena"),
  "builders[].host": {
    spec: (value) => builder(`host: ${value}`),
    bad: [
      ['"box.example.net:2222"', "address-for-ssh"],
      ['"[2001:db8::7]"', "address-for-ssh"],
      ['"2001:db8:::7"', "address-invalid"],
    ],
    good: '"2001:db8::7"',
    reader: "ssh",
    // ssh takes it for a name.
    taken: ['"2001:db8:::7"'],
  },
  "builders[].protocol": oneOfWords((value) => atBuilder(`protocol: ${value}`), "https", "ssh"),
  "builders[].user": {
    spec: (value) => atBuilder(`user: ${value}`),
    bad: [["x".repeat(32), "account-invalid"]],
    good: "nixremote",
    reader: "group",
  },
  "builders[].systems[]": oneOfWords((value) => atBuilder(`systems: [${value}]`), "arm64", "aarch64-linux"),
  "builders[].features[]": {
    spec: (value) => atBuilder(`features: [${value}]`),
    bad: [
      ["big_parallel", "feature-unknown"],
      ['"kvm,benchmark"', "schema-value"],
    ],
    good: "big-parallel",
  },
  "builders[].mandatoryFeatures[]": {
    spec: (value) => atBuilder(`mandatoryFeatures: [${value}]`),
    bad: [["Benchmark", "feature-unknown"]],
    good: "benchmark",
  },
  "builders[].sshKey": {
    spec: (value) => atBuilder(`sshKey: ${value}`),
    bad: [
      ["/etc/nix/key.pub", "ssh-key-path"],
      ["/etc/nix/%h", "ssh-key-path"],
      ["/nix/store/key", "ssh-key-path"],
      ["~/.ssh/id_ed25519", "schema-value"],
    ],
    good: "/etc/nix/key",
    reader: "privateKey",
    taken: ["/etc/nix/%h", "/nix/store/key", "~/.ssh/id_ed25519"],
  },
  "builders[].publicHostKey": {
    spec: (value) => `builders: [{ host: arm.example.net, publicHostKey: ${value} }]`,
    bad: [
      ["AAAAC3NzaC1lZDI1NTE5AAAAIEw3T0sSYyB4dkxNYXlJbnZlbnRlZEtleQAA", "host-key-invalid"],
      ['"ssh-ed25519 AAAA"', "schema-value"],
    ],
    good: HOST_KEY,
  },
  "images.<name>": {
    spec: (value) => `images: { ${value}: {} }`,
    bad: [
      ["a___b", "image-name-invalid"],
      ["CI", "name-invalid"],
    ],
    good: "ci",
  },
  "images.*.groups[]": reference((value) => `images: { ci: { groups: [${value}] } }`, "k8s"),
  "images.*.name": {
    spec: (value) => `images: { ci: { name: ${value} } }`,
    bad: [
      ['"platform/ci:latest"', "image-name-invalid"],
      ["Platform/ci", "schema-value"],
      ['"registry.example.net:99999/ci"', "image-name-invalid"],
    ],
    good: '"registry.example.net:5000/platform/ci"',
  },
  ci: oneOfWords((value) => `ci: ${value}`, "jenkins", "github"),
  "ci.forges[]": oneOfWords((value) => `ci: { forges: [${value}] }`, "gitlub", "gitlab"),
  "ci.systems[]": {
    spec: (value) => `ci: { forges: [github], systems: [${value}] }`,
    bad: [
      ["riscv64-linux", "reference-unknown"],
      ["linux", "schema-value"],
    ],
    good: "x86_64-linux",
  },
  "ci.runners.<name>": {
    spec: (value) => `ci: { forges: [github], runners: { ${value}: { labels: [own] } } }`,
    bad: [
      ["riscv64-linux", "system-unused"],
      ["linux", "schema-value"],
    ],
    good: "x86_64-linux",
  },
  "ci.runners.*.labels[]": {
    spec: (value) => `ci: { forges: [github], runners: { x86_64-linux: { labels: [${value}] } } }`,
    bad: [['"self hosted"', "schema-value"]],
    good: "self-hosted",
  },
  "ci.cache.cachix": {
    spec: (value) => `ci: { forges: [github], cache: { cachix: ${value} } }`,
    bad: [["acme.cachix.org", "schema-value"]],
    good: "acme",
  },
  "ci.cache.store": {
    spec: (value) => `ci: { forges: [github], cache: { store: ${value} } }`,
    bad: [["s3", "schema-value"]],
    good: "actions",
  },
  updates: oneOfWords((value) => `updates: ${value}`, "bot", "renovate"),
  "updates.bot": oneOfWords((value) => `updates: { bot: ${value} }`, "mergify", "renovate"),
  "updates.every": oneOfWords((value) => `updates: { bot: renovate, every: ${value} }`, "weekly", "week"),
  "updates.minimumAge": oneOfWords((value) => `updates: { bot: renovate, minimumAge: ${value} }`, "3 days", "3d"),
  repository: oneOfWords((value) => `repository: ${value}`, "https://github.com/acme/platform", "github:acme/platform"),
  "network.proxy": {
    spec: (value) => `network: { proxy: ${value} }`,
    bad: [
      ['"proxy.example.net:3128"', "proxy-address"],
      ["htp://proxy.example.net:3128", "proxy-address"],
    ],
    good: "http://proxy.example.net:3128",
  },
  "network.noProxy[]": {
    spec: (value) => `network: { proxy: "http://proxy.example.net:3128", noProxy: [${value}] }`,
    bad: [
      ['"*.example.net"', "no-proxy-entry"],
      ['"a,b"', "schema-value"],
    ],
    good: ".example.net",
  },
  "network.caBundle": oneOfWords((value) => `network: { caBundle: ${value} }`, "~/ca.pem", "/etc/ssl/certs/company.pem"),
  "policy.nixpkgs.maxAge": oneOfWords((value) => `policy: { nixpkgs: { maxAge: ${value} } }`, "2 months", "60d"),
  "policy.licenses.deny[]": {
    spec: (value) => `policy: { licenses: { deny: [${value}] } }`,
    bad: [["GPLv3", "policy-license-unknown"]],
    good: "SSPL-1.0",
  },
  "policy.closure.<name>": reference((value) => `policy: { closure: { ${value}: 2GiB } }`, "k8s"),
  "policy.closure.*": oneOfWords((value) => `policy: { closure: { k8s: ${value} } }`, "2 gigabytes", "2GiB"),
  "lint[].code": {
    spec: (value) => `trustedUsers: [root, ada]\nlint: [{ code: ${value}, why: the test }]`,
    bad: [
      ["nope", "lint-unused"],
      ["schema-type", "lint-unused"],
    ],
    good: "trusted-user-is-root",
  },
  "lint[].at": {
    spec: (value) => `trustedUsers: [root, ada]\nlint: [{ code: trusted-user-is-root, at: ${value}, why: the test }]`,
    bad: [['"trustedUsers[9]"', "lint-unused"]],
    good: '"trustedUsers[1]"',
  },
  "lint[].why": {
    spec: (value) => `trustedUsers: [root, ada]\nlint: [{ code: trusted-user-is-root, why: ${value} }]`,
    bad: [['""', "lint-without-why"]],
    good: "the test",
  },
};

/** Findings about the rest of a row's spec. */
const ASIDE = new Set(["trusted-user-is-root", "setting-too-new"]);

const whole = (lines: string): string =>
  ["version: 1", "name: demo", `nixpkgs: ${COMMIT}`, GROUP]
    .filter((one) => !new RegExp(`^${one.split(":")[0]}:`, "m").test(lines))
    .concat(lines, "")
    .join("\n");

test("every key that takes text has a row, and every row is a key", () => {
  assert.equal(Object.keys(ROWS).sort(), stringKeys());
});

for (const [key, { spec, bad, good }] of Object.entries(ROWS)) {
  for (const [value, code] of bad)
    test(`${key}: ${value.slice(0, 50)} is ${code}`, () => {
      const found = codes(compileText(whole(spec(value))).diagnostics).filter((one) => !ASIDE.has(one) || one === code);
      assert.equal([...new Set(found)], [code], whole(spec(value)));
    });
  test(`${key}: ${good.slice(0, 50)} is accepted`, () => {
    const found = codes(compileText(whole(spec(good))).diagnostics).filter((one) => !ASIDE.has(one));
    assert.equal(found, [], whole(spec(good)));
  });
}

for (const [key, { bad, good, reader, given = (value: string) => value, taken = [] }] of Object.entries(ROWS)) {
  const asked = reader === undefined ? undefined : READERS[reader];
  if (!asked) continue;
  needs(test, asked.tools)(`${key}: ${reader} agrees`, async () => {
    for (const [value] of bad)
      if (!taken.includes(value)) assert.is(await asked.takes(given(unquoted(value))), false, `${reader} takes ${value}`);
    assert.is(await asked.takes(given(unquoted(good))), true, `${reader} refuses ${good}`);
  });
}

/** The readers of values whose findings need the command line or a file. */
needs(test, ["bash"])("bash refuses what hook-syntax reports", () => {
  for (const code of ["if true; then", "echo ("]) assert.is(status("bash", ["-n", "-c", code]) === 0, false, code);
});

test.run();
