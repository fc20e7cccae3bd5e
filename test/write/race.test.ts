import fs, {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { PlannedFile } from "../../generator/output/outputs.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { openNodeTree } from "../../generator/system/node-tree.ts";
import type { System } from "../../generator/system/system.ts";
import { apply } from "../../generator/write/apply.ts";
import { type Comparison, compare } from "../../generator/write/compare.ts";
import { MANIFEST } from "../../generator/write/manifest.ts";
import { type Step, steppingSystem } from "../support/stepping-system.ts";
import { tempFolder } from "../support/temp.ts";

/*
 * What others do to the folder while a run writes. A system that pauses at each step lets an edit, a foreign file or a link come in
 * between every two calls, and between a call's look at a file and what it does. Unless a test says otherwise, the first version
 * fails it: it decided once, before the lock, and renamed over whatever was there.
 */

const file = (path: string, text: string, more: Partial<PlannedFile> = {}): PlannedFile => ({
  path,
  text,
  mode: 0o644,
  once: false,
  ...more,
});
const OLD = [file("flake.nix", "old\n"), file("nix/apps.nix", "old\n"), file("users/a/nix.conf", "old\n")];
const NEW = [file("flake.nix", "new\n"), file("nix/apps.nix", "new\n"), file("nix/hosts.nix", "new\n")];

const real = nodeSystem("/", {});
/** Without paths by descriptor, as on macOS. */
const byPath: System = { ...real, place: real.place, openTree: async (path) => openNodeTree(path, false) };
const EVERY_STEP = Boolean(process.env["EVERY_STEP"]);
/** Each with the distance of two steps that are tried: `EVERY_STEP=1` tries all. */
const SYSTEMS: readonly (readonly [string, System, number])[] = [
  ["by descriptor", real, EVERY_STEP ? 1 : 3],
  ["by checked paths", byPath, EVERY_STEP ? 1 : 7],
];

async function written(planned: readonly PlannedFile[] = OLD): Promise<string> {
  const out = join(tempFolder(), "out");
  await apply(real, out, planned, false);
  return out;
}

/** Every file below a folder but flakewright's own, with its content. */
function tree(folder: string, prefix = ""): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of readdirSync(join(folder, prefix)).sort()) {
    const path = prefix + name;
    if (path.startsWith(".flakewright")) continue;
    const stat = lstatSync(join(folder, path));
    if (stat.isDirectory()) Object.assign(all, tree(folder, `${path}/`));
    else all[path] = stat.isSymbolicLink() ? "a link" : readFileSync(join(folder, path), "utf8");
  }
  return all;
}

const codes = ({ diagnostics }: Comparison) => diagnostics.map((one) => one.code);

/** What somebody does at a step, and what must still be there after it. */
interface Deed {
  readonly name: string;
  /** False when there is nothing to do it to. */
  readonly does: (out: string) => boolean;
  /** Whether the deed is not lost. */
  readonly holds: (out: string) => boolean;
}

function saveInPlace(out: string, path: string): boolean {
  writeFileSync(join(out, path), "mine\n");
  return true;
}
function saveByRename(out: string, path: string): boolean {
  writeFileSync(join(out, `${path}~`), "mine\n");
  renameSync(join(out, `${path}~`), join(out, path));
  return true;
}
const isMine = (out: string, path: string) => existsSync(join(out, path)) && readFileSync(join(out, path), "utf8") === "mine\n";

const DEEDS: readonly Deed[] = [
  ...(["flake.nix", "nix/apps.nix", "users/a/nix.conf"] as const).flatMap((path): Deed[] => [
    {
      name: `${path} is edited in place`,
      does: (out) => existsSync(join(out, path)) && saveInPlace(out, path),
      holds: (out) => isMine(out, path),
    },
    {
      name: `${path} is saved by rename`,
      does: (out) => existsSync(join(out, dirname(path))) && saveByRename(out, path),
      holds: (out) => isMine(out, path),
    },
  ]),
  {
    name: "a foreign file appears where one is to be created",
    does: (out) => saveInPlace(out, "nix/hosts.nix"),
    holds: (out) => isMine(out, "nix/hosts.nix"),
  },
];

