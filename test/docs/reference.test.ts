import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { optionSpecs, shownName } from "../../generator/cli/arguments.ts";
import { COMMANDS } from "../../generator/cli/commands.ts";
import { allSettings } from "../../generator/knowledge/settings.ts";
import { allCodes } from "../../generator/lint/rules.ts";
import { referencePages } from "../../scripts/reference.ts";
import { repository } from "../support/spec.ts";

const test = suite("docs/reference");

const onDisk = (name: string) => readFileSync(join(repository, "docs/reference", name), "utf8");

test("the pages are current; npm run reference writes them", () => {
  for (const [name, text] of referencePages()) assert.is(onDisk(name), text, name);
});

test("every command and every option is on its page", () => {
  const page = onDisk("commands.md");
  for (const name of Object.keys(COMMANDS)) assert.ok(page.includes(`\n## ${name}\n`), name);
  const options = new Set([...page.matchAll(/^\| `(?:-., )?--([\w-]+)/gm)].map(([, name]) => name));
  for (const [name] of optionSpecs) assert.ok(options.has(shownName(name)), name);
});

test("every code and every setting is on its page", () => {
  const [codes, settings] = [onDisk("codes.md"), onDisk("settings.md")];
  for (const code of allCodes()) assert.ok(codes.includes(`\n## ${code}\n`), code);
  for (const { name } of allSettings()) assert.ok(settings.includes(`\n| \`${name}\` |`), name);
});

test.run();
