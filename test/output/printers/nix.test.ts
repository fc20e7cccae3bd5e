import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Call, type NixValue, nixKey, nixString, nixValue, Selection } from "../../../generator/output/printers/nix.ts";
import { hostileText } from "../../support/arbitrary-spec.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../../support/nix.ts";
import { needs } from "../../support/tools.ts";

const nix = suite("nix printer");
const withNix = needs(nix, FIXTURE_TOOLS);
let real: Nix;
nix.before(() => {
  real = privateNix();
});

const rows: readonly [title: string, value: NixValue, want: string][] = [
  ["a string", 'a "b" \\c ${d} $e $${f}', '"a \\"b\\" \\\\c \\${d} $e $\\${f}"'],
  ["line breaks and tabs", "a\nb\r\n\tc", '"a\\nb\\r\\n\\tc"'],
  ["an empty list and an empty set", [[], {}], "[\n  [ ]\n  { }\n]"],
  ["a list", ["a", 1, true, null], '[\n  "a"\n  1\n  true\n  null\n]'],
  ["a negative number in a list", [-1], "[\n  (-1)\n]"],
  ["a large number", 9007199254740991, "9007199254740991"],
  ["a set", { b: 1, "a b": { in: 2 } }, '{\n  b = 1;\n  "a b" = {\n    "in" = 2;\n  };\n}'],
  ["a call", { x: new Call("lib.mkForce", ["a"]) }, '{\n  x = lib.mkForce [\n    "a"\n  ];\n}'],
  ["a call in a list", [new Call("f", 1)], "[\n  (f 1)\n]"],
  ["a selection", { x: new Selection("set", ["a", "b c", "let"], true) }, '{\n  x = set.a."b c"."let" or null;\n}'],
];
for (const [title, value, want] of rows) {
  nix(title, () => {
    assert.is(nixValue(value, 0), want);
  });
}

nix("what is no number of Nix is a mistake of ours", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => nixValue(value, 0));
});

withNix("any string, as a value and as an attribute's name, is read back by Nix", async () => {
  const texts = fc
    .sample(fc.oneof(hostileText, fc.string({ unit: "grapheme" })), { numRuns: 2000, seed: 3 })
    .map((text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, ""));
  const values = (await real.eval(`[\n${texts.map((text) => nixString(text)).join("\n")}\n]`)) as string[];
  assert.equal(values, texts);
  const names = [...new Set(texts)];
  const set = (await real.eval(`{\n${names.map((name) => `${nixKey(name)} = 1;`).join("\n")}\n}`)) as object;
  assert.equal(Object.keys(set).sort(), [...names].sort());
});

withNix("any value is read back by Nix", async () => {
  const value = fc.letrec<{ value: NixValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      hostileText,
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(hostileText, tie("value"), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value;
  const values = fc.sample(value, { numRuns: 300, seed: 5 });
  assert.equal(await real.eval(nixValue(values, 0)), JSON.parse(JSON.stringify(values)));
});

nix.run();
