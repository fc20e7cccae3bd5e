import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flakewright } from "../support/cli.ts";
import { tempFolder } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";

const test = suite("init");

const read = (...path: string[]): string => readFileSync(join(...path), "utf8");

test("writes a spec, named after the folder, that generate and check accept without a diagnostic", () => {
  const folder = join(tempFolder(), "2 Große Plätze!");
  mkdirSync(folder);
  const made = flakewright(folder, ["init"]);
  assert.is(made.status, 0);
  assert.is(
    made.stdout,
    "created spec/platform.yaml\ncreated spec/flakewright.schema.json\ncreated spec/.gitattributes\ncreated .gitignore\ncreated .envrc\n",
  );
  const spec = read(folder, "spec/platform.yaml");
  assert.match(spec, /^# yaml-language-server: \$schema=\.\/flakewright\.schema\.json\n/);
  assert.match(spec, /^name: gro-e-platze$/m);
  assert.is(flakewright(folder, ["generate", "--strict"]).status, 0);
  const checked = flakewright(folder, ["check", "--strict"]);
  assert.is(checked.status, 0);
  assert.match(checked.stderr, /^out\/ is up to date \(\d+ files\)\n$/);
  assert.ok(existsSync(join(folder, "out/hosts/workstation.nix")));
  assert.is(flakewright(folder, ["schema"]).stdout, read(folder, "spec/flakewright.schema.json"));
});

test("creates the folder", () => {
  const folder = tempFolder();
  const made = flakewright(folder, ["init", "a b/c"]);
  assert.is(made.status, 0);
  assert.match(made.stderr, "cd 'a b/c' && flakewright generate");
  assert.match(read(folder, "a b/c/spec/platform.yaml"), /^name: c$/m);
});

test("writes nothing when a spec exists", () => {
  const folder = tempFolder();
  mkdirSync(join(folder, "spec"));
  writeFileSync(join(folder, "spec/platform.yaml"), "mine\n");
  const refused = flakewright(folder, ["init"]);
  assert.is(refused.status, 2);
  assert.match(refused.stderr, "spec/platform.yaml exists already");
  assert.is(read(folder, "spec/platform.yaml"), "mine\n");
  assert.not(existsSync(join(folder, ".gitignore")));
  assert.not(existsSync(join(folder, "spec/flakewright.schema.json")));
});

test("does not change an existing .gitignore or .envrc", () => {
  const folder = tempFolder();
  writeFileSync(join(folder, ".gitignore"), "mine\n");
  const made = flakewright(folder, ["init"]);
  assert.is(made.status, 0);
  assert.is(read(folder, ".gitignore"), "mine\n");
  assert.match(made.stderr, ".gitignore exists and is not changed; the starter's would have: result, result-*, .direnv/");
  assert.match(read(folder, ".envrc"), /^use flake \.\/out$/m);
});

needs(test, ["nix", "nixpkgs"])("the starter spec's flake evaluates: every shell and the host", () => {
  const folder = tempFolder();
  flakewright(folder, ["init"]);
  flakewright(folder, ["generate"]);
  const nix = (attribute: string, apply: string) => {
    const args = ["--no-write-lock-file", "--override-input", "nixpkgs", `path:${tool("nixpkgs")}`, "--apply", apply];
    const features = ["--extra-experimental-features", "nix-command flakes"];
    const run = spawnSync("nix", [...features, "eval", "--json", ...args, `path:${folder}/out#${attribute}`], {
      encoding: "utf8",
    });
    assert.is(run.status, 0, run.stderr);
    return JSON.parse(run.stdout);
  };
  const shells = nix("devShells.x86_64-linux", "builtins.mapAttrs (_: shell: shell.drvPath)");
  assert.equal(Object.keys(shells), ["cloud", "default", "dev", "k8s", "ops"]);
  assert.match(
    nix("nixosConfigurations.workstation", "host: host.config.system.build.toplevel.drvPath"),
    /nixos-system-workstation/,
  );
});

test.run();
