import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { adopt } from "../../generator/commands/adopt.ts";
import { check } from "../../generator/commands/check.ts";
import { generate } from "../../generator/commands/generate.ts";
import type { Outcome } from "../../generator/commands/outcome.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { optionsFor } from "../support/options.ts";
import { tempFolder } from "../support/temp.ts";

/* A bot's bump of flake.nix: it is named, goes into the spec, and `generate` then gives exactly the bumped file. */

const test = suite("adopt");

const COMMANDS = { adopt, check, generate };

/** Runs a command in a folder with a spec at its usual place. */
function run(folder: string, command: keyof typeof COMMANDS, out = "out"): Promise<Outcome> {
  return COMMANDS[command](nodeSystem(folder, process.env), optionsFor("spec/platform.yaml", out));
}

async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = tempFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  assert.is((await run(folder, "generate")).status, 0);
  return folder;
}
const read = (folder: string, path = "spec/platform.yaml"): string => readFileSync(join(folder, path), "utf8");

/** Replaces text in out/flake.nix, as a bot does, and returns the new content. */
function bump(folder: string, from: string, to: string): string {
  const before = read(folder, "out/flake.nix");
  assert.ok(before.includes(from), before);
  const text = before.replace(from, to);
  writeFileSync(join(folder, "out/flake.nix"), text);
  return text;
}

const errorsOf = ({ report }: Outcome) => report.diagnostics.filter(({ severity }) => severity === "error");
const codesOf = (outcome: Outcome): string[] => errorsOf(outcome).map(({ code }) => code);
const said = ({ report, notes, summary = "" }: Outcome): string => JSON.stringify([report.diagnostics, notes, summary]);

const TOOLS = "groups: { dev: { packages: [jq] } }\nlint: [{ code: nixpkgs-unpinned, why: a test }]\n";
const NEW = "github:NixOS/nixpkgs/nixos-26.05";

/** The spec's head, what the bot replaces in flake.nix, and the head afterwards. */
const ROWS: readonly (readonly [name: string, before: string, from: string, to: string, after: string])[] = [
  [
    "a branch stays a branch, with its comment",
    "nixpkgs: nixos-25.11   # the release\n",
    "nixos-25.11",
    "nixos-26.05",
    "nixpkgs: nixos-26.05   # the release\n",
  ],
  ["quotes stay", "nixpkgs: 'nixos-25.11'\n", "nixos-25.11", "nixos-26.05", "nixpkgs: 'nixos-26.05'\n"],
  ["double ones too", 'nixpkgs: "nixos-25.11"\n', "nixos-25.11", "nixos-26.05", 'nixpkgs: "nixos-26.05"\n'],
  ["a block scalar", "nixpkgs: >-\n  nixos-25.11\n# c\n", "nixos-25.11", "nixos-26.05", "nixpkgs: nixos-26.05\n# c\n"],
  [
    "the long form",
    "nixpkgs:\n  # allowed\n  unfree: [terraform]\n  url: github:NixOS/nixpkgs/nixos-25.11 # c\n",
    "nixos-25.11",
    "nixos-26.05",
    `nixpkgs:\n  # allowed\n  unfree: [terraform]\n  url: ${NEW} # c\n`,
  ],
  ["the default, which the spec does not have", "", "nixos-26.05", "nixos-25.11", ""],
  [
    "a short form becomes a reference where the bot names another repository",
    "nixpkgs: nixos-25.11\n",
    "github:NixOS/nixpkgs/nixos-25.11",
    "github:acme/nixpkgs/nixos-26.05?dir=x",
    "nixpkgs: github:acme/nixpkgs/nixos-26.05?dir=x\n",
  ],
  [
    "an input",
    "nixpkgs: nixos-26.05\ninputs: { old: github:NixOS/nixpkgs/nixos-24.11 } # c\n",
    "nixos-24.11",
    "nixos-25.05",
    "nixpkgs: nixos-26.05\ninputs: { old: github:NixOS/nixpkgs/nixos-25.05 } # c\n",
  ],
  [
    "a flake that follows",
    "nixpkgs: nixos-26.05\ninputs:\n  acme:\n    flake: github:acme/tools/v1.2.0\n    follows: [nixpkgs] # ours\n",
    "v1.2.0",
    "v1.3.0",
    "nixpkgs: nixos-26.05\ninputs:\n  acme:\n    flake: github:acme/tools/v1.3.0\n    follows: [nixpkgs] # ours\n",
  ],
];

for (const [name, before, from, to, after] of ROWS)
  test(name, async () => {
    const folder = await project({ "spec/platform.yaml": `version: 1\nname: demo\n${before}${TOOLS}` });
    const bumped = bump(folder, from, to);
    const checked = await run(folder, "check");
    assert.is(checked.status, 1);
    assert.ok(codesOf(checked).includes("output-bumped"), said(checked));
    assert.not(codesOf(checked).includes("output-edited"));
    assert.match(said(await run(folder, "generate")), /flakewright adopt/);
    assert.is(read(folder, "out/flake.nix"), bumped, "generate leaves a bump alone");
    const adopted = await run(folder, "adopt");
    assert.is(adopted.status, 0, said(adopted));
    if (after === "") assert.match(read(folder), /^nixpkgs: nixos-25\.11$/m);
    else assert.is(read(folder), `version: 1\nname: demo\n${after}${TOOLS}`);
    const generated = await run(folder, "generate");
    assert.is(generated.status, 0, said(generated));
    assert.is(read(folder, "out/flake.nix"), bumped);
    assert.is((await run(folder, "check")).status, 0);
  });

