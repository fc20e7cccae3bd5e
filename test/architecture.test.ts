import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { architectureProblems } from "../scripts/architecture.ts";
import { repository } from "./support/spec.ts";
import { tempFolder } from "./support/temp.ts";

const architecture = suite("architecture");

/** The problems that the check finds in a generator/ with these files. */
function problemsOf(files: Readonly<Record<string, string>>): string[] {
  const root = tempFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return architectureProblems(root);
}

architecture("generator/ follows docs/architecture.md", () => {
  assert.equal(architectureProblems(join(repository, "generator")), []);
});

const BROKEN: readonly (readonly [name: string, files: Readonly<Record<string, string>>, problem: RegExp])[] = [
  [
    "a stage that imports a later one",
    { "model/a.ts": 'import type { B } from "../lint/b.ts";\n', "lint/b.ts": "export type B = 1;\n" },
    /^model\/a\.ts imports lint\/b\.ts: model\/ may not import lint\/$/,
  ],
  [
    "a stage that calls an earlier one",
    { "lint/a.ts": 'import { b } from "../read/b.ts";\n', "read/b.ts": "export const b = 1;\n" },
    /a stage imports only types of another stage/,
  ],
  [
    "a leaf that imports a stage",
    { "report/a.ts": 'import type {\n  B,\n} from "../model/b.ts";\n', "model/b.ts": "export type B = 1;\n" },
    /report\/ may not import model\//,
  ],
  [
    "a stage that does I/O",
    { "read/a.ts": 'const s = await import("../system/b.ts");\n', "system/b.ts": "" },
    /read\/ may not import system\//,
  ],
  [
    "an import cycle",
    { "read/a.ts": 'import type { B } from "./b.ts";\n', "read/b.ts": 'import type { A } from "./a.ts";\n' },
    /circle: read\/a\.ts -> read\/b\.ts -> read\/a\.ts/,
  ],
  ["a file beside the folders", { "helpers.ts": "" }, /^helpers\.ts belongs into a folder/],
  [
    "a folder that is not in docs/architecture.md",
    { "misc/a.ts": 'import "../report/b.ts";\nimport { x } from "../report/b.ts";\n', "report/b.ts": "" },
    /has no folder misc/,
  ],
];

for (const [name, files, problem] of BROKEN)
  architecture(`${name} is found`, () => {
    const problems = problemsOf(files);
    assert.ok(
      problems.some((one) => problem.test(one)),
      problems.join("\n"),
    );
  });

architecture.run();
