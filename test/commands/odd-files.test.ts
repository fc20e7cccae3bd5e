import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CLI, flakewright } from "../support/cli.ts";
import { base } from "../support/diagnostic-rows.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/*
 * Where a command reads a file, a repository may have something else: a link to a file that its author can't read, a pipe that nobody writes to,
 * a device without an end, a file of a gigabyte. The first version (a2c2472) shows lines of the first, waits for the second, and ends for want
 * of memory with the others.
 */

const test = suite("odd files");

const LINE = "root:$6$salt$somebodyspasswordhash:20000:0:99999:7:::";

/** A project with its output. */
function project(): string {
  const folder = tempFolder();
  mkdirSync(join(folder, "spec"));
  writeFileSync(join(folder, "spec/platform.yaml"), base);
  assert.is(flakewright(folder, ["generate"]).status, 0);
  return folder;
}

/** One project for all tests that change nothing in it for good. */
let shared: string;
test.before(() => {
  shared = project();
});

/** Runs a command that must end by itself. */
function ended(folder: string, args: readonly string[], input?: string) {
  const ran = spawnSync(process.execPath, [...CLI, ...args], {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
    // A pipe that stays open, unless there is something to read.
    ...(input === undefined ? { stdio: ["ignore", "pipe", "pipe"] } : { input }),
  });
  assert.is(ran.error, undefined, `${args.join(" ")} does not end`);
  assert.is(ran.signal, null, args.join(" "));
  return ran;
}

const COMMANDS = [
  "check",
  "check --fix",
  "generate",
  "diff",
  "show",
  "doctor",
  "add jq",
  "remove jq",
  "upgrade",
  "pin",
  "outdated",
];

test("a spec that is a link to /etc/shadow or the like: no line of it is shown", () => {
  const folder = project();
  writeFileSync(join(folder, "shadow"), `${LINE}\n`);
  symlinkSync("shadow", join(folder, "link.yaml"));
  rmSync(join(folder, "spec/platform.yaml"));
  symlinkSync("../link.yaml", join(folder, "spec/platform.yaml"));
  for (const command of [...COMMANDS, "check --format json", "check --format sarif"]) {
    const { status, stdout, stderr } = ended(folder, command.split(" "));
    assert.is(status, 2, `${command}: ${stderr}`);
    assert.match(stderr, /spec\/platform\.yaml is a link to a file whose name does not end in \.yaml or \.yml/, command);
    assert.not.match(stdout + stderr, /somebody|root:/, command);
  }
});

test("a spec that is a link to YAML is read: one in a store, the two links of a ConfigMap, a linked folder", () => {
  const folder = tempFolder();
  const put = (path: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), base);
  };
  put("store/abc-platform.yaml");
  put("mount/..2026_01/platform.yml");
  symlinkSync("..2026_01", join(folder, "mount/..data"));
  symlinkSync("..data/platform.yml", join(folder, "mount/platform.yml"));
  symlinkSync("store/abc-platform.yaml", join(folder, "platform.yaml"));
  symlinkSync("store/abc-platform.yaml", join(folder, "result"));
  symlinkSync("store", join(folder, "linked"));
  for (const spec of ["platform.yaml", "mount/platform.yml", "result", "linked/abc-platform.yaml"]) {
    const { status, stderr } = ended(folder, ["generate", spec, "--out", `out-${spec.replaceAll("/", "-")}`]);
    assert.is(status, 0, `${spec}: ${stderr}`);
  }
});

/** Everything that a command reads beside the spec, and what it says of a pipe there. */
const READ: Record<string, RegExp> = {
  "spec/platform.yaml": /spec\/platform\.yaml is not a regular file/,
  "spec/platform.pins.json": /spec\/platform\.pins\.json is a pipe, not a file/,
  "spec/platform.sizes.json": /spec\/platform\.sizes\.json is a pipe, not a file/,
  "spec/more.yaml": /more\.yaml is no regular file/,
  "out/flake.nix": /flake\.nix: a pipe or device that flakewright did not create/,
  "out/flake.lock": /./,
  "out/.flakewright.json": /the manifest is a pipe or device, not a file/,
  "out/.flakewright.sha256": /\.flakewright\.sha256: a pipe or device/,
  "out/nix": /\d+ files that flakewright did not write are where outputs belong/,
};

