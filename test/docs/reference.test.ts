import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allSettings } from "../../generator/knowledge/settings.ts";
import { allCodes } from "../../generator/lint/rules.ts";
import { referencePages } from "../../scripts/reference.ts";
import { repository } from "../support/spec.ts";

const test = suite("docs/reference");

const onDisk = (name: string) => readFileSync(join(repository, "docs/reference", name), "utf8");

test("the pages are current; npm run reference writes them", () => {
  for (const [name, text] of referencePages()) assert.is(onDisk(name), text, name);
});

test("every code and every setting is on its page", () => {
  const [codes, settings] = [onDisk("codes.md"), onDisk("settings.md")];
  for (const code of allCodes()) assert.ok(codes.includes(`\n## ${code}\n`), code);
  for (const { name } of allSettings()) assert.ok(settings.includes(`\n| \`${name}\` |`), name);
});

test.run();
