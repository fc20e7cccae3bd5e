import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flakewright } from "../support/cli.ts";
import { tempFolder } from "../support/temp.ts";

const test = suite("check --fix");

function project(files: Readonly<Record<string, string>>): string {
  const folder = tempFolder();
  mkdirSync(join(folder, "spec"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "spec", name), text);
  return folder;
}
const read = (folder: string, name = "platform.yaml"): string => readFileSync(join(folder, "spec", name), "utf8");

const HEAD = "version: 1\nname: demo\nnixpkgs: 0123456789abcdef0123456789abcdef01234567 # pinned on purpose\n";

test("certain fixes are applied, comments and layout stay, and the rest is reported", () => {
  const folder = project({
    "platform.yaml": `${HEAD}groups:
  a:
    packages:
      - jq   # first
      - jq   # again
settings:
  build-max-jobs: 4 # as before
  sandbox: false
`,
  });
  const { stdout, stderr } = flakewright(folder, ["check", "--fix"]);
  assert.match(stdout, /^fixed 2 findings in spec\/platform\.yaml$/m);
  assert.is(
    read(folder),
    `${HEAD}groups:
  a:
    packages:
      - jq   # first
settings:
  max-jobs: 4 # as before
  sandbox: false
`,
  );
  assert.match(stderr, /sandbox-off/, "a fix that may change the meaning is not applied");
});

test("a fix is applied to the included file that has the mistake", () => {
  const folder = project({
    "platform.yaml": `include: [base.yaml]\n${HEAD}groups: { a: { packages: [jq] } }\n`,
    "base.yaml": "settings:\n  build-cores: 2\n",
  });
  flakewright(folder, ["check", "--fix"]);
  assert.is(read(folder, "base.yaml"), "settings:\n  cores: 2\n");
});

test("nothing to fix changes nothing, and standard input can't be fixed", () => {
  const spec = `${HEAD}groups: { a: { packages: [jq] } }\n`;
  const folder = project({ "platform.yaml": spec });
  assert.is(flakewright(folder, ["check", "--fix"]).stdout, "");
  assert.is(read(folder), spec);
  assert.is(flakewright(folder, ["check", "-", "--fix", "--out", "out"]).status, 2);
});

test.run();
