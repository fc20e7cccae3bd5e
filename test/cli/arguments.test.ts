import { suite } from "uvu";
import * as assert from "uvu/assert";
import { commandUsage, readArguments, shownName, usage, usageProblem } from "../../generator/cli/arguments.ts";
import { COMMANDS } from "../../generator/cli/commands.ts";

const test = suite("arguments");

/** A command line and the message it gives; undefined for a valid one. */
const ROWS: readonly (readonly [line: string, problem: string | undefined])[] = [
  ["check", undefined],
  ["check spec/other.yaml --out dir --strict", undefined],
  ["--format=json check", undefined],
  ["check --out=--force", undefined],
  ["import nix.conf devbox.json", undefined],
  ["chek", "unknown command `chek`; did you mean check?"],
  ["constructor", "unknown command `constructor`"],
  ["check --frmat json", "unknown option `--frmat`; did you mean --format?"],
  ["check --constructor", "unknown option `--constructor`"],
  ["check -x", "unknown option `-x`"],
  ["check --out", "--out needs a value: --out DIR"],
  ["check --out=", "--out needs a value: --out DIR"],
  ["check --out --strict", "--out needs a value: --out DIR"],
  ["generate --force=yes", "--force takes no value"],
  ["check --force", "`check` has no option --force"],
  ["check --format xml", "invalid --format `xml`: use text, json, github or sarif"],
  ["check a b", "`check` takes one SPEC, but got 2"],
  ["schema a", "`schema` takes no argument, but got `a`"],
  ["explain", "`explain` needs a WORD"],
  ["import", "`import` needs a FILE"],
  ["completion tcsh", "unknown shell `tcsh`: use bash, zsh or fish"],
];

for (const [line, problem] of ROWS)
  test(line, () => {
    const read = readArguments(line.split(" "));
    if (typeof read === "string") return assert.is(read, problem);
    const [name = "", ...operands] = read.positionals;
    assert.is(usageProblem(COMMANDS, name, operands, read.values), problem);
  });

test("the help lists every command, and every command has its own help", () => {
  for (const [name, command] of Object.entries(COMMANDS)) {
    assert.match(usage(COMMANDS), new RegExp(`^  ${name} +${command.summary.split(" ")[0]}`, "m"));
    const page = commandUsage(name, command);
    assert.ok(page.includes(command.example), name);
    for (const option of command.options) assert.match(page, new RegExp(`^  --${shownName(option)}`, "m"));
    for (const line of [...page.split("\n"), ...usage(COMMANDS).split("\n")]) assert.ok(line.length <= 80, line);
  }
});

test.run();
