import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { git } from "./repository.ts";
import { repository } from "./spec.ts";
import { tempFolder, tempTree } from "./temp.ts";

/*
 * gitlab-ci-local, which reads a pipeline as GitLab does: it validates it with GitLab's published schema, evaluates its rules and checks
 * stages and needs. It runs nothing here.
 */

const PROGRAM = join(repository, "node_modules/gitlab-ci-local/dist/index.js");
/** What the program uses of a Node newer than 20. */
const NEWER = "Set.prototype.union ??= function (other) { return new Set([...this, ...other]); };\n";

let preload: string | undefined;
function gitlab(
  text: string,
  args: readonly string[],
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  if (preload === undefined) {
    preload = join(tempFolder(), "newer.mjs");
    writeFileSync(preload, NEWER);
  }
  const folder = tempTree({ ".gitlab-ci.yml": text });
  git(folder, "init", "-q");
  git(folder, "remote", "add", "origin", "https://gitlab.com/acme/platform.git");
  git(folder, "add", "-A");
  git(folder, "commit", "-qm", "all");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", pathToFileURL(preload).href, PROGRAM, "--color=false", ...args],
    { cwd: folder, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

/** What is wrong with a pipeline; empty when GitLab accepts it. */
export function gitlabComplaints(text: string): string {
  const { status, stdout, stderr } = gitlab(text, ["--list"]);
  const output = stdout + stderr;
  return status === 0 && /json schema validated/.test(output) ? "" : output;
}

/** The names of the jobs that run for a source of pipelines: `push` to the default branch, `merge_request_event`. */
export function gitlabJobsThatRun(text: string, source: string): string[] {
  const { stdout } = gitlab(text, ["--list-csv", "--variable", `CI_PIPELINE_SOURCE=${source}`]);
  const [, ...rows] = stdout.split("\n").filter((line) => line.includes(";"));
  return rows.map((row) => row.split(";", 1)[0] ?? "");
}
