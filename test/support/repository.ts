import { spawnSync } from "node:child_process";
import * as assert from "uvu/assert";

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
