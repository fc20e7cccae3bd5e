import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stringify } from "yaml";
import { flakewright } from "../support/cli.ts";
import { NIXES } from "../support/machine.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { commitAll, git } from "../support/repository.ts";
import { repository } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* nix/changes.sh: the table of tools that differ between two commits, from the records of both. */

interface Stand {
  readonly nixpkgs: string;
  readonly tools: readonly (string | object)[];
  readonly ci?: string;
}

for (const { name, within, register, isThere } of NIXES) {
  const test = suite(`changes with ${name}`);
  const withNix = register(test, [...FIXTURE_TOOLS, "git"]);

  let nix: Nix;
  let before: string;
  let after: string;
  test.before(async () => {
    if (!isThere(FIXTURE_TOOLS)) return;
    nix = privateNix([...within, "nix"]);
    before = await nix.fixture();
    after = await nix.fixture({ kubectl: "1.31.0" });
  });

  const locks = new Map<string, string>();
  /** A flake.lock for output with this nixpkgs. It is made elsewhere: a flake reference of Nix 2.8 can't have every name of a folder. */
  async function lockOf(nixpkgs: string, out: string): Promise<string> {
    const known = locks.get(nixpkgs);
    if (known !== undefined) return known;
    const copy = join(tempFolder(), "out");
    cpSync(out, copy, { recursive: true });
    rmSync(join(copy, "flake.lock"), { force: true });
    await nix.must(["flake", "lock", `path:${copy}`]);
    locks.set(nixpkgs, join(copy, "flake.lock"));
    return join(copy, "flake.lock");
  }

  /** Generates and commits the output of a spec in a folder of a repository. */
  async function commit(repository: string, project: string, { nixpkgs, tools, ci = "github" }: Stand): Promise<string> {
    const folder = join(repository, project);
    mkdirSync(join(folder, "spec"), { recursive: true });
    const groups = { k8s: { packages: tools }, again: { packages: ["kubectl"] } };
    const spec = {
      version: 1,
      name: "demo",
      nixpkgs: { url: `path:${nixpkgs}` },
      systems: ["x86_64-linux"],
      groups,
      ...(ci ? { ci } : {}),
    };
    writeFileSync(join(folder, "spec/platform.yaml"), stringify(spec));
    const { status, stderr } = flakewright(folder, ["generate"]);
    assert.is(status, 0, stderr);
    cpSync(await lockOf(nixpkgs, join(folder, "out")), join(folder, "out/flake.lock"));
    return commitAll(repository);
  }

  /** What the script prints for a commit. */
  function changes(
    repository: string,
    project: string,
    base: string,
  ): { readonly rows: readonly string[]; readonly text: string } {
    const [program = "", ...args] = [...within, "sh", join(project, "out/nix/changes.sh"), base];
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: repository,
      encoding: "utf8",
      env: { ...process.env, ...nix.env },
    });
    assert.is(status, 0, stderr);
    const rows = stdout.split("\n").filter((line) => line.startsWith("|"));
    return { rows: rows.slice(2), text: stdout };
  }

  withNix("another version, a new tool and one that is gone; a tool of two groups once", async () => {
    const folder = tempFolder();
    const base = await commit(folder, "", { nixpkgs: before, tools: ["kubectl", "age", "talosctl"] });
    await commit(folder, "", { nixpkgs: after, tools: ["kubectl", "jq", "talosctl"] });
    const { rows, text } = changes(folder, "", base);
    assert.equal(rows, [
      "| `age` | `1.1.1` | – | ? |",
      "| `jq` | – | `1.7.1` | ? |",
      "| `kubectl` | `1.30.1` | `1.31.0` | ? → ? |",
    ]);
    assert.match(text, /^\| tool \| old \| new \| size \|\n\| --- \| --- \| --- \| --- \|\n/);
    assert.match(text, "For x86_64-linux.");
    assert.is(git(folder, "status", "--porcelain"), "", "the checkout is as before");
    assert.is(git(folder, "worktree", "list").split("\n").length, 1);
  });

  withNix("the size of what the store or a cache has, with all that it needs", async () => {
    const folder = tempFolder();
    const base = await commit(folder, "", { nixpkgs: before, tools: ["kubectl"] });
    await commit(folder, "", { nixpkgs: after, tools: ["kubectl"] });
    await nix.build(join(folder, "out"), "k8s", { inputs: { nixpkgs: after } });
    // bash and busybox are a few MiB.
    assert.match(changes(folder, "", base).rows[0] ?? "", /^\| `kubectl` \| `1\.30\.1` \| `1\.31\.0` \| \? → [1-9]\.\d MiB \|$/);
  });

  withNix("nothing changes", async () => {
    const folder = tempFolder();
    const base = await commit(folder, "", { nixpkgs: before, tools: ["kubectl"] });
    writeFileSync(join(folder, "README.md"), "hello\n");
    commitAll(folder);
    const { rows, text } = changes(folder, "", base);
    assert.equal(rows, []);
    assert.match(text, /^No tool has another version\.$/m);
  });

  withNix("only the branch's own changes count, not what the target got meanwhile", async () => {
    const folder = tempFolder();
    await commit(folder, "", { nixpkgs: before, tools: ["kubectl"] });
    git(folder, "checkout", "-qb", "target");
    const target = await commit(folder, "", { nixpkgs: before, tools: ["kubectl", "age"] });
    git(folder, "checkout", "-q", "-");
    await commit(folder, "", { nixpkgs: before, tools: ["kubectl", "jq"] });
    assert.equal(changes(folder, "", target).rows, ["| `jq` | – | `1.7.1` | ? |"]);
  });

  withNix("a commit without records, or without the output: all tools count as new, and the table says why", async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "README.md"), "hello\n");
    const empty = commitAll(folder);
    const silent = await commit(folder, "", { nixpkgs: before, tools: ["kubectl"], ci: "" });
    await commit(folder, "", { nixpkgs: before, tools: ["kubectl"] });
    for (const base of [empty, silent]) {
      const { rows, text } = changes(folder, "", base);
      assert.equal(rows, ["| `kubectl` | – | `1.30.1` | ? |"]);
      assert.match(text, `The tools of ${base.slice(0, 12)} could not be read`);
    }
  });

  withNix("no name leaves its cell, and a folder may have any name", async () => {
    const folder = tempFolder();
    const project = "a b/#c?d=%41";
    const base = await commit(folder, project, { nixpkgs: before, tools: ["kubectl"] });
    const name = "x`|<b>$(id) é";
    await commit(folder, project, { nixpkgs: before, tools: ["kubectl", { package: "jq", name }] });
    assert.equal(changes(folder, project, base).rows, ["| `x'/<b>$(id) é` | – | `1.7.1` | ? |"]);
  });

  test.run();
}

const script = suite("changes.sh");
needs(script, ["shellcheck"])("shellcheck has no warning about the script", () => {
  const file = join(repository, "test/golden/everything/out/nix/changes.sh");
  const { status, stdout } = spawnSync("shellcheck", ["--shell", "sh", file], { encoding: "utf8" });
  assert.is(status, 0, stdout);
});

script.run();
