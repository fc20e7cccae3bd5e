import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allCodes, explanationOf, RULES } from "../../generator/lint/rules.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { COMMIT, codes } from "../support/diagnostic-rows.ts";
import { compileText, MEASURED, repository } from "../support/spec.ts";

const test = suite("the catalogue of codes");

/** The text of every test file except this one, by its path in test/. */
const texts = new Map(
  readdirSync(join(repository, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts") && name !== "lint/rules.test.ts")
    .map((name) => [name, readFileSync(join(repository, "test", name), "utf8")]),
);

test("every code has a cause and a test, and the test of every rule stands in its topic", () => {
  const rules = new Set(RULES.map((rule) => rule.code));
  for (const code of allCodes()) {
    assert.ok(explanationOf(code)?.cause, code);
    const where = [...texts].filter(([name]) => !rules.has(code) || name.startsWith("lint/rules/"));
    const written = rules.has(code) ? `"${code}"` : code;
    assert.ok(
      where.some(([, text]) => text.includes(written)),
      `no test has ${written}`,
    );
  }
});

test("each example in `explain` gives its code, and each fixed example does not", () => {
  const whole = (snippet: string) =>
    ["version: 1", "name: demo", `nixpkgs: ${COMMIT}`, "groups: { k8s: { packages: [kubectl] } }"]
      .filter((line) => !new RegExp(`^${line.split(":")[0]}:`, "m").test(snippet))
      .concat(snippet)
      .join("\n");
  for (const { code, example, fixed } of RULES) {
    assert.ok(
      codes(compileText(whole(example), false, "spec.yaml", MEASURED).diagnostics).includes(code),
      `${code}: the example`,
    );
    assert.not.ok(
      codes(compileText(whole(fixed), code !== "nixpkgs-unpinned", "spec.yaml", MEASURED).diagnostics).includes(code),
      `${code}: the fixed one`,
    );
  }
});

test("the reference platform has no diagnostic, and all of its `lint` entries are used", async () => {
  const system = nodeSystem(repository, {});
  const text = (await system.readFile("spec/platform.yaml"))?.toString() ?? "";
  assert.equal(compileText(text, false).diagnostics, []);
  assert.equal(compileText(text, true).diagnostics, []);
  assert.equal(codes(compileText(text.replace(/\nlint:[\s\S]*/, "\n"), false).diagnostics), [
    "nixpkgs-unpinned",
    "setting-ignored",
    "trusted-user-is-root",
  ]);
});

test.run();
