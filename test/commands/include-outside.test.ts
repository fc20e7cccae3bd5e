import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flakewright } from "../support/cli.ts";
import { base, head } from "../support/diagnostic-rows.ts";
import { tempFolder } from "../support/temp.ts";

/* A stranger's pull request can name any file of the machine that checks it: none outside of the repository is read or shown. */

const test = suite("include outside of the repository");

const SECRET = "a-line-of-somebody: else";

/** A repository with a spec that includes these, beside a folder with a file of somebody else. */
function repository(includes: readonly string[], git = true): string {
  const parent = tempFolder();
  const project = join(parent, "project");
  mkdirSync(join(project, git ? ".git" : "spec"), { recursive: true });
  mkdirSync(join(project, "company"));
  writeFileSync(join(parent, "theirs.yaml"), `${SECRET}\n`);
  symlinkSync("../theirs.yaml", join(project, "link.yaml"));
  symlinkSync("..", join(project, "up"));
  writeFileSync(join(project, "company/base.yaml"), "description: ours\n");
  symlinkSync("company/base.yaml", join(project, "inside.yaml"));
  writeFileSync(join(project, "spec.yaml"), `include: ${JSON.stringify(includes)}\n${base}`);
  return project;
}

for (const name of ["link.yaml", "up/theirs.yaml", "../theirs.yaml", "company/../../theirs.yaml", "/etc/passwd"])
  test(`${name} is not read, and nothing of it is shown`, () => {
    for (const command of ["check", "generate", "show"]) {
      const { status, stdout, stderr } = flakewright(repository([name]), [command, "spec.yaml"]);
      assert.is(status, 1);
      assert.match(stderr, /is outside of the spec's Git repository/);
      assert.not.match(stdout + stderr, /somebody|root:/);
    }
  });

test("whether a file is there is not said", () => {
  const said = ["../theirs.yaml", "../nobodys.yaml"].map((name) =>
    flakewright(repository([name]), ["check", "spec.yaml"]).stderr.replace(name, "…"),
  );
  assert.match(said[0] ?? "", /is outside/);
  assert.is(said[0]?.split("\n")[1], said[1]?.split("\n")[1]);
});

test("a file of the repository is included, also through a link, and any file where there is no repository", () => {
  const { status, stderr } = flakewright(repository(["company/base.yaml", "inside.yaml"]), [
    "generate",
    "spec.yaml",
    "--out",
    "out",
  ]);
  assert.is(status, 0, stderr);
  const project = repository(["../theirs.yaml"], false);
  writeFileSync(join(project, "../theirs.yaml"), "description: theirs\n");
  writeFileSync(join(project, "spec.yaml"), `include: [../theirs.yaml]\n${head}groups: { k8s: { packages: [git] } }\n`);
  const free = flakewright(project, ["generate", "spec.yaml", "--out", "out"]);
  assert.is(free.status, 0, free.stderr);
});

test.run();