for (const [path, says] of Object.entries(READ))
  needs(test, ["mkfifo"])(`a pipe as ${path} is never waited for`, () => {
    const folder = project();
    const name = join(folder, path);
    if (path === "spec/more.yaml") writeFileSync(join(folder, "spec/platform.yaml"), `include: [more.yaml]\n${base}`);
    rmSync(name, { recursive: true, force: true });
    // By turns the pipe itself and a link to it.
    const at = path.startsWith("out/") ? name : join(folder, "pipe.yaml");
    execFileSync("mkfifo", [at]);
    if (at !== name) symlinkSync(at, name);
    for (const command of ["doctor", "upgrade"]) ended(folder, command.split(" "));
    assert.match(ended(folder, ["check"]).stderr, says);
  });

needs(test, ["mkfifo"])("a pipe or device that is named is answered in words; what a shell hands over is read", () => {
  execFileSync("mkfifo", [join(shared, "pipe.yaml")]);
  for (const spec of ["pipe.yaml", "/dev/zero", "/dev/null", "/dev/tty"]) {
    const { status, stderr } = ended(shared, ["check", spec]);
    assert.is(status, 2, stderr);
    assert.match(stderr, /is not a regular file/);
  }
  for (const file of ["pipe.yaml", "/dev/zero"]) {
    const { status, stderr } = ended(shared, ["import", file]);
    assert.is(status, 3);
    assert.match(stderr, /is a (pipe|device), not a file/);
  }
  for (const spec of ["/dev/stdin", "-", "/proc/self/fd/0"]) {
    const { status, stderr } = ended(shared, ["generate", spec, "--out", "given", "--dry-run"], base);
    assert.is(status, 0, stderr);
  }
  const handed = spawnSync(
    "bash",
    ["-c", '"$0" "$@" <(cat spec/platform.yaml)', process.execPath, ...CLI, "generate", "--out", "given"],
    { cwd: shared, encoding: "utf8" },
  );
  assert.is(handed.status, 0, handed.stderr);
  // A repository can't hand over: its link to a descriptor would wait for the terminal.
  symlinkSync("/dev/stdin", join(shared, "link.yaml"));
  assert.match(ended(shared, ["check", "link.yaml"], base).stderr, /is not a regular file|is a link to a file whose name/);
});

