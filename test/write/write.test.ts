import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { PlannedFile } from "../../generator/output/outputs.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import type { System } from "../../generator/system/system.ts";
import { apply } from "../../generator/write/apply.ts";
import { type Comparison, compare } from "../../generator/write/compare.ts";
import { MANIFEST } from "../../generator/write/manifest.ts";
import { steppingSystem } from "../support/stepping-system.ts";
import { tempFolder } from "../support/temp.ts";

/* What writing does to an output folder, on the real file system. */

const file = (path: string, text: string, more: Partial<PlannedFile> = {}): PlannedFile => ({
  path,
  text,
  mode: 0o644,
  once: false,
  ...more,
});
const tree = (): PlannedFile[] => [
  file("a.nix", "1\n"),
  file("nix/b.nix", "2\n"),
  file("run.sh", "#!/bin/sh\n", { mode: 0o755 }),
  file("hosts/h.nix", "scaffold\n", { once: true }),
];

interface Folder {
  out: string;
  system: System;
  write(planned: readonly PlannedFile[], force?: boolean): Promise<Comparison>;
  read(path: string): string;
  put(path: string, text: string): void;
  manifest(): { version: number; files: Record<string, string>; pending?: Record<string, string> };
}

function folder(): Folder {
  const out = join(tempFolder(), "out");
  const system = nodeSystem("/", {});
  return {
    out,
    system,
    write: (planned, force = false) => apply(system, out, planned, force),
    read: (path) => readFileSync(join(out, path), "utf8"),
    put: (path, text) => writeFileSync(join(out, path), text),
    manifest: () => JSON.parse(readFileSync(join(out, MANIFEST), "utf8")),
  };
}

const changes = (comparison: Comparison) => Object.fromEntries(comparison.changes.map(({ path, change }) => [path, change]));
const codes = (comparison: Comparison) => comparison.diagnostics.map((d) => d.code);
/** Every path in a folder with its content. */
function snapshot(path: string, prefix = ""): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of readdirSync(path).sort()) {
    const stat = lstatSync(join(path, name));
    if (stat.isDirectory()) Object.assign(all, snapshot(join(path, name), `${prefix}${name}/`));
    else all[prefix + name] = stat.isSymbolicLink() ? "a link" : readFileSync(join(path, name), "utf8");
  }
  return all;
}

const writing = suite("writing");

writing("a first run creates everything, a second changes nothing", async () => {
  const f = folder();
  assert.equal(changes(await f.write(tree())), {
    "a.nix": "created",
    "nix/b.nix": "created",
    "run.sh": "created",
    "hosts/h.nix": "created",
  });
  assert.is(f.read("nix/b.nix"), "2\n");
  assert.is(statSync(join(f.out, "run.sh")).mode & 0o111, 0o111);
  const past = new Date("2020-01-01");
  for (const path of ["a.nix", "nix/b.nix", MANIFEST]) utimesSync(join(f.out, path), past, past);
  const before = snapshot(f.out);
  const second = await f.write(tree());
  assert.ok(second.changes.every(({ change }) => change === "unchanged"));
  assert.equal(snapshot(f.out), before);
  for (const path of ["a.nix", "nix/b.nix", MANIFEST]) assert.is(statSync(join(f.out, path)).mtimeMs, past.getTime(), path);
});

writing("only the files whose bytes differ are replaced", async () => {
  const f = folder();
  await f.write(tree());
  const past = new Date("2020-01-01");
  utimesSync(join(f.out, "a.nix"), past, past);
  const planned = tree().map((one) => (one.path === "nix/b.nix" ? file(one.path, "3\n") : one));
  assert.equal(changes(await f.write(planned)), { "a.nix": "unchanged", "nix/b.nix": "updated", "run.sh": "unchanged" });
  assert.is(statSync(join(f.out, "a.nix")).mtimeMs, past.getTime());
  assert.is(f.read("nix/b.nix"), "3\n");
});

writing("a missing executable bit is restored", async () => {
  const f = folder();
  await f.write(tree());
  chmodSync(join(f.out, "run.sh"), 0o644);
  assert.is(changes(await f.write(tree()))["run.sh"], "updated");
  assert.is(statSync(join(f.out, "run.sh")).mode & 0o100, 0o100);
});

writing("an edited file stops the run before it writes anything; --force replaces the file", async () => {
  const f = folder();
  await f.write(tree());
  f.put("a.nix", "mine\n");
  const before = snapshot(f.out);
  const planned = tree().map((one) => ({ ...one, text: `${one.text}new\n` }));
  assert.equal(codes(await f.write(planned)), ["output-edited"]);
  assert.equal(snapshot(f.out), before);
  const again = tree().map((one) => (one.path === "a.nix" ? file("a.nix", "2\n") : one));
  assert.equal(codes(await f.write(again, true)), []);
  assert.is(f.read("a.nix"), "2\n");
});

writing("a file with exactly the planned content does not count as edited", async () => {
  const f = folder();
  await f.write(tree());
  f.put("a.nix", "2\n");
  const comparison = await f.write(tree().map((one) => (one.path === "a.nix" ? file("a.nix", "2\n") : one)));
  assert.equal(codes(comparison), []);
  assert.is(f.manifest().pending, undefined);
});

