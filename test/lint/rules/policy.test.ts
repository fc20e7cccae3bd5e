import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../../generator/commands/check.ts";
import { doctor } from "../../../generator/commands/doctor.ts";
import { compile } from "../../../generator/compile.ts";
import { readSizes, type Sizes } from "../../../generator/knowledge/sizes.ts";
import { nodeSystem } from "../../../generator/system/node-system.ts";
import { codeRows, mistakeRows } from "../../support/diagnostic-rows.ts";
import { cursor, factsOf, repository, templates } from "../../support/spec.ts";
import { tempTree } from "../../support/temp.ts";

const test = suite("rules: policy");

const head = "version: 1\nname: demo\nnixpkgs: nixos-26.05\n";

codeRows(test, [
  {
    code: "policy-license",
    says: "the policy denies the licence of `grafana`, AGPL-3.0-only",
    bad: `${head}groups: { ops: { packages: [jq, ⟦grafana⟧] } }\npolicy: { licenses: { deny: [AGPL-3.0-only] } }\n`,
    good: `${head}groups: { ops: { packages: [jq, grafana] } }\npolicy: { licenses: { deny: [AGPL-3.0-or-later] } }\n`,
  },
  {
    code: "policy-license",
    says: "the policy denies the licence of `git`, GPL-2.0-only",
    bad: `${head}groups: { ops: { packages: [{ package: ⟦git⟧, name: scm }] } }\npolicy: { licenses: { deny: [GPL-2.0] } }\n`,
    good: `${head}groups: { ops: { packages: [{ package: git, name: scm }] } }\npolicy: { licenses: { deny: [GPL-2.0+] } }\n`,
  },
  {
    code: "policy-license",
    says: "the policy denies the licence of `grafana`, AGPL-3.0-only",
    bad: `${head}groups: { ops: { packages: [jq] } }\nshells: { mon: { packages: [⟦grafana⟧] } }\npolicy: { licenses: { deny: [AGPL-3.0] } }\n`,
    good: `${head}groups: { ops: { packages: [jq] } }\nshells: { mon: { packages: [grafana] } }\npolicy: {}\n`,
  },
  {
    code: "policy-license-unknown",
    says: "no package of nixpkgs has the licence `AGPL-3`",
    bad: `${head}groups: { ops: { packages: [jq] } }\npolicy: { licenses: { deny: [⟦AGPL-3⟧] } }\n`,
    good: `${head}groups: { ops: { packages: [jq] } }\npolicy: { licenses: { deny: [AGPL-3.0] } }\n`,
  },
]);

mistakeRows(test, [
  [
    "a budget of a group that is not there",
    "reference-unknown",
    `${head}groups: { k8s: { packages: [jq] } }\npolicy: { closure: { ⟦k8⟧: 2GiB } }\n`,
    "k8s",
  ],
  [
    "a size without a unit",
    "schema-value",
    `${head}groups: { k8s: { packages: [jq] } }\npolicy: { closure: { k8s: ⟦"200"⟧ } }\n`,
    "2GiB",
  ],
  [
    "no size at all",
    "schema-value",
    `${head}groups: { k8s: { packages: [jq] } }\npolicy: { closure: { k8s: ⟦0GiB⟧ } }\n`,
    "2GiB",
  ],
  [
    "an age in weeks",
    "schema-value",
    `${head}groups: { k8s: { packages: [jq] } }\npolicy: { nixpkgs: { maxAge: ⟦8w⟧ } }\n`,
    "30d",
  ],
  [
    "a group with the name of a bill of materials",
    "name-conflict",
    `${head}groups: { k8s: { packages: [jq] }, ⟦sbom-k8s⟧: { packages: [age] } }\nsbom: true\n`,
    "bill of materials",
  ],
  [
    "a group with the name of the sizes",
    "name-conflict",
    `${head}groups: { ⟦closure-sizes⟧: { packages: [age] } }\nsbom: true\n`,
    "sizes",
  ],
]);