for (const [how, system, stride] of SYSTEMS) {
  const test = suite(`races (${how})`);

  for (const { name, does, holds } of DEEDS)
    test(`${name}: at no step is it lost, nothing else changes, and the next run goes on`, async () => {
      let stopped = 0;
      for (let at = 0, done = false; !done; at += stride) {
        const out = await written();
        let step = 0;
        let deed: Step | undefined;
        let isDone = false;
        const stepping = steppingSystem(system, (now) => {
          if (step++ !== at) return;
          deed = now;
          isDone = does(out);
        });
        const comparison = await apply(stepping, out, NEW, false);
        const where = JSON.stringify(deed);
        done = deed === undefined;
        if (done) {
          assert.equal(tree(out), Object.fromEntries(NEW.map(({ path, text }) => [path, text])));
          break;
        }
        if (!isDone) continue;
        if (comparison.diagnostics.length > 0) {
          stopped++;
          assert.equal(codes(comparison).length, 1, where);
          assert.ok(holds(out), `lost at ${where}`);
          const others = Object.entries(tree(out)).filter(([, text]) => text !== "mine\n");
          assert.ok(
            others.every(([path, text]) => OLD.some((one) => one.path === path && one.text === text)),
            `half a tree at ${where}: ${JSON.stringify(others)}`,
          );
        } else {
          // The edit came before the comparison or after the file had been replaced.
          assert.ok(holds(out), `lost at ${where}`);
        }
        // What is there is still explained by the manifest.
        assert.equal(
          codes(await apply(real, out, NEW, true)).filter((code) => code !== "output-foreign"),
          [],
          where,
        );
      }
      assert.ok(stopped > 0, "no step was between comparison and replacement");
    });

  test("a folder that turns into a link at any step leads nowhere: nothing is written or removed outside", async () => {
    for (const folder of ["nix", "users", "users/a"])
      for (let at = 0, done = false; !done; at += stride) {
        const out = await written();
        const outside = tempFolder();
        for (const name of ["apps.nix", "nix.conf", "a/nix.conf"]) {
          mkdirSync(dirname(join(outside, name)), { recursive: true });
          writeFileSync(join(outside, name), "old\n");
        }
        const before = tree(outside);
        let step = 0;
        const stepping = steppingSystem(system, () => {
          if (step++ !== at) return;
          renameSync(join(out, folder), join(out, "moved"));
          symlinkSync(outside, join(out, folder));
        });
        await apply(stepping, out, NEW, false).catch((error) => assert.match(error.message, /link|replaced|ENOENT/));
        done = step <= at;
        assert.equal(tree(outside), before, `${folder}, step ${at}`);
      }
  });

  test("mode, group and owner of a replaced file stay; only the executable bits are the plan's", async () => {
    const out = await written([...OLD, file("apply-nix-config.sh", "old\n", { mode: 0o755 })]);
    chmodSync(join(out, "flake.nix"), 0o660);
    chmodSync(join(out, "apply-nix-config.sh"), 0o640);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(join(out, "flake.nix"), 1234, 2345);
    await apply(system, out, [...NEW, file("apply-nix-config.sh", "new\n", { mode: 0o755 })], false);
    const stat = statSync(join(out, "flake.nix"));
    assert.is(readFileSync(join(out, "flake.nix"), "utf8"), "new\n");
    assert.is((stat.mode & 0o7777).toString(8), "660");
    if (isRoot) assert.equal([stat.uid, stat.gid], [1234, 2345]);
    assert.is((statSync(join(out, "apply-nix-config.sh")).mode & 0o7777).toString(8), "750");
  });

  test("a lock that another run takes over stops the first one: it puts nothing more in place", async () => {
    const out = await written();
    const stepping = steppingSystem(system, ({ call, path }) => {
      if (call === "replace" && path === "flake.nix") rmSync(join(out, ".flakewright.tmp"), { recursive: true });
    });
    let message = "";
    await apply(stepping, out, NEW, false).catch((error) => (message = error.message));
    assert.match(message, /another flakewright/);
    assert.equal(tree(out), Object.fromEntries(OLD.map(({ path, text }) => [path, text])));
    assert.equal(codes(await apply(real, out, NEW, false)), []);
  });

  test.run();
}

const test = suite("write, with others");

for (const [name, run] of [
  ["generate", (system: System, out: string) => apply(system, out, NEW, false)],
  ["check", (system: System, out: string) => compare(system, out, NEW, false)],
] as const)
  test(`${name}: whole runs of another process that come between its looks leave no false output-edited`, async () => {
    const other = [file("flake.nix", "other\n"), file("nix/apps.nix", "other\n"), file("users/b/nix.conf", "other\n")];
    let tried = 0;
    for (let at = 0, done = false; !done; at++) {
      const out = await written();
      let step = 0;
      done = true;
      let isLocked = false;
      const stepping = steppingSystem(real, async ({ call }) => {
        // Under the lock, the other run waits.
        if (call === "mkdir") isLocked = true;
        if (isLocked || step++ !== at) return;
        done = false;
        tried++;
        await apply(real, out, other, false);
      });
      assert.equal(codes(await run(stepping, out)), [], `${name}, step ${at}`);
      if (name === "generate") assert.equal(tree(out), Object.fromEntries(NEW.map(({ path, text }) => [path, text])));
    }
    assert.ok(tried > 5, `only ${tried} steps were tried`);
  });

