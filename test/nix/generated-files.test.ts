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
 * Every generated .nix file, of the reference platform and of random specs, as its readers' tools see it: no binding that nothing
 * uses, no `with`, no syntax error, nothing for nixfmt to change. The fixture nixpkgs is held to the same.
 */

const test = suite("generated .nix files");

function nixFilesBelow(folder: string): Record<string, string> {
  const names = readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".nix"),
  );
  return Object.fromEntries(names.map((name) => [join(folder, name), readFileSync(join(repository, folder, name), "utf8")]));
}

/** Each text that the specs compile to, once, under the name of one file that has it. */
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

// A fixed seed, so that a failure's file name means the same spec again.
const specs = fc.sample(specText, { numRuns: 200, seed: 2026 });
const files = { ...nixFilesBelow("out"), ...nixFilesBelow("test/fixtures/nixpkgs"), ...nixFilesOf(specs) };

test("there is something to look at", () => {
  assert.ok(Object.keys(files).filter((path) => /^\d+\//.test(path)).length > 400);
  assert.ok("out/flake.nix" in files);
});

test("use every binding they declare, and no `with`", () => {
  for (const [path, text] of Object.entries(files)) assert.equal(nixFaults(text), [], `${path}\n${text}`);
});

needs(test, ["nix", "nix-instantiate"])("are Nix", async () => {
  const folder = tempTree(files);
  assert.is(
    await syntaxErrors(
      privateNix(),
      Object.keys(files).map((path) => join(folder, path)),
    ),
    "",
  );
});

needs(test, ["nixfmt"])("are left as they are by nixfmt", () => {
  const folder = tempTree(files);
  assert.is(nixfmtComplaints(Object.keys(files).map((path) => join(folder, path))), "");
});

test.run();
