import { suite } from "uvu";
import * as assert from "uvu/assert";
import { countOf } from "../../generator/commands/outcome.ts";
import { toText } from "../../generator/report/text.ts";
import { base } from "../support/diagnostic-rows.ts";
import { compileText } from "../support/spec.ts";

/* After a thousand findings of one code, the rest is counted: by each stage, and by the summary. */
const test = suite("more findings than anybody reads");

const many = (line: (at: number) => string, count: number) => Array.from({ length: count }, (_, at) => line(at)).join("");

for (const [name, text, code] of [
  ["duplicate keys, of the reader", base + many(() => "a: 1\n", 1502), "yaml-duplicate-key"],
  ["unknown keys, of the schema", base + many((at) => `zqk${at}: 1\n`, 1501), "schema-unknown-key"],
  [
    "unknown groups, of the model",
    `${base}hosts:\n${many((at) => `  h${at}: { system: x86_64-linux, groups: [no${at}], stateVersion: "26.05" }\n`, 1501)}`,
    "reference-unknown",
  ],
  ["unknown settings, of a rule", `${base}settings:\n${many((at) => `  zqk${at}: 1\n`, 1501)}`, "setting-unknown"],
] as const)
  test(name, () => {
    const { diagnostics, texts } = compileText(text);
    const found = diagnostics.filter((one) => one.code === code);
    assert.is(found.length, 1001);
    assert.is(found.find((one) => one.count)?.message, "501 more findings are not listed");
    assert.match(countOf(found), "1501 ");
    const report = { diagnostics: found, files: [], sources: texts };
    assert.match(toText(report, false), "and 1451 more findings");
  });

test("one that is not listed is counted in the singular, and is no less an error", () => {
  const found = compileText(`${base}${many((at) => `zqk${at}: 1\n`, 1001)}`).diagnostics;
  assert.is(found.at(-1)?.message, "1 more finding is not listed");
  assert.is(found.at(-1)?.severity, "error");
});

test("an entry of lint covers also what is not listed", () => {
  const lines = many((at) => `  zqk${at}: 1\n`, 1501);
  const lint = `lint:\n  - { code: setting-unknown, at: settings, why: a new Nix }\n`;
  assert.equal(
    compileText(`${base}settings:\n${lines}${lint}`).diagnostics.filter(({ code }) => code !== "settings-conflict"),
    [],
  );
});

test.run();
