import { spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flakewright } from "../support/cli.ts";
import { base } from "../support/diagnostic-rows.ts";
import { tempFolder } from "../support/temp.ts";
import { hasAll, SKIP_MARK } from "../support/tools.ts";

/*
 * Real file systems without modes, each in an image of its own: on the first, every file reads executable, on the second none does. The
 * first version finds drift on both, and its second run stops where a mode can't be changed.
 */

const test = suite("file systems without modes");

const mounted: string[] = [];
test.after(() => {
  for (const folder of mounted) spawnSync("umount", [folder]);
});

/** Mounts a new image by FUSE. */
function mount(size: number, make: readonly string[], attach: (image: string, folder: string) => readonly string[]): string {
  const parent = tempFolder();
  const [image, folder] = [join(parent, "image"), join(parent, "mounted")];
  const file = openSync(image, "w");
  ftruncateSync(file, size);
  closeSync(file);
  mkdirSync(folder);
  for (const [program = "", ...args] of [[...make, image], attach(image, folder)]) {
    const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
    assert.is(status, 0, `${program}: ${stderr}`);
  }
  mounted.push(folder);
  return folder;
}

const ntfs = (options: string) =>
  mount(32 * 2 ** 20, ["mkntfs", "-F", "-Q", "-q"], (image, folder) => ["ntfs-3g", "-o", options, image, folder]);

for (const [name, tools, make, mode] of [
  ["NTFS, every file 0777", ["mkntfs", "ntfs-3g"], () => ntfs("umask=000,no_def_opts"), 0o777],
  ["NTFS, no file executable", ["mkntfs", "ntfs-3g"], () => ntfs("fmask=0111,dmask=000,no_def_opts"), 0o666],
] as const) {
  // CI has neither the programs nor /dev/fuse.
  if (!hasAll(["root", "umount", ...tools])) {
    console.log(`${SKIP_MARK}no root, umount, ${tools.join(", ")} on this machine`);
    continue;
  }
  test(`${name}: generate, check and generate again`, () => {
    const folder = make();
    writeFileSync(join(folder, "spec.yaml"), base);
    const generated = flakewright(folder, ["generate", "spec.yaml", "--out", "out"]);
    assert.is(generated.status, 0, generated.stderr);
    assert.is(statSync(join(folder, "out/manage-nix-packages.sh")).mode & 0o777, mode);
    assert.is(statSync(join(folder, "out/flake.nix")).mode & 0o777, mode);
    const checked = flakewright(folder, ["check", "spec.yaml", "--out", "out"]);
    assert.is(checked.status, 0, checked.stderr);
    const again = flakewright(folder, ["generate", "spec.yaml", "--out", "out"]);
    assert.is(again.stdout, "");
    writeFileSync(join(folder, "spec.yaml"), base.replace("kubectl", "jq"));
    assert.is(flakewright(folder, ["check", "spec.yaml", "--out", "out"]).status, 1);
    assert.is(flakewright(folder, ["generate", "spec.yaml", "--out", "out"]).status, 0);
    assert.is(flakewright(folder, ["check", "spec.yaml", "--out", "out"]).status, 0);
  });
}

// fusefat 0.1 loses what is in a folder that is renamed. The first version writes nothing and says that another run is at work.
if (hasAll(["root", "umount", "mkfs.vfat", "fusefat"]))
  test("FAT by fusefat: a file system that loses files is refused in words, and nothing is left", () => {
    const folder = mount(32 * 2 ** 20, ["mkfs.vfat"], (image, at) => ["fusefat", "-o", "rw+", image, at]);
    writeFileSync(join(folder, "spec.yaml"), base);
    const generated = flakewright(folder, ["generate", "spec.yaml", "--out", "out"]);
    assert.is(generated.status, 3);
    assert.match(generated.stderr, /^flakewright: the file system of out loses the files of a folder that is renamed/);
    assert.equal(readdirSync(join(folder, "out")), []);
    assert.is(flakewright(folder, ["check", "spec.yaml", "--out", "out"]).status, 1);
  });
else console.log(`${SKIP_MARK}no root, umount, mkfs.vfat, fusefat on this machine`);

test.run();
