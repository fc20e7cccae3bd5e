import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { specText } from "../support/arbitrary-spec.ts";
import { compileText, repository } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";

/* Generated Nix is what nixfmt (RFC 166) would make of it. */

const test = suite("nixfmt");
const withNixfmt = needs(test, ["nixfmt"]);

/** The paths of the files that nixfmt would change, below the folder. */
function unformatted(folder: string, paths: readonly string[]): string {
  try {
    execFileSync(tool("nixfmt") ?? "nixfmt", ["--check", ...paths], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    return "";
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error);
  }
}

function write(folder: string, spec: string): string[] {
  const paths: string[] = [];
  for (const { path, text } of compileText(spec).files ?? []) {
    if (!path.endsWith(".nix")) continue;
    const flat = path.replaceAll("/", "__");
    writeFileSync(join(folder, flat), text);
    paths.push(flat);
  }
  return paths;
}

withNixfmt("would change nothing of the reference platform", () => {
  const folder = tempFolder();
  const paths = write(folder, readFileSync(join(repository, "spec/platform.yaml"), "utf8"));
  assert.ok(paths.length > 10);
  assert.is(unformatted(folder, paths), "");
});

withNixfmt("would change nothing of 200 random specs", () => {
  const specs = fc.sample(specText, { numRuns: 200, seed: 166 });
  const folder = tempFolder();
  const paths = specs.flatMap((spec, index) => {
    mkdirSync(join(folder, String(index)));
    return write(join(folder, String(index)), spec).map((path) => join(String(index), path));
  });
  assert.ok(paths.length > 2000);
  assert.is(unformatted(folder, paths), "");
});

withNixfmt("says so of what it would change", () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "bad.nix"), "{a=1;}");
  assert.match(unformatted(folder, ["bad.nix"]), /not formatted/);
});

test.run();
