import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { apply } from "../../generator/write/apply.ts";
import { MANIFEST } from "../../generator/write/manifest.ts";
import { version } from "../support/endless-writer.ts";
import { tempFolder } from "../support/temp.ts";

/*
 * kill -9 at random moments while 200 files are written. After every kill, each file is completely one version or the other, the
 * manifest knows both, the user's file is unchanged, and the next run succeeds without --force.
 */

/** `npm run kills` has more. */
const KILLS = Number(process.env["KILLS"] ?? 8);
const kills = suite("kill -9");

/** Every path in a folder with its content. */
function tree(folder: string, prefix = ""): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) for (const [name, text] of tree(folder, path)) files.set(name, text);
    else files.set(path, readFileSync(join(folder, path), "utf8"));
  }
  return files;
}

const hashOf = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

kills(`${KILLS} times at random moments: no file is torn or lost, and the next run completes`, async () => {
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
  const texts = {
    a: new Map(version("a").map((file) => [file.path, file.text])),
    b: new Map(version("b").map((file) => [file.path, file.text])),
  };
  const out = join(tempFolder(), "out");
  const system = nodeSystem("/", {});
  await apply(system, out, version("a"), false);
  // The time of a run that writes everything: each kill comes at a random moment of one.
  const started = performance.now();
  await apply(system, out, version("b"), false);
  await apply(system, out, version("a"), false);
  const aRun = (performance.now() - started) / 2;
  mkdirSync(join(out, "hosts"), { recursive: true });
  writeFileSync(join(out, "hosts/box.nix"), "my machine\n");
  writeFileSync(join(out, "notes.txt"), "mine\n");

  let interrupted = 0;
  let kill = 0;
  // On, until one has come while files were being renamed.
  for (; kill < KILLS || (interrupted === 0 && kill < 10 * KILLS); kill++) {
    const child = spawn(process.execPath, [bundle, out], { stdio: ["ignore", "pipe", "inherit"] });
    const gone = new Promise((exit) => child.once("exit", exit));
    // The first line says that the run after the last kill has succeeded. A process that ends without it has failed.
    const isComplete = await Promise.race([
      new Promise<boolean>((done) => child.stdout.once("data", () => done(true))),
      gone.then(() => false),
    ]);
    assert.ok(isComplete, `kill ${kill}: the next run completes`);
    await new Promise((wait) => setTimeout(wait, Math.random() * aRun * 1.5));
    child.kill("SIGKILL");
    await gone;

    const now = tree(out);
    const manifest = JSON.parse(now.get(MANIFEST) ?? "{}");
    if (manifest.pending) interrupted++;
    for (const [path, text] of now) {
      if (path === MANIFEST || path.startsWith(".flakewright.tmp") || path === "notes.txt" || path === "hosts/box.nix") continue;
      assert.ok(text === texts.a.get(path) || text === texts.b.get(path), `kill ${kill}: ${path} is torn`);
      assert.ok(
        [manifest.files[path], manifest.pending?.[path]].includes(hashOf(text)),
        `kill ${kill}: the manifest does not know ${path}`,
      );
    }
    assert.is(now.get("hosts/box.nix"), "my machine\n");
    assert.is(now.get("notes.txt"), "mine\n");
  }
  const { diagnostics } = await apply(system, out, version("a"), false);
  assert.equal(diagnostics, []);
  const after = tree(out);
  const outputs = (paths: Iterable<string>) => [...paths].filter((path) => /^(nix|users)\//.test(path)).sort();
  assert.equal(outputs(after.keys()), outputs(texts.a.keys()));
  assert.equal(
    [...after.keys()].filter((path) => path.startsWith(".")),
    [MANIFEST],
    "nothing is left over",
  );
  assert.is(JSON.parse(after.get(MANIFEST) ?? "{}").pending, undefined);
  console.log(`${interrupted} of ${kill} kills came while files were being renamed`);
  assert.ok(interrupted > 0, "no kill hit a run while it wrote");
});

kills.run();
