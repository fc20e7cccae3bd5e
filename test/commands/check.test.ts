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
import { repository } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";

const test = suite("check");

test("output-foreign, output-edited, output-drift: the folder compared with the spec", async () => {
  const folder = tempFolder();
  const system = nodeSystem(folder, {});
  const options: Options = {
    spec: "spec.yaml",
    out: "out",
    force: false,
    dryRun: false,
    strict: false,
    knowledge: join(repository, "generator/knowledge"),
  };
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

test.run();
