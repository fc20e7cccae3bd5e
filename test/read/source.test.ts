import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toJson } from "../../generator/report/json.ts";
import { base, codeRows, codes, head, mistakeRows, settings } from "../support/diagnostic-rows.ts";
import { assertLinear, cpuRatio } from "../support/growth.ts";
import { compileText } from "../support/spec.ts";

const test = suite("reading YAML");

mistakeRows(test, [
  ["an open list", "yaml-syntax", `${head}groups:\n  k8s:\n    packages: [kubectl\n⟦⟧`, "quotes"],
  ["an open quote", "yaml-syntax", `version: 1\nname: "demo\n⟦⟧`, "quote"],
  ["a tab as indentation", "yaml-syntax", `${head}groups:\n⟦\t⟧k8s: {}\n`, "spaces"],
  ["a tag", "yaml-syntax", `${base}description: ⟦!secret⟧ x\n`, "tag"],
  ["two documents", "yaml-syntax", `${base}⟦---⟧\nversion: 1\n`, "document"],
  ["an alias without its anchor", "yaml-syntax", `${base}description: ⟦*none⟧\n`, "anchor"],
  ["a map as a key", "yaml-syntax", `${base}settings:\n  ? ⟦{a: b}⟧\n  : c\n`, "key"],
  ["a key twice", "yaml-duplicate-key", `${base}settings:\n  cores: 1\n  ⟦cores⟧: 2\n`, "duplicate"],
  ["a top-level key twice", "yaml-duplicate-key", `${base}⟦name⟧: other\n`, "duplicate"],
  ["a NUL", "yaml-limit", `${base}description: "a⟦\0⟧b"\n`, "NUL"],
  ["65 levels", "yaml-limit", `${base}settings:\n  cores: ${"[".repeat(63)}⟦[1]⟧${"]".repeat(63)}\n`, "64"],
]);

codeRows(test, [
  {
    code: "yaml-syntax",
    says: "unsupported tag `!secret`",
    bad: `${base}description: ⟦!secret⟧ x\n`,
    good: `${base}description: x\n`,
  },
  {
    code: "yaml-duplicate-key",
    says: "duplicate key `cores`",
    bad: settings("cores: 1\n⟦cores⟧: 2"),
    good: settings("cores: 2"),
  },
  {
    code: "yaml-limit",
    says: "the file contains a NUL character",
    bad: `${base}description: "a⟦\0⟧b"\n`,
    good: `${base}description: "ab"\n`,
  },
]);

/** Lists of nine aliases of the list before: level 9 has 9⁹ texts. */
function bomb(levels: number): string {
  const lines = ["a: &a [x,x,x,x,x,x,x,x,x]"];
  for (let level = 1; level < levels; level++) {
    const [before, name] = ["abcdefghi"[level - 1], "abcdefghi"[level]];
    lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(",")}]`);
  }
  return `${base}${lines.join("\n")}\n`;
}

test("an alias bomb, a file of 9 MiB and deep nesting are one diagnostic each", () => {
  assert.equal(codes(compileText(bomb(9)).diagnostics), ["yaml-limit"]);
  assert.equal(codes(compileText(`# ${"x".repeat(9 * 1024 * 1024)}`).diagnostics), ["yaml-limit"]);
  for (const opening of ["[", "- ", "{a: "])
    assert.equal(codes(compileText(opening.repeat(200_000)).diagnostics), ["yaml-limit"], opening);
});

test("JSON on one line is as deep as it is, however long", () => {
  const packages = Array.from({ length: 1500 }, (_, at) => ({ package: "git", name: `git-${at}` }));
  const spec = { version: 1, name: "one-line", nixpkgs: "nixos-26.05", groups: { tools: { title: "Tools", packages } } };
  const text = JSON.stringify(spec).replaceAll('":', '": ').replaceAll(',"', ', "');
  assert.equal(codes(compileText(text).diagnostics), codes(compileText(JSON.stringify(spec, null, 2)).diagnostics));
  assert.is(compileText(text).model?.groups[0]?.tools.length, 1500);
});

test("what aliases repeat counts each time: entries and characters", () => {
  const repeated = (group: string) =>
    `${head}groups:\n  a: &all ${group}\n${Array.from({ length: 90 }, (_, at) => `  g${at}: *all\n`).join("")}`;
  const message = "with each alias written out, the spec has more than 150000 entries or 8388608 characters";
  for (const group of [`{ packages: [${"git,".repeat(2000)}] }`, `{ packages: [git], description: "${"x".repeat(200_000)}" }`])
    assert.equal(
      compileText(repeated(group)).diagnostics.map((one) => [one.code, one.message]),
      [["yaml-limit", message]],
    );
  assert.equal(codes(compileText(repeated("{ packages: [git, jq] }")).diagnostics), []);
});

test("refusing a text that is too large takes linear time", () => {
  for (const opening of ["[", "- ", "{a: "])
    assertLinear(`${opening} again and again`, (size) => void compileText(opening.repeat(size)), 25_000);
  // These reach the parser.
  for (const opening of ['- "," ', '{ "a": 1 }, '])
    assertLinear(`${opening} again and again`, (size) => void compileText(opening.repeat(size)), 8_000);
  assertLinear("a file that is too large", (size) => void compileText(`# ${"x".repeat(size)}`), 9 * 1024 * 1024, 3);
  // Five more levels have 59,049 times the texts, but only a few more lines.
  const [small, large] = [bomb(4), bomb(9)];
  const ratio = cpuRatio(
    () => void compileText(small),
    () => void compileText(large),
  );
  assert.ok(ratio < 20, `nine levels take ${ratio.toFixed(1)} times the CPU of four`);
});

test("bytes that are not UTF-8 are refused, a byte-order mark is accepted", async () => {
  const { compile } = await import("../../generator/compile.ts");
  const { templates } = await import("../support/spec.ts");
  const environment = { locked: true, facts: () => undefined };
  const bad = compile(Buffer.from([0x76, 0xff, 0xfe]), "spec.yaml", environment, templates);
  assert.equal(
    bad.diagnostics.map((d) => d.code),
    ["yaml-limit"],
  );
  const marked = compile(Buffer.from(`\ufeff${base}`), "spec.yaml", environment, templates);
  assert.equal(
    marked.diagnostics.filter((d) => d.severity === "error"),
    [],
  );
});

test("columns count UTF-16 code units, as editors do", () => {
  const text = `${base}description: "😀" # 😀\nci: nope\n`;
  const emoji = `${head}groups: { k8s: { packages: ["😀😀", kubectl], x: 1 } }\n`;
  const json = (t: string) =>
    JSON.parse(toJson({ diagnostics: compileText(t).diagnostics, files: [], sources: new Map([["spec.yaml", t]]) })).diagnostics;
  assert.equal([json(text)[0].line, json(text)[0].column], [8, 5]);
  assert.equal(
    json(emoji).map((d: { line: number; column: number; endColumn: number }) => [d.line, d.column, d.endColumn]),
    [
      [4, 29, 35],
      [4, 47, 48],
    ],
  );
});

test.run();
