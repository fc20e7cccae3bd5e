import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../generator/commands/check.ts";
import { diff } from "../generator/commands/diff.ts";
import { generate, generateInSession } from "../generator/commands/generate.ts";
import { importFiles } from "../generator/commands/import.ts";
import type { Options, Outcome, Terminal } from "../generator/commands/outcome.ts";
import { openSession } from "../generator/commands/session.ts";
import { show } from "../generator/commands/show.ts";
import { watch } from "../generator/commands/watch.ts";
import { isSecretName } from "../generator/knowledge/secret-forms.ts";
import { allSettings } from "../generator/knowledge/settings.ts";
import { explanationOf } from "../generator/lint/rules.ts";
import { toGithub } from "../generator/report/github.ts";
import { toJson } from "../generator/report/json.ts";
import { toSarif } from "../generator/report/sarif.ts";
import { toText } from "../generator/report/text.ts";
import { nodeSystem } from "../generator/system/node-system.ts";
import { base, head, KEY, settings } from "./support/diagnostic-rows.ts";
import { repository } from "./support/spec.ts";
import { tempFolder } from "./support/temp.ts";

/*
 * No secret of a spec or of an imported file leaves the program: every form of a secret in every place, through every command that reads
 * one and every format. The first version (a2c2472) prints, for one, the second token
 * of a text, a misspelt access-tokens, and the lines of a nix.conf that it refuses.
 */

const folder = tempFolder();
const system = nodeSystem(folder, process.env);
const options: Options = {
  spec: "spec.yaml",
  out: "out",
  force: false,
  dryRun: false,
  strict: false,
  knowledge: join(repository, "generator/knowledge"),
};

const alnum = (length: number, shift = 0) =>
  Array.from({ length }, (_, at) => "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYz"[(at * 7 + shift) % 33]).join("");
const hex = (length: number) => Array.from({ length }, (_, at) => "0f1e2d3c4b5a69788796"[(at * 3) % 20]).join("");
const upper = (length: number) => alnum(length).toUpperCase();

/** A secret as it is written, and what of it must not be seen. */
type Form = readonly [written: string, secret?: string];

const FORMS: readonly Form[] = [
  [`ghp_${alnum(36)}`],
  [`gho_${alnum(36, 1)}`],
  [`github_pat_${alnum(22)}_${alnum(59, 2)}`],
  [`glpat-${alnum(20)}`],
  [`glrt-${alnum(24)}`],
  [`AKIA${upper(16)}`],
  [`AIza${alnum(35)}`],
  [`dop_v1_${hex(64)}`],
  [`hvs.${alnum(90)}`],
  [`xoxb-123456789012-${alnum(24)}`],
  [`npm_${alnum(36)}`],
  [`pypi-AgEI${alnum(80)}`],
  [`dckr_pat_${alnum(27)}`],
  [`tskey-auth-${alnum(16)}-${alnum(32)}`],
  [`sk-ant-${alnum(40)}`],
  [`sk_live_${alnum(24)}`],
  [`eyJhbGciOiJIUzI1NiJ9.eyJ${alnum(40)}.${alnum(43)}`],
  [`https://ada:correct-horse-battery@cache.example.org`, "correct-horse-battery"],
  [`postgres://app:s3cr3t-of-the-database@db.example.org/app`, "s3cr3t-of-the-database"],
  [`https://${alnum(40)}@github.com/acme/private`, alnum(40)],
  [`https://cache.example.org/nix?token=${alnum(24)}`, alnum(24)],
  [`https://cache.example.org/nix?X-Amz-Signature=${hex(64)}`, hex(64)],
  [`machine cache.example.org login ada password ${alnum(14)}`, alnum(14)],
  [`DB_PASSWORD=correct-horse-battery`, "correct-horse-battery"],
  [`GITHUB_TOKEN=${hex(40)}`, hex(40)],
  [`cache.example.org-1:${alnum(86)}==`, alnum(86)],
  [`AGE-SECRET-KEY-1${upper(58)}`],
  [`-----BEGIN OPENSSH PRIVATE KEY----- ${alnum(120)} -----END OPENSSH PRIVATE KEY-----`, alnum(120)],
  [`-----BEGIN PGP PRIVATE KEY BLOCK----- ${alnum(120)} -----END PGP PRIVATE KEY BLOCK-----`, alnum(120)],
  [
    Buffer.from(`-----BEGIN OPENSSH PRIVATE KEY-----\n${alnum(90)}\n-----END OPENSSH PRIVATE KEY-----\n`)
      .toString("base64")
      .replaceAll("\n", ""),
  ],
  [`hf_${alnum(34)}`],
  [`glsa_${alnum(32)}_${hex(8)}`],
  [`SG.${alnum(22)}.${alnum(43)}`],
  [`${alnum(14)}.atlasv1.${alnum(67)}`, alnum(67)],
  [`ATATT3${alnum(80)}`],
  [`dapi${hex(32)}`],
  [`dp.pt.${alnum(43)}`],
  [`shpat_${hex(32)}`],
  [`123456789:AA${alnum(33)}`],
  [`Authorization: Bearer ${alnum(40)}`, alnum(40)],
];

