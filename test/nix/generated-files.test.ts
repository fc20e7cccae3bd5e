import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { specText } from "../support/arbitrary-spec.ts";
import { privateNix } from "../support/nix.ts";
import { nixFaults, syntaxErrors } from "../support/nix-lint.ts";
import { nixfmtComplaints } from "../support/nixfmt.ts";
import { compileText, repository } from "../support/spec.ts";
import { tempTree } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/*
 * Every generated .nix file of the reference platform and of random specs: no unused binding, no `with`, no syntax error, and no
 * change by nixfmt. The fixture nixpkgs must pass the same checks.
 */

const test = suite("generated .nix files");

function nixFilesBelow(folder: string): Record<string, string> {
  const names = readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".nix"),
  );
  return Object.fromEntries(names.map((name) => [join(folder, name), readFileSync(join(repository, folder, name), "utf8")]));
}

/** Each distinct text that the specs compile to, under the name of one file that has it. */
function nixFilesOf(specs: readonly string[]): Record<string, string> {
  const found = new Map<string, string>();
  for (const [n, spec] of specs.entries()) {
    const { files, diagnostics } = compileText(spec);
    if (!files) throw new Error(`does not compile: ${JSON.stringify(diagnostics)}\n${spec}`);
    for (const { path, text } of files) {
      if (path.endsWith(".nix") && !found.has(text)) found.set(text, `${n}/${path}`);
    }
  }
  return Object.fromEntries([...found].map(([text, path]) => [path, text]));
}

// A fixed seed: the name of a failing file leads to the same spec again.
const specs = fc.sample(specText, { numRuns: 200, seed: 2026 });

/** The longest valid names: nixfmt breaks long lines. */
const [long, alsoLong] = ["a".repeat(128), "b".repeat(120)];
const WIDE = `version: 1
name: ${"p".repeat(63)}
description: ${"words ".repeat(30)}
inputs: { ${alsoLong}: "github:NixOS/nixpkgs/0123456789abcdef0123456789abcdef01234567" }
groups:
  ${long}: { title: ${"long ".repeat(30)}, packages: [kubectl, { package: kubernetes-helm, from: ${alsoLong} }] }
  let: { title: ${"long ".repeat(30)}, packages: [kubectl] }
shells:
  with: { groups: [${long}, let], packages: [git], env: { ${"V".repeat(120)}: x } }
  ${alsoLong}: { groups: [let], env: { W: ${"long ".repeat(30)}, X: "", ${"P".repeat(120)}: { path: ${long} }, Q: { append: [${long}] } } }
policy: { licenses: { deny: [AGPL-3.0-only] }, closure: { ${long}: 2GiB, let: 1MiB } }
commands: { ${long}: { help: ${"long ".repeat(30)}, run: ${"long ".repeat(30)}, groups: [let] }, ${alsoLong}: { run: x } }
buildUsers: { group: ${"g".repeat(30)}, gid: 31000, roles: [{ role: ${long}, description: ${"long ".repeat(30)}, groups: [let] }] }
images:
  ${long}: { groups: [${long}, let], name: "registry.example.net/${"n".repeat(60)}/ci" }
  b: { user: 0 }
ci: { forges: [github, gitlab, forgejo] }
users: { ${"u".repeat(30)}: { settings: { max-jobs: 1 } } }
volumes: { ${alsoLong}: { mount: /volumes/aws, groups: [${long}] } }
hosts:
  ${"h".repeat(63)}: { groups: [${long}], stateVersion: "26.05", deploy: { target: ${"t".repeat(60)}.example.net } }
  let: { groups: [let], stateVersion: "26.05" }
`;

/** A policy of which nothing is left to judge. */
const ACCEPTED = `version: 1
name: x
groups: { k8s: { packages: [kubectl] } }
policy: { closure: { k8s: 1GiB } }
lint: [{ code: policy-closure, why: x }]
`;

const files = { ...nixFilesBelow("out"), ...nixFilesBelow("test/fixtures/nixpkgs"), ...nixFilesOf([...specs, WIDE, ACCEPTED]) };

test("there are files to check", () => {
  assert.ok(Object.keys(files).filter((path) => /^\d+\//.test(path)).length > 400);
  assert.ok("out/flake.nix" in files);
});

test("have no unused binding and no `with`", () => {
  for (const [path, text] of Object.entries(files)) assert.equal(nixFaults(text), [], `${path}\n${text}`);
});

needs(test, ["nix", "nix-instantiate"])("have no syntax error", async () => {
  const folder = tempTree(files);
  assert.is(
    await syntaxErrors(
      privateNix(),
      Object.keys(files).map((path) => join(folder, path)),
    ),
    "",
  );
});

needs(test, ["nixfmt"])("are not changed by nixfmt", () => {
  const folder = tempTree(files);
  assert.is(nixfmtComplaints(Object.keys(files).map((path) => join(folder, path))), "");
});

test.run();
