import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SPEC } from "../../scripts/images.ts";
import { flakewright } from "../support/cli.ts";
import { allBlocksOf } from "../support/guide.ts";
import { repositoryFiles } from "../support/repository.ts";
import { repository } from "../support/spec.ts";
import { tempTree } from "../support/temp.ts";

/* All pages of the documentation: their links, and that the index names them. What a page says to type is run by the test of the page. */

const test = suite("documentation");

const pages = readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" })
  .map((name) => posix.join("docs", name.replaceAll("\\", "/")))
  .filter((name) => name.endsWith(".md"));
const textOf = (page: string) => readFileSync(join(repository, page), "utf8");

/** All Markdown of the repository: also what flakewright generates. */
const everyPage = repositoryFiles().filter((name) => name.endsWith(".md"));

/** The anchors that a forge gives to a page's headings. */
const anchorsOf = (text: string): string[] =>
  [...text.replace(/^```.*?^```/gms, "").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replace(/\s/g, "-"),
  );

for (const page of everyPage)
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

test("the list of pages has those of all kinds", () => {
  for (const page of [...pages, "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "out/ARCHITECTURE.md"])
    assert.ok(everyPage.includes(page), page);
});

test("pages that a text names are there, also without a link", () => {
  for (const page of everyPage.filter((name) => !textOf(name).includes("**Superseded**")))
    for (const [, name = ""] of textOf(page).matchAll(
      /(?<![\w./-])((?:docs|spec\/examples|test|scripts)\/[\w./-]*\w\.(?:md|yaml|ts|svg|png))/g,
    ))
      if (!name.includes("NNNN")) assert.ok(existsSync(join(repository, name)), `${page} names ${name}`);
});

test("the links of the catalogue lead to its own parts and to files beside it", () => {
  for (const folder of ["out", "test/golden/everything/out"]) {
    const html = textOf(`${folder}/catalog.html`);
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const targets = [...html.matchAll(/ href="([^"]+)"/g)].map(([, target = ""]) => target);
    assert.ok(targets.length > 50);
    for (const target of targets) {
      if (target.startsWith("#")) assert.ok(ids.has(target.slice(1)), `${folder}: ${target}`);
      else if (!/^(https?|mailto|data):/.test(target))
        assert.ok(existsSync(join(repository, folder, target)), `${folder}: ${target}`);
    }
  }
});

test("the picture of a terminal is what the program prints, in 80 columns", () => {
  const folder = tempTree({ "spec/platform.yaml": SPEC, "out/flake.lock": "{}" });
  const { stdout, stderr } = flakewright(folder, ["check"]);
  const drawn = [...textOf("docs/images/terminal.svg").matchAll(/^ {2}<text [^>]*>(.*)<\/text>$/gm)].map(([, line = ""]) =>
    line
      .replace(/<[^>]*>/g, "")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&"),
  );
  assert.equal(drawn, ["$ flakewright check", ...`${stdout}${stderr}`.trimEnd().split("\n")]);
  assert.equal(
    drawn.filter((line) => line.length > 80),
    [],
  );
});

test("the index names every page", () => {
  const index = textOf("docs/README.md");
  for (const page of pages) {
    const name = relative("docs", page).replaceAll("\\", "/");
    if (name === "README.md" || name.startsWith("decisions/")) continue;
    assert.ok(index.includes(`(${name})`), `docs/README.md does not name ${name}`);
  }
});

test("pictures in text fit 80 columns, code 90 where a line can be broken", () => {
  for (const page of pages.filter((name) => !name.startsWith("docs/reference/")))
    for (const { language, code } of allBlocksOf(relative("docs", page)))
      for (const line of code.split("\n")) {
        const isOneWord = line.split(" ").some((word) => word.length > 40);
        assert.ok(line.length <= (language === "" ? 80 : 90) || isOneWord, `${page}: ${line}`);
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
