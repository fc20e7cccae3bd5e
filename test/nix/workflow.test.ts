import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { flakewright } from "../support/cli.ts";
import { NIXES } from "../support/machine.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { commitAll, git } from "../support/repository.ts";
import { tempFolder } from "../support/temp.ts";

/*
 * The shell steps of the generated pipelines, run one by one as a runner does, in a repository with the fixture nixpkgs. The actions of
 * GitHub (checkout, installing Nix) are left out.
 */

const WORKFLOW = ".github/workflows/nix.yml";
for (const { name, within, register, isThere } of NIXES) {
  const test = suite(`workflow steps with ${name}`);
  const withNix = register(test, [...FIXTURE_TOOLS, "git"]);

  let nix: Nix;
  let nixpkgs: string;
  /** The same with a newer kubectl. */
  let newer: string;
  test.before(async () => {
    if (!isThere(FIXTURE_TOOLS)) return;
    nix = privateNix([...within, "nix"]);
    nixpkgs = await nix.fixture();
    newer = await nix.fixture({ kubectl: "1.31.0" });
  });

  const spec = (ci: string, from = nixpkgs) => `version: 1
name: demo
nixpkgs: { url: "path:${from}" }
systems: [x86_64-linux]
groups:
  k8s: { packages: [kubectl, kubernetes-helm] }
  dev: { packages: [jq] }
buildUsers:
  roles:
    - { role: kubernetes, description: "Kubernetes' builds", groups: [k8s] }
    - { role: both, groups: [k8s, dev] }
ci: ${ci}
`;

  /** A repository with committed output in `out`: a folder, or `.`. The second commit has a newer kubectl. */
  async function repositoryWith(out: string, ci = "github", file = WORKFLOW): Promise<string> {
    const folder = tempFolder();
    mkdirSync(join(folder, "spec"));
    for (const from of [nixpkgs, newer]) {
      writeFileSync(join(folder, "spec/platform.yaml"), spec(ci, from));
      const generated = flakewright(folder, ["generate", "--out", out]);
      assert.is(generated.status, 0, generated.stderr);
      if (out !== ".") cpSync(join(folder, out, file), join(folder, file), { recursive: true });
      await nix.must(["flake", "lock", `path:${join(folder, out)}`]);
      commitAll(folder);
    }
    return folder;
  }
  const CHANGED = "| `kubectl` | `1.30.1` | `1.31.0` |";

  interface StepResult {
    readonly job: string;
    readonly status: number | null;
    readonly output: string;
  }

  /** Runs a script with `bash -e` in the root of the checkout, as the default shell of the forges does. */
  function runScript(job: string, script: string, cwd: string, env: Record<string, string> = {}): StepResult {
    const [program = "", ...args] = [...within, "bash", "-e", "-c", script];
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd,
      encoding: "utf8",
      env: { ...process.env, ...nix.env, ...env },
    });
    return { job, status, output: stdout + stderr };
  }

  type Jobs = Readonly<
    Record<string, { readonly script?: readonly string[]; readonly rules?: readonly { readonly if?: string }[] }>
  >;
  const MERGE_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event"';

  interface Job {
    readonly if?: string;
    readonly steps: readonly { readonly run?: string; readonly if?: string; readonly env?: Readonly<Record<string, string>> }[];
  }

  /** The conditions of jobs and steps, for a push to the default branch and for a pull request. */
  const CONDITIONS: Readonly<Record<string, Readonly<Record<Event, boolean>>>> = {
    "": { push: true, pull_request: true },
    "github.event_name == 'pull_request'": { push: false, pull_request: true },
    "github.event_name != 'push' || github.ref == format('refs/heads/{0}', github.event.repository.default_branch)": {
      push: true,
      pull_request: true,
    },
    "github.event_name == 'push' && github.ref == format('refs/heads/{0}', github.event.repository.default_branch)": {
      push: true,
      pull_request: false,
    },
  };
  type Event = "push" | "pull_request";

  /** The scripts of a workflow that an event runs, by job, as text. */
  function scripts(file: string, event: Event): { readonly job: string; readonly run: string }[] {
    const runs = ({ if: condition = "" }: { readonly if?: string }) => {
      const known = CONDITIONS[condition];
      assert.ok(known, `a condition that the test does not know: ${condition}`);
      return known[event];
    };
    const { jobs } = parse(readFileSync(file, "utf8")) as { jobs: Readonly<Record<string, Job>> };
    return Object.entries(jobs)
      .filter(([, job]) => runs(job))
      .flatMap(([job, { steps }]) => steps.filter(runs).flatMap(({ run }) => (run === undefined ? [] : [{ job, run }])));
  }

  /** Runs the scripts of the root's workflow. */
  function runSteps(folder: string, event: Event = "push"): StepResult[] {
    const env = { GITHUB_STEP_SUMMARY: join(tempFolder(), "summary.md") };
    return scripts(join(folder, WORKFLOW), event).map(({ job, run }) => runScript(job, run, folder, env));
  }

  const statuses = (results: readonly StepResult[]) => Object.fromEntries(results.map(({ job, status }) => [job, status]));
  const explain = (results: readonly StepResult[]) => results.map(({ job, output }) => `${job}: ${output}`).join("\n");

  withNix("every step passes, with the output in the root and in a folder", async () => {
    for (const out of [".", "out", "platform/nix"]) {
      const results = runSteps(await repositoryWith(out));
      assert.equal(
        statuses(results),
        { drift: 0, "role-kubernetes-x86_64-linux": 0, "role-both-x86_64-linux": 0 },
        explain(results),
      );
    }
    const folder = await repositoryWith("out");
    const changed = runSteps(folder, "pull_request");
    assert.equal(Object.keys(statuses(changed)), ["drift", "changes", "role-kubernetes-x86_64-linux", "role-both-x86_64-linux"]);
    assert.ok(
      changed.every(({ status }) => status === 0),
      explain(changed),
    );
    assert.match(changed.find(({ job }) => job === "changes")?.output ?? "", CHANGED);
    const built = spawnSync("sh", ["-c", `ls ${nix.env["NIX_STORE_DIR"]}`], { encoding: "utf8" }).stdout;
    assert.match(built, /-role-kubernetes\n/, "the role's check was built");
  });

  withNix(
    "GitLab: every script passes; on the default branch the store cache is filled, and used without a store path",
    async () => {
      const file = ".gitlab-ci.yml";
      const folder = await repositoryWith("out", "{ forges: [gitlab], cache: { store: actions } }", file);
      const { workflow: _w, stages: _s, default: _d, ...jobs } = parse(readFileSync(join(folder, file), "utf8")) as Jobs;
      const base = git(folder, "rev-parse", "HEAD^");
      const variables = { CI_COMMIT_BRANCH: "main", CI_DEFAULT_BRANCH: "main", CI_MERGE_REQUEST_DIFF_BASE_SHA: base };
      const run = (source: string) =>
        Object.entries(jobs)
          .filter(([, { rules = [] }]) => source === "merge_request_event" || !rules.some((rule) => rule.if === MERGE_REQUEST))
          .map(([job, { script = [] }]) =>
            runScript(job, script.join("\n"), folder, { ...variables, CI_PIPELINE_SOURCE: source }),
          );
      const results = run("merge_request_event");
      assert.equal(
        results.map(({ status }) => status),
        [0, 0, 0, 0],
        explain(results),
      );
      assert.match(readFileSync(join(folder, "changes.md"), "utf8"), CHANGED);
      assert.not.ok(
        existsSync(join(folder, ".nix-cache/nix-cache-info")) && readdirSync(join(folder, ".nix-cache/nar")).length > 0,
      );
      const pushed = run("push");
      assert.equal(
        pushed.map(({ status }) => status),
        [0, 0, 0],
        explain(pushed),
      );
      assert.ok(readdirSync(join(folder, ".nix-cache")).some((name) => name.endsWith(".narinfo")));
      appendFileSync(join(folder, "out/flake.nix"), "# mine\n");
      const [drift] = run("push");
      assert.is(drift?.status, 1);
      assert.match(drift?.output ?? "", "run flakewright generate");
    },
  );

  withNix("Forgejo: every step passes, the checkout too", async () => {
    const file = ".forgejo/workflows/nix.yml";
    const folder = await repositoryWith("out", "forgejo", file);
    const env = {
      GITHUB_SERVER_URL: `file://${dirname(folder)}`,
      GITHUB_REPOSITORY: basename(folder),
      GITHUB_SHA: git(folder, "rev-parse", "HEAD"),
      BASE: git(folder, "rev-parse", "HEAD^"),
      TOKEN: "x",
    };
    const steps = scripts(join(folder, file), "pull_request");
    const jobs = new Set(steps.map(({ job }) => job));
    assert.is(jobs.size, 4);
    for (const one of jobs) {
      const clone = tempFolder();
      const results = steps.filter(({ job }) => job === one).map(({ run }) => runScript(one, run, clone, env));
      assert.equal(
        results.map(({ status }) => status),
        [0, 0],
        explain(results),
      );
      if (one === "changes") assert.match(results[1]?.output ?? "", CHANGED);
    }
  });

  withNix("cachix reads its cache for every event, and gets what was built from the default branch alone", async () => {
    const calls = (results: readonly StepResult[]) => results.filter(({ output }) => /^cachix \d/m.test(output)).length;
    const ok = (results: readonly StepResult[]) =>
      assert.ok(
        results.every(({ status }) => status === 0),
        explain(results),
      );

    const forgejo = ".forgejo/workflows/nix.yml";
    const file = await repositoryWith("out", "{ forges: [forgejo], cache: { cachix: acme } }", forgejo);
    for (const [event, used] of [
      ["pull_request", 2],
      ["push", 4],
    ] as const) {
      const steps = scripts(join(file, forgejo), event).filter(({ run }) => run.includes("cachix"));
      const results = steps.map(({ job, run }) => runScript(job, run, file));
      ok(results);
      assert.is(calls(results), used, event);
    }

    const gitlab = ".gitlab-ci.yml";
    const folder = await repositoryWith("out", "{ forges: [gitlab], cache: { cachix: acme } }", gitlab);
    const jobs = parse(readFileSync(join(folder, gitlab), "utf8")) as Jobs;
    for (const [source, lines] of [
      ["merge_request_event", 1],
      ["push", 2],
    ] as const) {
      const script = jobs["role-both-x86_64-linux"]?.script?.join("\n") ?? "";
      const variables = { CI_COMMIT_BRANCH: "main", CI_DEFAULT_BRANCH: "main", CI_PIPELINE_SOURCE: source };
      const result = runScript("role-both", script, folder, variables);
      ok([result]);
      assert.is(result.output.match(/^cachix \d/gm)?.length, lines, source);
    }
  });

  withNix("stale output, and a stale copy of the workflow, fail the first job", async () => {
    const folder = await repositoryWith("out");
    appendFileSync(join(folder, "spec/platform.yaml"), "gc: { automatic: true }\n");
    const drifted = runSteps(folder);
    assert.is(drifted[0]?.status, 1, drifted[0]?.output);
    assert.match(drifted[0]?.output ?? "", /^spec\/platform\.yaml: FAILED$/m);
    assert.match(drifted[0]?.output ?? "", /^::error::.*run flakewright generate/m);

    git(folder, "checkout", "-q", "spec");
    assert.is(runSteps(folder)[0]?.status, 0);
    appendFileSync(join(folder, WORKFLOW), "# mine\n");
    const copied = runSteps(folder);
    assert.is.not(copied[0]?.status, 0);
    assert.match(copied[0]?.output ?? "", /nix\.yml/);
  });

  withNix("without a committed flake.lock a role's job fails instead of building unpinned inputs", async () => {
    const folder = await repositoryWith(".");
    rmSync(join(folder, "flake.lock"));
    git(folder, "add", "-A");
    const [, role] = runSteps(folder);
    assert.is(role?.status, 1);
    assert.match(role?.output ?? "", /lock file/);
  });

  test.run();
}
