import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tempFolder } from "./support/temp.ts";

const test = suite("test runner");

const testFolder = dirname(fileURLToPath(import.meta.url));

/** Runs the test runner on files with these contents; returns its last line, its exit status and its whole output. */
function runner(files: Record<string, string>, env: Record<string, string> = {}) {
  const folder = tempFolder();
  symlinkSync(join(dirname(testFolder), "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "test"));
  symlinkSync(join(testFolder, "support"), join(folder, "test/support"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, "test", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  });
  const result = spawnSync(process.execPath, ["--import", "tsx", join(testFolder, "run.ts"), ...paths], {
    cwd: dirname(testFolder),
    env: { ...process.env, CI: "", FLAKEWRIGHT_NIXPKGS: "/no/such/folder", ...env },
    encoding: "utf8",
  });
  return { status: result.status, last: result.stdout.trimEnd().split("\n").at(-1), text: result.stdout + result.stderr };
}

const head = `import { suite } from "uvu"; import { needs } from "${join(testFolder, "support/tools.ts")}"; const t = suite("s");\n`;
const pass = 't("passes", () => {});\n';
const needy = (tool: string) => `needs(t, ["${tool}"])("needy", () => {});\n`;

// Joined from parts: the runner also reads the source of this file.
const create = "suite";

/** Test files by name: the line that the runner prints for each, and a text that it prints below. */
const cases: Record<string, { text: string; line: string; says?: string }> = {
  counts: { text: `${head}${pass}${pass}t.run();`, line: "ok   2 passed, 0 failed" },
  breaks: {
    text: `${head}${pass}t("breaks", () => { throw new Error("the reason"); }); t.run();`,
    line: "FAIL 1 passed, 1 failed",
    says: "the reason",
  },
  "forgets to run": { text: head + pass, line: "FAIL 0 passed, 1 failed", says: "the suite `t` is never run" },
  "forgets to run the second": {
    text: `${head}${pass}t.run(); const u = ${create}("u"); u("x", () => {});`,
    line: "FAIL 1 passed, 1 failed",
    says: "the suite `u` is never run",
  },
  "has no suite": { text: "export {};", line: "FAIL 0 passed, 1 failed", says: "ended without uvu's totals" },
  "has no test": { text: `${head}t.run();`, line: "FAIL 0 passed, 1 failed", says: "ran no test" },
  "throws in a hook": {
    text: `${head}t.before(() => { throw new Error("no"); }); ${pass}t.run();`,
    line: "FAIL 0 passed, 1 failed",
  },
  "leaves an only": {
    text: `${head}${pass}t.only("o", () => {}); t.run();`,
    line: "FAIL 1 passed, 1 failed, 1 skipped",
    says: "1 skipped without a reason",
  },
  "throws at load": { text: 'throw new Error("at load");', line: "FAIL 0 passed, 1 failed", says: "at load" },
  "ends badly": {
    text: `${head}${pass}t.run(); setTimeout(() => process.exit(3), 300);`,
    line: "FAIL 1 passed, 1 failed",
    says: "exit status 3",
  },
  "leaves a process": {
    text: `${head}${pass}t.run(); (await import("node:child_process")).spawn("sleep", ["600"], { stdio: "inherit" }).unref();`,
    line: "ok   1 passed, 0 failed",
  },
  skips: {
    text: [head, needy("no-such-tool"), needy("nixpkgs"), "t.run();"].join(""),
    line: "ok   0 passed, 0 failed, 2 skipped",
  },
};

test("prints each file's result, the sum, and why tests were skipped", () => {
  const got = runner(Object.fromEntries(Object.entries(cases).map(([name, { text }]) => [`${name}.test.ts`, text])));
  const lines = got.text.split("\n");
  for (const [name, { line, says }] of Object.entries(cases)) {
    const found = lines.find((text) => text.includes(`/test/${name}.test.ts: `)) ?? "";
    assert.is(found.replace(/^(.{5}).*: /, "$1").replace(/ \(.*/, ""), line, `${name}\n${got.text}`);
    if (says) assert.ok(got.text.includes(says), `${name}: ${says}\n${got.text}`);
  }
  assert.ok(got.text.includes("skipped 1: no no-such-tool on this machine"));
  assert.ok(got.text.includes("skipped 1: no nixpkgs here (set FLAKEWRIGHT_NIXPKGS)"));
  assert.is(got.last, "7 passed, 9 failed, 3 skipped");
  assert.is(got.status, 1);
});

test("a file that does not compile fails alone", () => {
  const got = runner({ "a.test.ts": `${head}${pass}t.run();`, "b.test.ts": 'const x = "' });
  assert.match(got.text, /^ok {3}\S*test\/a\.test\.ts: 1 passed/m);
  assert.match(got.text, /^FAIL \S*test\/b\.test\.ts: /m);
  assert.match(got.text, /Unterminated string literal/);
});

test("an error names the line of the source", () => {
  const got = runner({ "a.test.ts": `${head}\n\nt("fails", () => { throw new TypeError("no"); });\nt.run();` });
  assert.match(got.text, /a\.test\.ts:4:\d+/);
});

test("exits 0 when all tests pass, 1 when none runs", () => {
  const passing = runner({ "a.test.ts": `${head}${pass}t.run();` });
  assert.equal([passing.last, passing.status], ["1 passed, 0 failed", 0]);
  const skipping = runner({ "a.test.ts": `${head}${needy("no-such-tool")}t.run();` });
  assert.equal([skipping.last, skipping.status], ["0 passed, 0 failed, 1 skipped", 1]);
});

test("with CI=1 a missing tool fails its test, a missing nixpkgs does not", () => {
  const got = runner({ "a.test.ts": [head, pass, needy("no-such-tool"), needy("nixpkgs"), "t.run();"].join("") }, { CI: "1" });
  assert.is(got.last, "1 passed, 1 failed, 1 skipped", got.text);
  assert.match(got.text, /CI=1 allows no missing tool/);
});

test("a file that runs long is named while it runs, and the last line stays the last", () => {
  const slow = `${head}t("sleeps", () => new Promise((done) => setTimeout(done, 4000))); t.run();`;
  const got = runner({ "slow.test.ts": slow }, { SILENT_SECONDS: "1" });
  assert.match(got.text, /^… still running: \S*test\/slow\.test\.ts \(\d+ s\)$/m);
  assert.equal([got.last, got.status], ["1 passed, 0 failed", 0]);
});

test.run();
