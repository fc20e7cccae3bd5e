import { suite } from "uvu";
import * as assert from "uvu/assert";
import { importConfigs } from "../generator/importers/index.ts";
import { ATTACKS, type Attack } from "../scripts/bench/attacks.ts";
import { few } from "./importers/support.ts";
import { base } from "./support/diagnostic-rows.ts";
import { assertLinear } from "./support/growth.ts";
import { compileText } from "./support/spec.ts";

/* Inputs that somebody makes large on purpose: CPU time grows with the size, not with its square. */
const test = suite("growth with hostile inputs");

const spec = (text: string) => void compileText(`${base}description: "${text}"\n`);

test("tokens in an address, again and again", () => {
  assertLinear("?token=", (size) => spec("?token=".repeat(size / 7)), 65_536, 1);
});

test("access keys", () => {
  assertLinear("access keys", (size) => spec("AKIA0123456789ABCDEF ".repeat(size / 21)), 8192, 1);
});

test("unknown keys", () => {
  const keys = (size: number) => Array.from({ length: size / 16 }, (_, index) => `zqk${index}: 1\n`).join("");
  assertLinear("unknown keys", (size) => void compileText(base + keys(size)), 16_384, 1);
});

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

/** How an attack is answered, with the CPU time in milliseconds. */
async function answered({ file, text }: Attack, size: number): Promise<number> {
  const written = text(size);
  const before = process.cpuUsage();
  if (file === "spec.yaml") compileText(written);
  else await importConfigs([{ path: file, text: written }], async () => undefined, few);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/* The table up to 8 MiB: `npm run bench -- attacks`. */
test(`${ATTACKS.length} attacks on the importers, the reader and the rules: 8 times the size takes no 20 times the CPU`, async () => {
  const slow: string[] = [];
  for (const attack of ATTACKS) {
    let ratio = Number.POSITIVE_INFINITY;
    // On a busy machine, one of three is undisturbed. Below 10 ms, the clock and the collector of garbage are most of it.
    for (let round = 0; round < 3 && ratio > 20; round++)
      ratio = Math.min(ratio, 1 / (Math.max(await answered(attack, 8192), 10) / (await answered(attack, 65_536))));
    if (ratio > 20) slow.push(`${attack.name}: ${ratio.toFixed(0)} times`);
  }
  assert.equal(slow, []);
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
