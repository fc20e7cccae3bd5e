import { suite } from "uvu";
import * as assert from "uvu/assert";
import { importConfigs } from "../generator/importers/index.ts";
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

test.run();
