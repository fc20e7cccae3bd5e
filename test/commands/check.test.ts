import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../generator/commands/check.ts";
import { generate } from "../../generator/commands/generate.ts";
import type { Options } from "../../generator/commands/outcome.ts";
import type { Diagnostic } from "../../generator/report/diagnostic.ts";
import { toJson } from "../../generator/report/json.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { base } from "../support/diagnostic-rows.ts";
import { optionsFor } from "../support/options.ts";
import { tempFolder, tempTree } from "../support/temp.ts";

const test = suite("check");

test("output-foreign, output-edited, output-drift: the folder compared with the spec", async () => {
  const folder = tempFolder();
  const system = nodeSystem(folder, {});
  const options: Options = optionsFor();
  const say = async (work: typeof check) =>
    JSON.parse(toJson((await work(system, options)).report)).diagnostics.map(({ hint, ...rest }: { hint: string }) => {
      assert.ok(hint);
      return rest;
    });
  const whole = { line: 1, column: 1, endLine: 1, endColumn: 1, severity: "error" };
  await system.writeFile("spec.yaml", base);
  await system.mkdir("out");
  await system.writeFile("out/flake.nix", "{ }\n");
  assert.equal(
    (await say(generate)).map((d: Diagnostic) => [d.code, d.file]),
    [["output-foreign", "out/flake.nix"]],
  );
  await system.remove("out/flake.nix");
  assert.equal(await say(generate), []);
  await system.writeFile("spec.yaml", base.replace("demo", "other"));
  const [drift, ...others] = await say(check);
  assert.equal(others, [], "many files are one finding");
  assert.equal({ ...drift, message: "" }, { ...whole, code: "output-drift", file: "out", message: "" });
  assert.match(drift.message, /^\d+ files differ from what the spec generates: .*out\/flake\.nix/);
  await system.writeFile("spec.yaml", base);
  assert.equal(await say(check), []);
  await system.writeFile("out/flake.nix", "{ }\n");
  assert.equal(await say(check), [
    { ...whole, code: "output-edited", file: "out/flake.nix", message: "flake.nix was edited after flakewright wrote it" },
  ]);
});

/** A folder with two specs, and what a command says about its output. */
function twoSpecs(first: string, second: string) {
  const folder = tempTree({ "a.yaml": first, "b.yaml": second });
  const system = nodeSystem(folder, {});
  const run = async (work: typeof check, spec: string, more: Partial<Options> = {}) => {
    const { report } = await work(system, { ...optionsFor(spec), ...more });
    return report.diagnostics.map(({ code }) => code);
  };
  return { folder, run };
}

for (const [what, first, second] of [
  ["another platform", base, base.replace("demo", "other")],
  ["a copy, which has the name of the first", base, `${base}# a copy\n`],
] as const)
  test(`output-of-another-spec: ${what}`, async () => {
    const { folder, run } = twoSpecs(first, second);
    assert.equal(await run(generate, "a.yaml"), []);
    const before = readFileSync(join(folder, "out/ARCHITECTURE.md"), "utf8");
    for (const work of [check, generate]) assert.equal(await run(work, "b.yaml"), ["output-of-another-spec"]);
    assert.is(readFileSync(join(folder, "out/ARCHITECTURE.md"), "utf8"), before);
    assert.equal(await run(generate, "b.yaml", { out: "out-b" }), [], "another folder");
    assert.equal(await run(check, "a.yaml"), []);
    assert.equal(await run(generate, "b.yaml", { force: true }), []);
    assert.equal(await run(check, "b.yaml"), []);
  });

test("a spec that was renamed, and a platform that was renamed, keep their output folder", async () => {
  const { folder, run } = twoSpecs(base, base);
  assert.equal(await run(generate, "a.yaml"), []);
  renameSync(join(folder, "a.yaml"), join(folder, "c.yaml"));
  assert.equal(await run(generate, "c.yaml"), []);
  writeFileSync(join(folder, "c.yaml"), base.replace("demo", "other"));
  assert.equal(await run(generate, "c.yaml"), []);
  assert.equal(await run(check, "c.yaml"), []);
});

test("a manifest of an older flakewright, and one with a strange spec, belong to every spec", async () => {
  const { folder, run } = twoSpecs(base, base);
  const file = join(folder, "out/.flakewright.json");
  for (const spec of [undefined, 7, {}, { name: "x y" }, { name: "a", path: "/etc/passwd" }, { name: "a", path: "a\u001bb" }]) {
    assert.equal(await run(generate, "a.yaml", { force: true }), []);
    const { spec: _, ...rest } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...rest, spec }));
    assert.equal(await run(generate, "b.yaml"), [], JSON.stringify(spec));
  }
});

test.run();
