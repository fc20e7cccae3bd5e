import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse, stringify } from "yaml";
import { gitlabText, yamlList } from "../../../generator/output/printers/yaml.ts";
import { hostileText } from "../../support/arbitrary-spec.ts";
import { gitlabComplaints, gitlabJobsThatRun } from "../../support/gitlab.ts";
import { compileText } from "../../support/spec.ts";

/* The pipelines of GitLab, by its published schema and rules, and of Forgejo, by GitHub's parser, whose dialect it is. */

const test = suite("pipelines");

const base = {
  version: 1,
  name: "demo",
  nixpkgs: "nixos-24.05",
  systems: ["x86_64-linux", "aarch64-linux", "aarch64-darwin"],
  groups: { k8s: { title: "Kubernetes", packages: ["kubectl"] }, dev: { packages: ["jq"] } },
};
const PATHS = { gitlab: ".gitlab-ci.yml", forgejo: ".forgejo/workflows/nix.yml", github: ".github/workflows/nix.yml" } as const;

function pipeline(forge: keyof typeof PATHS, spec: object = {}, ci: object = {}): string {
  const { files, diagnostics } = compileText(stringify({ ...base, ...spec, ci: { forges: [forge], ...ci } }));
  const text = files?.find(({ path }) => path === PATHS[forge])?.text;
  if (text === undefined) throw new Error(`no pipeline: ${JSON.stringify(diagnostics)}`);
  return text;
}

interface GitlabJob {
  readonly stage: string;
  readonly tags: readonly string[];
  readonly script: readonly string[];
  readonly rules?: readonly { readonly if?: string; readonly when?: string }[];
  readonly variables?: { readonly NIX_CONFIG: { readonly value: string; readonly expand: boolean } };
  readonly cache?: object;
}
const KEYWORDS = ["artifacts", "cache", "rules", "script", "stage", "tags", "timeout", "variables"];
const GLOBAL = ["workflow", "stages", "default"];

/** The jobs of a GitLab pipeline. Any other keyword than those that we mean fails. */
function gitlabJobs(text: string): Record<string, GitlabJob> {
  const { workflow, stages, default: defaults, ...jobs } = parse(text, { version: "1.2" });
  assert.equal(
    [workflow.rules.length, stages, Object.keys(defaults).sort()],
    [3, ["drift", "build"], ["image", "interruptible"]],
  );
  for (const [name, job] of Object.entries<GitlabJob>(jobs)) {
    assert.not(GLOBAL.includes(name));
    assert.equal(
      Object.keys(job).filter((key) => !KEYWORDS.includes(key)),
      [],
      name,
    );
    assert.ok(stages.includes(job.stage) && job.script.every((line) => typeof line === "string"), name);
  }
  return jobs;
}

test("one file for each forge that the spec names, in the short and the long form", () => {
  for (const [forge, path] of Object.entries(PATHS)) {
    const { files } = compileText(stringify({ ...base, ci: forge }));
    assert.equal(
      files?.map((file) => file.path).filter((one) => Object.values<string>(PATHS).includes(one)),
      [path],
    );
    assert.is(files?.find((file) => file.path === path)?.text, pipeline(forge as keyof typeof PATHS));
  }
  const all = compileText(stringify({ ...base, ci: { forges: ["gitlab", "github", "forgejo"] } })).files ?? [];
  for (const path of Object.values(PATHS)) assert.ok(all.some((file) => file.path === path));
});

const RUNNERS = { "x86_64-linux": { labels: ["own", "large"], pullRequests: true }, "aarch64-darwin": { labels: ["mac"] } };

test("GitLab accepts every form of the pipeline", () => {
  const roles = {
    buildUsers: { roles: [{ role: "aws", description: "AWS: provider # builds", groups: ["k8s"] }, { role: "empty" }] },
  };
  for (const [spec, ci] of [
    [{}, {}],
    [roles, { runners: RUNNERS, cache: { cachix: "acme", store: "actions" } }],
    [{ systems: ["riscv64-linux"], groups: {} }, {}],
  ] as const)
    assert.is(gitlabComplaints(pipeline("gitlab", spec, ci)), "");

  const text = pipeline("gitlab");
  assert.match(gitlabComplaints(text.replace("expire_in:", "expires_in:")), "expires_in");
  assert.match(gitlabComplaints(text.replace("stage: build", "stage: built")), "built");
});

