import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add } from "../generator/commands/add.ts";
import { adopt } from "../generator/commands/adopt.ts";
import { check } from "../generator/commands/check.ts";
import { diff } from "../generator/commands/diff.ts";
import { generate, generateInSession } from "../generator/commands/generate.ts";
import { importFiles } from "../generator/commands/import.ts";
import { maskedOutcome } from "../generator/commands/masked-outcome.ts";
import type { Options, Outcome, Terminal } from "../generator/commands/outcome.ts";
import { outdated } from "../generator/commands/outdated.ts";
import { pin } from "../generator/commands/pin.ts";
import { remove } from "../generator/commands/remove.ts";
import { search } from "../generator/commands/search.ts";
import { openSession } from "../generator/commands/session.ts";
import { show } from "../generator/commands/show.ts";
import { upgrade } from "../generator/commands/upgrade.ts";
import { watch } from "../generator/commands/watch.ts";
import { isSecretName } from "../generator/knowledge/secret-names.ts";
import { allSettings } from "../generator/knowledge/settings.ts";
import { nodeSystem } from "../generator/system/node-system.ts";
import { base, settings } from "./support/diagnostic-rows.ts";
import { optionsFor } from "./support/options.ts";
import { FORMS, type Form, leaks, OPAQUE, printed } from "./support/secret-forms.ts";
import { SPEC_PLACES } from "./support/secret-places.ts";
import { tempFolder } from "./support/temp.ts";

/*
 * No secret of a spec or of an imported file leaves the program: every form of a secret in every place, through every command that reads
 * one and every format. The first version (a2c2472) prints, for one, the second token
 * of a text, a misspelt access-tokens, and the lines of a nix.conf that it refuses.
 */

const folder = tempFolder();
const system = nodeSystem(folder, process.env);
const options: Options = optionsFor();

const q = (text: string) => JSON.stringify(text);

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
  "mise: a task's name": ["mise.toml", (s) => `[tasks.${q(s)}]\nrun = "true"\n`],
  "Brewfile: a formula": ["Brewfile", (s) => `brew ${q(s)}\n`],
  "Brewfile: a tap": ["Brewfile", (s) => `tap ${q(s)}, ${q(s)}\nbrew "git", args: [${q(s)}] # ${s}\n`],
  "aqua: a package": [
    "aqua.yaml",
    (s) => `packages:\n- name: ${q(s)}\n- { name: a/b@v1, registry: ${q(s)} }\n- import: ${q(s)}\n`,
  ],
  "devenv.nix: a script": [
    "devenv.nix",
    (s) => `{ pkgs, ... }: {\n  # ${s}\n  scripts.${q(s)}.exec = "x";\n  enterShell = ${q(s)};\n}\n`,
  ],
  "devbox: another nixpkgs": ["devbox.json", (s) => `{"packages": [${q(`github:NixOS/nixpkgs/${s}#jq`)}]}`],
  "devenv: an input": ["devenv.yaml", (s) => `inputs:\n  other:\n    url: ${q(s)}\n`],
  "devenv: an input's name": ["devenv.yaml", (s) => `inputs:\n  ${q(s)}:\n    url: github:NixOS/nixpkgs\n`],
  "devenv: nixpkgs": ["devenv.yaml", (s) => `inputs:\n  nixpkgs:\n    url: ${q(s)}\n`],
  "devenv: an import": ["devenv.yaml", (s) => `imports: [${q(s)}]\n`],
  "devenv: an unknown key": ["devenv.yaml", (s) => `${q(s)}: 1\n`],
  "devenv: a comment": ["devenv.yaml", (s) => `inputs:\n  # ${s}\n  nixpkgs:\n    url: github:NixOS/nixpkgs\n`],
  "devenv: what is no YAML": ["devenv.yaml", (s) => `inputs: [${q(s)}\nmore: }\n`],
};

/** How many forms a place is tried with where each form costs more than a compilation; `npm run secrets` tries all. */
const FORMS_EACH = Number(process.env["SECRET_FORMS"] ?? 1);

/** The forms that a place is tried with, each place with others: a fourth of all, or what SECRET_FORMS says. */
const formsFor = (place: number): readonly Form[] => {
  const step = process.env["SECRET_FORMS"] ? Math.max(1, Math.floor(FORMS.length / FORMS_EACH)) : 4;
  return FORMS.filter((_, index) => (index + place) % step === 0);
};

/** Writes a new file: to write anew into an old one waits for the disk. */
const put = (path: string, text: string): void => {
  rmSync(path, { force: true });
  writeFileSync(path, text);
};

const COUNT = `${Object.keys(SPEC_PLACES).length + Object.keys(FOREIGN_PLACES).length} places × ${FORMS.length} forms`;

const test = suite("no secret is printed");