test("check beside a run that never ends says so", async () => {
  const out = await written();
  let count = 0;
  const busy = steppingSystem({ ...real, place: real.place, sleep: async () => {} }, async ({ call, path }) => {
    if (call === "read" && path === "flake.nix")
      await apply(real, out, [file("flake.nix", `${++count}\n`), ...OLD.slice(1)], false);
  });
  let message = "";
  await compare(busy, out, NEW, false).catch((error) => (message = error.message));
  assert.match(message, /another flakewright keeps writing to .*\/out; try again/);
});

test("a file into which a program writes that had it open: the edit comes back", async () => {
  const out = await written();
  const name = join(out, "another-name");
  linkSync(join(out, "flake.nix"), name);
  const stepping = steppingSystem(real, ({ call, path }) => {
    // After it was replaced.
    if (call === "replace" && path === "nix/apps.nix") writeFileSync(name, "mine\n");
  });
  assert.equal(codes(await apply(stepping, out, NEW, false)), ["output-edited"]);
  assert.ok(isMine(out, "flake.nix"));
  assert.is(readFileSync(join(out, "nix/apps.nix"), "utf8"), "old\n");
});

test("a file system without hard links writes as well, and overwrites nothing either", async () => {
  const { linkSync: link } = fs;
  let refused = 0;
  fs.linkSync = () => {
    refused++;
    throw Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM" });
  };
  syncBuiltinESMExports();
  try {
    const out = await written();
    const stepping = steppingSystem(real, ({ call, path }) => {
      if (call === "place" && path === "nix/hosts.nix") saveInPlace(out, path);
    });
    assert.equal(codes(await apply(stepping, out, NEW, false)), ["output-foreign"]);
    assert.equal(tree(out), { ...Object.fromEntries(OLD.map(({ path, text }) => [path, text])), "nix/hosts.nix": "mine\n" });
    rmSync(join(out, "nix/hosts.nix"));
    assert.equal(codes(await apply(real, out, NEW, false)), []);
    assert.equal(tree(out), Object.fromEntries(NEW.map(({ path, text }) => [path, text])));
    assert.ok(refused > 0);
  } finally {
    fs.linkSync = link;
    syncBuiltinESMExports();
  }
});

test("where every file reads 0777, check is green", async () => {
  const planned = [...OLD, file("apply-nix-config.sh", "x\n", { mode: 0o755 })];
  const out = await written(planned);
  for (const path of [...planned.map((one) => one.path), MANIFEST]) chmodSync(join(out, path), 0o777);
  const { changes, manifestIsCurrent } = await compare(real, out, planned, false);
  assert.ok(manifestIsCurrent);
  assert.ok(changes.every(({ change }) => change === "unchanged"));
  // One file alone is a change.
  for (const path of [...planned.map((one) => one.path), MANIFEST]) chmodSync(join(out, path), 0o644);
  chmodSync(join(out, "flake.nix"), 0o777);
  const again = await compare(real, out, planned, false);
  assert.equal(
    again.changes.filter(({ change }) => change === "updated").map(({ path }) => path),
    ["apply-nix-config.sh", "flake.nix"],
  );
});

test("a killed run's manifest and the next one's leave no false output-edited, whichever spec comes third", async () => {
  for (let first = 0; first < 14; first++)
    for (let second = EVERY_STEP ? 0 : first % 3; second < 14; second += EVERY_STEP ? 1 : 3) {
      const out = await written();
      for (const [limit, planned] of [
        [first, NEW],
        [second, [...NEW.slice(0, 1), file("nix/apps.nix", "newer\n"), file("nix/checks.nix", "newer\n")]],
      ] as const) {
        let left = limit;
        const dying = { ...real, place: real.place, pid: 2 ** 22 + 1 };
        await apply(
          steppingSystem(dying, ({ when, call }) => {
            if (when === "before" && ["overwrite", "replace", "place", "take", "removeFolder"].includes(call) && left-- <= 0)
              throw new Error("killed");
          }),
          out,
          planned,
          false,
        ).catch(() => {});
      }
      const third = [file("flake.nix", "third\n"), file("nix/apps.nix", "third\n"), file("nix/checks.nix", "third\n")];
      assert.equal(codes(await apply(real, out, third, false)), [], `${first}, ${second}`);
    }
});

test.run();
