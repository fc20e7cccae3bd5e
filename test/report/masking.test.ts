import { suite } from "uvu";
import * as assert from "uvu/assert";
import { masker, withoutDerivedAdvice } from "../../generator/report/masking.ts";
import { cpuTime } from "../support/growth.ts";

const test = suite("masking");

/** A long private key in which every number is another one. */
const key = Array.from({ length: 33_000 }, (_, at) => (at + 100_000).toString(36).padStart(6, "z")).join("");

test("a long secret is indexed once, not for each text", () => {
  let mask = masker([key]);
  const one = cpuTime(() => {
    mask = masker([key]);
    mask?.("a message");
  });
  const many = cpuTime(() => {
    for (let at = 0; at < 30; at++) mask?.(`message ${at}: ${key.slice(at * 1000, at * 1000 + 20)}`);
  });
  assert.ok(many < one * 5, `30 messages take ${(many / one).toFixed(1)} times as long as the table and one message`);
});

test("parts of a long and of a short secret are masked, and nothing else", () => {
  const mask = masker([key, "hunter2"]);
  assert.is(
    mask?.(`a ${key.slice(600, 612)} b hunter2 c ${key.slice(0, 7)}`),
    `a ${"•".repeat(12)} b ${"•".repeat(7)} c ${key.slice(0, 7)}`,
  );
  assert.is(masker([]), undefined);
});

test("each of a hundred thousand secrets is masked", () => {
  const secrets = Array.from({ length: 100_000 }, (_, at) => `AKIA${String(at).padStart(16, "0")}`);
  const mask = masker(secrets);
  assert.is(mask?.(`a ${secrets[77_777]} b AKIB c ${secrets.at(-1)}`), `a ${"•".repeat(20)} b AKIB c ${"•".repeat(20)}`);
  const text = secrets.join("\n");
  assert.is(mask?.(text), secrets.map(() => "•".repeat(20)).join("\n"));
});

test("a hint that has a secret in other letters is left out, and so is its fix", () => {
  const range = { file: "spec.yaml", start: 6, end: 26 };
  const finding = (hint: string) => ({ code: "name-invalid", severity: "error" as const, message: "", ...range, range, hint });
  const fix = { range, text: "x" };
  const advice = (hint: string, text = "Correct Horse Battery") =>
    withoutDerivedAdvice([{ ...finding(hint), fix }], [{ range, text }])[0];
  for (const hint of ["write `correct-horse-battery`", "write `CORRECT_HORSE`"])
    assert.equal(Object.keys(advice(hint) ?? {}).includes("hint") || advice(hint)?.fix !== undefined, false, hint);
  assert.is(advice("use lower-case letters")?.hint, "use lower-case letters");
  const elsewhere = { ...range, start: 40, end: 50 };
  assert.is(withoutDerivedAdvice([{ ...finding("a"), range: elsewhere }], [{ range, text: "a" }])[0]?.hint, "a");
});

test.run();
