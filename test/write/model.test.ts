import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { PlannedFile } from "../../generator/output/outputs.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { apply } from "../../generator/write/apply.ts";
import { compare } from "../../generator/write/compare.ts";
import { MANIFEST } from "../../generator/write/manifest.ts";
import { tempFolder } from "../support/temp.ts";

/*
 * Random trees × manifests × plans against a model of what may be written or removed. The model knows no code of write/: it says, in
 * a few lines, what SECURITY.md promises. The first version differs from it: it removes whatever a manifest claims, and ends at long
 * names and prototype keys.
 */

/** `npm run model`: 10,000. */
const RUNS = Number(process.env["MODEL_RUNS"] ?? 300);

const OUTPUTS = ["flake.nix", "nix/apps.nix", "modules/darwin.nix", "users/ann/nix.conf", "users/bob/nix.conf", "catalog.html"];
const SCAFFOLD = "hosts/box.nix";
const FOREIGN = [
  "README.md",
  "src/main.c",
  "spec/platform.yaml",
  "nix/extra.nix",
  "users/ann/notes.txt",
  ".GIT/config",
  "sub/.git/config",
  "users/.git/nix.conf",
  "users/../flake.nix",
  "USERS/ann/nix.conf",
  "__proto__",
  "constructor",
  `${"n".repeat(300)}.nix`,
  `users/${"n".repeat(300)}/nix.conf`,
];
/** With one of these the manifest is no work of ours, and nothing happens. */
const IMPOSSIBLE = ["../victim", "/etc/passwd", ".git/config", "flake.lock", "hosts/box.nix", "a//b", ""];
const TEXTS = ["one\n", "two\n", "three\n"];

const hashOf = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

type Entry = string | { readonly link: string };

interface Case {
  readonly tree: Map<string, Entry>;
  readonly manifest: { files: [string, string][]; pending: [string, string][] } | undefined;
  readonly planned: readonly PlannedFile[];
  readonly force: boolean;
}

/** What the folder holds afterwards, or undefined when the run is refused and everything stays. */
function model({ tree, manifest, planned, force }: Case): Map<string, Entry> | undefined {
  const claimed = new Map<string, Set<string>>();
  for (const [path, hash] of [...(manifest?.files ?? []), ...(manifest?.pending ?? [])]) {
    if (IMPOSSIBLE.includes(path) || path.includes("..")) return undefined;
    claimed.set(path, (claimed.get(path) ?? new Set()).add(hash));
  }
  const behindLink = (path: string) =>
    path.split("/").some((_, at, parts) => at > 0 && typeof tree.get(parts.slice(0, at).join("/")) === "object");
  const after = new Map(tree);
  for (const { path, text, once } of planned) {
    const found = tree.get(path);
    if (behindLink(path)) return undefined;
    if (once && found !== undefined) continue;
    const claims = claimed.get(path);
    if (typeof found === "object") return undefined;
    const isOurs = found === undefined || found === text || claims?.has(hashOf(found)) || (force && claims !== undefined);
    if (!isOurs) return undefined;
    after.set(path, text);
  }
  for (const [path, hashes] of claimed) {
    const found = tree.get(path);
    if (!OUTPUTS.includes(path) || planned.some((one) => one.path === path)) continue;
    if (typeof found !== "string" || behindLink(path)) continue;
    if (hashes.has(hashOf(found)) || force) after.delete(path);
  }
  return after;
}

let seed = Number(process.env["SEED"] ?? 1);
function random(below: number): number {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 8) % below;
}
const one = <T>(from: readonly T[]): T => from[random(from.length)] as T;
const some = <T>(from: readonly T[], percent: number): T[] => from.filter(() => random(100) < percent);

function randomCase(): Case {
  const tree = new Map<string, Entry>();
  // Names that the file system takes and this test can make.
  const makeable = [...OUTPUTS, SCAFFOLD, ...FOREIGN.filter((path) => path.length < 200 && !path.includes(".."))];
  for (const path of some(makeable, 45)) tree.set(path, one(TEXTS));
  if (random(6) === 0) {
    const folder = one(["nix", "users", "users/ann", "modules"]);
    for (const path of [...tree.keys()]) if (path.startsWith(`${folder}/`)) tree.delete(path);
    tree.set(folder, { link: "../outside" });
  }
  if (random(8) === 0) tree.set(one(["flake.nix", "catalog.html"]), { link: "../outside/secret" });
  const claim = (path: string): [string, string] => {
    const found = tree.get(path);
    // Mostly true.
    return [path, typeof found === "string" && random(10) > 1 ? hashOf(found) : hashOf(one(TEXTS))];
  };
  const claims = (percent: number) =>
    [
      ...some(OUTPUTS, percent),
      ...some(
        FOREIGN.filter((path) => !path.includes("..")),
        20,
      ),
    ].map(claim);
  const impossible = random(12) === 0 ? [claim(one(IMPOSSIBLE))] : [];
  return {
    tree,
    manifest:
      random(10) === 0 ? undefined : { files: [...claims(80), ...impossible], pending: random(3) === 0 ? claims(50) : [] },
    planned: [
      ...some(OUTPUTS, 65).map((path) => ({ path, text: one(TEXTS), mode: 0o644, once: false })),
      ...some([SCAFFOLD], 50).map((path) => ({ path, text: one(TEXTS), mode: 0o644, once: true })),
    ],
    force: random(3) === 0,
  };
}