test("GitLab: what runs for a merge request, and what for a push", () => {
  const text = pipeline("gitlab", {}, { runners: RUNNERS });
  const built = (system: string) => [`group-k8s-${system}`, `group-dev-${system}`];
  const open = [...built("x86_64-linux"), ...built("aarch64-linux")];
  assert.equal(gitlabJobsThatRun(text, "merge_request_event"), ["drift", "changes", ...open]);
  assert.equal(gitlabJobsThatRun(text, "push"), ["drift", ...open, ...built("aarch64-darwin")]);
});

test("GitLab: a job for each group and system with a hosted runner; the others are named", () => {
  const text = pipeline("gitlab");
  const jobs = gitlabJobs(text);
  assert.equal(Object.keys(jobs), [
    "drift",
    "changes",
    "group-k8s-x86_64-linux",
    "group-dev-x86_64-linux",
    "group-k8s-aarch64-linux",
    "group-dev-aarch64-linux",
  ]);
  assert.equal(jobs["group-k8s-aarch64-linux"]?.tags, ["saas-linux-small-arm64"]);
  assert.match(text, /^# No hosted runner, and no job: aarch64-darwin\. /m);
  assert.match(text, /^ {2}image: docker\.io\/nixos\/nix@sha256:[0-9a-f]{64}$/m);
  assert.match(jobs["drift"]?.script[0] ?? "", "sha256sum --check");
});

test("GitLab: a self-hosted runner by its tags, never for merge requests unless the spec says so", () => {
  const jobs = (runner: object) =>
    gitlabJobs(pipeline("gitlab", { systems: ["aarch64-darwin"] }, { runners: { "aarch64-darwin": runner } }));
  const closed = jobs({ labels: ["mac", "m1"] })["group-k8s-aarch64-darwin"];
  assert.equal(closed?.tags, ["mac", "m1"]);
  assert.equal(closed?.rules, [{ if: '$CI_PIPELINE_SOURCE != "merge_request_event"' }]);
  assert.equal(jobs({ labels: ["mac"], pullRequests: true })["group-k8s-aarch64-darwin"]?.rules, [{ when: "on_success" }]);
});

test("GitLab: no value of the spec is a variable or an input", () => {
  const text = pipeline("gitlab", {
    systems: ["x86_64-linux"],
    groups: { k8s: { title: "$CI_JOB_TOKEN $[[ inputs.x ]] \n evil:\n  script: [id]", packages: ["kubectl"] } },
    substituters: [{ url: "https://a.example.net/x", publicKey: "$CI_JOB_TOKEN-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" }],
  });
  const jobs = gitlabJobs(text);
  assert.equal(Object.keys(jobs), ["drift", "changes", "group-k8s-x86_64-linux"]);
  const config = jobs["group-k8s-x86_64-linux"]?.variables?.NIX_CONFIG;
  assert.is(config?.expand, false);
  assert.match(config?.value ?? "", "= $CI_JOB_TOKEN-1:");
  assert.not.match(text.replace(/^#.*$/gm, ""), "$[[");
});

test("GitLab: the caches; only the default branch pushes, and no value of a secret is there", () => {
  const text = pipeline("gitlab", {}, { cache: { cachix: "acme", store: "actions" } });
  const job = gitlabJobs(text)["group-k8s-x86_64-linux"];
  assert.equal(job?.cache, { key: "nix-group-k8s-x86_64-linux", paths: [".nix-cache"] });
  const script = job?.script[0] ?? "";
  assert.match(script, `[ "$CI_COMMIT_BRANCH" = "$CI_DEFAULT_BRANCH" ]; then pushes=1`);
  for (const line of script.replaceAll("then\n", "then ").split("\n"))
    if (/ push | nix copy /.test(line)) assert.match(line, /^if \[ -n "\$pushes" \]; then /);
});

async function complaints(content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: "nix.yml", content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map((error) => error.message);
}

test("Forgejo: accepted as GitHub's dialect; no action, the secret only for a push to the default branch", async () => {
  const runners = { "aarch64-linux": { labels: ["codeberg-arm"], pullRequests: true }, "aarch64-darwin": { labels: ["mac"] } };
  for (const ci of [{}, { runners }, { runners, cache: { cachix: "acme" } }]) {
    const text = pipeline("forgejo", {}, ci);
    assert.equal(await complaints(text), []);
    assert.not.match(text, "uses:");
    const { permissions, jobs } = parse(text);
    assert.equal(permissions, { contents: "read" });
    assert.equal(jobs["group-k8s-x86_64-linux"]["runs-on"], ["docker"]);
    for (const job of Object.values<{ steps: { if?: string; env?: object; run: string }[]; container: { image: string } }>(
      jobs,
    )) {
      assert.match(job.container.image, /@sha256:[0-9a-f]{64}$/);
      for (const step of job.steps) {
        if (!step.env || !("CACHIX_AUTH_TOKEN" in step.env)) continue;
        assert.match(step.if ?? "", "github.event_name == 'push' && github.ref == format('refs/heads/{0}'");
      }
    }
    if (!("runners" in ci)) continue;
    assert.equal(jobs["group-k8s-aarch64-linux"]["runs-on"], ["codeberg-arm"]);
    assert.is(jobs["group-k8s-aarch64-linux"].if, undefined);
    assert.is(jobs["group-k8s-aarch64-darwin"].if, "github.event_name == 'push'");
  }
});

interface AnyJob {
  readonly if?: string;
  readonly "runs-on": unknown;
  readonly steps: readonly object[];
}

test("a job of pull requests runs on a hosted machine, with no secret", () => {
  const closed = Object.fromEntries(base.systems.map((system) => [system, { labels: ["own"] }]));
  for (const forge of ["github", "forgejo"] as const) {
    const { jobs } = parse(pipeline(forge, {}, { runners: closed, cache: { cachix: "acme" } })) as {
      jobs: Record<string, AnyJob>;
    };
    for (const [name, job] of Object.entries(jobs)) {
      const own = JSON.stringify(job["runs-on"]).includes("own");
      assert.is(own, job.if === "github.event_name == 'push'", `${forge} ${name}`);
      assert.is(own, !["drift", "changes"].includes(name), `${forge} ${name}`);
      if (!own) assert.not.match(JSON.stringify(job.steps), "secrets.", `${forge} ${name}`);
      const expressions = JSON.stringify(job.steps).match(/\$\{\{ [^}]*secrets\.[^}]*\}\}/g) ?? [];
      for (const one of expressions) if (!one.includes("CACHIX")) assert.match(one, "github.event_name == 'push' && ");
    }
  }
  const jobs = gitlabJobs(pipeline("gitlab", {}, { runners: closed, cache: { cachix: "acme" } }));
  for (const [name, { tags, rules = [] }] of Object.entries(jobs)) {
    const own = tags.includes("own");
    assert.is(own, !["drift", "changes"].includes(name), name);
    if (own) assert.equal(rules, [{ if: '$CI_PIPELINE_SOURCE != "merge_request_event"' }]);
  }
});

test("the file says what its jobs are for, and which groups none builds", () => {
  const roles = (...list: object[]) => ({ buildUsers: { roles: list } });
  const both = roles({ role: "all", groups: ["k8s", "dev"] });
  const one = roles({ role: "aws", groups: ["k8s"] });
  for (const forge of Object.keys(PATHS) as (keyof typeof PATHS)[]) {
    assert.match(pipeline(forge), /^# The spec has no build roles .*, so there is a job for each group\.$/m, forge);
    assert.match(pipeline(forge, one), /^# No role has these groups, and no job builds them: dev\.$/m, forge);
    assert.not.match(pipeline(forge, both), /no job builds them|no build roles/, forge);
  }
});

test("the table of changes is for pull requests alone, and in each forge's own place", () => {
  const github = parse(pipeline("github")).jobs.changes;
  assert.is(github.if, "github.event_name == 'pull_request'");
  assert.is(github.permissions, undefined, "no more than the workflow's: to read");
  assert.match(github.steps.at(-1).run, 'sh "$out/nix/changes.sh" HEAD^1');
  assert.match(github.steps.at(-1).run, "$GITHUB_STEP_SUMMARY");
  assert.is(parse(pipeline("forgejo")).jobs.changes.if, "github.event_name == 'pull_request'");
  const gitlab = parse(pipeline("gitlab")).changes;
  assert.equal(gitlab.rules, [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }]);
  assert.equal(gitlab.artifacts, { expose_as: "Tools that change", paths: ["changes.md"], expire_in: "1 month" });
});

test("the script of the table is an output of a spec with `ci` alone", () => {
  const paths = (spec: object) => compileText(stringify(spec)).files?.map(({ path }) => path) ?? [];
  assert.ok(paths({ ...base, ci: "github" }).includes("nix/changes.sh"));
  assert.not.ok(paths(base).includes("nix/changes.sh"));
});

test("any text reads back the same, but for GitLab's brackets", () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, fc.string({ unit: "binary" })), fc.constantFrom(0, 6), (text, indent) => {
      for (const version of ["1.1", "1.2"] as const) {
        const written = `${" ".repeat(indent)}key: ${gitlabText(text, indent)}\n`;
        assert.equal(parse(written, { version }), { key: text.replaceAll("$[[", "$%5B[") });
        assert.equal(parse(`key: ${yamlList([text, text])}\n`, { version }), { key: [text, text] });
      }
    }),
    { numRuns: 300 },
  );
});

test.run();
