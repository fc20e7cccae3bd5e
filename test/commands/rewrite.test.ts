import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rewrite } from "../../generator/commands/rewrite.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { CLI, flakewright } from "../support/cli.ts";
import { base } from "../support/diagnostic-rows.ts";
import { steppingSystem } from "../support/stepping-system.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/*
 * Commands that edit the spec (`add`, `remove`, `upgrade`, `check --fix`) replace the author's own file: what else happens to it meanwhile, it is
 * not lost.
 */

const [BUNDLE = ""] = CLI;

const test = suite("edits of the spec's files");

/** Two files, as a spec and one that it includes. */
function files() {
  const folder = tempFolder();
  const [a, b] = [join(folder, "a.yaml"), join(folder, "b.yaml")];
  for (const file of [a, b]) writeFileSync(file, "old\n");
  const change = (text: string) =>
    new Map([
      [a, text],
      [b, text],
    ]);
  return { folder, a, b, before: change("old\n"), after: change("new\n"), system: nodeSystem(folder, {}) };
}
const read = (file: string): string => readFileSync(file, "utf8");

test("both files are replaced, with their modes; nothing is left beside them", async () => {
  const { folder, a, b, before, after, system } = files();
  chmodSync(a, 0o640);
  chmodSync(b, 0o755);
  await rewrite(system, before, after);
  assert.equal([read(a), read(b)], ["new\n", "new\n"]);
  assert.equal([statSync(a).mode & 0o777, statSync(b).mode & 0o777], [0o640, 0o755]);
  assert.equal(readdirSync(folder), ["a.yaml", "b.yaml"]);
});

test("an edit that is saved at any step is kept, and then the other file is as it was", async () => {
  let stopped = 0;
  for (let at = 0, done = false; !done; at++) {
    const { folder, a, b, before, after, system } = files();
    let step = 0;
    const stepping = steppingSystem(system, () => {
      if (step++ === at) writeFileSync(b, "mine\n");
    });
    let message = "";
    await rewrite(stepping, before, after).catch((error) => (message = error.message));
    done = step <= at;
    if (done) break;
    assert.is(read(b), "mine\n", `step ${at}`);
    if (message !== "") {
      stopped++;
      assert.match(message, /b\.yaml was edited during the run, and stays as it is/);
      assert.is(read(a), "old\n", `step ${at}`);
    }
    assert.equal(readdirSync(folder), ["a.yaml", "b.yaml"]);
  }
  assert.ok(stopped > 0);
});

test("on a full disk at any step, or killed, each file is old or new", async () => {
  for (let at = 0, done = false; !done; at++) {
    const { a, b, before, after, system } = files();
    let step = 0;
    const full = steppingSystem(system, ({ when, changes }) => {
      if (when === "before" && changes && step++ === at) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    });
    await rewrite(full, before, after).catch(() => {});
    done = step <= at;
    for (const file of [a, b]) assert.ok(["old\n", "new\n"].includes(read(file)), `step ${at}`);
  }
});

needs(test, ["root", "unshare", "mount"])("a disk that is full: `add` says so, and no line of the spec is lost", () => {
  const folder = tempFolder();
  const comments = "# a line of somebody's\n".repeat(350);
  writeFileSync(join(folder, "text"), `${base}${comments}${"#".repeat(8191 - base.length - comments.length)}\n`);
  const script = [
    'mount -t tmpfs -o size=32k none "$1" && cd "$1" && mkdir spec && cp "$0" spec/platform.yaml && (dd if=/dev/zero of=fill bs=1k count=99 2>/dev/null || :)',
    '"$2" "$3" add jq; echo "status $?"; cmp "$0" spec/platform.yaml && ls -A spec',
  ].join("\n");
  const mounted = tempFolder();
  const { stdout, stderr } = spawnSync(
    "unshare",
    ["--mount", "bash", "-c", script, join(folder, "text"), mounted, process.execPath, BUNDLE],
    { encoding: "utf8" },
  );
  assert.match(stderr, /can't write .*: no space left on the disk/);
  assert.is(stdout, "status 3\nplatform.yaml\n");
});

test("a spec that is a link is not written through, and that is said", () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "real.yaml"), base);
  const project = join(folder, "spec");
  assert.is(spawnSync("mkdir", [project]).status, 0);
  symlinkSync("../real.yaml", join(project, "platform.yaml"));
  const { status, stderr } = flakewright(folder, ["add", "jq"]);
  assert.is(status, 3);
  assert.match(stderr, /spec\/platform\.yaml is a symlink: edit the file that it leads to/);
  assert.is(read(join(folder, "real.yaml")), base);
});

needs(test, ["root", "unshare", "mount"])("a file that is mounted alone is written in its place", () => {
  const folder = tempFolder();
  assert.is(spawnSync("mkdir", [join(folder, "spec")]).status, 0);
  const spec = join(folder, "spec/platform.yaml");
  writeFileSync(spec, base);
  const script = 'cd "$0" && mount --bind spec/platform.yaml spec/platform.yaml && "$1" "$2" add jq';
  const ran = spawnSync("unshare", ["--mount", "bash", "-c", script, folder, process.execPath, BUNDLE], { encoding: "utf8" });
  assert.is(ran.status, 0, ran.stderr);
  assert.is(read(spec), base.replace("[kubectl]", "[kubectl, jq]"));
  assert.equal(readdirSync(join(folder, "spec")), ["platform.yaml"]);
});

test.run();
