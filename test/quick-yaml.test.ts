import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readQuickly } from "../generator/quick-yaml.ts";
import { MAX_DEPTH, readCarefully } from "../generator/source.ts";
import { spoiltSpecs } from "./support/mutations.ts";

/*
 * The quick reader is a shortcut and no second opinion: whatever it takes, the careful one takes without a word and reads as the same
 * data. QUICK_RUNS sets another number of tries.
 */
const RUNS = Number(process.env["QUICK_RUNS"] || 4000);

/** What the quick reader made of a text: "taken", or "left" to the other. Throws where the two differ. */
function agree(text: string): "taken" | "left" {
  const quick = readQuickly(text, MAX_DEPTH - 1);
  if (!quick) return "left";
  const [source, diagnostics] = readCarefully("spec.yaml", text);
  if (!source || diagnostics.length > 0) throw new Error(`taken, but refused with care: ${JSON.stringify(diagnostics)}`);
  // Not by JSON alone: it has neither infinity nor -0.
  assert.equal(tagged(quick.value), tagged(source.value));
  return "taken";
}

/** A value as text in which nothing is lost: the kinds of numbers, the order of keys. */
function tagged(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tagged).join()}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${tagged(item)}`)
      .join()}}`;
  return typeof value === "string" ? JSON.stringify(value) : `${typeof value} ${Object.is(value, -0) ? "-0" : value}`;
}

const quick = suite("quick reader");

for (const [text, want] of [
  ["a: 1\nb: [x, 'y', \"z\"]\nc:\n  - d: e\n", "taken"],
  ["a: {b: c, d: [1, 2]}\n", "taken"],
  ["# only\na: 1 # said of `b` & c, 100 % @ *\nb: x && y\n", "taken"],
  ["a: @b\n", "left"],
  ["a: `b`\n", "left"],
  ["a: |\n  one\n  two\nb: >-\n  three\n  four\n", "taken"],
  ["a: ~\nb:\nc: null\nd: Null\ne: TRUE\nf: no\ng: 0o17\nh: 0x1f\ni: 017\nj: 1_000\nk: 12:30\nl: 2026-01-01\n", "taken"],
  ["a: .inf\nb: -.INF\nc: .nan\nd: -0\ne: 1e3\nf: .5\ng: 5.\nh: 99999999999999999999\n", "taken"],
  ["constructor: 1\ntoString: 2\nhasOwnProperty: 3\n__proto__: {a: 1}\n", "taken"],
  ["<<: {a: 1}\n", "taken"],
  ["a: &x 1\nb: *x\n", "left"],
  ["a: !!str 1\n", "left"],
  ["--- \na: 1\n", "left"],
  ["a: 1\n---\nb: 2\n", "left"],
  ["%YAML 1.1\n---\na: no\n", "left"],
  ["1.0: x\n", "left"],
  ["true: x\n", "left"],
  ["? [a]\n: b\n", "left"],
  ["a: 1\na: 2\n", "left"],
  ['a: "\\u0001"\n', "left"],
  ["a:\t1\n", "left"],
  ['a: "\u007f"\n', "left"],
  ["a: |2\n   b\n", "left"],
  ["a: |-\n  # x\n", "left"],
  ["a: 1e999\n", "left"],
  ["a: 1\r\nb: 2\r\n", "left"],
  ["\ufeffa: 1\n", "left"],
  ["", "left"],
  ["# nothing\n", "left"],
  ["a: [1, 2\n", "left"],
  [`${"[".repeat(200)}${"]".repeat(200)}`, "left"],
] as const)
  quick(`${want}: ${JSON.stringify(text).slice(0, 60)}`, () => assert.is(agree(text), want));

quick(`agrees with the careful reader on ${RUNS} spoilt specs, and takes many`, () => {
  const seen = { taken: 0, left: 0 };
  fc.assert(
    fc.property(spoiltSpecs.map(String), (text) => {
      // The careful reader is never given one.
      if (!text.includes("\0")) seen[agree(text)]++;
    }),
    { numRuns: RUNS },
  );
  assert.ok(seen.taken > RUNS / 4 && seen.left > RUNS / 20, JSON.stringify(seen));
});

quick(`agrees with it on ${RUNS} texts of what YAML is made of`, () => {
  const piece = fc.constantFrom(
    ..."a|b c|1|-1|0x1|1e9|.5|'|\"|''|: |:|- |-|? |, |[|]|{|}|\n|\n|\n  |\n  - |\n    |\n- | |  | # x|#|>|>-|>+2|~|true|null|<<|=|.|..|@|`|%|é|\u2028|\u0085|\u00a0|🙂".split(
      "|",
    ),
    "|",
    "|-",
    "|\n  a\n b\n",
    "a: 1\n",
    "- a\n",
    "x:\n",
  );
  let taken = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      if (agree(pieces.join("")) === "taken") taken++;
    }),
    { numRuns: RUNS },
  );
  assert.ok(taken > RUNS / 20, String(taken));
});

quick.run();
