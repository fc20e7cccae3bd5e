import { suite } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../../generator/commands/check.ts";
import { generate } from "../../../generator/commands/generate.ts";
import { nodeSystem } from "../../../generator/system/node-system.ts";
import { base, codeRows } from "../../support/diagnostic-rows.ts";
import { optionsFor } from "../../support/options.ts";
import { tempTree } from "../../support/temp.ts";

const test = suite("rules: own files");
const host = (modules: string) => `${base}hosts:\n  box: { stateVersion: "26.05", modules: [${modules}] }\n`;

codeRows(test, [
  {
    code: "own-file-generated",
    says: "`./nix/box.nix` is a place of generated files",
    bad: host("⟦./nix/box.nix⟧"),
    good: host("./hosts/box.nix, ./hardware-configuration.nix, ./disks"),
  },
  {
    code: "own-file-generated",
    says: "`./flake.nix` is a place of generated files",
    bad: host("⟦./flake.nix⟧"),
    good: host("./hosts/flake.nix"),
  },
  {
    code: "own-file-generated",
    says: "Nix reads `./hosts/box.txt` as Nix code, and its name ends with `.txt`",
    bad: host("⟦./hosts/box.txt⟧"),
    good: host("./hosts/box.nix"),
  },
]);

test("own-file-missing: a module that the output folder has not, and that is not written once", async () => {
  const folder = tempTree({ "spec.yaml": host("./hosts/box.nix, ./hosts/disks.nix") });
  const system = nodeSystem(folder, {});
  const options = optionsFor();
  const found = async (work: typeof check) =>
    (await work(system, options)).report.diagnostics.map(({ code, message }) => [code, message]);
  const missing = [["own-file-missing", "the output folder has no `./hosts/disks.nix`"]];
  assert.equal(await found(generate), missing);
  assert.equal(await found(check), missing);
  await system.writeFile("out/hosts/disks.nix", "{ }\n");
  assert.equal(await found(check), []);
});

test.run();
