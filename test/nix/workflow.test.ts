import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { flakewright } from "../support/cli.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { tempFolder } from "../support/temp.ts";
import { hasAll, needs } from "../support/tools.ts";

/*
 * The shell steps of the generated pipelines, run one by one as a runner does, in a repository with the fixture nixpkgs. The actions of
 * GitHub (checkout, installing Nix) are left out.
 */

const test = suite("workflow steps");
const withNix = needs(test, [...FIXTURE_TOOLS, "git"]);

const WORKFLOW = ".github/workflows/nix.yml";
let nix: Nix;
let nixpkgs: string;
test.before(async () => {
  if (!hasAll(FIXTURE_TOOLS)) return;
  nix = privateNix();
  nixpkgs = await nix.fixture();
});

const spec = (ci: string) => `version: 1
name: demo
nixpkgs: { url: "path:${nixpkgs}" }
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

function git(folder: string, ...args: string[]): void {
  const { status, stderr } = spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.net", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.is(status, 0, stderr);
}

/** A repository with committed output in `out`: a folder, or `.`. */
async function repositoryWith(out: string, ci = "github", file = WORKFLOW): Promise<string> {
  const folder = tempFolder();
  mkdirSync(join(folder, "spec"));
  writeFileSync(join(folder, "spec/platform.yaml"), spec(ci));
  const generated = flakewright(folder, ["generate", "--out", out]);
  assert.is(generated.status, 0, generated.stderr);
  if (out !== ".") cpSync(join(folder, out, file), join(folder, file), { recursive: true });
  await nix.must(["flake", "lock", `path:${join(folder, out)}`]);
  git(folder, "init", "-q");
  git(folder, "add", "-A");
  git(folder, "commit", "-qm", "all");
  return folder;
}

interface StepResult {
  readonly job: string;
  readonly status: number | null;
  readonly output: string;
}

/** Runs a script with `bash -e` in the root of the checkout, as the default shell of the forges does. */
function runScript(job: string, script: string, cwd: string, env: Record<string, string> = {}): StepResult {
  const { status, stdout, stderr } = spawnSync("bash", ["-e", "-c", script], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...nix.env, ...env },
  });
  return { job, status, output: stdout + stderr };
}

type Jobs = Readonly<
  Record<string, { readonly steps: readonly { readonly run?: string }[]; readonly script?: readonly string[] }>
>;

/** Runs every `run:` of the root's workflow. */
function runSteps(folder: string): StepResult[] {
  const { jobs } = parse(readFileSync(join(folder, WORKFLOW), "utf8")) as { jobs: Jobs };
  return Object.entries(jobs).flatMap(([job, { steps }]) =>
    steps.flatMap(({ run }) => (run === undefined ? [] : [runScript(job, run, folder)])),
  );
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
  const built = spawnSync("sh", ["-c", `ls ${nix.env["NIX_STORE_DIR"]}`], { encoding: "utf8" }).stdout;
  assert.match(built, /-role-kubernetes\n/, "the role's check was built");
});

withNix(
  "GitLab: every script passes; on the default branch the store cache is filled, and used without a store path",
  async () => {
    const file = ".gitlab-ci.yml";
    const folder = await repositoryWith("out", "{ forges: [gitlab], cache: { store: actions } }", file);
    const { workflow: _w, stages: _s, default: _d, ...jobs } = parse(readFileSync(join(folder, file), "utf8")) as Jobs;
    const variables = { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main", CI_DEFAULT_BRANCH: "main" };
    const run = (more: Record<string, string>) =>
      Object.entries(jobs).map(([job, { script = [] }]) => runScript(job, script.join("\n"), folder, { ...variables, ...more }));
    const results = run({ CI_PIPELINE_SOURCE: "merge_request_event" });
    assert.equal(
      results.map(({ status }) => status),
      [0, 0, 0],
      explain(results),
    );
    assert.not.ok(
      existsSync(join(folder, ".nix-cache/nix-cache-info")) && readdirSync(join(folder, ".nix-cache/nar")).length > 0,
    );
    const pushed = run({});
    assert.equal(
      pushed.map(({ status }) => status),
      [0, 0, 0],
      explain(pushed),
    );
    assert.ok(readdirSync(join(folder, ".nix-cache")).some((name) => name.endsWith(".narinfo")));
    appendFileSync(join(folder, "out/flake.nix"), "# mine\n");
    const [drift] = run({});
    assert.is(drift?.status, 1);
    assert.match(drift?.output ?? "", "run flakewright generate");
  },
);

withNix("Forgejo: every step passes, the checkout too", async () => {
  const file = ".forgejo/workflows/nix.yml";
  const folder = await repositoryWith("out", "forgejo", file);
  const { jobs } = parse(readFileSync(join(folder, file), "utf8")) as { jobs: Jobs };
  const commit = spawnSync("git", ["rev-parse", "HEAD"], { cwd: folder, encoding: "utf8" }).stdout.trim();
  const env = {
    GITHUB_SERVER_URL: `file://${dirname(folder)}`,
    GITHUB_REPOSITORY: basename(folder),
    GITHUB_SHA: commit,
    TOKEN: "x",
  };
  for (const [job, { steps }] of Object.entries(jobs)) {
    const clone = tempFolder();
    const results = steps.map(({ run }) => runScript(job, run ?? "", clone, env));
    assert.equal(
      results.map(({ status }) => status),
      [0, 0],
      explain(results),
    );
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
