import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flakewright } from "../support/cli.ts";
import { base } from "../support/diagnostic-rows.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/*
 * Files of a pull request can make its output folder a bare repository, whose configuration names programs. An edited file makes the commands
 * ask Git about it.
 */

const test = suite("git in a folder of a stranger");

/** The configuration of a repository, by what runs the program. */
const CONFIGS: Record<string, (program: string) => string> = {
  "a transport that fetches a missing commit": (program) =>
    `[core]\n repositoryformatversion = 1\n bare = true\n[extensions]\n partialClone = origin\n[remote "origin"]\n promisor = true\n url = ext::${program}\n[protocol "ext"]\n allow = always\n[protocol]\n allow = always\n`,
  "a transport of SSH": (program) =>
    `[core]\n repositoryformatversion = 1\n bare = true\n sshCommand = ${program}\n[extensions]\n partialClone = origin\n[remote "origin"]\n promisor = true\n url = ssh://host/x\n`,
  "a program that watches files": (program) =>
    `[core]\n repositoryformatversion = 0\n bare = false\n worktree = .\n fsmonitor = ${program}\n`,
};

for (const [name, config] of Object.entries(CONFIGS))
  needs(test, ["git"])(`${name} does not run`, () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "spec"));
    writeFileSync(join(folder, "spec/platform.yaml"), base);
    assert.is(spawnSync("git", ["init", "-q", folder]).status, 0);
    assert.is(flakewright(folder, ["generate"]).status, 0);
    const out = join(folder, "out");
    for (const path of ["objects", "refs/heads"]) mkdirSync(join(out, path), { recursive: true });
    writeFileSync(join(out, "HEAD"), "ref: refs/heads/main\n");
    writeFileSync(join(out, "refs/heads/main"), `${"1".repeat(40)}\n`);
    const trace = join(folder, "ran");
    writeFileSync(join(folder, "program"), `#!/bin/sh\ntouch ${trace}\n`, { mode: 0o755 });
    writeFileSync(join(out, "config"), config(join(folder, "program")));
    appendFileSync(join(out, "flake.nix"), "# mine\n");
    // Git itself does run it, or the test would prove nothing.
    for (const args of [["rev-parse", "--quiet", "--verify", "HEAD^{commit}"], ["ls-files"]])
      spawnSync("git", ["-c", "safe.bareRepository=all", "-C", out, ...args]);
    assert.ok(existsSync(trace), "Git runs the program");
    rmSync(trace);
    for (const command of ["check", "diff", "generate", "generate --dry-run", "doctor", "generate --force"]) {
      flakewright(folder, command.split(" "));
      assert.not(existsSync(trace), command);
    }
  });

test.run();
