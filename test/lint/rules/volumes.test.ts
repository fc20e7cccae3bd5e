import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows, codes } from "../../support/diagnostic-rows.ts";
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

test("folders of the system, and what is beside them", () => {
  const found = (path: string) => codes(compileText(mounts(path)).diagnostics);
  for (const path of [
    "/etc/nix",
    "/usr/bin",
    "/usr/local",
    "/var/lib",
    "/var/log/",
    "/bin/x",
    "/boot/efi",
    "/run/user/1000",
    "/run/wrappers",
    "/private/var/tmp",
    "/System/Volumes/Data",
  ])
    assert.equal(found(path), ["volume-mount"], path);
  for (const path of [
    "/mnt",
    "/opt",
    "/srv/data",
    "/var/lib/tools",
    "/usr/local/tools",
    "/run/media/ada/disk",
    "/Volumes/data",
    "/etcetera",
    "/home/ada",
  ])
    assert.equal(found(path), [], path);
});

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
