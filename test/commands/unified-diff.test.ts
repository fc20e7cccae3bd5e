import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unifiedDiff } from "../../generator/commands/unified-diff.ts";
import { assertLinear } from "../support/growth.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

const test = suite("unified diffs");

const numbered = (count: number, word = "line"): string[] => Array.from({ length: count }, (_, at) => `${word} ${at}`);
/** The lines in another order, by a fixed rule. */
const mixed = (lines: readonly string[]): string[] => lines.map((_, at) => lines[(at * 7919) % lines.length] ?? "");

const top = ["first", "second"];
const PAIRS: readonly (readonly [name: string, before: string, after: string])[] = [
  ["a few lines", numbered(50).join("\n"), numbered(50).with(25, "other").join("\n")],
  ["all lines of a long file", mixed(numbered(9001)).join("\n"), `${numbered(9001, "new").join("\n")}\n`],
  ["the order of a long file", numbered(9001).join("\n"), mixed(numbered(9001)).join("\n")],
  [
    "the middle of a long file",
    [...top, ...numbered(9001), ...top].join("\n"),
    [...top, ...mixed(numbered(9001)), ...top].join("\n"),
  ],
  ["a long file that is new", "", `${numbered(9001).join("\n")}\n`],
  ["a long file that goes", `${numbered(9001).join("\n")}\n`, ""],
  ["a long part that is new", `${top.join("\n")}\n`, `${[top[0], ...numbered(9001), top[1]].join("\n")}\n`],
];

for (const [name, before, after] of PAIRS)
  needs(test, ["patch"])(`${name}: patch makes one of the other`, () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "file"), before);
    const { status, stdout, stderr } = spawnSync("patch", ["-s", "file", "-o", "now"], {
      cwd: folder,
      input: unifiedDiff("a/file", "b/file", before, after),
      encoding: "utf8",
    });
    assert.is(status, 0, stdout + stderr);
    assert.is(readFileSync(join(folder, "now"), "utf8"), after);
  });

test("time grows with the length, however much differs", () => {
  const work = (size: number) => void unifiedDiff("a", "b", numbered(size).join("\n"), mixed(numbered(size)).join("\n"));
  // At the smaller size the search has already reached its bound.
  assertLinear("lines in another order", work, 5000, 3);
});

test.run();
