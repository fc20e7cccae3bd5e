import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generated, type Ran, run } from "../support/machine.ts";
import { tempFolder } from "../support/temp.ts";

/* `manage-nix-packages.sh update` with a Nix that writes flake.lock and then fails: the lock file is as it was, with mode and link. */

const test = suite("update that fails");

/** Replaces flake.lock as Nix does, through no link, and fails. */
const NIX = `#!/bin/sh
echo new >flake.lock.tmp && chmod 644 flake.lock.tmp && mv -f flake.lock.tmp flake.lock
exit 1
`;

/** Replaces the text of flake.lock in its place, and fails. */
const NIX_IN_PLACE = `#!/bin/sh
echo new >flake.lock
exit 1
`;

function setting(nix: string): { out: string; update: () => Promise<Ran> } {
  const folder = tempFolder();
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/nix"), nix);
  chmodSync(join(folder, "bin/nix"), 0o755);
  const out = generated("version: 1\nname: p\ngroups: {}\n");
  const env = { PATH: `${join(folder, "bin")}:${process.env["PATH"]}`, HOME: folder, XDG_STATE_HOME: join(folder, "state") };
  return { out, update: () => run(["bash", "-o", "noclobber", join(out, "manage-nix-packages.sh"), "update"], { env }) };
}

for (const [how, nix] of [
  ["by rename", NIX],
  ["in place", NIX_IN_PLACE],
] as const) {
  // The first version (a2c2472) gives it the mode of a temporary file, 0600.
  test(`written ${how}: text and mode stay`, async () => {
    const { out, update } = setting(nix);
    const lock = join(out, "flake.lock");
    writeFileSync(lock, "old\n");
    chmodSync(lock, 0o664);
    assert.is((await update()).status, 1);
    assert.is(readFileSync(lock, "utf8"), "old\n");
    assert.is(statSync(lock).mode & 0o7777, 0o664);
  });

  // The first version (a2c2472) replaces the link by a file.
  test(`written ${how}: a link stays a link, and what it leads to stays`, async () => {
    const { out, update } = setting(nix);
    const kept = join(tempFolder(), "kept.lock");
    writeFileSync(kept, "old\n");
    chmodSync(kept, 0o640);
    symlinkSync(kept, join(out, "flake.lock"));
    assert.is((await update()).status, 1);
    assert.ok(lstatSync(join(out, "flake.lock")).isSymbolicLink());
    assert.is(readlinkSync(join(out, "flake.lock")), kept);
    assert.is(readFileSync(kept, "utf8"), "old\n");
    assert.is(statSync(kept).mode & 0o7777, 0o640);
  });

  test(`written ${how}: one that was not there is not there again`, async () => {
    const { out, update } = setting(nix);
    assert.is((await update()).status, 1);
    assert.not.ok(existsSync(join(out, "flake.lock")));
  });
}

test.run();
