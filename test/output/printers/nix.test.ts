import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Call, type NixValue, nixKey, nixString, nixValue, Selection } from "../../../generator/output/printers/nix.ts";
import { hostileText } from "../../support/arbitrary-spec.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../../support/nix.ts";
import { nixfmtComplaints } from "../../support/nixfmt.ts";
import { tempTree } from "../../support/temp.ts";
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
  ["a set", { b: 1, "a b": { in: 2, c: 3 } }, '{\n  b = 1;\n  "a b" = {\n    "in" = 2;\n    c = 3;\n  };\n}'],
  ["a set of one key is a path", { k8s: { enable: true } }, "{\n  k8s.enable = true;\n}"],
  ["again and again, with names that need quotes", { a: { "b c": { let: { d: [] } } } }, '{\n  a."b c"."let".d = [ ];\n}'],
  ["up to a set of two, of none, a list", { a: { b: { c: 1, d: {} } } }, "{\n  a.b = {\n    c = 1;\n    d = { };\n  };\n}"],
  ["names with a common head stay apart", { a: { b: 1 }, "a.b": { c: 2 } }, '{\n  a.b = 1;\n  "a.b".c = 2;\n}'],
  ["a set in a list stays one", [{ a: { b: 1 } }], "[\n  {\n    a.b = 1;\n  }\n]"],
  ["a call's argument stays one", { a: { b: new Call("f", { c: { d: 1 } }) } }, "{\n  a.b = f {\n    c.d = 1;\n  };\n}"],
  ["a call", { x: new Call("lib.mkForce", ["a"]) }, '{\n  x = lib.mkForce [\n    "a"\n  ];\n}'],
  ["a call in a list", [new Call("f", 1)], "[\n  (f 1)\n]"],
  ["a selection", { x: new Selection("set", ["a", "b c", "let"], true) }, '{\n  x = set.a."b c"."let" or null;\n}'],
];
for (const [title, value, want] of rows) {
  nix(title, () => {
    assert.is(nixValue(value, 0), want);
  });
}

const long = "k".repeat(90);
const wide: readonly [title: string, value: NixValue, want: string][] = [
  ["a string stays behind a short path", { [long]: "s".repeat(20) }, `{\n  ${long} = "${"s".repeat(20)}";\n}`],
  ["and not behind a quoted one", { [`a ${long}`]: { b: "ssss" } }, `{\n  "a ${long}".b =\n    "ssss";\n}`],
  ["nor behind one of five", { a: { b: { c: { d: { [long]: "s" } } } } }, `{\n  a.b.c.d.${long} =\n    "s";\n}`],
  ["anything else moves to the next line", { [long]: 12345678 }, `{\n  ${long} =\n    12345678;\n}`],
  ["a list with it", { [`a b ${long}`]: { b: [1] } }, `{\n  "a b ${long}".b =\n    [\n      1\n    ];\n}`],
  ["a width counts characters", { ["😀".repeat(80)]: "s" }, `{\n  "${"😀".repeat(80)}" = "s";\n}`],
];
for (const [title, value, want] of wide) {
  nix(`where nixfmt breaks a line: ${title}`, () => assert.is(nixValue(value, 0), want));
}

nix("a number that Nix does not have throws", () => {
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

/** Names with and without quotes, so long that a path of them ends shortly before, at or after the end of a line. */
const anyName = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("a", "b'", "let", "x y", "a.b", "😀", "") },
  { weight: 1, arbitrary: fc.integer({ min: 10, max: 110 }).map((width) => "k".repeat(width)) },
  { weight: 1, arbitrary: fc.integer({ min: 10, max: 110 }).map((width) => "😀".repeat(width)) },
);
const anyString = fc.oneof(
  hostileText,
  fc.integer({ min: 0, max: 120 }).map((width) => "s".repeat(width)),
);
const anySelection = (orNull: fc.Arbitrary<boolean>) =>
  fc
    .tuple(fc.array(anyName, { minLength: 1, maxLength: 3 }), orNull)
    .map(([path, isOptional]) => new Selection("packageSets", path, isOptional));
const anyExpression = fc.letrec<{ value: NixValue }>((tie) => {
  const set = fc.dictionary(anyName, tie("value"), { maxKeys: 3, noNullPrototype: true });
  const one = fc.dictionary(anyName, tie("value"), { minKeys: 1, maxKeys: 1, noNullPrototype: true });
  const argument = fc.oneof(anyString, fc.nat(), anySelection(fc.constant(false)), fc.array(anyString, { maxLength: 3 }), set);
  return {
    value: fc.oneof(
      { maxDepth: 5 },
      anyString,
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      anySelection(fc.boolean()),
      argument.map((value) => new Call("lib.mkForce", value as NixValue)),
      fc.array(fc.oneof(anyString, fc.maxSafeInteger(), set, anySelection(fc.constant(false))), { maxLength: 3 }),
      set,
      one,
    ),
  };
}).value;

needs(nix, ["nixfmt"])("nixfmt changes no value of any width", () => {
  const values = fc.sample(fc.dictionary(anyName, anyExpression, { minKeys: 1, maxKeys: 3 }), { numRuns: 600, seed: 11 });
  const files = values.map((value, n) => [`${n}.nix`, `${nixValue(value, 0)}\n`] as const);
  const folder = tempTree(Object.fromEntries(files));
  assert.is(nixfmtComplaints(files.map(([name]) => join(folder, name))), "");
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
      fc.dictionary(anyName, tie("value"), { minKeys: 1, maxKeys: 1, noNullPrototype: true }),
    ),
  })).value;
  const values = fc.sample(value, { numRuns: 300, seed: 5 });
  assert.equal(await real.eval(nixValue(values, 0)), JSON.parse(JSON.stringify(values)));
});

nix.run();
