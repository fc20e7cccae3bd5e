import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explainableWords, meaningsOf } from "../../generator/commands/explain/meanings.ts";
import { explain } from "../../generator/commands/explain.ts";
import { openFacts } from "../../generator/knowledge/packages.ts";
import { momentOf } from "../../generator/knowledge/releases.ts";
import { allSettings } from "../../generator/knowledge/settings.ts";
import { allCodes } from "../../generator/lint/rules.ts";
import { optionsFor } from "../support/options.ts";
import { repository, system } from "../support/spec.ts";

const explaining = suite("explain");
const knowledge = join(repository, "generator/knowledge");
const options = optionsFor();
const facts = openFacts((await system.readFile(join(knowledge, "packages.tsv")))?.toString("latin1") ?? "");

const say = (word: string) => explain(system, options, word);
const titles = (word: string) => meaningsOf(word, facts).map((meaning) => meaning.title);
const fact = (word: string, name: string) =>
  meaningsOf(word, facts)
    .flatMap((meaning) => meaning.facts)
    .find(([one]) => one === name)?.[1];

explaining("every code has a cause, an example and a fix", async () => {
  for (const code of allCodes()) {
    const { status, output } = await say(code);
    assert.is(status, 0);
    for (const part of [code, "wrong:", "right:"]) assert.ok(output.includes(part), `${code}: ${output}`);
  }
});

explaining("a setting of another Nix says whose it is, and its source is there", () => {
  for (const [name, owner, source] of [
    ["lazy-trees", "Determinate's Nix", "docs.determinate.systems"],
    ["repl-overlays", "Lix", "docs.lix.systems"],
    ["http3", "Nix 2.35, Determinate's Nix and Lix", "nix.dev"],
  ] as const) {
    const facts_ = Object.fromEntries(meaningsOf(name, facts)[0]?.facts ?? []);
    assert.is(facts_["in"], owner);
    assert.match(facts_["source"] ?? "", source);
  }
});

explaining("every setting has a type, a default and versions", () => {
  for (const { name } of allSettings()) {
    const [setting] = meaningsOf(name, facts).filter((meaning) => meaning.kind === "setting");
    assert.ok(setting && setting.text.length > 10, name);
    for (const part of ["type", "default", "in"]) assert.ok(setting.facts.find(([one]) => one === part)?.[1], `${name}: ${part}`);
  }
  assert.is(fact("extra-substituters", "name"), "`extra-substituters` adds to `substituters` instead of replacing it");
  assert.is(fact("build-max-jobs", "name"), "`build-max-jobs` is an old name of `max-jobs`");
  assert.is(fact("json-log-path", "in"), "Nix 2.34");
});

explaining("keys of the spec, with and without the user's own names", () => {
  assert.equal(titles("groups.packages"), ["groups.packages: a key of the spec"]);
  assert.equal(titles("groups.k8s.packages"), ["groups.packages: a key of the spec"]);
  assert.equal(titles("groups.k8s.packages[0].from"), ["groups.packages.from: a key of the spec"]);
  assert.equal(titles("buildUsers.gid"), ["buildUsers.gid: a key of the spec"]);
  assert.is(fact("buildUsers.gid", "type"), "a whole number");
  assert.equal(titles("olderThan"), ["gc.olderThan: a key of the spec"]);
  assert.is(fact("deployer", "values"), "colmena, deploy-rs");
  assert.is(fact("volumes.mount", "required"), "yes");
  for (const word of explainableWords()) assert.ok(titles(word).length > 0, word);
});

explaining("packages are found by attribute, program and usual name", () => {
  assert.equal(titles("kubectl"), ["kubectl: a package of nixpkgs"]);
  assert.is(fact("kubectl", "version"), "1.36.2");
  assert.is(fact("wireguard-tools", "program"), "wg");
  assert.is(fact("vault", "licence"), "BUSL-1.1");
  assert.is(fact("iotop", "systems"), "x86_64-linux, aarch64-linux");
  assert.equal(titles("helm"), ["kubernetes-helm: a package of nixpkgs"]);
  assert.match(meaningsOf("helm", facts)[0]?.text ?? "", "audio synthesizer");
  assert.equal(titles("lsusb"), ["usbutils: a package of nixpkgs"]);
});

explaining("all meanings of a word are explained", () => {
  assert.equal(
    meaningsOf("substituters", facts).map((meaning) => meaning.kind),
    ["setting", "key"],
  );
});

explaining("an unknown word is wrong usage, and the nearest known words are suggested", async () => {
  const near = async (word: string) => {
    const { status, notes, output } = await say(word);
    assert.is(status, 2);
    assert.is(output, "");
    return notes[0]?.split("did you mean ")[1];
  };
  assert.is(await near("uid-confict"), "uid-conflict?");
  assert.is(await near("kubeclt"), "kubectl?");
  assert.is(await near("buildUsers.gdi"), "buildUsers.gid?");
  assert.is(await near("zqxjkvbw"), undefined);
});

explaining("--format json has the same content", async () => {
  const { data } = await say("trusted-user-is-root");
  const { word, meanings } = data as { word: string; meanings: { kind: string; example: { wrong: string } }[] };
  assert.is(word, "trusted-user-is-root");
  assert.equal([meanings[0]?.kind, meanings[0]?.example.wrong], ["code", "trustedUsers: [root, ada]"]);
});

explaining("names that nixpkgs no longer has, has under another name, or does not have yet", async () => {
  const text = async (word: string) => (await say(word)).output;
  assert.match(
    await text("_1password"),
    /an old name of a package, no longer in nixpkgs[\s\S]*Write `_1password-cli`[\s\S]*2025-10-27/,
  );
  assert.match(await text("promtail"), /no longer in nixpkgs[\s\S]*Use `grafana-alloy` instead[\s\S]*2026-03-30/);
  assert.match(await text("mysql80"), /no longer in nixpkgs[\s\S]*missing since: 2026-04-08/);
  assert.match(await text("nodePackages.prettier"), /no longer in nixpkgs[\s\S]*Use `prettier` instead/);
  assert.match(await text("nettools"), /an old name of `net-tools` since 2025-06-11[\s\S]*version:/);
  const old = openFacts(
    (await system.readFile(join(knowledge, "packages.tsv")))?.toString("latin1") ?? "",
    momentOf("github:NixOS/nixpkgs/nixos-24.05"),
  );
  assert.match(meaningsOf("openbao", old)[0]?.title ?? "", /a package newer than nixpkgs 24.05/);
  assert.is((await say("kubeclt")).status, 2);
});

explaining("of a name that this nixpkgs may have or not, explain says that it is unknown", async () => {
  const text = (await system.readFile(join(knowledge, "packages.tsv")))?.toString("latin1") ?? "";
  const unknown = openFacts(text, momentOf("github:acme/nixpkgs/ours"));
  for (const [name, way] of [
    ["promtail", ""],
    ["AusweisApp2", " Write `ausweisapp`."],
    ["nodePackages.prettier", " Use `prettier` instead."],
  ] as const) {
    const [meaning] = meaningsOf(name, unknown);
    assert.match(meaning?.title ?? "", "that newer nixpkgs does not have");
    assert.ok(meaning?.text.endsWith(`it is unknown whether the spec's nixpkgs has it.${way}`), meaning?.text);
  }
});

explaining.run();
