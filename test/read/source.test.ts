import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toJson } from "../../generator/report/json.ts";
import { base, codeRows, head, mistakeRows, settings } from "../support/diagnostic-rows.ts";
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
  ["a key twice", "yaml-duplicate-key", `${base}settings:\n  cores: 1\n  ⟦cores⟧: 2\n`, "twice"],
  ["a top-level key twice", "yaml-duplicate-key", `${base}⟦name⟧: other\n`, "twice"],
  ["a NUL", "yaml-limit", `${base}description: "a⟦\0⟧b"\n`, "NUL"],
  ["65 levels", "yaml-limit", `${base}settings:\n  cores: ${"[".repeat(63)}⟦[1]⟧${"]".repeat(63)}\n`, "64"],
]);

codeRows(test, [
  {
    code: "yaml-syntax",
    says: "Unresolved tag: !secret",
    bad: `${base}description: ⟦!secret⟧ x\n`,
    good: `${base}description: x\n`,
  },
  {
    code: "yaml-duplicate-key",
    says: "`cores` stands twice in this map",
    bad: settings("cores: 1\n⟦cores⟧: 2"),
    good: settings("cores: 2"),
  },
  {
    code: "yaml-limit",
    says: "the file holds a NUL character",
    bad: `${base}description: "a⟦\0⟧b"\n`,
    good: `${base}description: "ab"\n`,
  },
]);

test("an alias bomb, a file of 9 MiB and a deep nest end at once with one word each", () => {
  const bomb = `${base}a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi".replace(/./g, (c, i: number) => `${c}: &${c} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]\n`)}`;
  const started = process.cpuUsage();
  assert.equal(compileText(bomb).diagnostics.filter((d) => d.code === "yaml-limit").length, 1);
  assert.equal(
    compileText(`# ${"x".repeat(9 * 1024 * 1024)}`).diagnostics.map((d) => d.code),
    ["yaml-limit"],
  );
  assert.equal(
    compileText("[".repeat(200_000)).diagnostics.map((d) => d.code),
    ["yaml-limit"],
  );
  assert.equal(
    compileText("- ".repeat(200_000)).diagnostics.map((d) => d.code),
    ["yaml-limit"],
  );
  assert.equal(
    compileText("{a: ".repeat(200_000)).diagnostics.map((d) => d.code),
    ["yaml-limit"],
  );
  assert.ok(process.cpuUsage(started).user < 5_000_000, "took more than 5 s of CPU");
});

test("bytes that are not UTF-8 are refused, a byte-order mark is not", async () => {
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