/** JSON.stringify would drop `__proto__`. */
const recordText = (entries: readonly [string, string][]) =>
  `{${[...new Map(entries)].map(([path, hash]) => `${JSON.stringify(path)}:${JSON.stringify(hash)}`).join()}}`;

function build(folder: string, { tree, manifest }: Case): void {
  const out = join(folder, "out");
  for (const path of ["outside/ann", "out"]) mkdirSync(join(folder, path), { recursive: true });
  for (const path of ["outside/secret", "outside/apps.nix", "outside/nix.conf", "outside/ann/nix.conf", "victim"])
    writeFileSync(join(folder, path), one(TEXTS));
  for (const [path, entry] of tree) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    if (typeof entry === "string") writeFileSync(join(out, path), entry);
    else symlinkSync(entry.link.replace("..", "../".repeat(path.split("/").length).slice(0, -1)), join(out, path));
  }
  if (!manifest) return;
  const pending = manifest.pending.length > 0 ? `,"pending":${recordText(manifest.pending)}` : "";
  writeFileSync(join(out, MANIFEST), `{"version":1,"files":${recordText(manifest.files)}${pending}}`);
}

function read(folder: string, prefix = ""): Map<string, string> {
  const all = new Map<string, string>();
  for (const name of readdirSync(join(folder, prefix)).sort()) {
    const path = prefix + name;
    const stat = lstatSync(join(folder, path));
    if (stat.isDirectory()) for (const [inner, text] of read(folder, `${path}/`)) all.set(inner, text);
    else all.set(path, stat.isSymbolicLink() ? "a link" : readFileSync(join(folder, path), "utf8"));
  }
  return all;
}

const flat = (tree: ReadonlyMap<string, Entry>) =>
  Object.fromEntries(
    [...tree].map(([path, entry]): [string, string] => [path, typeof entry === "string" ? entry : "a link"]).sort(),
  );

const test = suite("writing against the model");

test(`${RUNS} random trees, manifests and plans: what is written and removed is what the model allows`, async () => {
  const system = nodeSystem("/", {});
  const folder = tempFolder();
  const out = join(folder, "out");
  const seen = { refused: 0, removed: 0, ignored: 0 };
  for (let run = 0; run < RUNS; run++) {
    const started = seed;
    const where = `SEED=${started} (run ${run})`;
    const it = randomCase();
    build(folder, it);
    const [before, around] = [read(out), read(folder)];
    const expected = model(it);
    const comparison = await apply(system, out, it.planned, it.force);
    const [after, nowAround] = [read(out), read(folder)];
    if (expected === undefined) {
      seen.refused++;
      assert.ok(comparison.diagnostics.length > 0, `${where}: not refused`);
      assert.equal(flat(after), flat(before), where);
    } else {
      assert.equal(comparison.diagnostics, [], where);
      const manifest = after.get(MANIFEST) ?? "";
      after.delete(MANIFEST);
      assert.equal(flat(after), flat(expected), where);
      const ours = it.planned.filter((file) => !file.once).map((file): [string, string] => [file.path, hashOf(file.text)]);
      assert.equal(JSON.parse(manifest), { version: 1, files: Object.fromEntries(ours) }, where);
      if (comparison.changes.some(({ change }) => change === "removed")) seen.removed++;
      if (comparison.notes.length > 0) seen.ignored++;
      // Nothing is left to do.
      assert.equal(comparison.claims.ignored.length > 0, comparison.notes.length > 0, where);
      assert.equal((await compare(system, out, it.planned, false)).notes, [], where);
    }
    for (const path of [...around.keys()].filter((name) => !name.startsWith("out/")))
      assert.is(nowAround.get(path), around.get(path), `${where}: ${path} is outside`);
    for (const path of ["out", "outside", "victim"]) rmSync(join(folder, path), { recursive: true });
  }
  assert.ok(Math.min(...Object.values(seen)) > RUNS / 50, JSON.stringify(seen));
});

test("a manifest that names the user's files by true hashes removes none of them, and says so", async () => {
  const out = join(tempFolder(), "out");
  const system = nodeSystem("/", {});
  const planned = [{ path: "flake.nix", text: "one\n", mode: 0o644, once: false }];
  const names = FOREIGN.filter((path) => !path.includes(".."));
  for (const path of names.filter((name) => name.length < 200)) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), "mine\n");
  }
  writeFileSync(join(out, MANIFEST), `{"version":1,"files":${recordText(names.map((path) => [path, hashOf("mine\n")]))}}`);
  const { diagnostics, notes } = await apply(system, out, planned, true);
  assert.equal(diagnostics, []);
  assert.match(notes.join(), /which flakewright never writes: ignored/);
  assert.match(notes.join(), new RegExp(`and ${names.length - 1} more`));
  for (const path of names.filter((name) => name.length < 200)) assert.ok(existsSync(join(out, path)), path);
});

test.run();
