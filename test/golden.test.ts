import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compileText, repository } from "./support/spec.ts";

/*
 * Whole committed output trees: out/ of the reference platform, and one for each spec in test/golden/.
 * `RECORD=1 npx tsx test/golden.test.ts` rewrites those of test/golden/; read the diff before you commit it.
 */

const golden = suite("golden trees");
const folder = join(repository, "test/golden");

function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]))
    .sort();
}

function compare(spec: string, out: string, mayHold: (path: string) => boolean): void {
  const { files, diagnostics } = compileText(readFileSync(spec, "utf8"), false, spec);
  assert.ok(files, JSON.stringify(diagnostics));
  const planned = (files ?? []).filter((file) => !file.once || out.startsWith(folder));
  if (process.env["RECORD"] && out.startsWith(folder)) {
    rmSync(out, { recursive: true, force: true });
    for (const { path, text, mode } of planned) {
      mkdirSync(dirname(join(out, path)), { recursive: true });
      writeFileSync(join(out, path), text);
      chmodSync(join(out, path), mode);
    }
  }
  const there = filesBelow(out)
    .map((path) => relative(out, path))
    .filter((path) => !mayHold(path));
  assert.equal(there, planned.map(({ path }) => path).sort(), "the tree has other files than the spec generates");
  for (const { path, text, mode } of planned) {
    assert.is(readFileSync(join(out, path), "utf8"), text, path);
    assert.is(statSync(join(out, path)).mode & 0o100, mode & 0o100, `${path}: executable or not`);
  }
}

golden("out/ is what the reference platform generates", () => {
  compare(
    join(repository, "spec/platform.yaml"),
    join(repository, "out"),
    (path) => path.startsWith("hosts/") || [".flakewright.json", ".flakewright.sha256", "flake.lock"].includes(path),
  );
});

for (const name of readdirSync(folder).sort()) {
  golden(name, () => compare(join(folder, name, "spec.yaml"), join(folder, name, "out"), () => false));
}

golden.run();
