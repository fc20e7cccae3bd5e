import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { shellArray, shellWord } from "../../../generator/output/printers/shell.ts";
import { needs } from "../../support/tools.ts";

/** All text that the spec language allows: no control characters except tab, newline and CR. */
const piece = fc.oneof(
  fc.constantFrom(..."'\"\\$`!#~*?[]{}()<>|&;=-%^a \t\n\r", "''", "$(id)"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }).map((text) => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "")),
);
const texts = fc.array(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
  { minLength: 1, maxLength: 30 },
);

/** Each shell, also with options that change how it reads quotes. */
const readers: [string, string[], string][] = [
  ["bash", ["--norc", "--noprofile"], ""],
  ["bash", ["--posix"], ""],
  ["dash", [], ""],
  ["zsh", ["-f"], ""],
  ["zsh", ["-f"], "setopt rcquotes extendedglob\nalias -g a=hijacked\n"],
];

for (const [shell, options, prelude] of readers) {
  const test = suite(`a shell word, read by ${[shell, ...options].join(" ")}${prelude && " with options"}`);
  needs(test, [shell])("is the text it was made from", () => {
    fc.assert(
      fc.property(texts, (given) => {
        const script = `${prelude}printf '%s\\0' ${shellArray(given)}\n`;
        const read = spawnSync(shell, [...options, "-s"], { input: script, encoding: "utf8" });
        assert.is(read.stderr, "");
        assert.equal(read.stdout.split("\0").slice(0, -1), given);
      }),
      {
        numRuns: 25,
        examples: [[["", "a", "-n", "it's", "''", "'''a'", "$(id)", "a\nb", "\\", "!!", "~", "=ls", "é", "a\r"]]],
      },
    );
  });
  test.run();
}

const test = suite("a shell word");
const rows: [string, string][] = [
  ["", "''"],
  ["k8s", "'k8s'"],
  ["it's", "'it'\\''s'"],
  ["''", "\\'\\'"],
  ["$(id)", "'$(id)'"],
];
for (const [given, want] of rows) test(`${JSON.stringify(given)} is ${want}`, () => assert.is(shellWord(given), want));
test.run();
