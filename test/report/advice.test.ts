import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { checkBash } from "../../generator/commands/bash.ts";
import { type Compiled, compile } from "../../generator/compile.ts";
import { allCodes, explanationOf } from "../../generator/lint/rules.ts";
import { assertAdvice, followed } from "../support/advice.ts";
import { COMMIT, HOST_KEY, KEY } from "../support/diagnostic-rows.ts";
import { compileFiles, compileText, factsOf, system, templates } from "../support/spec.ts";
import { needs } from "../support/tools.ts";

/*
 * Every hint and every fix of every code is followed on the code's own example, with its own text. What comes out compiles, the finding is
 * gone, and it is what the author of the example meant: the corrected example, or what a row here says.
 */

const test = suite("hints and fixes");
const withBash = needs(test, ["bash"]);

/** A snippet as a whole spec. */
const whole = (snippet: string) =>
  ["version: 1", "name: demo", `nixpkgs: ${COMMIT}`, "groups: { k8s: { packages: [kubectl] } }"]
    .filter((line) => !new RegExp(`^${line.split(":")[0]}:`, "m").test(snippet))
    .concat(snippet, "")
    .join("\n");

/** What the author means, where it is not (only) the corrected example of `explain`: one snippet for each way, in their order. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  "setting-unknown": ["settings: {}"],
  "setting-too-new": ["settings: {}"],
  "setting-needs-feature": [
    "settings: { experimental-features: [nix-command, flakes], use-registries: false }",
    "settings: { experimental-features: [nix-command] }",
  ],
  "package-removed": ["nixpkgs: nixos-26.05\ngroups: { logs: { packages: [] } }"],
  "package-unfree": Array(2).fill(
    'nixpkgs: { url: "github:NixOS/nixpkgs/nixos-26.05", unfree: [vault] }\ngroups: { iac: { packages: [vault] } }',
  ),
  "package-insecure": Array(2).fill(
    'nixpkgs: { url: "github:NixOS/nixpkgs/nixos-26.05", insecure: [gradle-7.6.6] }\ngroups: { dev: { packages: [gradle_7] } }',
  ),
  "signatures-off": ["settings: { require-sigs: true }", "settings: {}"],
  "trusted-user-is-root": Array(2).fill("trustedUsers: [root]"),
  "variable-runs-code": ["shells: { default: { groups: [k8s], env: {} } }"],
  "variable-changes-shell": ["shells: { default: { groups: [k8s], env: {} } }"],
  "setting-runs-code": ["settings: {}"],
  "store-elsewhere": ["settings: {}"],
  "build-users-auto-allocated": Array(2).fill(
    "settings: { experimental-features: [auto-allocate-uids], auto-allocate-uids: false }\nbuildUsers: { roles: [{ role: aws }] }",
  ),
  "system-end-of-life": Array(2).fill("nixpkgs: nixos-26.11\nsystems: [x86_64-linux]"),
  "input-not-nixpkgs": Array(2).fill(
    'inputs: { acme: { flake: "github:acme/tools" } }\ngroups: { dev: { packages: [{ package: acme-cli, from: acme }] } }',
  ),
  "account-invalid": ["buildUsers: { gid: 31000, roles: [{ role: builds }] }"],
  "system-unused": [
    "systems: [x86_64-linux]\ngroups: { k8s: { packages: [{ package: kubectl, systems: [x86_64-linux] }] } }",
    "systems: [x86_64-linux, aarch64-linux]\ngroups: { k8s: { packages: [{ package: kubectl, systems: [x86_64-linux, aarch64-linux] }] } }",
  ],
  "lint-unused": ["trustedUsers: [root]\nlint: []"],
  "name-invalid": ["groups: { k8s-tools: { packages: [kubectl] } }"],
  "yaml-duplicate-key": [""],
  "schema-unknown-key": ["groups: { k8s: { packages: [kubectl] } }"],
};

/** Hints that leave a part to their reader: the words, and what a reader writes who follows them. */
const BY_HAND: Readonly<Record<string, readonly [says: RegExp, snippet: string]>> = {
  "setting-type": [/explain keep-outputs/, "settings: { keep-outputs: true }\ngc: { automatic: true }"],
  "public-key-invalid": [/whole key, `name:base64`/, `substituters: [{ url: https://cache.example.org, publicKey: "${KEY}" }]`],
  "sandbox-opened": [
    /accept it under `lint`/,
    "settings: { extra-sandbox-paths: [/var/run/docker.sock] }\nlint: [{ code: sandbox-opened, at: settings.extra-sandbox-paths, why: tests start containers }]",
  ],
  "secret-in-spec": [/~\/\.config\/nix\/nix\.conf/, ""],
  "command-hidden": [/`run-test`/, "commands: { run-test: { run: pytest } }"],
  "host-key-invalid": [/base64 -w0/, `builders: [{ host: arm.example.net, publicHostKey: "${HOST_KEY}" }]`],
  "builder-unwritable": [
    /another name or path/,
    `builders: [{ host: arm.example.net, sshKey: /etc/nix/key1, publicHostKey: "${HOST_KEY}" }]`,
  ],
  "builder-without-host-key": [/base64 -w0/, `builders: [{ host: arm.example.net, publicHostKey: "${HOST_KEY}" }]`],
  "settings-conflict": [/`max-jobs` to at least 1/, "settings: { sandbox-paths: [/bin/sh], max-jobs: 1 }"],
  "address-invalid": [/name or its IP address/, 'hosts: { box: { stateVersion: "26.05", deploy: { target: 10.0.0.30 } } }'],
  "env-file-form": [/such as \.env/, "shells: { default: { envFiles: [.env] } }"],
  "image-name-invalid": [/registry\.example\.net/, "images: { ci: { name: registry.example.net/platform/ci } }"],
  "volume-mount": [/\/volumes\/NAME/, "volumes: { data: { mount: /volumes/data } }"],
  "own-file-generated": [/below \.\/hosts\//, 'hosts: { box: { stateVersion: "26.05", modules: [./hosts/box.nix] } }'],
  "input-name": [/with a letter/, `inputs: { old: "github:NixOS/nixpkgs/${COMMIT}" }`],
  "setting-value": [/write the whole path/, "settings: { secret-key-files: [/etc/nix/cache.sec] }"],
  "image-variable-missing": [
    /accept this under `lint`/,
    "shells: { k8s: { env: { KUBECONFIG: { path: .kube/config } } } }\nimages: { ci: { groups: [k8s] } }\nlint: [{ code: image-variable-missing, why: the job sets it }]",
  ],
  "state-version-unknown": [/write `6`/, "hosts: { mac: { system: aarch64-darwin, stateVersion: 6 } }"],
  "build-users-empty": [/declare a role/, "buildUsers: { group: nixbld, roles: [{ role: aws }] }"],
  "nixpkgs-unpinned": [/a commit of 40/, `nixpkgs: ${COMMIT}`],
  "nixpkgs-end-of-life": [/nixos-26\.05/, "nixpkgs: nixos-26.05"],
  "nix-darwin-release": [/24\.11 or newer/, "nixpkgs: nixos-26.05\nhosts: { mac: { system: aarch64-darwin, stateVersion: 4 } }"],
  "ci-no-runner": [
    /`runners: \{ aarch64-darwin: \{ labels: \[LABEL\] \} \}`/,
    "ci: { forges: [gitlab], systems: [aarch64-darwin], runners: { aarch64-darwin: { labels: [mac] } } }",
  ],
  "linux-missing": [
    /add a Linux to `systems`, such as aarch64-linux/,
    "systems: [aarch64-darwin, aarch64-linux]\ndevcontainer: true",
  ],
  "ci-cache-unsupported": [/`cache: \{ cachix: NAME \}`/, "ci: { forges: [forgejo], cache: { cachix: demo } }"],
  "no-proxy-without-proxy": [/add the proxy/, "network: { proxy: http://proxy.example.net:3128, noProxy: [.example.net] }"],
  "lint-without-why": [/`why:`/, "settings: { sandbox: false }\nlint: [{ code: sandbox-off, why: a test machine }]"],
  "yaml-syntax": [/add the `\]`/, "groups:\n  k8s:\n   packages: [kubectl]"],
  "schema-missing-key": [/add `mount:`/, "volumes: { aws: { mount: /volumes/aws, groups: [k8s] } }"],
  "schema-value": [/`github`/, "ci: github"],
  "name-conflict": [/rename the group/, "groups: { k8s: { packages: [kubectl] } }"],
  "reference-unknown": [/has `k8s`/, "shells: { aws: { groups: [k8s] } }"],
};

/** Codes about files, machines and commands: advice-of-commands.test.ts follows their hints. */
const OF_COMMANDS = /^(?:import|machine|output|version)-|^nixpkgs-needs-newer-nix$|^own-file-missing$|^policy-(?:age|closure)$/;

/** Codes that more than the spec's own text decides; followed at the end of this file. */
const BELOW = new Set([
  "include-missing",
  "include-cycle",
  "include-conflict",
  "requires-newer",
  "yaml-limit",
  "env-too-long",
  "hook-syntax",
]);

const codesOf = ({ diagnostics }: Compiled): string[] => diagnostics.map(({ code }) => code);
const errorsOf = (compiled: Compiled): string[] => codesOf(compiled).filter((code) => explanationOf(code)?.severity === "error");

for (const code of allCodes()) {
  if (OF_COMMANDS.test(code) || BELOW.has(code)) continue;
  test(code, () => {
    const { example = "", fixed = "" } = explanationOf(code) ?? {};
    const isLocked = code !== "nixpkgs-unpinned";
    const text = whole(example);
    const compiled = compileText(text, isLocked);
    const one = compiled.diagnostics.find((found) => found.code === code);
    assert.ok(one, "the example has the finding");
    assert.ok(one.hint, "a finding has a hint");

    const ways = followed(text, one, compiled.source);
    assertAdvice(text, compiled, one, (spec) => compileText(spec, isLocked));
    const byHand = BY_HAND[code];
    if (byHand) {
      assert.match(one.hint, byHand[0]);
      assert.equal(codesOf(compileText(whole(byHand[1]), isLocked)), [], byHand[1]);
      // A hint that has no text for the spec leaves all to its reader, who writes something like the corrected example.
    } else if (ways.length === 0) assert.equal(errorsOf(compileText(whole(fixed), isLocked)), [], fixed);

    const meant = (MEANT[code] ?? [byHand?.[1] ?? fixed]).map((snippet) => parse(whole(snippet)));
    const names = [...new Set(ways.map(([way]) => way))];
    for (const [index, name] of names.entries()) {
      const specs = ways.filter(([way]) => way === name).map(([, spec]) => parse(spec, { uniqueKeys: false }));
      const wanted = meant[index] ?? meant[0];
      assert.ok(
        specs.some((spec) => JSON.stringify(sorted(spec)) === JSON.stringify(sorted(wanted))),
        `${name} gives\n${JSON.stringify(specs)}\nand its author means\n${JSON.stringify(wanted)}`,
      );
    }
  });
}

/** A value with its keys in one order. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
};

/* Codes that more than the spec's own text decides: each finding, and the same files after its advice. */

const head = `version: 1\nname: demo\ngroups: {}\n`;
const FILES: readonly (readonly [code: string, says: RegExp, bad: Record<string, string>, good: Record<string, string>])[] = [
  [
    "include-missing",
    /relative to the folder of this file, spec\//,
    {
      "spec/a.yaml": `include: [company/base.yaml]\n${head}nixpkgs: ${COMMIT}\n`,
      "company/base.yaml": "gc: { automatic: true }\n",
    },
    {
      "spec/a.yaml": `include: [../company/base.yaml]\n${head}nixpkgs: ${COMMIT}\n`,
      "company/base.yaml": "gc: { automatic: true }\n",
    },
  ],
  [
    "include-missing",
    /did you mean `gc\.automatic`\?/,
    {
      "a.yaml": `include: [{ file: b.yaml, without: [gc.automatik] }]\n${head}nixpkgs: ${COMMIT}\n`,
      "b.yaml": "gc: { automatic: true }\n",
    },
    {
      "a.yaml": `include: [{ file: b.yaml, without: [gc.automatic] }]\n${head}nixpkgs: ${COMMIT}\n`,
      "b.yaml": "gc: { automatic: true }\n",
    },
  ],
  [
    "include-cycle",
    /delete one of these includes/,
    { "a.yaml": `include: [b.yaml]\n${head}nixpkgs: ${COMMIT}\n`, "b.yaml": "include: [a.yaml]\n" },
    { "a.yaml": `include: [b.yaml]\n${head}nixpkgs: ${COMMIT}\n`, "b.yaml": "include: []\n" },
  ],
  [
    "include-conflict",
    /set `nixpkgs` in the file that includes both, or exclude one of them there: without: \["nixpkgs"\]/,
    { "a.yaml": `include: [b.yaml, c.yaml]\n${head}`, "b.yaml": `nixpkgs: ${COMMIT}\n`, "c.yaml": "nixpkgs: nixos-26.05\n" },
    {
      "a.yaml": `include: [b.yaml, c.yaml]\nnixpkgs: ${COMMIT}\n${head}`,
      "b.yaml": `nixpkgs: ${COMMIT}\n`,
      "c.yaml": "nixpkgs: nixos-26.05\n",
    },
  ],
  [
    "include-conflict",
    /without: \["nixpkgs"\]/,
    { "a.yaml": `include: [b.yaml, c.yaml]\n${head}`, "b.yaml": `nixpkgs: ${COMMIT}\n`, "c.yaml": "nixpkgs: nixos-26.05\n" },
    {
      "a.yaml": `include: [b.yaml, { file: c.yaml, without: ["nixpkgs"] }]\n${head}`,
      "b.yaml": `nixpkgs: ${COMMIT}\n`,
      "c.yaml": "nixpkgs: nixos-26.05\n",
    },
  ],
  [
    "yaml-limit",
    /no more than six levels/,
    { "a.yaml": `${head}nixpkgs: ${COMMIT}\ndescription: ${"[".repeat(70)}${"]".repeat(70)}\n` },
    { "a.yaml": `${head}nixpkgs: ${COMMIT}\ndescription: text\n` },
  ],
  [
    "env-too-long",
    /files that programs read/,
    { "a.yaml": `${head}nixpkgs: ${COMMIT}\nshells: { default: { env: { BIG: ${"x".repeat(140_000)} } } }\n` },
    { "a.yaml": `${head}nixpkgs: ${COMMIT}\nshells: { default: { envFiles: [.env] } }\n` },
  ],
];
for (const [code, says, bad, good] of FILES)
  test(`${code}: ${says.source.slice(0, 40)}`, () => {
    const before = compileFiles(bad);
    assert.equal(codesOf(before), [code]);
    assert.match(before.diagnostics[0]?.hint ?? "", says);
    assert.equal(codesOf(compileFiles(good)), []);
  });

test("requires-newer: the version that the hint names is enough", () => {
  const text = whole('requires: ">=9.0"');
  const before = compileFiles({ "a.yaml": text }, { version: "0.1.0" });
  assert.equal(codesOf(before), ["requires-newer"]);
  assert.match(before.diagnostics[0]?.hint ?? "", /9\.0/);
  assert.equal(codesOf(compileFiles({ "a.yaml": text }, { version: "9.0.0" })), []);
});

withBash("hook-syntax: the corrected example is bash", async () => {
  const { example = "", fixed = "" } = explanationOf("hook-syntax") ?? {};
  const ask = async (snippet: string) => {
    const { shells } = parse(snippet);
    const bash = await checkBash(system, [shells.default.hook], new Map());
    return errorsOf(compile(Buffer.from(whole(snippet)), "spec.yaml", { locked: true, facts: () => factsOf(), bash }, templates));
  };
  assert.equal(await ask(example), ["hook-syntax"]);
  assert.equal(await ask(fixed), []);
});

test.run();
