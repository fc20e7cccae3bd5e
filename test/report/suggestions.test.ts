import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Familiarity, NameIndex, nearestNames } from "../../generator/report/suggestions.ts";

const test = suite("nearest names");

const KEYS = [
  "version",
  "name",
  "description",
  "nixpkgs",
  "inputs",
  "systems",
  "groups",
  "shells",
  "settings",
  "substituters",
  "trustedUsers",
];
KEYS.push("allowedUsers", "gc", "buildUsers", "users", "volumes", "hosts", "builders", "ci", "lint");

const cases: [wrong: string, candidates: string[], want: string[]][] = [
  ["pakages", ["packages", "title", "description"], ["packages"]],
  ["trusted_users", KEYS, ["trustedUsers"]],
  ["trusted-users", KEYS, ["trustedUsers"]],
  ["TrustedUsers", KEYS, ["trustedUsers"]],
  ["usersTrusted", KEYS, ["trustedUsers"]],
  ["desc", KEYS, ["description"]],
  ["substituter", KEYS, ["substituters"]],
  ["group", KEYS, ["groups"]],
  ["shels", KEYS, ["shells"]],
  ["sehlls", KEYS, ["shells"]],
  ["kubeclt", ["kubectl", "kubectx", "helm"], ["kubectl"]],
  ["jobs-max", ["max-jobs", "cores"], ["max-jobs"]],
  // Nothing far off.
  ["x", KEYS, []],
  ["", KEYS, []],
  ["qq", KEYS, []],
  ["foo", ["bar", "fog-horn", "go"], []],
  ["gcc", ["gc", "ci"], []],
  ["packages", KEYS, []],
  ["kubernetes", ["k8s", "cloud", "aws"], []],
  ["aws", ["gcp", "k8s"], []],
  ["__proto__", KEYS, []],
  // Never the name itself, and no candidate twice.
  ["name", ["name"], []],
  ["nmae", ["name", "name"], ["name"]],
];
for (const [wrong, candidates, want] of cases) {
  test(`${JSON.stringify(wrong)} → ${want.join(", ") || "nothing"}`, () => assert.equal(nearestNames(wrong, candidates), want));
}

test("at most the given number, in any order of the candidates", () => {
  const names = ["node1", "node2", "node3", "node4", "node5"];
  assert.equal(nearestNames("node", names), ["node1", "node2", "node3"]);
  assert.equal(nearestNames("node", [...names].reverse()), ["node1", "node2", "node3"]);
  assert.equal(nearestNames("node", names, 1), ["node1"]);
});

/** Suggestions from very many names, depending on how popular the one similar name is. */
const FAMILIARITY: readonly (readonly [wrong: string, name: string, suggested: readonly Familiarity[]])[] = [
  ["postgresqll", "postgresql", ["listed", "popular", "rare"]],
  ["shels", "shells", ["listed", "popular"]],
  ["fault", "vault", ["listed", "popular"]],
  ["gaukt", "vault", ["listed"]],
  ["vaukd", "vault", ["listed", "popular"]],
  ["kub", "kubectl", ["listed", "popular"]],
  ["kubec", "kubectl", ["listed", "popular", "rare"]],
  ["kubectl-1.29", "kubectl", ["listed", "popular", "rare"]],
  ["exec", "pre-exec-hook", ["listed"]],
  ["ls", "lo", []],
];
for (const [wrong, name, suggested] of FAMILIARITY) {
  test(`${wrong} → ${name} where it is ${suggested.join(", ") || "nothing at all"}`, () => {
    const all: readonly Familiarity[] = ["listed", "popular", "rare"];
    assert.equal(
      all.filter((familiarity) => new NameIndex([{ name, familiarity }]).nearest(wrong, 3).length > 0),
      suggested,
    );
  });
}

test("of equally similar names the popular one comes first; a usual name suggests the package's own", () => {
  const index = new NameIndex([
    { name: "kubectx", familiarity: "rare" },
    { name: "kubectl", familiarity: "popular" },
    { name: "gcloud", familiarity: "popular", answer: "google-cloud-sdk" },
  ]);
  assert.equal(index.nearest("kubecta", 3), ["kubectl", "kubectx"]);
  assert.equal(index.nearest("gclod", 3), ["google-cloud-sdk"]);
  assert.equal(index.nearest("kubectl", 3, "kubectl"), ["kubectx"]);
});

test.run();
