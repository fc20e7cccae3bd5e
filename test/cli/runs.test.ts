import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CLI, flakewright } from "../support/cli.ts";
import { tempFolder } from "../support/temp.ts";

/* What runs print: summaries, one diagnostic for many files, help, pipes, standard input. */

const test = suite("runs");

const SPEC = "version: 1\nname: demo\nnixpkgs: 0123456789abcdef0123456789abcdef01234567\ngroups: { a: { packages: [jq] } }\n";

function project(spec = SPEC): string {
  const folder = tempFolder();
  mkdirSync(join(folder, "spec"));
  writeFileSync(join(folder, "spec/platform.yaml"), spec);
  return folder;
}

const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";

test("each run ends with a line that sums it up, which --quiet leaves out", () => {
  const folder = project();
  const run = (...args: string[]) => lastLine(flakewright(folder, args).stderr);
  assert.match(run("generate", "--dry-run"), /^would write (\d+) of \1 files to out\/$/);
  assert.match(run("generate"), /^wrote (\d+) of \1 files to out\/$/);
  assert.match(run("generate"), /^out\/ is up to date \(\d+ files\)$/);
  assert.match(run("check"), /^out\/ is up to date \(\d+ files\)$/);
  assert.is(run("check", "--quiet"), "");
  writeFileSync(join(folder, "spec/platform.yaml"), SPEC.replace("jq", "jq, yq-go"));
  assert.match(run("check"), /^out\/ is not up to date \(\d+ of \d+ files\)$/);
  writeFileSync(join(folder, "spec/platform.yaml"), `${SPEC}nmae: x\ngroup: {}\n`);
  assert.is(run("generate"), "2 errors; out/ stays as it was");
});

test("many files that differ are one diagnostic with a list", () => {
  const folder = project();
  flakewright(folder, ["generate"]);
  writeFileSync(join(folder, "spec/platform.yaml"), SPEC.replace("demo", "other"));
  const { stderr, status } = flakewright(folder, ["check"]);
  assert.is(status, 1);
  assert.is(stderr.match(/error output-drift/g)?.length, 1, stderr);
  assert.match(stderr, /\d+ files differ from what the spec generates: .*out\/flake\.nix/);
});

test("an edited file is reported first, then its diff and no other", () => {
  const folder = project();
  flakewright(folder, ["generate"]);
  appendFileSync(join(folder, "out/nix/apps.nix"), "# mine\n");
  writeFileSync(join(folder, "spec/platform.yaml"), SPEC.replace("demo", "other"));
  const { stdout, stderr, status } = flakewright(folder, ["generate"]);
  assert.is(status, 1);
  assert.match(stderr, /output-edited/);
  assert.match(stdout, /^--- a\/out\/nix\/apps\.nix$/m);
  assert.match(stdout, /^-# mine$/m);
  assert.is(stdout.match(/^--- /gm)?.length, 1, stdout);
});

test("a diff into an absolute folder has one slash", () => {
  const folder = project();
  assert.match(flakewright(folder, ["diff", "--out", join(folder, "out")]).stdout, /^\+\+\+ b\/[^/]/m);
});

test("a closed pipe ends the program without a message", () => {
  const folder = project();
  for (const command of ["schema", "diff"]) {
    const piped = `'${process.execPath}' ${CLI.map((word) => `'${word}'`).join(" ")} ${command} | head -1 >/dev/null`;
    const { stderr, status } = spawnSync("bash", ["-c", `set -o pipefail; ${piped}`], { cwd: folder, encoding: "utf8" });
    assert.equal([stderr, status], ["", 0], command);
  }
});

test("the spec is found from a subfolder, up to the repository's root", () => {
  const folder = project();
  mkdirSync(join(folder, ".git"));
  flakewright(folder, ["generate"]);
  mkdirSync(join(folder, "deep/er"), { recursive: true });
  const { stderr, status } = flakewright(join(folder, "deep/er"), ["check"]);
  assert.equal([lastLine(stderr).replace(/\d+/, "N"), status], ["out/ is up to date (N files)", 0]);
  const outside = tempFolder();
  mkdirSync(join(outside, "repository/.git"), { recursive: true });
  mkdirSync(join(outside, "spec"));
  writeFileSync(join(outside, "spec/platform.yaml"), SPEC);
  assert.is(flakewright(join(outside, "repository"), ["check"]).status, 2, "not beyond the repository");
});

test("files and folders of a command line are from the current folder, wherever the spec is", () => {
  const folder = project();
  const deep = join(folder, "deep/er");
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, "mise.toml"), '[tools]\njq = "latest"\n');
  writeFileSync(join(deep, "other.yaml"), SPEC.replace("demo", "other"));
  const ran = (...args: string[]) => flakewright(deep, args);
  assert.match(ran("import", "mise.toml").stdout, /- jq/);
  assert.match(ran("show", "other.yaml").stdout, /^name: other/m);
  assert.match(ran("show", "name").stdout, /demo/);
  assert.match(ran("pin", "other.yaml").stderr, /no tool of other\.yaml has a `version`/);
  assert.is(ran("init", "new").status, 0);
  assert.ok(existsSync(join(deep, "new/spec/platform.yaml")));
  assert.is(ran("init").status, 0);
  assert.ok(existsSync(join(deep, "spec/platform.yaml")));
});

test("a spec on standard input needs --out, and gives the same output as a file", () => {
  const folder = project();
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [...CLI, ...args], { cwd: folder, encoding: "utf8", input: SPEC });
  assert.is(run("generate", "-").status, 2);
  assert.is(run("generate", "-", "--out", "piped").status, 0);
  assert.match(readFileSync(join(folder, "piped/flake.nix"), "utf8").split("\n")[0] ?? "", /standard input/);
});

test("a folder as SPEC is reported as a folder", () => {
  const { stderr, status } = flakewright(project(), ["check", "spec"]);
  assert.is(status, 2);
  assert.match(stderr, /spec is a folder/);
});

test("COMMAND --help and `help COMMAND` print the command's help", () => {
  const page = flakewright(tempFolder(), ["check", "--help"]);
  assert.match(page.stdout, /^Usage: flakewright check \[SPEC\]/m);
  assert.is(flakewright(tempFolder(), ["help", "check"]).stdout, page.stdout);
  assert.is(flakewright(tempFolder(), ["chekc", "--help"]).status, 2);
});

test.run();
