import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { COMMANDS } from "../generator/cli/commands.ts";
import { compileText, repository } from "./support/spec.ts";

const test = suite("README");

const readme = readFileSync(join(repository, "README.md"), "utf8");
const prose = readme.replace(/^```.*?^```/gms, "");
const codeBlocks = [...readme.matchAll(/^```(\w*)\n(.*?)^```/gms)].map(([, kind = "", text = ""]) => ({ kind, text }));

test("the spec on one page compiles without an error", () => {
  const spec = codeBlocks.find(({ text }) => text.startsWith("# yaml-language-server"))?.text ?? "";
  const errors = compileText(spec).diagnostics.filter((d) => d.severity === "error");
  assert.equal(errors, []);
});

test("links and pictures lead to files", () => {
  const targets = [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
  assert.ok(targets.length > 5);
  for (const target of targets) assert.ok(existsSync(join(repository, target)), target);
});

test("the table of commands has every command", () => {
  const rows = [...prose.matchAll(/^\| `([a-z]+)` \|/gm)].map(([, name]) => name).sort();
  assert.equal(rows, Object.keys(COMMANDS).sort());
});

test("prose fits 100 columns, code 80", () => {
  const isProse = (line: string) => !line.startsWith("|") && !line.startsWith("![");
  assert.equal(
    prose.split("\n").filter((line) => isProse(line) && line.length > 100),
    [],
  );
  assert.equal(
    codeBlocks.flatMap(({ text }) => text.split("\n")).filter((line) => line.length > 80),
    [],
  );
});

test.run();
