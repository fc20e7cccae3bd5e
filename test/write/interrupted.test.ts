import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { CLI, flakewright, startFlakewright } from "../support/cli.ts";
import { base } from "../support/diagnostic-rows.ts";
import { tempFolder } from "../support/temp.ts";
import { hasAll, needs, SKIP_MARK } from "../support/tools.ts";

/* Runs that somebody stops, whose output nobody can take, or in whose way something is. The first version (a2c2472) fails each of these. */

const test = suite("interrupted runs");

/** So many files that writing them takes a while. */
const many = (jobs: number): string =>
  `${base}users:\n${Array.from({ length: 500 }, (_, at) => `  u${at}: { settings: { max-jobs: ${jobs} } }\n`).join("")}`;

const leftovers = (out: string): string[] => readdirSync(out).filter((name) => name.startsWith(".flakewright.tmp"));

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  test(`${signal} while files are written: the run ends by it when all are, and leaves nothing behind`, async () => {
    const folder = tempFolder();
    const out = join(folder, "out");
    for (let round = 1; round <= 2; round++) {
      writeFileSync(join(folder, "spec.yaml"), many(round));
      const child = startFlakewright(folder, ["generate", "spec.yaml"]);
      const ended = new Promise<NodeJS.Signals | null>((done) => child.on("exit", (_, by) => done(by)));
      child.stdout?.resume();
      const staging = join(out, ".flakewright.tmp");
      while (!existsSync(staging) && child.exitCode === null) await new Promise((look) => setImmediate(look));
      child.kill(signal);
      assert.is(await ended, signal);
      assert.equal(leftovers(out), []);
      assert.is(flakewright(folder, ["check", "spec.yaml"]).status, 0);
    }
  });

test("a run that waits for another one ends at once", async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "spec.yaml"), base);
  const lock = join(folder, "out/.flakewright.tmp");
  mkdirSync(lock, { recursive: true });
  writeFileSync(join(lock, "owner"), JSON.stringify({ pid: 1, hostname: "elsewhere", id: "x" }));
  const child = startFlakewright(folder, ["generate", "spec.yaml"]);
  const ended = new Promise<NodeJS.Signals | null>((done) => child.on("exit", (_, by) => done(by)));
  await new Promise((wait) => setTimeout(wait, 1500));
  child.kill("SIGINT");
  assert.is(await ended, "SIGINT");
  assert.equal(readdirSync(join(folder, "out")), [".flakewright.tmp"]);
});

test("output that can't be written is an I/O error, and no stack trace", () => {
  if (!existsSync("/dev/full")) return;
  const folder = tempFolder();
  writeFileSync(join(folder, "spec.yaml"), base);
  for (const command of ["diff", "check --format json", "generate", "schema"]) {
    const { status, stderr } = spawnSync(
      "bash",
      [
        "-c",
        `"$0" "$@" >/dev/full`,
        process.execPath,
        ...CLI,
        ...command.split(" "),
        ...(command === "schema" ? [] : ["spec.yaml"]),
      ],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
    assert.is(status, 3, `${command}: ${stderr}`);
    assert.match(stderr, /^flakewright: standard output can't be written: no space left on the disk$/m);
    assert.not.match(stderr, /\bat \w|Node\.js/);
  }
  // The files are written all the same.
  assert.is(flakewright(folder, ["check", "spec.yaml"]).status, 0);
});

test("a current folder that is gone is said", () => {
  const folder = tempFolder();
  mkdirSync(join(folder, "gone"));
  const { status, stderr } = spawnSync("bash", ["-c", 'rmdir "$PWD" && "$0" "$@"', process.execPath, ...CLI, "check"], {
    cwd: join(folder, "gone"),
    encoding: "utf8",
  });
  assert.is(status, 3);
  assert.is(stderr, "flakewright: the current folder does not exist any more\n");
});

/** What may be where the lock is to be. */
const IN_THE_WAY: Record<string, (path: string) => void> = {
  file: (path) => writeFileSync(path, ""),
  symlink: (path) => symlinkSync("/nonexistent", path),
  "pipe or device": (path) => assert.is(spawnSync("mkfifo", [path]).status, 0),
};

for (const [kind, make] of Object.entries(IN_THE_WAY))
  needs(test, ["mkfifo"])(`a ${kind} in the place of the lock is named, and one beside it is left`, () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "spec.yaml"), base);
    mkdirSync(join(folder, "out"));
    const staging = join(folder, "out/.flakewright.tmp");
    make(staging);
    make(`${staging}-other`);
    const { status, stderr } = flakewright(folder, ["generate", "spec.yaml"]);
    assert.is(status, 3);
    assert.is(stderr.split("\n").at(-2), `flakewright: out/.flakewright.tmp is a ${kind}, and no folder of a run: delete it`);
    rmSync(staging);
    assert.is(flakewright(folder, ["generate", "spec.yaml"]).status, 0);
    assert.equal(leftovers(join(folder, "out")), [".flakewright.tmp-other"]);
  });

