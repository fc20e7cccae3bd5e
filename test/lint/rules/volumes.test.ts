import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows } from "../../support/diagnostic-rows.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("rules: volumes");
const mounts = (...paths: readonly string[]) =>
  `${base}volumes:\n${paths.map((path, index) => `  v${index}: { mount: ${path} }\n`).join("")}`;

codeRows(test, [
  {
    code: "volume-mount",
    says: "`/nix/store` is a folder of the system",
    bad: mounts("⟦/nix/store⟧"),
    good: mounts("/mnt/store"),
  },
  { code: "volume-mount", says: "`/` is a folder of the system", bad: mounts("⟦/⟧"), good: mounts("/home/ada/tools") },
  {
    code: "volume-mount",
    says: "`/volumes/a:b` has a colon, and PATH separates its entries with colons",
    bad: mounts('⟦"/volumes/a:b"⟧'),
    good: mounts("/volumes/a-b"),
  },
]);

test("two volumes at one place are a warning", () => {
  const { diagnostics, files } = compileText(mounts("/volumes/data", "/volumes//data/"));
  assert.equal(
    diagnostics.map(({ code, severity }) => [code, severity]),
    [["volume-mount", "warning"]],
  );
  assert.ok(files);
  assert.equal(compileText(mounts("/volumes/data", "/volumes/data/more")).diagnostics, []);
});

test.run();
