import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { flakewright } from "../support/cli.ts";
import { compileText } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";

const test = suite("show");
const token = `ghp_${"a1B2".repeat(9)}`;

function project(): string {
  const folder = tempFolder();
  for (const name of ["spec", "company", "elsewhere"]) mkdirSync(join(folder, name));
  writeFileSync(
    join(folder, "spec/platform.yaml"),
    `version: 1
name: team
nixpkgs: ${"a".repeat(40)}
include: [../company/base.yaml, ../company/link.yaml]
groups:
  k8s:
    packages: [stern, "1password"]
shells:
  k8s:
    env: { A: "yes", B: "x # y", C: "a: b", D: "" }
    hook: |
      echo one

      echo two
`,
  );
  writeFileSync(join(folder, "company/base.yaml"), "groups:\n  k8s: { title: Kubernetes, packages: [kubectl] }\n");
  writeFileSync(join(folder, "elsewhere/gc.yaml"), "gc: { dates: daily }\n");
  symlinkSync("../elsewhere/gc.yaml", join(folder, "company/link.yaml"));
  return folder;
}

test("each line names the file and line that it is from, and the output is the spec", () => {
  const folder = project();
  const { stdout, status } = flakewright(folder, ["show"]);
  assert.is(status, 0);
  for (const line of [
    /- kubectl +# company\/base\.yaml:2\n/,
    /- stern +# spec\/platform\.yaml:7\n/,
    /dates: daily +# company\/link\.yaml:1\n/,
    /# company\/link\.yaml, which is elsewhere\/gc\.yaml\n/,
  ])
    assert.match(stdout, line);
  const value = parse(stdout);
  assert.equal(value.groups.k8s.packages, ["kubectl", "stern", "1password"]);
  assert.equal(value.shells.k8s, {
    env: { A: "yes", B: "x # y", C: "a: b", D: "" },
    hook: "echo one\n\necho two\n",
  });
  assert.equal(
    compileText(stdout).diagnostics.filter((d) => d.severity === "error"),
    [],
  );
});

test("a place alone, with defaults, as data, of another file", () => {
  const folder = project();
  assert.equal(flakewright(folder, ["show", "groups.k8s.packages[1]"]).stdout, "stern  # spec/platform.yaml:7\n");
  const defaults = flakewright(folder, ["show", "gc", "--defaults"]).stdout;
  assert.match(defaults, /olderThan: 30d +# default\n/);
  assert.match(flakewright(folder, ["show", "--defaults"]).stdout, /- aarch64-darwin +# default\n/);
  const data = JSON.parse(flakewright(folder, ["show", "gc", "--format", "json"]).stdout);
  assert.equal([data.at, data.value], ["gc", { dates: "daily" }]);
  const base = flakewright(folder, ["show", "company/base.yaml"]);
  assert.equal(base.stdout.split("\n").length, 6);
  assert.equal([base.status, base.stderr.includes("is missing")], [0, false], "a part of a spec needs no name");
  const wrong = flakewright(folder, ["show", "grups"]);
  assert.is(wrong.status, 2);
  assert.match(wrong.stderr, "did you mean `groups`");
});

test("no secret is shown", () => {
  const folder = project();
  writeFileSync(join(folder, "company/base.yaml"), `settings: { access-tokens: { github.com: ${token} } }\n`);
  for (const more of [[], ["--format", "json"]]) {
    const { stdout, stderr } = flakewright(folder, ["show", ...more]);
    assert.ok(stdout.includes("access-tokens"));
    assert.not.ok(`${stdout}${stderr}`.includes(token.slice(0, 12)));
  }
});

test.run();