writing("a file that flakewright did not write is never overwritten, even with --force", async () => {
  const f = folder();
  mkdirSync(f.out);
  f.put("a.nix", "theirs\n");
  for (const force of [false, true]) {
    const refused = await f.write(tree(), force);
    assert.equal(codes(refused), ["output-foreign"]);
    assert.equal(snapshot(f.out), { "a.nix": "theirs\n" });
  }
});

writing("a file that is no longer planned is removed with its empty folder, unless it was edited", async () => {
  const f = folder();
  await f.write([...tree(), file("users/x/nix.conf", "x\n"), file("users/y/nix.conf", "y\n")]);
  f.put("users/y/nix.conf", "mine\n");
  const comparison = await f.write(tree());
  assert.is(changes(comparison)["users/x/nix.conf"], "removed");
  assert.equal(comparison.kept, ["users/y/nix.conf"]);
  assert.not(existsSync(join(f.out, "users/x")));
  assert.is(f.read("users/y/nix.conf"), "mine\n");
  assert.not("users/y/nix.conf" in f.manifest().files);
  assert.equal(codes(await f.write(tree())), []);
});

writing("files in hosts/ are written once and never changed; flake.lock is never touched", async () => {
  const f = folder();
  await f.write(tree());
  f.put("hosts/h.nix", "my machine\n");
  f.put("flake.lock", "{}\n");
  const comparison = await f.write(tree().map((one) => (one.once ? { ...one, text: "another scaffold\n" } : one)));
  assert.equal(codes(comparison), []);
  assert.is(f.read("hosts/h.nix"), "my machine\n");
  assert.equal(codes(await f.write([file("a.nix", "1\n")])), []);
  assert.is(f.read("hosts/h.nix"), "my machine\n");
  assert.is(f.read("flake.lock"), "{}\n");
  assert.not("hosts/h.nix" in f.manifest().files);
});

writing("a manifest with a path that flakewright never writes is refused as a whole", async () => {
  const evil = [
    "../victim",
    "/etc/passwd",
    "a/../../victim",
    "flake.lock",
    "hosts/h.nix",
    ".git/config",
    "",
    "a//b",
    "a\\..\\b",
    ".flakewright.json",
  ];
  for (const path of evil) {
    const f = folder();
    await f.write(tree());
    writeFileSync(join(f.out, "../victim"), "precious\n");
    const manifest = f.manifest();
    manifest.files[path] = "sha256-x";
    f.put(MANIFEST, JSON.stringify(manifest));
    const before = snapshot(f.out);
    assert.equal(codes(await f.write([file("a.nix", "9\n")], true)).slice(0, 1), ["output-foreign"], path);
    assert.equal(snapshot(f.out), before, path);
    assert.is(readFileSync(join(f.out, "../victim"), "utf8"), "precious\n");
  }
});

writing("a manifest with conflict marks, of another version or of another type is refused", async () => {
  for (const text of [
    "<<<<<<< ours\n",
    "[]",
    "null",
    '{"version":2,"files":{}}',
    '{"version":1,"files":[]}',
    '{"version":1,"files":{"a.nix":1}}',
  ]) {
    const f = folder();
    await f.write(tree());
    f.put(MANIFEST, text);
    assert.ok(codes(await f.write([file("a.nix", "9\n")])).includes("output-foreign"), text);
    assert.is(f.read("a.nix"), "1\n");
  }
});

writing("nothing is written or removed through a link that leads out of the folder", async () => {
  const f = folder();
  const outside = tempFolder();
  await f.write(tree());
  // A file behind a link that is no longer planned.
  renameSync(join(f.out, "nix"), join(outside, "nix"));
  symlinkSync(join(outside, "nix"), join(f.out, "nix"));
  const orphaned = await f.write([file("a.nix", "1\n")]);
  assert.equal(codes(orphaned), []);
  assert.is(readFileSync(join(outside, "nix/b.nix"), "utf8"), "2\n");
  // A planned file behind a link, and one that is a link.
  assert.equal(codes(await f.write([file("nix/b.nix", "9\n")])), ["output-foreign"]);
  rmSync(join(f.out, "a.nix"));
  symlinkSync(join(outside, "nix/b.nix"), join(f.out, "a.nix"));
  assert.equal(codes(await f.write([file("a.nix", "9\n")], true)), ["output-foreign"]);
  assert.is(readFileSync(join(outside, "nix/b.nix"), "utf8"), "2\n");
});

writing("a folder that becomes a link while files are staged stops the run", async () => {
  const f = folder();
  const outside = tempFolder();
  await f.write(tree());
  const system = steppingSystem(f.system, ({ call }) => {
    if (call !== "overwrite" || lstatSync(join(f.out, "nix")).isSymbolicLink()) return;
    rmSync(join(f.out, "nix"), { recursive: true });
    symlinkSync(outside, join(f.out, "nix"));
  });
  const comparison = await apply(system, f.out, [file("nix/b.nix", "9\n"), ...tree().slice(0, 1)], false);
  assert.equal(codes(comparison), ["output-foreign"]);
  assert.match(comparison.diagnostics[0]?.message ?? "", /a link or not a folder/);
  assert.equal(readdirSync(outside), []);
});