test(`${COUNT}: enough of them`, () => {
  assert.ok(Object.keys(SPEC_PLACES).length + Object.keys(FOREIGN_PLACES).length >= 98);
  assert.ok(FORMS.length >= 40);
});

/** Fails with all leaks at once. */
const assertNone = (found: readonly string[]) => assert.equal(found, []);

test("a spec: every place and every form, in every format", async () => {
  const session = await openSession(system, options);
  const found: string[] = [];
  for (const [index, [place, text]] of Object.entries(SPEC_PLACES).entries())
    for (const [written, secret = written] of formsFor(index)) {
      put(join(folder, "spec.yaml"), text(written));
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

/** Commands that read the spec and print little of it. */
const othersOf = async (): Promise<readonly (readonly [string, Outcome])[]> => [
  ["show a place", await show(system, options, "groups")],
  ["add", await add(system, { ...options, group: "k8s" }, ["jq"])],
  ["remove", await remove(system, options, ["kubectl"])],
  ["upgrade", await upgrade(system, options, "26.05")],
  ["outdated", await outdated(system, options)],
  ["adopt", await adopt(system, options)],
  ["pin", await pin(system, { ...options, index: join(folder, "none") }, [])],
  ["search", await search(system, options, "kubectl")],
];

test("a spec: every place and every form through each command that reads one", async () => {
  const found: string[] = [];
  for (const [index, [place, text]] of Object.entries(SPEC_PLACES).entries()) {
    const [written, secret = written] = FORMS[index % FORMS.length] ?? [""];
    put(join(folder, "spec.yaml"), text(written));
    const watched: Outcome[] = [];
    await watch(system, options, terminal(watched));
    for (const [name, outcome] of [
      ["check", await check(system, options)],
      ["diff", await diff(system, options)],
      ["generate", await generate(system, options)],
      ["show", await show(system, options)],
      ...(index % 4 === 0 || FORMS_EACH > 1 ? await othersOf() : []),
      ...watched.map((one) => ["watch", one] as const),
    ] as const) {
      const leak = leaks(printed(maskedOutcome(outcome)), secret);
      if (leak) found.push(`${name}: ${place}: ${written}: ${leak}`);
    }
    rmSync(join(folder, "out"), { recursive: true, force: true });
  }
  assertNone(found);
});

test("import: every place of every format and every form", async () => {
  const found: string[] = [];
  for (const [index, [place, [file, text]]] of Object.entries(FOREIGN_PLACES).entries()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    for (const [written, secret = written] of formsFor(index)) {
      put(join(folder, file), text(written));
      const leak = leaks(printed(await importFiles(system, options, [file])), secret);
      if (leak) found.push(`${place}: ${written}: ${leak}`);
    }
  }
  assertNone(found);
});

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
  "env: a list": (s) => `${base}shells: { k8s: { env: { DB_PASSWORD: [${s}] } } }\n`,
  "env: a map": (s) => `${base}shells: { k8s: { env: { DB_PASSWORD: { value: ${s} } } } }\n`,
  "env: a list of maps": (s) => `${base}shells: { k8s: { env: [{ name: DB_PASSWORD, value: ${s} }] } }\n`,
  "a list below an unknown key": (s) => `${base}ci: { forges: [github], cache: { cachix: acme, authToken: [${s}] } }\n`,
  secrets: (s) => `${base}secrets: { db: ${s} }\n`,
  "secrets, a list": (s) => `${base}secrets: [{ db: [${s}] }]\n`,
  "tokens of settings": (s) => settings(`tokens: { github.com: ${s} }`),
  "a proxy without a scheme": (s) => `${base}network: { proxy: "ada:${s}@proxy.example.net:3128" }\n`,
  "access-tokens without =": (s) => settings(`access-tokens: "github.com ${s}"`),
  "access-tokens as an option": (s) =>
    `${base}commands: { build: { run: "nix build --option access-tokens github.com=${s} (" } }\n`,
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
      put(join(folder, "spec.yaml"), text(secret));
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
      put(join(folder, file), text(secret));
      const leak = leaks(printed(await importFiles(system, options, [file])), secret);
      if (leak) found.push(`${text(secret)}: ${leak}`);
    }
  assertNone(found);
});

test("diff and generate show no secret that somebody put into a generated file", async () => {
  put(join(folder, "spec.yaml"), settings("cores: 2"));
  await generate(system, { ...options, strict: false });
  for (const [written, secret = written] of [
    ...FORMS,
    ...OPAQUE.map((s) => [`access-tokens = github.com=${s}`, s] as const),
    ...OPAQUE.map((s) => [`github_token: ${s}`, s] as const),
  ]) {
    put(join(folder, "out/flake.nix"), `# ${written}\n`);
    for (const run of [diff, generate, check]) assert.is(leaks(printed(await run(system, options)), secret), undefined, written);
  }
});

