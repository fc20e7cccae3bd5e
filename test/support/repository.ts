import { spawnSync } from "node:child_process";
import { cpSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
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

/** What .gitignore names, and Git's own folder. */
const IGNORED = /^(\.git|node_modules|dist|coverage|result(-.*)?|.*\.tgz)$/;

/** The files of this repository, as paths from its root. */
export function repositoryFiles(folder = ""): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.test(entry.name)) return [];
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? repositoryFiles(path) : [path];
  });
}

/** A checkout of this repository as it is now, in a new repository. */
export function checkoutCopy(): string {
  const folder = tempFolder();
  for (const path of repositoryFiles()) cpSync(join(repository, path), join(folder, path), { verbatimSymlinks: true });
  git(folder, "init", "-q");
  return folder;
}
