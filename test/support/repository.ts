import { spawnSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { repository } from "./spec.ts";
import { tempFolder } from "./temp.ts";

/** Runs git in a folder, with a name for commits; returns its output, and fails with what git says. */
export function git(folder: string, ...args: string[]): string {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.net", "-c", "init.defaultBranch=main"];
  const { status, stdout, stderr } = spawnSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" });
  assert.is(status, 0, stderr);
  return stdout.trim();
}

/** Commits everything in a folder; makes it a repository first where it is none. Returns the commit. */
export function commitAll(folder: string): string {
  git(folder, "init", "-q");
  git(folder, "add", "-A");
  git(folder, "commit", "-qm", "all");
  return git(folder, "rev-parse", "HEAD");
}

/** A checkout of this repository as it is now: what Git has or would take, in a new repository. */
export function checkoutCopy(): string {
  const folder = tempFolder();
  for (const name of git(repository, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0"))
    if (name !== "" && existsSync(join(repository, name)))
      cpSync(join(repository, name), join(folder, name), { verbatimSymlinks: true });
  git(folder, "init", "-q");
  return folder;
}