test("a reference in an included file is edited there", async () => {
  const folder = await project({
    "spec/platform.yaml": `version: 1\nname: demo\ninclude: [../company/base.yaml]\n${TOOLS}`,
    "company/base.yaml": "# ours\nnixpkgs: nixos-25.11 # release\n",
  });
  const bumped = bump(folder, "nixos-25.11", "nixos-26.05");
  assert.is((await run(folder, "adopt")).status, 0);
  assert.is(read(folder, "company/base.yaml"), "# ours\nnixpkgs: nixos-26.05 # release\n");
  assert.is((await run(folder, "generate")).status, 0);
  assert.is(read(folder, "out/flake.nix"), bumped);
});

test("two inputs at once, after another edit of the spec", async () => {
  const head = "version: 1\nname: demo\nnixpkgs: nixos-25.11\ninputs:\n  old: github:NixOS/nixpkgs/nixos-24.05\n";
  const folder = await project({ "spec/platform.yaml": head + TOOLS });
  bump(folder, "nixos-25.11", "nixos-26.05");
  bump(folder, "nixos-24.05", "nixos-24.11");
  writeFileSync(join(folder, "spec/platform.yaml"), `${head}description: New\n${TOOLS}`);
  assert.ok(codesOf(await run(folder, "check")).includes("output-bumped"));
  const adopted = await run(folder, "adopt");
  assert.is(
    adopted.output,
    "nixpkgs: nixos-25.11 -> nixos-26.05\nold: github:NixOS/nixpkgs/nixos-24.05 -> github:NixOS/nixpkgs/nixos-24.11\n",
  );
  assert.is((await run(folder, "generate")).status, 0);
  assert.match(read(folder, "out/flake.nix"), /description = "New"/);
  assert.match(read(folder, "out/flake.nix"), /nixos-26\.05/);
});

test("an input of flakewright's own follows the bumped release", async () => {
  const mac = "hosts: { mac: { system: aarch64-darwin, stateVersion: 6 } }\n";
  const folder = await project({ "spec/platform.yaml": `version: 1\nname: demo\nnixpkgs: nixos-25.11\n${mac}${TOOLS}` });
  bump(folder, '"github:NixOS/nixpkgs/nixos-25.11"', `"${NEW}"`);
  assert.is((await run(folder, "adopt")).status, 0);
  const generated = await run(folder, "generate");
  assert.is(generated.status, 0, said(generated));
  assert.match(read(folder, "out/flake.nix"), /nix-darwin-26\.05/);
});

/** Edits that are no bump. */
const OTHERS: readonly (readonly [name: string, from: string, to: string])[] = [
  ["another edit", "devShells = ", "devShells2 = "],
  ["an edit beside a bump", 'nixos-25.11";\n', 'nixos-26.05";\n # by hand\n'],
  ["an input of flakewright's own", "nix-darwin-25.11", "nix-darwin-26.05"],
  ["another description", "The demo platform", "The demo platform of ours"],
];

for (const [name, from, to] of OTHERS)
  test(`${name} is an edit`, async () => {
    const mac = "hosts: { mac: { system: aarch64-darwin, stateVersion: 6 } }\n";
    const folder = await project({ "spec/platform.yaml": `version: 1\nname: demo\nnixpkgs: nixos-25.11\n${mac}${TOOLS}` });
    const before = read(folder);
    bump(folder, from, to);
    const codes = codesOf(await run(folder, "check"));
    assert.ok(codes.includes("output-edited") && !codes.includes("output-bumped"), codes.join());
    const adopted = await run(folder, "adopt");
    assert.is(adopted.status, 1);
    assert.match(said(adopted), /flakewright diff/);
    assert.is(read(folder), before);
  });

test("a bump to what the spec refuses stays a bump, and the spec stays as it was", async () => {
  const folder = await project({ "spec/platform.yaml": `version: 1\nname: demo\nnixpkgs: nixos-25.11\n${TOOLS}` });
  const before = read(folder);
  bump(folder, "nixos-25.11", "unstable");
  const adopted = await run(folder, "adopt");
  assert.is(adopted.status, 1);
  assert.match(said(adopted), /nixpkgs-reference/);
  assert.is(read(folder), before);
  assert.ok(codesOf(await run(folder, "check")).includes("output-bumped"));
});

test("an output folder that can't be one is named, with a way out", async () => {
  const folder = await project({ "spec/platform.yaml": `version: 1\nname: demo\nnixpkgs: nixos-26.05\n${TOOLS}` });
  let message = "";
  await run(folder, "adopt", "spec/platform.yaml").catch((error: Error) => {
    message = error.message;
  });
  assert.is(message, "spec/platform.yaml can't be the output folder: it is not a folder; choose another with --out");
});

test("without a bump there is nothing to adopt", async () => {
  const folder = await project({ "spec/platform.yaml": `version: 1\nname: demo\nnixpkgs: nixos-26.05\n${TOOLS}` });
  const adopted = await run(folder, "adopt");
  assert.is(adopted.status, 0);
  assert.match(said(adopted), /has the references of the spec/);
});

test.run();
