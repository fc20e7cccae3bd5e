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
    // One file with flake.nix on macOS.
    code: "own-file-generated",
    says: "`./FLAKE.nix` is a place of generated files",
    bad: host("⟦./FLAKE.nix⟧"),
    good: host("./FLAKES.nix"),
  },
  ...["./.git/hooks/post-checkout", "./.GIT/box.nix", "./hosts/.git/box.nix", "./.jj/box.nix"].map((path) => ({
    code: "own-file-generated",
    says: `\`${path}\` is a place of Git's own files`,
    bad: host(`⟦${path}⟧`),
    good: host("./hosts/.github/box.nix"),
  })),
  {
    code: "own-file-generated",
    says: "Nix reads `./hosts/box.txt` as Nix code, and its name ends with `.txt`",
    bad: host("⟦./hosts/box.txt⟧"),
    good: host("./hosts/box.nix"),
  },
  {
    code: "file-name-not-portable",
    says: "Windows can't have a file `con`, and Git there does not check out users/con/nix.conf",
    bad: `${base}users:\n  ⟦con⟧: { settings: { max-jobs: 1 } }\n`,
    good: `${base}users:\n  com10: { settings: { max-jobs: 1 } }\n`,
  },
  {
    code: "file-name-not-portable",
    says: "Windows can't have a file `aux`, and Git there does not check out volumes/aux/nix.conf",
    bad: `${base}volumes:\n  ⟦aux⟧: { mount: /mnt/aux }\n`,
    good: `${base}volumes:\n  auxiliary: { mount: /mnt/aux }\n`,
  },
  {
    code: "file-name-not-portable",
    says: "Windows can't have a file `lpt1.nix`, and Git there does not check out hosts/lpt1.nix",
    bad: `${base}hosts:\n  ⟦lpt1⟧: { stateVersion: "26.05" }\n`,
    // Nothing is named after it.
    good: `${base}hosts:\n  lpt1: { stateVersion: "26.05", modules: [./hosts/printer.nix] }\n`,
  },
  {
    code: "file-name-not-portable",
    says: "Windows can't have a file `nul`, and Git there does not check out machines/nul/etc/nix/nix.conf",
    bad: `${base}hosts:\n  ⟦nul⟧: { os: linux, settings: { max-jobs: 1 } }\n`,
    good: `${base}hosts:\n  nul: { os: linux }\n`,
  },
  {
    code: "file-name-not-portable",
    says: "Windows can't have a file `Aux.de.nix`, and Git there does not check out hosts/Aux.de.nix",
    bad: host("⟦./hosts/Aux.de.nix⟧"),
    good: host("./hosts/auxe.nix"),
  },
  {
    code: "file-name-not-portable",
    says: "on macOS and Windows hosts/Box.nix and hosts/box.nix are one file: they differ only in case",
    bad: host("⟦./hosts/Box.nix⟧, ./hosts/box.nix"),
    good: host("./hosts/Box.nix, ./hosts/boxes.nix"),
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