/** Ten equal characters are no coincidence. */
function leaks(output: string, secret: string): string | undefined {
  for (let at = 0; at + 10 <= secret.length; at++)
    if (output.includes(secret.slice(at, at + 10))) return secret.slice(at, at + 10);
  return undefined;
}

/** Everything that a run prints in any format. */
function printed({ report, output, notes, summary, data }: Outcome): string {
  return [
    toText(report, false),
    toJson(report, 2),
    toGithub(report),
    toSarif(report, "0.0.0", explanationOf),
    output,
    ...notes,
    summary,
    JSON.stringify(data ?? null),
  ].join("\n");
}

const q = (text: string) => JSON.stringify(text);
const url = `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`;

/** Places of a spec. Valid or not: what a text is in the wrong place may be a secret, too. */
const SPEC_PLACES: Readonly<Record<string, (secret: string) => string>> = {
  "the name": (s) => head.replace("demo", q(s)),
  "the description": (s) => `${base}description: ${q(s)}\n`,
  nixpkgs: (s) => base.replace(/nixpkgs: .*/, `nixpkgs: ${q(s)}`),
  "nixpkgs.url": (s) => base.replace(/nixpkgs: .*/, `nixpkgs: { url: ${q(s)} }`),
  "an unfree name": (s) => base.replace(/nixpkgs: (.*)/, `nixpkgs: { url: "github:NixOS/nixpkgs/$1", unfree: [${q(s)}] }`),
  "a system": (s) => `${base}systems: [${q(s)}]\n`,
  "an input": (s) => `${base}inputs: { other: ${q(s)} }\n`,
  "a group's name": (s) => `${head}groups:\n  ${q(s)}: { packages: [git] }\n`,
  "a group's title": (s) => `${head}groups: { k8s: { title: ${q(s)}, packages: [git] } }\n`,
  "a package": (s) => `${head}groups: { k8s: { packages: [${q(s)}] } }\n`,
  "a package's description": (s) => `${head}groups: { k8s: { packages: [{ package: git, description: ${q(s)} }] } }\n`,
  "a package's version": (s) => `${head}groups: { k8s: { packages: [{ package: git, version: ${q(s)} }] } }\n`,
  "a package's input": (s) => `${head}groups: { k8s: { packages: [{ package: git, from: ${q(s)} }] } }\n`,
  "a variable": (s) => `${base}shells: { k8s: { env: { EDITOR: ${q(s)} } } }\n`,
  "a variable's name": (s) => `${base}shells: { k8s: { env: { ${q(s)}: x } } }\n`,
  "a path variable": (s) => `${base}shells: { k8s: { env: { PATH: { prepend: [${q(s)}] } } } }\n`,
  "a file of variables": (s) => `${base}shells: { k8s: { envFiles: [${q(s)}] } }\n`,
  "a hook": (s) => `${base}shells:\n  k8s:\n    hook: |\n      echo hello\n      curl ${s}\n`,
  "a broken hook": (s) => `${base}shells:\n  k8s:\n    hook: |\n      if true\n      curl ${s}\n`,
  "a command": (s) => `${base}commands: { deploy: { run: ${q(`curl ${s}`)} } }\n`,
  "a command's help": (s) => `${base}commands: { deploy: { help: ${q(s)}, run: echo } }\n`,
  "a setting": (s) => settings(`bash-prompt: ${q(s)}`),
  "a setting's name": (s) => settings(`${q(s)}: 1`),
  "a setting of another type": (s) => settings(`cores: ${q(s)}`),
  "a list setting": (s) => settings(`system-features: [${q(s)}]`),
  "netrc-file": (s) => settings(`netrc-file: ${q(s)}`),
  "an unknown setting": (s) => settings(`kores: ${q(s)}`),
  "a user's setting": (s) => `${base}users: { ada: { settings: { bash-prompt: ${q(s)} } } }\n`,
  "a user's name": (s) => `${base}users: { ${q(s)}: { settings: { cores: 1 } } }\n`,
  "a cache's address": (s) => url.replace("https://cache.example.org\n", `${q(s)}\n`),
  "a cache's key": (s) => url.replace(KEY, q(s)),
  "a trusted user": (s) => `${base}trustedUsers: [${q(s)}]\n`,
  "a builder's host": (s) => `${base}builders: [{ host: ${q(s)} }]\n`,
  "a builder's key": (s) => `${base}builders: [{ host: arm, publicHostKey: ${q(s)} }]\n`,
  "a builder's sshKey": (s) => `${base}builders: [{ host: arm, sshKey: ${q(s)} }]\n`,
  "a host's name": (s) => `${base}hosts: { ${q(s)}: { system: x86_64-linux } }\n`,
  "a host's address": (s) =>
    `${base}hosts: { web: { system: x86_64-linux, stateVersion: "26.05", deploy: { target: ${q(s)} } } }\n`,
  "a reason under lint": (s) => `${base}lint: [{ code: package-unknown, at: groups, why: ${q(s)} }]\n`,
  "an include": (s) => `include: [${q(s)}]\n${base}`,
  "requires ": (s) => `requires: ${q(s)}\n${base}`,
  "a comment": (s) => `${base}# ${s}\n`,
  "a comment beside a mistake": (s) => `${base}kores: 1 # ${s}\n`,
  "an unknown key": (s) => `${base}${q(s)}: 1\n`,
  "an unknown key's value": (s) => `${base}nonsense: ${q(s)}\n`,
  "a list in place of a map": (s) => `${head}groups: [${q(s)}]\n`,
  "a map in place of text": (s) => `${base}description: { a: ${q(s)} }\n`,
  "duplicate keys": (s) => `${base}description: x\ndescription: ${q(s)}\n`,
  "text that is not YAML": (s) => `${base}nonsense: [${q(s)}\nmore: }\n`,
  "an unclosed quote": (s) => `${base}description: "${s}\n`,
  "a tag": (s) => `${base}description: !secret ${q(s)}\n`,
  "an alias": (s) => `${base}description: *none # ${s}\n`,
  "a tab before": (s) => `${base}description:\n\t- ${q(s)}\n`,
};

