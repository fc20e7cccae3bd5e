import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openFacts } from "../../generator/knowledge/packages.ts";
import { isWellKnown, TOOL_NAMES, toolCompletions, toolNamed } from "../../generator/knowledge/tool-names.ts";

const test = suite("tool names");

const facts = openFacts(readFileSync(new URL("../../generator/knowledge/packages.tsv", import.meta.url), "latin1"));

test("at least 250 names, each once", () => {
  assert.ok(TOOL_NAMES.length >= 250, String(TOOL_NAMES.length));
  assert.is(new Set(TOOL_NAMES.map((one) => one.called)).size, TOOL_NAMES.length);
});

test("every row holds in the newest facts: no hint leads to a removed package", () => {
  for (const { called, attribute, kind, why, unfree } of TOOL_NAMES) {
    const found = facts.find(attribute);
    assert.ok(found, `${called} → ${attribute}`);
    assert.is(found?.broken, false, attribute);
    assert.is(unfree ?? false, found?.unfree, `${attribute} is${found?.unfree ? "" : " not"} unfree`);
    assert.not(called === attribute);
    // Only names of the kind `other-thing` are attributes of nixpkgs: any other name of the table is a mistake in a spec.
    assert.is(facts.verdict(called).kind === "package", kind === "other-thing", called);
    assert.is(facts.verdict(attribute).kind, "package", attribute);
    assert.ok(why.includes(`\`${kind === "other-name" ? attribute : called}\``) && !why.endsWith("."), why);
    // The attribute of a row is never the name of another row.
    assert.is(toolNamed(attribute), undefined, attribute);
  }
});

test("a program that only one package has belongs to that package", () => {
  for (const { called, attribute, kind } of TOOL_NAMES) {
    const owners = facts.byProgram(called);
    // nvi says that its program is vi; people mean Vim.
    if (called === "vi") continue;
    if (kind === "program" && owners.length > 0) assert.ok(owners.includes(attribute), `${called}: ${owners.join(", ")}`);
  }
});

test("the best-known mistakes", () => {
  const rows: [string, string | undefined, string | undefined][] = [
    ["helm", "kubernetes-helm", "other-thing"],
    ["flux", "fluxcd", "other-thing"],
    ["aws", "awscli2", "program"],
    ["az", "azure-cli", "program"],
    ["gcloud", "google-cloud-sdk", "program"],
    ["ibmcloud", "ibmcloud-cli", "program"],
    ["wg", "wireguard-tools", "program"],
    ["gpg", "gnupg", "program"],
    ["tofu", "opentofu", "program"],
    ["kubens", "kubectx", "program"],
    ["docker compose", "docker-compose", "other-name"],
    ["argo-cd", "argocd", "other-name"],
    ["Helm", "kubernetes-helm", "other-thing"],
    // nixpkgs uses the usual names of these.
    ...["kubectl", "kubectx", "argo", "argocd", "k3d", "vault", "consul", "docker-compose", "dig", "netcat", "toString"].map(
      (name): [string, undefined, undefined] => [name, undefined, undefined],
    ),
  ];
  for (const [called, attribute, kind] of rows) {
    assert.is(toolNamed(called)?.attribute, attribute, called);
    assert.is(toolNamed(called)?.kind, kind, called);
  }
  assert.is(toolNamed("vault-cli")?.unfree, true);
});

test("completions are packages, sorted, each with a description", () => {
  const all = toolCompletions();
  assert.ok(all.length >= 200, String(all.length));
  assert.equal(
    all.map((one) => one.attribute),
    [...new Set(all.map((one) => one.attribute))].sort(),
  );
  for (const { attribute, called, description } of all) {
    assert.ok(facts.find(attribute), attribute);
    assert.match(description, /^.{5,70}[^.]$/, attribute);
    assert.ok(called === attribute || toolNamed(called)?.attribute === attribute, called);
    assert.is(toolNamed(attribute), undefined, attribute);
  }
  assert.equal(
    all.find((one) => one.attribute === "awscli2"),
    {
      ...{ attribute: "awscli2", called: "aws", description: "Amazon Web Services command-line interface" },
    },
  );
});

test("the well-known packages are those in the tables", () => {
  for (const name of ["kubectl", "google-cloud-sdk", "ripgrep"]) assert.is(isWellKnown(name), true, name);
  for (const name of ["helm", "cowsay", "aws", "toString"]) assert.is(isWellKnown(name), false, name);
});

test.run();