for (const owner of ["0", "-1", "-1000", '"1"', "1.5", "null"])
  test(`a lock of the process ${owner}, which there can't be, is taken over`, () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "spec.yaml"), base);
    const lock = join(folder, "out/.flakewright.tmp");
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, "owner"), `{ "pid": ${owner}, "hostname": "elsewhere", "id": "x" }`);
    assert.is(flakewright(folder, ["generate", "spec.yaml"]).status, 0);
    assert.equal(leftovers(join(folder, "out")), []);
  });

/** Runs the command line as another user, who may write in the folder. */
function asOther(folder: string, args: readonly string[]) {
  chownSync(folder, OTHER, OTHER);
  const user = [`--reuid=${OTHER}`, `--regid=${OTHER}`, "--clear-groups"];
  return spawnSync("setpriv", [...user, process.execPath, ...CLI, ...args], { cwd: folder, encoding: "utf8" });
}
const OTHER = 1500;

/** Whether another user can read the program at all. */
const canRun = hasAll(["root", "setpriv"]) && asOther(tempFolder(), ["--version"]).status === 0;

if (canRun)
  test("a lock that root has left, closed to others: it is waited for, or moved away, and later runs go on", () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "spec.yaml"), base);
    assert.is(asOther(folder, ["generate", "spec.yaml"]).status, 0);
    const lock = join(folder, "out/.flakewright.tmp");
    mkdirSync(lock);
    const { kernel, namespace } = nodeSystem("/", {}).place;
    writeFileSync(
      join(lock, "owner"),
      JSON.stringify({ pid: 2 ** 22, hostname: hostname(), id: "x", kernel, namespace, start: "1" }),
    );
    writeFileSync(join(folder, "spec.yaml"), base.replace("kubectl", "jq"));
    chmodSync(lock, 0o700);
    const waited = asOther(folder, ["generate", "spec.yaml"]);
    assert.is(waited.status, 3);
    assert.match(waited.stderr, /another flakewright is writing to out and has made no progress for 10 seconds/);
    chmodSync(lock, 0o755);
    const moved = asOther(folder, ["generate", "spec.yaml"]);
    assert.is(moved.status, 0, moved.stderr);
    writeFileSync(join(folder, "spec.yaml"), base);
    const next = asOther(folder, ["generate", "spec.yaml"]);
    assert.is(next.status, 0, next.stderr);
    // Only root can remove it.
    assert.is(leftovers(join(folder, "out")).length, 1);
    assert.is(flakewright(folder, ["generate", "spec.yaml"]).status, 0);
    assert.equal(leftovers(join(folder, "out")), []);
  });
else console.log(`${SKIP_MARK}no root or setpriv, or the program is closed to other users`);

needs(test, ["root", "chattr"])("a file that can't be replaced is named, and nothing is left over", () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "spec.yaml"), base);
  assert.is(flakewright(folder, ["generate", "spec.yaml"]).status, 0);
  const file = join(folder, "out/nix/tool-groups.nix");
  // Not every file system has the flag.
  if (spawnSync("chattr", ["+i", file]).status !== 0) return;
  try {
    writeFileSync(join(folder, "spec.yaml"), base.replace("kubectl", "jq"));
    const { status, stderr } = flakewright(folder, ["generate", "spec.yaml"]);
    assert.is(status, 3);
    assert.match(stderr, /^flakewright: can't write \S+\/out\/nix\/tool-groups\.nix: permission denied$/m);
    assert.equal(leftovers(join(folder, "out")), []);
  } finally {
    spawnSync("chattr", ["-i", file]);
  }
  assert.is(flakewright(folder, ["generate", "spec.yaml"]).status, 0);
});

test.run();