/** The findings of a spec on 2026-09-01, with a nixpkgs of a day and measured sizes; the marked range is that of the first. */
function findings(marked: string, day: string | undefined, sizes?: Sizes, lock = "abc"): string[] {
  const { text, start, end } = cursor(marked);
  const context = { locked: true, today: "2026-09-01", facts: factsOf, dayOf: () => day, sizes, lock };
  const found = compile(Buffer.from(text), "spec.yaml", context, templates).diagnostics;
  if (found[0]) assert.equal([found[0].range.start, found[0].range.end], [start, end]);
  return found.map(({ code, message }) => `${code}: ${message}`);
}

const AGE = `${head}groups: { k8s: { packages: [jq] } }\npolicy: { nixpkgs: { maxAge: ⟦60d⟧ } }\n`;

test("the age of nixpkgs is counted in days, up to and with the limit", () => {
  assert.equal(findings(AGE, "2026-07-02"), ["policy-age: nixpkgs is of 2026-07-02, 61 days old: the policy allows 60"]);
  assert.equal(findings(AGE, "2026-07-03"), []);
  assert.equal(findings(AGE, undefined), []);
});

const CLOSURE = `${head}groups: { k8s: { packages: [jq] } }\npolicy: { closure: { k8s: ⟦2GiB⟧ } }\n`;
const measured = (bytes: number, lock = "abc") =>
  readSizes(JSON.stringify({ version: 1, system: "x86_64-linux", lock, closure: { k8s: bytes } }));

test("sizes of the present lock file are judged", () => {
  assert.equal(findings(CLOSURE, undefined, measured(3 * 2 ** 30)), [
    "policy-closure: `k8s` has 3.0 GiB with everything that it needs (x86_64-linux): the policy allows 2GiB",
  ]);
  assert.equal(findings(CLOSURE, undefined, measured(2 ** 31)), []);
  assert.equal(findings(CLOSURE, undefined, measured(2 ** 40, "other")), []);
});

test("a damaged sizes file is none", () => {
  const valid = { version: 1, system: "x86_64-linux", lock: "", closure: { k8s: 1 } };
  assert.ok(readSizes(JSON.stringify(valid)));
  for (const bad of [
    { version: 2 },
    { system: "a b" },
    { lock: 1 },
    { closure: [] },
    { closure: { k8s: "1" } },
    { closure: { k8s: -1 } },
  ])
    assert.is(readSizes(JSON.stringify({ ...valid, ...bad })), undefined, JSON.stringify(bad));
  for (const text of ["", "null", "[]", "{"]) assert.is(readSizes(text), undefined);
});

const options = { spec: "spec/platform.yaml", out: "out", force: false, dryRun: false, strict: false };
const knowledge = join(repository, "generator/knowledge");

test("check and doctor read the lock file and the sizes beside the spec", async () => {
  const modified = Math.floor(Date.parse("2026-01-01") / 1000);
  const lock = JSON.stringify({
    nodes: {
      root: { inputs: { nixpkgs: "nixpkgs" } },
      nixpkgs: {
        locked: { type: "github", rev: "a".repeat(40), lastModified: modified },
        original: { type: "github", owner: "NixOS", repo: "nixpkgs", ref: "nixos-26.05" },
      },
    },
    root: "root",
    version: 7,
  });
  const spec = `${head}groups: { k8s: { packages: [jq] } }\npolicy:\n  nixpkgs: { maxAge: 60d }\n  closure: { k8s: 2GiB }\n`;
  const folder = tempTree({ "spec/platform.yaml": spec, "out/flake.lock": lock });
  const system = { ...nodeSystem(folder, process.env), now: () => Date.parse("2026-09-01") };
  const lockHash = createHash("sha256").update(lock).digest("hex");
  mkdirSync(join(folder, "spec"), { recursive: true });
  writeFileSync(
    join(folder, "spec/platform.sizes.json"),
    JSON.stringify({ version: 1, system: "x86_64-linux", lock: lockHash, closure: { k8s: 2 ** 33 } }),
  );
  for (const command of [check, doctor]) {
    const outcome = await command(system, { ...options, knowledge });
    const codes = outcome.report.diagnostics.map(({ code }) => code).filter((code) => code.startsWith("policy-"));
    assert.equal(codes, ["policy-age", "policy-closure"]);
    assert.is(outcome.status, 1);
  }
});

test.run();
