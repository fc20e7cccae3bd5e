import { suite } from "uvu";
import * as assert from "uvu/assert";
import { importConfigs } from "../generator/importers/index.ts";
import { RULES } from "../generator/lint/rules.ts";
import { ATTACKS, type Attack } from "../scripts/bench/attacks.ts";
import { few } from "./importers/support.ts";
import { base } from "./support/diagnostic-rows.ts";
import { compileText, MEASURED } from "./support/spec.ts";

/* Inputs that somebody makes large on purpose: CPU time grows with the size, not with its square. */
const test = suite("growth with hostile inputs");

test("files of nix.conf that include two others each are read so often and no more", async () => {
  let reads = 0;
  const file = (level: number) => (level < 18 ? `include ${level + 1}a.conf\ninclude ${level + 1}b.conf\n` : "cores = 2\n");
  const read = async (path: string) => {
    reads++;
    return file(Number(/\d+/.exec(path)?.[0]));
  };
  const [, diagnostics] = await importConfigs([{ path: "0.conf", text: file(0) }], read);
  assert.ok(reads <= 200, `${reads} reads`);
  assert.equal(
    diagnostics.map(({ code, message }) => [code, message]),
    [["import-incomplete", "more than 200 includes: the rest is not read"]],
  );
});

/** The CPU time of an answer, in milliseconds, and whether it is that the text is too large. */
interface Answered {
  readonly time: number;
  readonly isRefused: boolean;
}

/** Answers an attack; whether it is refused because it is too large. */
async function isRefused({ file }: Attack, text: string): Promise<boolean> {
  if (file !== "spec.yaml") {
    const [, diagnostics] = await importConfigs([{ path: file, text }], async () => undefined, few);
    return diagnostics.some(({ message }) => message.startsWith("the file has "));
  }
  return compileText(text).diagnostics.some(({ code }) => code === "yaml-limit");
}

async function answered(attack: Attack, size: number): Promise<Answered> {
  const text = attack.text(size);
  const before = process.cpuUsage();
  const refused = await isRefused(attack, text);
  const { user, system } = process.cpuUsage(before);
  return { time: (user + system) / 1000, isRefused: refused };
}

/** The size in KiB; a fault that is small at this size is found at a larger one: `npm run growth`. */
const SIZE = Number(process.env["GROWTH_KIB"] || 128) * 1024;
/** An import reads no more. */
const IMPORTED = 192 * 1024;
/** Linear × 1.3 for 8 times the size. */
const MOST_GROWTH = 8 * 1.3;
/** A shorter time, in milliseconds, is as much that of the clock, of code that is not compiled yet and of the collector of garbage. */
const FLOOR = 20;
const ROUNDS = 12;

/**
 * How many times the CPU of an eighth of the size an attack takes: the least of some rounds. What else the machine does only adds to a time, and
 * lasts longer than a run: so the least time of each size is taken, and in each round the times that follow each other. More rounds follow only if
 * the growth seems too large.
 */
async function growthAt(attack: Attack, size: number, first: number): Promise<number> {
  let [small, large] = [Number.POSITIVE_INFINITY, first];
  let ratio = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && ratio > MOST_GROWTH; round++) {
    if (large <= FLOOR * MOST_GROWTH) return large / FLOOR;
    const before = (await answered(attack, size / 8)).time;
    const now = round > 0 ? (await answered(attack, size)).time : first;
    const after = (await answered(attack, size / 8)).time;
    large = Math.min(large, now);
    small = Math.min(small, before, after);
    const ofRound = now / Math.max((before + after) / 2, FLOOR);
    ratio = Math.min(ratio, large / Math.max(small, FLOOR), round > 0 ? ofRound : ratio);
  }
  return ratio;
}

/** The growth to the size, and to the largest one that is read. */
async function growthOf(attack: Attack): Promise<number> {
  let size = attack.file === "spec.yaml" ? SIZE : Math.min(SIZE, IMPORTED);
  const whole = await answered(attack, size);
  let growth = await growthAt(attack, size, whole.time);
  for (let { isRefused } = whole; isRefused && size > 1024; ) {
    size /= 2;
    const half = await answered(attack, size);
    isRefused = half.isRefused;
    if (!isRefused) growth = Math.max(growth, await growthAt(attack, size, half.time));
  }
  return growth;
}

/* The table up to 8 MiB: docs/attacks.md. */
test(`${ATTACKS.length} attacks on the importers, the reader and the rules: 8 times the size takes at most 8 × 1.3 times the CPU`, async () => {
  const slow: string[] = [];
  for (const attack of ATTACKS.filter(({ args, format }) => !args && !format)) {
    const growth = await growthOf(attack);
    if (growth > MOST_GROWTH) slow.push(`${attack.name}: ${growth.toFixed(1)} times`);
  }
  assert.equal(slow, []);
});

test("each rule is reached by an attack", () => {
  const found = new Set<string>();
  for (const { file, text, args, format } of ATTACKS)
    if (file === "spec.yaml" && !args && !format)
      for (const { code } of compileText(text(4000), false, "spec.yaml", MEASURED).diagnostics) found.add(code);
  assert.equal(
    RULES.filter(({ code }) => !found.has(code)).map(({ code }) => code),
    [],
  );
});

test("a file with too many lines, keys and entries is refused before it is parsed", () => {
  for (const text of ["\n".repeat(150_001), `a: [${"x,".repeat(150_001)}]`, `a:\n${`  ${"- ".repeat(500)}x\n`.repeat(700)}`]) {
    const { diagnostics } = compileText(text);
    assert.equal(
      diagnostics.map(({ code, message }) => [code, message]),
      [["yaml-limit", "the file has more than 150000 lines, keys and entries"]],
    );
  }
});

test("as many equal keys as a file may have, and a long private key, end in diagnostics", () => {
  const found = compileText("a: 1\n".repeat(70_000)).diagnostics.filter(({ code }) => code === "yaml-duplicate-key");
  assert.is(found.length, 1001);
  assert.is(found.at(-1)?.message, "68999 more findings are not listed");
  const { diagnostics, texts } = compileText(`${base}description: "-----BEGIN PRIVATE KEY-----${"QUJD".repeat(50_000)}"\n`);
  assert.is(diagnostics[0]?.code, "secret-in-spec");
  assert.not.match(texts.get("spec.yaml") ?? "", "QUJDQUJD");
});

test("import reads no file of more than 200,000 characters", async () => {
  const [yaml, [only]] = await importConfigs([{ path: "nix.conf", text: "# a\n".repeat(300_000) }], async () => undefined);
  assert.is(yaml, undefined);
  assert.is(only?.code, "import-syntax");
  assert.match(only?.message ?? "", "the file has 1200000 characters");
});

test.run();