test("files of the kernel that have no end, or no size, are not read for ever", () => {
  // As a user who must not read it, it can't be opened.
  const folder = project();
  for (const [file, says] of [
    ["/proc/kmsg", /has no end|permission/],
    ["/proc/self/pagemap", /can't read .*: the system refuses it|has more than \d+|permission/],
  ] as const) {
    if (!existsSync(file)) continue;
    for (const name of ["devbox.json", "spec/platform.pins.json", "spec/more.yaml", "log.yaml"]) {
      rmSync(join(folder, name), { force: true });
      symlinkSync(file, join(folder, name));
    }
    const said = (args: string[]) => {
      const { status, stderr } = ended(folder, args);
      assert.ok(status !== 0, stderr);
      return stderr;
    };
    assert.match(said(["import", "devbox.json"]), new RegExp(`${says.source}|outside the project: it is not read`));
    assert.match(said(["check"]), says);
    rmSync(join(folder, "spec/platform.pins.json"));
    writeFileSync(join(folder, "spec/platform.yaml"), `include: [more.yaml]\n${base}`);
    assert.match(said(["check"]), /not a YAML file|has no end|the system refuses it|has more than \d+|permission/);
    writeFileSync(join(folder, "spec/platform.yaml"), base);
  }
});

test("standard input without an end, or whose writer is slow and shares it", () => {
  const bash = (script: string) =>
    spawnSync("bash", ["-c", script, process.execPath, ...CLI], { cwd: shared, encoding: "utf8", timeout: 60_000 });
  for (const script of [
    'yes | "$0" "$@" check - --out out',
    '"$0" "$@" check - --out out </dev/zero',
    '"$0" "$@" check /dev/stdin </dev/zero',
  ]) {
    const ran = bash(script);
    assert.is(ran.status, 1, `${script}: ${ran.stderr}`);
    assert.match(ran.stderr, /yaml-limit\n {2}the file has more than 8388608 bytes/);
  }
  // Node makes a pipe that it writes to non-blocking, for all who have it.
  const slow = bash(
    `"$0" -e 'process.stdout.write(" ".slice(1)); setTimeout(() => process.stdout.write(require("fs").readFileSync("spec/platform.yaml")), 300)' | "$0" "$@" generate - --out out --dry-run`,
  );
  assert.is(slow.status, 0, slow.stderr);
});

/** Files of a gigabyte without content, as a disk stores them. */
for (const [path, status, says] of [
  ["spec/platform.yaml", 1, /the file has more than 8388608 bytes, the limit/],
  ["spec/platform.pins.json", 3, /platform\.pins\.json has more than 256 MiB/],
  ["spec/platform.sizes.json", 3, /platform\.sizes\.json has more than 256 MiB/],
  ["out/flake.nix", 1, /flake\.nix: a file of 1073741824 bytes that flakewright did not write/],
  ["out/.flakewright.json", 1, /the manifest has 1073741824 bytes: flakewright did not write it/],
  ["out/.flakewright.sha256", 1, /\.flakewright\.sha256: a file of 1073741824 bytes/],
] as const)
  test(`a gigabyte as ${path}: answered in words, and not read`, () => {
    const name = join(shared, path);
    const kept = join(shared, "kept");
    const was = existsSync(name);
    if (was) renameSync(name, kept);
    const file = openSync(name, "w");
    ftruncateSync(file, 2 ** 30);
    closeSync(file);
    for (const command of ["check", "generate --force"]) {
      const ran = spawnSync(process.execPath, ["--max-old-space-size=200", ...CLI, ...command.split(" ")], {
        cwd: shared,
        encoding: "utf8",
      });
      assert.is(ran.status, status, `${command}: ${ran.stderr}`);
      assert.match(ran.stderr, says, command);
    }
    rmSync(name);
    if (was) renameSync(kept, name);
  });

test("a large file that is no longer generated is left, and one that was edited can be replaced", () => {
  const folder = project();
  const name = join(folder, "out/users/ada/nix.conf");
  writeFileSync(join(folder, "spec/platform.yaml"), `${base}users:\n  ada: { settings: { max-jobs: 2 } }\n`);
  assert.is(flakewright(folder, ["generate"]).status, 0);
  assert.ok(existsSync(name));
  copyFileSync(name, join(folder, "before"));
  const file = openSync(name, "w");
  ftruncateSync(file, 2 ** 27);
  closeSync(file);
  writeFileSync(join(folder, "spec/platform.yaml"), base);
  const ran = flakewright(folder, ["generate"]);
  assert.is(ran.status, 0, ran.stderr);
  assert.match(ran.stderr, /users\/ada\/nix\.conf is no longer generated; it was edited, so it is not deleted/);
  assert.ok(existsSync(name));
});

test("a spec, or a file that it includes, where a generated file goes is neither replaced nor removed, whatever the manifest claims", () => {
  for (const ci of ["", "ci: gitlab\n"])
    for (const [spec, files] of [
      [".gitlab-ci.yml", { ".gitlab-ci.yml": base + ci }],
      ["platform.yaml", { "platform.yaml": `include: [.gitlab-ci.yml]\n${base}${ci}`, ".gitlab-ci.yml": "description: Ours\n" }],
    ] as const) {
      const folder = tempFolder();
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      const text = readFileSync(join(folder, ".gitlab-ci.yml"));
      const hash = `sha256-${createHash("sha256").update(text).digest("base64")}`;
      writeFileSync(join(folder, ".flakewright.json"), JSON.stringify({ version: 1, files: { ".gitlab-ci.yml": hash } }));
      for (const args of [["generate"], ["generate", "--force"], ["check", "--fix"]]) {
        const { status, stderr } = flakewright(folder, [...args, spec, "--out", "."]);
        assert.is(status, 2, `${spec} ${args.join(" ")}`);
        assert.match(stderr, "is a file of the spec where `flakewright generate` writes .gitlab-ci.yml: rename it");
        assert.equal(readFileSync(join(folder, ".gitlab-ci.yml")), text);
      }
    }
});

test.run();
