import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "./support/spec.ts";

/* SECURITY.md: each promise names its test files and the tests in them, and these exist. */

const test = suite("SECURITY.md");

const text = readFileSync(join(repository, "SECURITY.md"), "utf8");
/** The rows of the tables of promises: a promise, and the tests that hold it. */
const promises = [...text.matchAll(/^\| promise \| test \|\n.*\n((?:\|.*\n)+)/gm)].flatMap(([, rows = ""]) =>
  [...rows.matchAll(/^\| (.+?) \| (.+?) \|$/gm)].map(([, promise = "", tests = ""]) => ({ promise, tests })),
);

test("there are promises", () => {
  assert.ok(promises.length >= 20, String(promises.length));
});

for (const { promise, tests } of promises)
  test(promise.slice(0, 80), () => {
    const files = [...tests.matchAll(/`(test\/[\w/.-]+\.test\.ts)`/g)].map(([, file = ""]) => file);
    assert.ok(files.length > 0, "names no test file");
    const names = [...tests.matchAll(/“([^”]+)”/g)].map(([, name = ""]) => name);
    assert.ok(names.length > 0, "names no test");
    for (const file of files) assert.ok(existsSync(join(repository, file)), `${file} does not exist`);
    const sources = files.map((file) => ({ file: basename(file), source: readFileSync(join(repository, file), "utf8") }));
    for (const name of names)
      assert.ok(
        sources.some(({ source }) => source.includes(name)),
        `no test «${name}» in ${files.join(", ")}`,
      );
    for (const { file, source } of sources)
      assert.ok(
        names.some((name) => source.includes(name)),
        `no test of ${file} is named`,
      );
  });

test.run();
