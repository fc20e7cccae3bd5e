import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flakewright } from "../support/cli.ts";
import { base } from "../support/diagnostic-rows.ts";
import { tempFolder } from "../support/temp.ts";

/* A stranger's pull request can name any file of the machine that checks it, and findings show lines of a spec's files. */

const test = suite("an include that is no YAML file");

const LINE = "root:$6$salt$somebodyspasswordhash:20000:0:99999:7:::";

for (const name of ["shadow", "shadow.yaml", "/etc/passwd", "etc/passwd", "passwd.yml"])
  test(`${name} is not read, and nothing of it is shown`, () => {
    const project = tempFolder();
    writeFileSync(join(project, "shadow"), `${LINE}\n`);
    symlinkSync("shadow", join(project, "shadow.yaml"));
    symlinkSync("/etc", join(project, "etc"));
    symlinkSync("etc/passwd", join(project, "passwd.yml"));
    writeFileSync(join(project, "spec.yaml"), `include: [${name}]\n${base}`);
    for (const command of ["check", "generate", "show"]) {
      const { status, stdout, stderr } = flakewright(project, [command, "spec.yaml"]);
      assert.is(status, 1);
      assert.match(stderr, /is not a YAML file/);
      assert.not.match(stdout + stderr, /somebody|root:/);
    }
  });

test.run();
