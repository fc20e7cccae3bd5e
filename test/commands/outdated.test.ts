import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pinsText } from "../../generator/knowledge/pins.ts";
import { flakewright } from "../support/cli.ts";
import { tempFolder } from "../support/temp.ts";

const test = suite("outdated");

function project(files: Readonly<Record<string, string>>): string {
  const folder = tempFolder();
  for (const name of ["spec", "out"]) mkdirSync(join(folder, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const SPEC = "version: 1\nname: demo\nnixpkgs: nixos-25.05\ngroups:\n  a: { packages: [jq] }\n";

test("a release with a successor, an old input, and what to do", () => {
  const spec = SPEC.replace("groups:", "inputs: { older: github:NixOS/nixpkgs/nixos-24.05 }\ngroups:");
  const { status, stdout } = flakewright(project({ "spec/platform.yaml": spec }), ["outdated"]);
  assert.is(status, 0);
  assert.match(stdout, /^nixpkgs +25\.05 \(unsupported since 2025-12-31\) +26\.05 +flakewright upgrade$/m);
  assert.match(stdout, /^older +24\.05 .* write 26\.05 in `inputs`$/m);
});

test("a pinned tool that has a newer version", () => {
  const spec = SPEC.replace("25.05", "26.05").replace("jq", '{ package: kubectl, version: "1.29" }');
  const rev = "0123456789abcdef0123456789abcdef01234567";
  const pins = pinsText({
    index: { source: "a folder", revisions: 1, newest: rev },
    pins: new Map([["kubectl@1.29", { attribute: "kubectl", version: "1.29.3", rev, date: "2024-04-01" }]]),
  });
  const folder = project({ "spec/platform.yaml": spec, "spec/platform.pins.json": pins });
  const { status, stdout, stderr } = flakewright(folder, ["outdated"]);
  assert.is(status, 0, stderr);
  assert.match(stdout, /^kubectl +1\.29\.3 +1\.3\d\.\d+ +change its `version`, then flakewright pin$/m);
  assert.is(flakewright(folder, ["outdated", "--strict"]).status, 1);
});

test("a branch that was locked long ago", () => {
  const rev = "0123456789abcdef0123456789abcdef01234567";
  const locked = { type: "github", owner: "NixOS", repo: "nixpkgs", rev, narHash: "sha256-x", lastModified: 1_700_000_000 };
  const nixpkgs = { locked, original: { type: "github", owner: "NixOS", repo: "nixpkgs", ref: "nixos-26.05" } };
  const lock = { version: 7, root: "root", nodes: { root: { inputs: { nixpkgs: "nixpkgs" } }, nixpkgs } };
  const files = { "spec/platform.yaml": SPEC.replace("25.05", "26.05"), "out/flake.lock": JSON.stringify(lock) };
  const { stdout, stderr } = flakewright(project(files), ["outdated"]);
  assert.match(stdout, /^nixpkgs +locked on 2023-11-14 +\d+ days later +nix flake update nixpkgs$/m, stderr);
});

test("nothing is known to be newer: no list; a spec with errors is status 1", () => {
  const newest = flakewright(project({ "spec/platform.yaml": SPEC.replace("25.05", "26.05") }), ["outdated"]);
  assert.equal([newest.status, newest.stdout], [0, ""]);
  assert.match(newest.stderr, /nothing is known to be newer/);
  assert.is(flakewright(project({ "spec/platform.yaml": "version: [" }), ["outdated"]).status, 1);
});

test("--format json", () => {
  const { stdout } = flakewright(project({ "spec/platform.yaml": SPEC }), ["outdated", "--format", "json"]);
  assert.is(JSON.parse(stdout).outdated[0].what, "nixpkgs");
});

test.run();
