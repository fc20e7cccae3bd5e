import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "../support/spec.ts";

/* All pages of the documentation: their links, and that the index names them. What a page says to type is run by the test of the page. */

const test = suite("documentation");

const pages = readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" })
  .map((name) => posix.join("docs", name.replaceAll("\\", "/")))
  .filter((name) => name.endsWith(".md"));
const textOf = (page: string) => readFileSync(join(repository, page), "utf8");

/** The anchors that a forge gives to a page's headings. */
const anchorsOf = (text: string): string[] =>
  [...text.replace(/^```.*?^```/gms, "").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replace(/\s/g, "-"),
  );

for (const page of [...pages, "README.md", "CONTRIBUTING.md", "SECURITY.md"])
  test(`${page}: links lead to files and headings`, () => {
    const prose = textOf(page)
      .replace(/^```.*?^```/gms, "")
      .replace(/`[^`\n]*`/g, "");
    for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) {
        assert.match(target, /^(https:|mailto:)/, target);
        continue;
      }
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : posix.join(dirname(page), path);
      assert.ok(existsSync(join(repository, file)), `${target} is not there`);
      if (anchor !== undefined) assert.ok(anchorsOf(textOf(file)).includes(anchor), `${target}: no such heading`);
    }
  });

test("the index names every page", () => {
  const index = textOf("docs/README.md");
  for (const page of pages) {
    const name = relative("docs", page).replaceAll("\\", "/");
    if (name === "README.md" || name.startsWith("decisions/")) continue;
    assert.ok(index.includes(`(${name})`), `docs/README.md does not name ${name}`);
  }
});

test("CONTRIBUTING.md names scripts and files that there are, on one page", () => {
  const { scripts } = JSON.parse(textOf("package.json"));
  const lines = textOf("CONTRIBUTING.md");
  assert.ok(lines.trimEnd().split("\n").length <= 60);
  for (const [, name = ""] of lines.matchAll(/npm run ([\w:-]+)/g)) assert.ok(Object.hasOwn(scripts, name), `npm run ${name}`);
  for (const [, path = ""] of lines.matchAll(/(?:tsx|`)\s*((?:test|scripts|generator|docs|\.ci)\/[\w./-]+\.ts)\b/g))
    assert.ok(existsSync(join(repository, path)), path);
  // The folders of generator/ are named without it.
  for (const [, path = ""] of lines.matchAll(
    /`((?:language|model|lint|output|write|report|knowledge|importers|read)\/[\w./-]*)`/g,
  ))
    assert.ok(existsSync(join(repository, "generator", path)), path);
});

test("README leads to the index", () => {
  assert.match(textOf("README.md"), "(docs/README.md)");
  assert.match(textOf("README.md"), "(docs/getting-started.md)");
});

test.run();