/** Files beside the spec and in the output folder that commands read, with a secret where a text of them may be quoted. */
const OTHER_FILES: Readonly<Record<string, readonly [file: string, text: (secret: string, before: string) => string]>> = {
  "a reference that a bot moved": [
    "out/flake.nix",
    (s, before) => before.replace(/github:NixOS\/nixpkgs[^"]*/, `github:NixOS/nixpkgs/${s}`),
  ],
  "a reference of another place": ["out/flake.nix", (s, before) => before.replace(/github:NixOS\/nixpkgs[^"]*/, s)],
  "the manifest's spec": ["out/.flakewright.json", (s, before) => before.replace(/"spec": "[^"]*"/, `"spec": ${q(s)}`)],
  "the manifest's version": ["out/.flakewright.json", (s, before) => before.replace(/"version": "[^"]*"/, `"version": ${q(s)}`)],
  "a file of the manifest": ["out/.flakewright.json", (s, before) => before.replace('"flake.nix"', q(`nix/${s}`))],
  "what is no manifest": ["out/.flakewright.json", (s) => `{ ${s}`],
  "flake.lock": [
    "out/flake.lock",
    (s) =>
      JSON.stringify({
        version: 7,
        root: "root",
        nodes: { root: { inputs: { nixpkgs: s } }, [s]: { locked: { type: s, url: s, rev: s } } },
      }),
  ],
  "what is no lock": ["out/flake.lock", (s) => `{ ${s}`],
  "a pin": [
    "spec.pins.json",
    (s) => JSON.stringify({ version: 1, pins: [{ package: "kubectl", asked: "1", version: s, commit: s, date: s }] }),
  ],
  "what is no list of pins": ["spec.pins.json", (s) => `{ "pins": ${s} }`],
  "the sizes": ["spec.sizes.json", (s) => JSON.stringify({ lock: s, sizes: { k8s: s } })],
  "the list of checksums": ["out/.flakewright.sha256", (s) => `${s}  ${s}\n`],
  "an include": ["more.yaml", (s) => `groups: { k8s: { title: ${q(s)}, ${q(s)}: 1 } }\n`],
  "an include that is no YAML": ["more.yaml", (s) => `groups: [ ${s} }\n`],
};

test("every command and other files than the spec: the output folder, lists beside the spec, includes", async () => {
  const found: string[] = [];
  const more = join(folder, "more.yaml");
  for (const [index, [place, [file, text]]] of Object.entries(OTHER_FILES).entries())
    for (let at = 0; at < FORMS_EACH; at++) {
      const [written = "", secret = written] = FORMS[(index * FORMS_EACH + at) % FORMS.length] ?? [];
      put(more, "");
      put(
        join(folder, "spec.yaml"),
        `include: [more.yaml]\n${base.replace("[kubectl]", '[{ package: kubectl, version: "1" }, git]')}`,
      );
      const spec = join(folder, "spec.yaml");
      if (!file.includes("pins")) writeFileSync(spec, `include: [more.yaml]\n${base}`);
      await generate(system, options);
      const path = join(folder, file);
      const before = existsSync(path) ? readFileSync(path, "utf8") : "";
      put(path, text(written, before));
      for (const [name, run] of Object.entries(COMMANDS)) {
        const leak = leaks(printed(maskedOutcome(await run())), secret);
        if (leak) found.push(`${name}: ${place}: ${written}: ${leak}`);
      }
      for (const one of ["out", "spec.pins.json", "spec.sizes.json", "more.yaml"])
        rmSync(join(folder, one), { recursive: true, force: true });
    }
  assertNone(found);
});

/** Commands that read more than the spec. */
const COMMANDS: Readonly<Record<string, () => Promise<Outcome>>> = {
  check: () => check(system, options),
  diff: () => diff(system, options),
  generate: () => generate(system, { ...options, dryRun: true }),
  "generate --force": () => generate(system, { ...options, force: true, dryRun: true }),
  outdated: () => outdated(system, options),
  pin: () => pin(system, { ...options, dryRun: true, index: join(folder, "none") }, []),
  upgrade: () => upgrade(system, { ...options, dryRun: true }, "26.05"),
  show: () => show(system, options),
  adopt: () => adopt(system, options),
};

test("no key of the spec and no setting of Nix but access-tokens has the name of a secret", async () => {
  const names = allSettings().flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
  assert.equal(names.filter(isSecretName), []);
  const schema = await import("../spec/flakewright.schema.json", { with: { type: "json" } });
  const keys = [...JSON.stringify(schema.default).matchAll(/"([A-Za-z-]+)":\{/g)].map(([, key = ""]) => key);
  assert.ok(keys.includes("publicKey"));
  assert.equal([...new Set(keys)].filter(isSecretName), []);
});

test.run();
