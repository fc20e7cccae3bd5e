import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { flakewright } from "../support/cli.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { tempFolder } from "../support/temp.ts";
import { hasAll, needs } from "../support/tools.ts";

/*
 * The shell steps of the generated workflow, run one by one as a GitHub runner does, in a repository with the fixture nixpkgs. The
 * actions (checkout, installing Nix) are left out.
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

const spec = () => `version: 1
name: demo
nixpkgs: { url: "path:${nixpkgs}" }
systems: [x86_64-linux, aarch64-linux]
groups:
  k8s: { packages: [kubectl, kubernetes-helm] }
  dev: { packages: [jq] }
buildUsers:
  roles:
    - { role: kubernetes, description: "Kubernetes' builds", groups: [k8s] }
    - { role: both, groups: [k8s, dev] }
ci: github
`;

function git(folder: string, ...args: string[]): void {
  const { status, stderr } = spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.net", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.is(status, 0, stderr);
}

/** A repository with committed output in `out`: a folder, or `.`. */
async function repositoryWith(out: string): Promise<string> {
  const folder = tempFolder();
  mkdirSync(join(folder, "spec"));
  writeFileSync(join(folder, "spec/platform.yaml"), spec());
  const generated = flakewright(folder, ["generate", "--out", out]);
  assert.is(generated.status, 0, generated.stderr);
  if (out !== ".") cpSync(join(folder, out, WORKFLOW), join(folder, WORKFLOW), { recursive: true });
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

/** Runs every `run:` of the root's workflow with `bash -e` in the root of the checkout, as GitHub's default shell does. */
function runSteps(folder: string): StepResult[] {
  const { jobs } = parse(readFileSync(join(folder, WORKFLOW), "utf8")) as {
    jobs: Record<string, { steps: { run?: string }[] }>;
  };
  return Object.entries(jobs).flatMap(([job, { steps }]) =>
    steps.flatMap(({ run }) => {
      if (run === undefined) return [];
      const { status, stdout, stderr } = spawnSync("bash", ["-e", "-c", run], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, ...nix.env },
      });
      return [{ job, status, output: stdout + stderr }];
    }),
  );
}

const statuses = (results: readonly StepResult[]) => Object.fromEntries(results.map(({ job, status }) => [job, status]));
const explain = (results: readonly StepResult[]) => results.map(({ job, output }) => `${job}: ${output}`).join("\n");

withNix("every step passes, with the output in the root and in a folder", async () => {
  for (const out of [".", "out", "platform/nix"]) {
    const results = runSteps(await repositoryWith(out));
    assert.equal(statuses(results), { drift: 0, "role-kubernetes": 0, "role-both": 0 }, explain(results));
  }
  const built = spawnSync("sh", ["-c", `ls ${nix.env["NIX_STORE_DIR"]}`], { encoding: "utf8" }).stdout;
  assert.match(built, /-role-kubernetes\n/, "the role's check was built");
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
