import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { tempFolder, tempTree } from "../support/temp.ts";

/* What the rest of the program relies on: a missing path is `undefined`, anything else throws; links are not written through. */

const test = suite("the system of Node");

/** A system whose current folder has a file, a folder, and links to a file, to a folder and to nothing. */
function machine() {
  const folder = tempTree({ "folder/file": "text\n" });
  symlinkSync("folder/file", join(folder, "link"));
  symlinkSync("folder", join(folder, "folder-link"));
  symlinkSync("nowhere", join(folder, "broken"));
  return { folder, system: nodeSystem(folder, { PATH: process.env["PATH"], GREETING: "hello" }) };
}

test("reads are undefined for what is missing, and throw for what can't be read", async () => {
  const { folder, system } = machine();
  assert.is((await system.readFile("folder/file"))?.toString(), "text\n");
  assert.is((await system.readFile("link"))?.toString(), "text\n");
  for (const missing of ["nothing", "broken", "folder/file/below"]) {
    assert.is(await system.readFile(missing), undefined, missing);
    assert.is(await system.realpath(missing), undefined, missing);
    assert.is(await system.isFile(missing), false, missing);
    assert.equal(await system.list(missing), [], missing);
  }
  const error = await system.readFile("folder").catch((one: NodeJS.ErrnoException) => one);
  assert.is((error as NodeJS.ErrnoException).code, "EISDIR");
  assert.is(await system.realpath("folder-link/file"), join(folder, "folder/file"));
  assert.equal(await system.list("."), ["broken", "folder", "folder-link", "link"]);
});

test("a kind is of the path itself, not of what a link leads to", async () => {
  const { system } = machine();
  const kinds = { "folder/file": "file", folder: "directory", link: "symlink", "folder-link": "symlink", broken: "symlink" };
  for (const [path, kind] of Object.entries(kinds)) assert.is(await system.kind(path), kind, path);
  assert.is(await system.kind("nothing"), undefined);
  assert.equal(await Promise.all(["folder/file", "link", "folder"].map((path) => system.isFile(path))), [true, true, false]);
});

test("a file that a spec names is regular, of some size, and known by its real path", () => {
  const { folder, system } = machine();
  const read = system.readRegularFile("link", 5);
  assert.ok(typeof read === "object");
  assert.equal([read.path, Buffer.from(read.bytes).toString()], [join(folder, "folder/file"), "text\n"]);
  for (const [path, limit, reason] of [
    ["link", 4, "has 5 bytes; the limit is 4"],
    ["folder", 100, "is a folder"],
    ["broken", 100, "does not exist"],
    ["folder/file/below", 100, "does not exist"],
    ["/dev/zero", 100, "is no regular file"],
  ] as const)
    assert.is(system.readRegularFile(path, limit), reason, path);
});

test("no file is written through a link", async () => {
  const { folder, system } = machine();
  const error = await system.writeFile("link", "other").catch((one: NodeJS.ErrnoException) => one);
  assert.is((error as NodeJS.ErrnoException).code, "ELOOP");
  assert.is(readFileSync(join(folder, "folder/file"), "utf8"), "text\n");
});

test("folders are made with those above them, and removed with all that is in them, but not through a link", async () => {
  const { folder, system } = machine();
  await system.mkdir("a/b/c");
  await system.mkdir("a/b/c");
  assert.is(await system.kind("a/b/c"), "directory");
  await system.remove("folder-link");
  assert.ok(existsSync(join(folder, "folder/file")));
  await system.remove("folder");
  await system.remove("folder");
  assert.is(await system.kind("folder"), undefined);
});

test("a program's status and output; 127 for one that is not there, 128 for one that a signal ended", async () => {
  const { folder, system } = machine();
  const sh = (script: string, options?: Parameters<typeof system.spawn>[2]) => system.spawn("sh", ["-c", script], options);
  assert.equal(await sh("echo $GREETING $WHOM; echo said >&2; exit 7", { env: { WHOM: "you" } }), {
    status: 7,
    stdout: "hello you\n",
    stderr: "said\n",
  });
  mkdirSync(join(folder, "below"));
  assert.is((await sh("pwd", { cwd: "below" })).stdout, `${join(folder, "below")}\n`);
  assert.is((await system.spawn("no-such-program-anywhere", [])).status, 127);
  assert.is((await sh("kill -9 $$")).status, 128);
});

test("a process has a start while it lives", () => {
  const { system } = machine();
  assert.type(system.processStart(process.pid), "string");
  // No process has it: the largest number of Linux is 2²².
  assert.is(system.processStart(2 ** 22 + 1), undefined);
});

test("a watch hears of a file that is replaced, once it is quiet, and of nothing after it ended", async () => {
  const folder = tempFolder();
  const system = nodeSystem(folder, {});
  writeFileSync(join(folder, "file"), "1");
  let calls = 0;
  let heard: () => void = () => {};
  const stop = await system.watch(["file"], 30, () => {
    calls++;
    heard();
  });
  const next = () =>
    new Promise<void>((done) => {
      heard = done;
    });
  const first = next();
  await system.writeFile("other", "2");
  await system.rename("other", "file");
  await first;
  const second = next();
  await system.remove("file");
  await second;
  await stop();
  const before = calls;
  writeFileSync(join(folder, "file"), "3");
  await system.sleep(200);
  assert.is(calls, before);
});

test("a watch that ends while it moves to a folder that was made again leaves no watch behind", async () => {
  const watches = () => process.getActiveResourcesInfo().filter((one) => one === "FSEventWrap").length;
  const before = watches();
  const ends = Array.from({ length: 60 }, async (_, n) => {
    const { folder, system } = machine();
    const stop = await system.watch(["folder/file"], 10, () => {});
    renameSync(join(folder, "folder"), join(folder, "old"));
    mkdirSync(join(folder, "folder"));
    // It looks for another folder four times a second.
    await new Promise((done) => setTimeout(done, 200 + 2 * n));
    await stop();
  });
  await Promise.all(ends);
  // Closed ones end with the next turn of the loop.
  await new Promise((done) => setTimeout(done, 50));
  assert.is(watches(), before);
});

test.run();