/** A System that throws at its nth change to the disk, as if the process were killed. */
function killedSystem(system: System, after: number): System {
  let left = after;
  // No process has the number: Linux' limit is 2^22.
  const dying = { ...system, pid: 2 ** 22 + 1, place: system.place };
  return steppingSystem(dying, ({ when, changes }) => {
    if (when === "before" && changes && left-- <= 0) throw new Error("killed");
  });
}

writing("killed at any step, each file is old or new, and the next run completes without --force", async () => {
  const next = [
    file("a.nix", "changed\n"),
    file("nix/b.nix", "2\n"),
    file("nix/c.nix", "new\n"),
    file("run.sh", "#!/bin/sh\n", { mode: 0o755 }),
    file("hosts/h2.nix", "scaffold\n", { once: true }),
  ];
  let steps = 0;
  for (; steps < 100; steps++) {
    const f = folder();
    await f.write([...tree(), file("users/b/nix.conf", "2\n")]);
    f.put("hosts/h.nix", "mine\n");
    let died = false;
    await apply(killedSystem(f.system, steps), f.out, next, false).catch(() => {
      died = true;
    });
    const now = snapshot(f.out);
    assert.ok(["1\n", "changed\n"].includes(now["a.nix"] ?? ""), `step ${steps}: a.nix`);
    assert.ok([undefined, "2\n"].includes(now["users/b/nix.conf"]), `step ${steps}: users/b/nix.conf`);
    assert.ok([undefined, "new\n"].includes(now["nix/c.nix"]), `step ${steps}: nix/c.nix`);
    assert.is(now["hosts/h.nix"], "mine\n");
    // The next run may be of another version of the spec.
    const then = steps % 2 === 0 ? next : [file("a.nix", "third\n"), ...next.slice(1)];
    const comparison = await f.write(then);
    assert.equal(codes(comparison), [], `step ${steps}: recovers`);
    const after = snapshot(f.out);
    assert.equal(
      Object.keys(after).sort(),
      [MANIFEST, "a.nix", "hosts/h.nix", "hosts/h2.nix", "nix/b.nix", "nix/c.nix", "run.sh"].sort(),
      `step ${steps}: nothing left over`,
    );
    assert.is(after["a.nix"], then[0]?.text);
    assert.is(f.manifest().pending, undefined);
    if (!died) break;
  }
  assert.ok(steps > 10, `only ${steps} steps were tried`);
});

writing("concurrent runs on one folder give the same tree", async () => {
  const f = folder();
  const big = Array.from({ length: 60 }, (_, i) => file(`nix/${i}.nix`, `${i}\n`));
  await Promise.all([1, 2, 3].map(() => apply(f.system, f.out, big, false)));
  const after = snapshot(f.out);
  assert.is(Object.keys(after).length, 61);
  assert.equal(codes(await compare(f.system, f.out, big, false)), []);
});

writing("while another process holds the lock, nothing is written and the message names it", async () => {
  const f = folder();
  mkdirSync(join(f.out, ".flakewright.tmp"), { recursive: true });
  f.put(".flakewright.tmp/owner", JSON.stringify({ pid: 1, hostname: f.system.hostname, id: "x" }));
  let message = "";
  await apply({ ...f.system, sleep: async () => {} }, f.out, tree(), false).catch((error) => {
    message = error.message;
  });
  assert.match(message, /another flakewright \(process 1 on [^ ]+\) is writing .* has made no progress for 10 seconds/);
  assert.not(existsSync(join(f.out, "a.nix")));
});

writing("a run waits as long as the one that holds the lock goes on", async () => {
  const f = folder();
  mkdirSync(join(f.out, ".flakewright.tmp"), { recursive: true });
  f.put(".flakewright.tmp/owner", JSON.stringify({ pid: 1, hostname: f.system.hostname, id: "x" }));
  let slept = 0;
  const sleep = async (milliseconds: number) => {
    const before = slept;
    slept += milliseconds;
    // The other run writes a file every 9 seconds, and ends after 100.
    if (Math.floor(before / 9000) !== Math.floor(slept / 9000)) f.put(`.flakewright.tmp/new-${slept}`, "");
    if (slept >= 100_000) rmSync(join(f.out, ".flakewright.tmp"), { recursive: true, force: true });
  };
  await apply({ ...f.system, sleep }, f.out, tree(), false);
  assert.ok(slept >= 100_000);
  assert.ok(existsSync(join(f.out, "a.nix")));
});

writing("a full disk during staging changes nothing", async () => {
  const f = folder();
  await f.write(tree());
  const before = snapshot(f.out);
  const full = steppingSystem(f.system, ({ call, path }) => {
    if (call === "write" && path.endsWith("/new-1"))
      throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  });
  let message = "";
  await apply(full, f.out, [file("a.nix", "x\n"), file("b.nix", "y\n")], false).catch((error) => {
    message = error.message;
  });
  assert.match(message, /ENOSPC/);
  assert.equal(snapshot(f.out), before);
});

writing.run();