/** Places of foreign files. */
const FOREIGN_PLACES: Readonly<Record<string, readonly [file: string, text: (secret: string) => string]>> = {
  "nix.conf: a value": ["nix.conf", (s) => `bash-prompt = ${s}\n`],
  "nix.conf: an unknown setting": ["nix.conf", (s) => `kores = ${s}\n`],
  "nix.conf: a line that Nix refuses": ["nix.conf", (s) => `max-jobs=4 ${s}\n`],
  "nix.conf: a comment": ["nix.conf", (s) => `# ${s}\ncores = 2\n`],
  "nix.conf: a substituter": ["nix.conf", (s) => `substituters = https://cache.nixos.org ${s}\n`],
  "nix.conf: a key": ["nix.conf", (s) => `trusted-public-keys = ${s}\n`],
  "nix.conf: a value set twice": ["nix.conf", (s) => `netrc-file = ${s}\nnetrc-file = /etc/nix/netrc\n`],
  "nix.conf: an extra- line that is dropped": [
    "nix.conf",
    (s) => `extra-system-features = ${s}\nsystem-features = kvm\nextra-system-features = big\n`,
  ],
  "nix.conf: an include": ["nix.conf", (s) => `include ${s}\n`],
  "nix.conf: builders": ["nix.conf", (s) => `builders = ssh://root@${s} x86_64-linux\n`],
  "nix.conf: a user's": ["home/ada/.config/nix/nix.conf", (s) => `bash-prompt = ${s}\n`],
  "devbox: a package": ["devbox.json", (s) => `{"packages": [${q(s)}]}`],
  "devbox: a flake": ["devbox.json", (s) => `{"packages": [${q(`git+https://example.org/${s}#x`)}]}`],
  "devbox: a package's version": ["devbox.json", (s) => `{"packages": {"git": ${q(s)}}}`],
  "devbox: a variable": ["devbox.json", (s) => `{"packages": [], "env": {"EDITOR": ${q(s)}}}`],
  "devbox: a variable's name": ["devbox.json", (s) => `{"packages": [], "env": {${q(s)}: "x"}}`],
  "devbox: init_hook": ["devbox.json", (s) => `{"packages": [], "shell": {"init_hook": [${q(`curl ${s}`)}]}}`],
  "devbox: a script": ["devbox.json", (s) => `{"packages": [], "shell": {"scripts": {"x": ${q(`curl ${s}`)}}}}`],
  "devbox: a script's name": ["devbox.json", (s) => `{"packages": [], "shell": {"scripts": {${q(s)}: "true"}}}`],
  "devbox: an unknown key": ["devbox.json", (s) => `{"packages": [], ${q(s)}: 1}`],
  "devbox: a comment": ["devbox.json", (s) => `{"packages": [ // ${s}\n"git"]}`],
  "devbox: the name": ["devbox.json", (s) => `{"packages": ["git"], "name": ${q(s)}, "description": ${q(s)}}`],
  "devbox: a plugin": ["devbox.json", (s) => `{"packages": [], "include": [${q(s)}]}`],
  "devbox: env_from": ["devbox.json", (s) => `{"packages": [], "env_from": ${q(s)}}`],
  "devbox: what is no JSON": ["devbox.json", (s) => `{"packages": [], "env": {"A": ${q(s)} "B": 1}}`],
  "tool-versions: a version": [".tool-versions", (s) => `nodejs ${s}\n`],
  "tool-versions: a tool": [".tool-versions", (s) => `${s} 1.0\n`],
  "tool-versions: a comment": [".tool-versions", (s) => `# ${s}\nnodejs 20\n`],
  "mise: a version": ["mise.toml", (s) => `[tools]\nnode = ${q(s)}\n`],
  "mise: a tool": ["mise.toml", (s) => `[tools]\n${q(s)} = "1"\n`],
  "mise: a variable": ["mise.toml", (s) => `[env]\nEDITOR = ${q(s)}\n`],
  "mise: a file": ["mise.toml", (s) => `[env]\n_.file = ${q(s)}\n`],
  "mise: a path": ["mise.toml", (s) => `[env]\n_.path = ${q(s)}\n`],
  "mise: a task": ["mise.toml", (s) => `[tasks.x]\nrun = ${q(`curl ${s}`)}\n`],
  "mise: a task's variable": ["mise.toml", (s) => `[tasks.x]\nrun = "true"\nenv = { EDITOR = ${q(s)} }\n`],
  "mise: a task's shell": ["mise.toml", (s) => `[tasks.x]\nrun = "true"\nshell = ${q(s)}\n`],
  "mise: an alias": ["mise.toml", (s) => `[shell_alias]\nx = ${q(s)}\n`],
  "mise: a hook": ["mise.toml", (s) => `[hooks]\nenter = ${q(`curl ${s}`)}\n`],
  "mise: what is no TOML": ["mise.toml", (s) => `[env]\nA = ${q(s)} B\n`],
  "devenv: an input": ["devenv.yaml", (s) => `inputs:\n  other:\n    url: ${q(s)}\n`],
  "devenv: an input's name": ["devenv.yaml", (s) => `inputs:\n  ${q(s)}:\n    url: github:NixOS/nixpkgs\n`],
  "devenv: nixpkgs": ["devenv.yaml", (s) => `inputs:\n  nixpkgs:\n    url: ${q(s)}\n`],
  "devenv: an import": ["devenv.yaml", (s) => `imports: [${q(s)}]\n`],
  "devenv: an unknown key": ["devenv.yaml", (s) => `${q(s)}: 1\n`],
  "devenv: a comment": ["devenv.yaml", (s) => `inputs:\n  # ${s}\n  nixpkgs:\n    url: github:NixOS/nixpkgs\n`],
  "devenv: what is no YAML": ["devenv.yaml", (s) => `inputs: [${q(s)}\nmore: }\n`],
};

const COUNT = `${Object.keys(SPEC_PLACES).length + Object.keys(FOREIGN_PLACES).length} places × ${FORMS.length} forms`;

const test = suite("no secret is printed");

test(`${COUNT}: enough of them`, () => {
  assert.ok(Object.keys(SPEC_PLACES).length + Object.keys(FOREIGN_PLACES).length >= 98);
  assert.ok(FORMS.length >= 40);
});

/** Fails with all leaks at once. */
const assertNone = (found: readonly string[]) => assert.equal(found, []);

test("a spec: every form in every place, in every format", async () => {
  const session = await openSession(system, options);
  const found: string[] = [];
  for (const [place, text] of Object.entries(SPEC_PLACES))
    for (const [written, secret = written] of FORMS) {
      writeFileSync(join(folder, "spec.yaml"), text(written));
      // Without `apply`: a spec with a secret compiles to nothing.
      const leak = leaks(printed(await generateInSession(system, { ...options, dryRun: true }, session)), secret);
      if (leak) found.push(`${place}: ${written}: ${leak}`);
    }
  assertNone(found);
});

const terminal = (outcomes: Outcome[]): Terminal => {
  const controller = new AbortController();
  return {
    show(outcome) {
      outcomes.push(outcome);
      controller.abort();
    },
    interruption: () => controller.signal,
    input: process.stdin,
    output: process.stdout,
    progress() {},
  };
};

test("a spec: every place and every form through check, diff, generate, show and watch", async () => {
  const found: string[] = [];
  for (const [index, [place, text]] of Object.entries(SPEC_PLACES).entries()) {
    const [written, secret = written] = FORMS[index % FORMS.length] ?? [""];
    writeFileSync(join(folder, "spec.yaml"), text(written));
    const watched: Outcome[] = [];
    await watch(system, options, terminal(watched));
    for (const [name, outcome] of [
      ["check", await check(system, options)],
      ["diff", await diff(system, options)],
      ["generate", await generate(system, options)],
      ["show", await show(system, options)],
      ...watched.map((one) => ["watch", one] as const),
    ] as const) {
      const leak = leaks(printed(outcome), secret);
      if (leak) found.push(`${name}: ${place}: ${written}: ${leak}`);
    }
    rmSync(join(folder, "out"), { recursive: true, force: true });
  }
  assertNone(found);
});

test("import: every form in every place of every format", async () => {
  const found: string[] = [];
  for (const [place, [file, text]] of Object.entries(FOREIGN_PLACES)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    for (const [written, secret = written] of FORMS) {
      writeFileSync(join(folder, file), text(written));
      const leak = leaks(printed(await importFiles(system, options, [file])), secret);
      if (leak) found.push(`${place}: ${written}: ${leak}`);
    }
  }
  assertNone(found);
});

/** What only its name gives away. */
const OPAQUE = ["correct-horse-battery", "Zk3vWq8LxPnR5tYb2mHc"];
const SPEC_NAMES: Readonly<Record<string, (secret: string) => string>> = {
  "access-tokens": (s) => settings(`access-tokens: { github.com: ${s} }`),
  "access-tokens as text": (s) => settings(`access-tokens: "github.com=x1y2z3a4 gitlab.com=${s}"`),
  "access-tokens as a list": (s) => settings(`access-tokens: ["github.com=x1y2z3a4", "gitlab.com=${s}"]`),
  "extra-access-tokens": (s) => settings(`extra-access-tokens: gitlab.com=${s}`),
  ...Object.fromEntries(
    ["acess-tokens", "access-token", "accesstokens", "access_tokens", "access-tokesn", "acces-tokns", "AccessTokens"].flatMap(
      (name): [string, (secret: string) => string][] => [
        [`${name}, a map`, (s) => settings(`${name}: { github.com: ${s} }`)],
        [`${name}, text`, (s) => settings(`${name}: github.com=abcd1234 gitlab.com=${s}`)],
        [`${name}, at the top`, (s) => `${base}${name}:\n  github.com: ${s}\n`],
        [`${name}, of a user`, (s) => `${base}users: { ada: { settings: { ${name}: gitlab.com=${s} } } }\n`],
      ],
    ),
  ),
  "access-tokens twice": (s) => settings(`access-tokens: { a: ${s} }\naccess-tokens: { b: ${s} }`),
  "access-tokens in what is no YAML": (s) => settings(`access-tokens:\n  github.com: ${s}\ncores: [`),
  ...Object.fromEntries(
    ["DB_PASSWORD", "githubToken", "api-key", "NPM_AUTH_TOKEN", "aws_secret_access_key", "client.secret"].flatMap(
      (name): [string, (secret: string) => string][] => [
        [`${name} in env`, (s) => `${base}shells: { k8s: { env: { ${name}: ${s} } } }\n`],
        [`${name} twice in env`, (s) => `${base}shells: { k8s: { env: { ${name}: x, ${name}: ${s} } } }\n`],
        [`${name}, an unknown setting`, (s) => settings(`${name}: ${s}`)],
        [`${name}, an unknown key`, (s) => `${base}${name}: ${s}\n`],
        [`${name} in impure-env`, (s) => settings(`impure-env: { ${name}: ${s} }`)],
        [`${name} in what is no YAML`, (s) => `${base}${name}: ${s}\nmore: [\n`],
        [`${name} where it is a comment of a broken line`, (s) => `${base}more: } # ${name}: ${s}\n`],
      ],
    ),
  ),
};

test("a spec: what a name gives away, also a misspelt one", async () => {
  const session = await openSession(system, options);
  const found: string[] = [];
  for (const [place, text] of Object.entries(SPEC_NAMES))
    for (const secret of OPAQUE) {
      writeFileSync(join(folder, "spec.yaml"), text(secret));
      const leak = leaks(printed(await generateInSession(system, { ...options, dryRun: true }, session)), secret);
      if (leak) found.push(`${place}: ${leak}`);
    }
  assertNone(found);
});

const FOREIGN_NAMES: readonly (readonly [file: string, text: (secret: string) => string])[] = [
  ["nix.conf", (s) => `access-tokens = github.com=abcd1234 gitlab.com=${s}\n`],
  ["nix.conf", (s) => `acess-tokens = github.com=abcd1234 gitlab.com=${s}\n`],
  ["nix.conf", (s) => `access-tokens=gitlab.com=${s}\n`],
  ["nix.conf", (s) => `# access-tokens = github.com=${s}\ncores = 2\n`],
  ["nix.conf", (s) => `github_token = ${s}\n`],
  ["nix.conf", (s) => `impure-env = DB_PASSWORD=${s}\n`],
  ["devbox.json", (s) => `{"packages": [], "env": {"githubToken": ${q(s)}}}`],
  ["devbox.json", (s) => `{"packages": [], "env": {"DB_PASSWORD": ${q(s)}, }`],
  ["devbox.json", (s) => `{"packages": [], "env": {"DB_PASSWORD": ${q(s)}, "DB_PASSWORD": "x"}}`],
  ["devbox.json", (s) => `{"packages": [], // password: ${s}\n}`],
  ["mise.toml", (s) => `[env]\nDB_PASSWORD = ${q(s)}\n`],
  ["mise.toml", (s) => `[env]\nDB_PASSWORD = { value = ${q(s)}, redact = false }\n`],
  ["mise.toml", (s) => `[env]\nDB_PASSWORD = { default = ${q(s)} }\n`],
  ["mise.toml", (s) => `[env]\nDB_PASSWORD = ${q(s)} x\n`],
  ["mise.toml", (s) => `[tasks.x]\nrun = "true"\nenv = { DB_PASSWORD = ${q(s)} }\n`],
  ["mise.toml", (s) => `[settings]\ngithub_token = ${q(s)}\n`],
  [".tool-versions", (s) => `# api_key: ${s}\nnodejs 20\n`],
  ["devenv.yaml", (s) => `inputs: {}\npassword: ${s}\n`],
  ["devenv.yaml", (s) => `inputs: [\npassword: ${s}\n`],
];

test("import: what a name gives away", async () => {
  const found: string[] = [];
  for (const [file, text] of FOREIGN_NAMES)
    for (const secret of OPAQUE) {
      writeFileSync(join(folder, file), text(secret));
      const leak = leaks(printed(await importFiles(system, options, [file])), secret);
      if (leak) found.push(`${text(secret)}: ${leak}`);
    }
  assertNone(found);
});

test("diff and generate show no secret that somebody put into a generated file", async () => {
  writeFileSync(join(folder, "spec.yaml"), settings("cores: 2"));
  await generate(system, { ...options, strict: false });
  for (const [written, secret = written] of [
    ...FORMS,
    ...OPAQUE.map((s) => [`access-tokens = github.com=${s}`, s] as const),
    ...OPAQUE.map((s) => [`github_token: ${s}`, s] as const),
  ]) {
    writeFileSync(join(folder, "out/flake.nix"), `# ${written}\n`);
    for (const run of [diff, generate, check]) assert.is(leaks(printed(await run(system, options)), secret), undefined, written);
  }
});

test("no key of the spec and no setting of Nix but access-tokens has the name of a secret", async () => {
  const names = allSettings().flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
  assert.equal(names.filter(isSecretName), []);
  const schema = await import("../spec/flakewright.schema.json", { with: { type: "json" } });
  const keys = [...JSON.stringify(schema.default).matchAll(/"([A-Za-z-]+)":\{/g)].map(([, key = ""]) => key);
  assert.ok(keys.includes("publicKey"));
  assert.equal([...new Set(keys)].filter(isSecretName), []);
});

test.run();
