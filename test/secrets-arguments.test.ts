import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flakewright } from "./support/cli.ts";
import { base } from "./support/diagnostic-rows.ts";
import { alnum, leaks } from "./support/secret-forms.ts";
import { tempFolder } from "./support/temp.ts";

/* A token that somebody pastes into a command line, or that is in the name of a file, is not printed: logs of CI keep what is. */

const token = `ghp_${alnum(36)}`;
const folder = tempFolder();
const test = suite("no secret of a command line is printed");

const ARGUMENTS: readonly (readonly string[])[] = [
  [token],
  [`--${token}`],
  ["help", token],
  [token, "--help"],
  ["check", `--format=${token}`],
  ["check", token],
  ["check", `${token}.yaml`],
  ["check", "a.yaml", token],
  ["check", "--out", `${token}/out`],
  ["generate", "--out", token],
  ["diff", `${token}.yaml`],
  ["import", token],
  ["import", `${token}.txt`],
  ["import", `${token}/nix.conf`],
  ["explain", token],
  ["search", token],
  ["add", token],
  ["add", "jq", "--group", token],
  ["add", "jq", "--from", token],
  ["add", "jq", "--version", token],
  ["remove", token],
  ["show", token],
  ["show", `groups.${token}`],
  ["pin", token],
  ["pin", "--index", token],
  ["upgrade", token],
  ["init", token],
  ["completion", token],
  ["doctor", "--root", token],
  ["lsp", token],
];

test("in an argument", () => {
  mkdirSync(join(folder, "spec"));
  writeFileSync(join(folder, "spec/platform.yaml"), base);
  // A file of that name, with a mistake, and one that can be imported.
  writeFileSync(join(folder, `${token}.yaml`), `${base}kores: 1\n`);
  mkdirSync(join(folder, token));
  writeFileSync(join(folder, token, "nix.conf"), "kores = 1\n");
  for (const args of ARGUMENTS)
    for (const format of args.length > 1 && !args[1]?.startsWith("--format") ? ["text", "json", "github"] : [undefined]) {
      const { stdout, stderr, status } = flakewright(folder, [...args, ...(format ? ["--format", format] : [])]);
      const line = `${args.join(" ")} --format ${format}`;
      assert.is(leaks(stdout + stderr, token), undefined, `${line}\n${stdout}${stderr}`);
      assert.ok(status !== null && status <= 3, line);
      assert.not.match(stderr, /^\s+at /m, line);
    }
});

test("a line break in an argument begins no line of output", () => {
  for (const args of [["\n::error::x"], ["check", "--format=\n::error::x"], ["completion", "\n##[error]x"]])
    assert.not.match(flakewright(folder, args).stderr, /^::|##\[/m);
});

test.run();
