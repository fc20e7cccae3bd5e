import { spawn } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/*
 * Processes against each other, by luck: race.test.ts has the same by design. `npm run races` does it 200 times. The first version
 * loses most edits, and its runs at once end with output-edited, half of them across process namespaces.
 */

/** How often. */
const RACES = Number(process.env["RACES"] ?? 6);

const test = suite("real races");

/** A program that writes one of two trees over the other, in a bundle of its own. */
async function writer(): Promise<string> {
  const bundle = join(tempFolder(), "endless-writer.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../support/endless-writer.ts", import.meta.url))],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["chokidar"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
  return bundle;
}

test("an edit saved at a random moment of a real run is kept", async () => {
  const bundle = await writer();
  for (let run = 0; run < RACES; run++) {
    const out = join(tempFolder(), "out");
    const child = spawn(process.execPath, [bundle, out], { stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((done) => child.stdout.once("data", done));
    await new Promise((done) => setTimeout(done, Math.random() * 60));
    const path = join(out, `nix/${run % 10}/${run % 10}.nix`);
    if (run % 2) writeFileSync(path, "mine\n");
    else {
      writeFileSync(`${path}~`, "mine\n");
      renameSync(`${path}~`, path);
    }
    // The writer goes on until it meets the edit, which it does not overwrite; one that writes on has not seen it.
    let lines = 0;
    child.stdout.on("data", (chunk) => {
      lines += String(chunk).split("\n").length - 1;
      if (lines > 6) child.kill();
    });
    await new Promise((done) => child.on("exit", done));
    assert.is(readFileSync(path, "utf8"), "mine\n", `run ${run}`);
  }
});

for (const [where, prefix, tools] of [
  ["in one process namespace", [], []],
  [
    "across process namespaces with one host name",
    ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"],
    ["root", "unshare"],
  ],
] as const)
  needs(test, tools)(`runs at once, ${where}, wait for each other and leave no false output-edited`, async () => {
    const bundle = await writer();
    const out = join(tempFolder(), "out");
    for (let pair = 0; pair < RACES / 3; pair++) {
      const children = [0, 1, 2].map(() => {
        const [program = process.execPath, ...args] = [...prefix, process.execPath, bundle, out];
        return spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
      });
      const said: string[] = [];
      for (const child of children) child.stderr.on("data", (chunk) => said.push(String(chunk)));
      await Promise.all(
        children.map(
          (child) =>
            new Promise<void>((done) => {
              let lines = 0;
              child.stdout.on("data", (chunk) => {
                lines += String(chunk).split("\n").length - 1;
                if (lines >= 3) done();
              });
              child.on("exit", () => done());
            }),
        ),
      );
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(
        children.map(
          (child) =>
            new Promise<void>((done) =>
              (child.exitCode ?? child.signalCode) === null ? child.once("exit", () => done()) : done(),
            ),
        ),
      );
      assert.equal(said, [], `pair ${pair}`);
    }
  });

test.run();
