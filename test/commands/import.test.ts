import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { flakewright } from "../support/cli.ts";
import { compileText } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";

const folder = tempFolder();
mkdirSync(join(folder, "conf.d"));
writeFileSync(join(folder, "devbox.json"), `{"packages": ["git", "python@latest"]}`);
writeFileSync(join(folder, "nix.conf"), "max-jobs = 4\ninclude conf.d\ninclude more.conf\n");
writeFileSync(join(folder, "more.conf"), "cores = 2\n");
writeFileSync(join(folder, "mise.toml"), "[tools\n");

const run = (...args: string[]) => flakewright(folder, args);

test("the spec goes to stdout, warnings about the imported file to stderr", () => {
  const { status, stdout, stderr } = run("import", "devbox.json", "nix.conf");
  assert.is(status, 0, stderr);
  const { model, diagnostics } = compileText(stdout);
  assert.equal(
    diagnostics.filter(({ severity }) => severity === "error"),
    [],
  );
  assert.equal(
    model?.groups.flatMap(({ tools }) => tools.map(({ name }) => name)),
    ["git", "python3"],
  );
  assert.equal(
    model?.settings.map(({ name, value }) => [name, value]),
    [
      ["cores", 2],
      ["max-jobs", 4],
    ],
  );
  assert.match(stderr, /nix\.conf:2:1 warning import-incomplete\n {2}conf\.d, which the file includes, cannot be read/);
});

test("--quiet still prints the spec, --strict fails on the warning", () => {
  assert.match(run("import", "--quiet", "devbox.json").stdout, /^# yaml-language-server/);
  assert.is(run("import", "--strict", "nix.conf").status, 1);
});

test("an invalid file: no spec, an error at its place, status 1", () => {
  const { status, stdout, stderr } = run("import", "devbox.json", "mise.toml");
  assert.is(status, 1);
  assert.is(stdout, "");
  assert.match(stderr, /^mise\.toml:\d+:\d+ error import-syntax\n/);
});

test("an include outside the project is not read, also not through a link", () => {
  const elsewhere = tempFolder();
  writeFileSync(join(elsewhere, "shadow"), "root:$6$very-secret-hash:19000:0\n");
  symlinkSync(join(elsewhere, "shadow"), join(folder, "link.conf"));
  for (const target of [join(elsewhere, "shadow"), "../".repeat(20) + join(elsewhere, "shadow").slice(1), "link.conf"]) {
    writeFileSync(join(folder, "outside.conf"), `max-jobs = 4\ninclude ${target}\n`);
    const { stdout, stderr } = run("import", "outside.conf");
    assert.not.match(stdout + stderr, "very-secret-hash", target);
    assert.match(stderr, "cannot be read", target);
  }
});

test("a named file that is a link to a file of another name outside the project is not read", () => {
  const elsewhere = tempFolder();
  for (const name of ["shadow", "tool-versions"])
    writeFileSync(join(elsewhere, name), "root very-secret-hash 19000\nmax-jobs = very-secret-hash\n");
  for (const name of ["linked/nix.conf", "linked/.tool-versions", "linked/Brewfile", "linked/mise.toml", "linked/devenv.yaml"]) {
    mkdirSync(join(folder, "linked"), { recursive: true });
    symlinkSync(join(elsewhere, "shadow"), join(folder, name));
    const { status, stdout, stderr } = run("import", name);
    assert.is(status, 2, name);
    assert.match(stderr, "is a link to a file of another name outside the project");
    assert.not.match(stdout + stderr, /secret|hash|root/, name);
  }
  // A person's own: a file of that name, and one of the project.
  mkdirSync(join(folder, "own"));
  symlinkSync(join(elsewhere, "tool-versions"), join(folder, "own/.tool-versions"));
  symlinkSync("../devbox.json", join(folder, "own/devbox.json"));
  assert.is(run("import", "own/.tool-versions").status, 0);
  assert.is(run("import", "own/devbox.json").status, 0);
});

test("no code frame shows a secret of the imported file", () => {
  const token = `glpat-${"a1".repeat(12)}`;
  writeFileSync(join(folder, "secret.conf"), `max-jobs = 4\nhost ${token}\n`);
  const { stdout, stderr } = run("import", "secret.conf");
  assert.match(stderr, "import-incomplete");
  assert.not.match(stdout + stderr, token);
});

test("a missing file: status 2", () => {
  const { status, stderr } = run("import", "gone.conf");
  assert.is(status, 2);
  assert.match(stderr, "gone.conf does not exist");
});

test.run();
