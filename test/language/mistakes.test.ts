import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertAdvice } from "../support/advice.ts";
import { head } from "../support/diagnostic-rows.ts";
import { applyFixes } from "../support/fixes.ts";
import { compileText, cursor } from "../support/spec.ts";

/*
 * What people type who know other tools and not this language: one finding each, at its place, and a hint that means what they meant.
 */

const test = suite("typical mistakes");

/**
 * The spec below `version`, `name` and `nixpkgs`, with the expected place marked (`groups: {}` is added where it has none), the code, what the
 * hint says, and the spec after the fix, which must compile.
 */
type Row = readonly [bad: string, code: string, hint: RegExp, fixed?: string];

const packages = (entry: string): string => `groups: { a: { packages: [${entry}] } }`;
const env = (value: string): string => `shells: { default: { env: { A: ${value} } } }`;
const host = (more: string): string => `groups: { a: {} }\nhosts: { h: { stateVersion: "26.05", ${more} } }`;

const ROWS: readonly Row[] = [
  // Text that YAML reads as something else is taken as it was written.
  [env("⟦1.10⟧"), "schema-type", /"1\.10"/, env('"1.10"')],
  [env("⟦1.0⟧"), "schema-type", /"1\.0"/, env('"1.0"')],
  [env("⟦0644⟧"), "schema-type", /"0644"/, env('"0644"')],
  [env("⟦08⟧"), "schema-type", /"08"/, env('"08"')],
  [env("⟦0x1F⟧"), "schema-type", /"0x1F"/, env('"0x1F"')],
  [env("⟦1e3⟧"), "schema-type", /"1e3"/, env('"1e3"')],
  [env("⟦True⟧"), "schema-type", /"True"/, env('"True"')],
  ["hosts: { h: { stateVersion: ⟦26.05⟧ } }", "schema-type", /"26\.05"/, 'hosts: { h: { stateVersion: "26.05" } }'],
  ["hosts: { h: { stateVersion: ⟦25.10⟧ } }", "schema-type", /"25\.10"/],
  // Lists.
  ["groups: { a: { packages: ⟦kubectl k9s⟧ } }", "schema-type", /\[kubectl, k9s\]/, packages("kubectl, k9s")],
  ["groups: { a: { packages: ⟦'kubectl, k9s'⟧ } }", "schema-type", /\[kubectl, k9s\]/, packages("kubectl, k9s")],
  ["groups: { a: { packages: ⟦jq⟧ } }", "schema-type", /\[jq\]/, packages("jq")],
  [
    "groups:\n  a:\n    packages:\n      ⟦-kubectl\n      -k9s⟧",
    "schema-type",
    /space after the `-`/,
    "groups:\n  a:\n    packages:\n      - kubectl\n      - k9s",
  ],
  ["trustedUsers: ⟦root⟧", "schema-type", /\[root\]/, "trustedUsers: [root]"],
  [host("groups: ⟦a⟧"), "schema-type", /\[a\]/, host("groups: [a]")],
  // true and false.
  ["gc: { automatic: ⟦yes⟧ }", "schema-type", /`true`/, "gc: { automatic: true }"],
  ["gc: { automatic: ⟦Off⟧ }", "schema-type", /`false`/, "gc: { automatic: false }"],
  ['gc: { automatic: ⟦"true"⟧ }', "schema-type", /`true`/, "gc: { automatic: true }"],
  // Maps.
  ["groups: { a: ⟦[jq]⟧ }", "schema-type", /packages: \[jq\]/, packages("jq")],
  ["volumes: { aws: ⟦/volumes/aws⟧ }", "schema-type", /mount: \/volumes/, "volumes: { aws: { mount: /volumes/aws } }"],
  ["builders: [⟦arm.example.net⟧]", "schema-type", /host: arm\.example\.net/],
  [host("deploy: ⟦h.example.net⟧"), "schema-type", /target: h\.example/, host("deploy: { target: h.example.net }")],
  ["buildUsers: ⟦[{ role: aws }]⟧", "schema-type", /roles: \[/, "buildUsers: { roles: [{ role: aws }] }"],
  ["gc: ⟦true⟧", "schema-type", /automatic: true/, "gc: { automatic: true }"],
  ["groups: { ⟦a⟧: }", "schema-type", /such as `\{ title: … \}`|\{\}/],
  // Systems.
  ["systems: [⟦linux⟧]", "schema-value", /x86_64-linux.*aarch64-linux/],
  ["systems: [⟦amd64⟧]", "schema-value", /x86_64-linux/, "systems: [x86_64-linux]"],
  ["systems: [⟦linux/arm64⟧]", "schema-value", /aarch64-linux/, "systems: [aarch64-linux]"],
  ["systems: [⟦macos⟧]", "schema-value", /aarch64-darwin/, "systems: [aarch64-darwin]"],
  ["systems: [⟦x86_64-unknown-linux-gnu⟧]", "schema-value", /x86_64-linux/, "systems: [x86_64-linux]"],
  ["systems: [⟦darwin-arm64⟧]", "schema-value", /aarch64-darwin/, "systems: [aarch64-darwin]"],
  // Packages as other tools name them.
  [packages("⟦'nixpkgs#kubectl'⟧"), "schema-value", /`kubectl`/, packages("kubectl")],
  [packages("⟦'kubectl '⟧"), "schema-value", /space/, packages("kubectl")],
  [packages("⟦“kubectl”⟧"), "schema-value", /quotation marks/, packages("kubectl")],
  [packages("⟦homebrew/core/jq⟧"), "schema-value", /`jq`/, packages("jq")],
  [packages("⟦kubectl@1.29⟧"), "schema-value", /version: "1\.29"|from/],
  [packages("⟦kubectl=1.29.4⟧"), "schema-value", /version: "1\.29\.4"|from/],
  [packages("⟦jq@latest⟧"), "schema-value", /`jq`/, packages("jq")],
  [packages("⟦aqua:helm/helm⟧"), "schema-value", /`kubernetes-helm`/, packages("kubernetes-helm")],
  [packages("⟦docker compose⟧"), "schema-value", /`docker-compose`/, packages("docker-compose")],
  [packages("⟦jq yq-go⟧"), "schema-value", /`jq`, `yq-go`/],
  // Names.
  ["groups: { ⟦ünï⟧: {} }", "name-invalid", /`uni`/],
  ["groups: { ⟦K8s Tools⟧: {} }", "name-invalid", /`k8s-tools`/],
  // Keys that other tools have.
  ["⟦unfree⟧: [terraform]", "schema-unknown-key", /nixpkgs\.unfree/],
  ["⟦services⟧: { nginx: {} }", "schema-unknown-key", /hosts\/NAME\.nix/],
  ["⟦env⟧: { A: b }", "schema-unknown-key", /shells\.default\.env/],
  ["⟦packages⟧: [jq]", "schema-unknown-key", /groups/],
  ["groups: { a: { ⟦hook⟧: echo } }", "schema-unknown-key", /shells\.default\.hook/],
  ["⟦caches⟧: []", "schema-unknown-key", /substituters/],
  ["⟦platforms⟧: []", "schema-unknown-key", /systems/],
  ["⟦secrets⟧: {}", "schema-unknown-key", /keep secrets outside/],
  [host("⟦address⟧: 10.0.0.1"), "schema-unknown-key", /deploy\.target/],
];

for (const [bad, code, hint, fixed] of ROWS) {
  const whole = (text: string) => `${head}${/^groups:/m.test(text) ? "" : "groups: {}\n"}${text}\n`;
  test(bad.replaceAll("\n", " ⏎ "), () => {
    const { text, start, end } = cursor(whole(bad));
    const compiled = compileText(text);
    const { diagnostics, files } = compiled;
    assert.is(files, undefined, "it compiles");
    const [one, ...others] = diagnostics;
    assert.equal(others, [], "one mistake is one finding");
    assert.equal([one?.code, one?.range.start, one?.range.end], [code, start, end], JSON.stringify(one));
    assert.match(one?.hint ?? "", hint);
    if (one) assertAdvice(text, compiled, one, compileText);
    if (fixed === undefined) return;
    assert.is(applyFixes(text, diagnostics), whole(fixed));
    const after = compileText(whole(fixed));
    assert.ok(after.files, JSON.stringify(after.diagnostics));
  });
}

test("groups under another name are the only finding", () => {
  const { diagnostics } = compileText("version: 1\nname: demo\ngroup: { a: { packages: [jq] } }\n", false);
  assert.equal(
    diagnostics.map(({ code, hint }) => [code, hint]),
    [["schema-unknown-key", "did you mean `groups`?"]],
  );
});

test.run();
