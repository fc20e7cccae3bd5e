import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows, codes } from "../../support/diagnostic-rows.ts";
import { applyFixes } from "../../support/fixes.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("rules: shells");

const env = (line: string) => `${base}shells:\n  k8s:\n    env:\n      ${line}\n`;
const path = "nothing in `KUBECONFIG` is expanded: its value would be exactly";

codeRows(test, [
  ...(["$(date)", "`hostname`", "~ada/x", "{{config_root}}/x", "$env:USERPROFILE"] as const).map((value) => ({
    code: "env-not-expanded",
    says: `nothing in \`A\` is expanded: its value would be exactly \`${value}\``,
    bad: env(`A: ⟦"${value}"⟧`),
    good: env('A: "costs $5, 100 % $$"'),
  })),
  {
    code: "env-not-expanded",
    says: "`PATH` keeps its own entries: `$PATH` is a folder of this name",
    bad: env("PATH: { prepend: [bin, ⟦$PATH⟧] }"),
    good: env("PATH: { prepend: [bin] }"),
  },
  {
    code: "env-not-expanded",
    says: "`a:b` is one path, and its colon separates entries for the program that reads `KUBECONFIG`",
    bad: env('KUBECONFIG: { path: ⟦"a:b"⟧ }'),
    good: env("KUBECONFIG: { prepend: [a, b] }"),
  },
  ...(
    [
      ["*.env", "is a pattern, and nothing in it is expanded"],
      ["https://example.net/.env", "is a URL, and only files are read"],
      ["env/", "is a folder"],
      [".envrc", "is bash for direnv, not KEY=VALUE lines"],
    ] as const
  ).map(([file, why]) => ({
    code: "env-file-form",
    says: `\`${file}\` ${why}`,
    bad: `${base}shells:\n  k8s:\n    envFiles: [⟦"${file}"⟧]\n`,
    good: `${base}shells:\n  k8s:\n    envFiles: [.env, "a b/[x", /etc/env]\n`,
  })),

  {
    code: "env-not-expanded",
    says: `${path} \`$PWD/.kube/config\``,
    bad: env("KUBECONFIG: ⟦$PWD/.kube/config⟧"),
    good: env("KUBECONFIG: { path: .kube/config }"),
  },
  {
    code: "env-not-expanded",
    says: `${path} \`$HOME/.kube/config\``,
    bad: env("KUBECONFIG: ⟦$HOME/.kube/config⟧"),
    good: env("KUBECONFIG: /home/ada/.kube/config"),
  },
  {
    code: "env-not-expanded",
    says: `${path} \`~/.kube/config\``,
    bad: env("KUBECONFIG: ⟦~/.kube/config⟧"),
    good: env("KUBECONFIG: a ~ b"),
  },
  {
    code: "env-not-expanded",
    says: "nothing in `PATH` is expanded: its value would be exactly `./bin:$PATH`",
    bad: env("PATH: ⟦./bin:$PATH⟧"),
    good: env("PATH: { prepend: [bin] }"),
  },
  {
    code: "env-not-expanded",
    says: "`PATH` as text replaces the whole search path, so the shell finds none of its tools",
    bad: env("PATH: ⟦/opt/bin⟧"),
    good: env("PATH: { append: [/opt/bin] }"),
  },
  {
    code: "env-not-expanded",
    says: "`PATH` as one path replaces the whole search path, so the shell finds none of its tools",
    bad: env("PATH: { path: ⟦bin⟧ }"),
    good: env("PATH: { prepend: [bin] }"),
  },
  {
    code: "env-not-expanded",
    says: "`$PWD/bin` is a path: nothing in it is expanded",
    bad: env("PATH: { prepend: [⟦$PWD/bin⟧] }"),
    good: env("PATH: { prepend: [bin] }"),
  },
  {
    code: "env-not-expanded",
    says: "`~/.kube/config` is a path below the project's root: nothing in it is expanded",
    bad: env("KUBECONFIG: { path: ⟦~/.kube/config⟧ }"),
    good: env("KUBECONFIG: { path: .kube/config }"),
  },
  {
    code: "env-not-expanded",
    says: "`$PWD/.env` is the name of a file: nothing in it is expanded",
    bad: `${base}shells:\n  k8s:\n    envFiles: [{ file: ⟦$PWD/.env⟧ }]\n`,
    good: `${base}shells:\n  k8s:\n    envFiles: [{ file: .env }]\n`,
  },
  {
    code: "command-hidden",
    says: "`test` is a word of bash, which runs it instead of the command",
    bad: `${base}commands:\n  ⟦test⟧: { run: pytest }\n`,
    good: `${base}commands:\n  run-tests: { run: pytest }\n`,
  },
  {
    code: "command-hidden",
    says: "the command `kubectl` hides the tool `kubectl`, and calls itself where it means the tool",
    bad: `${base}commands:\n  ⟦kubectl⟧: { run: 'kubectl --context dev "$@"' }\n`,
    good: `${base}commands:\n  k: { run: 'kubectl --context dev "$@"' }\n`,
  },
]);

for (const [name, severity] of [
  ["helm", "error"],
  ["install", "warning"],
  ["status", "warning"],
] as const)
  test(`a command called ${name} is reported`, () => {
    const { diagnostics } = compileText(
      `version: 1\nname: x\nnixpkgs: 0123456789abcdef0123456789abcdef01234567\ngroups: { a: { packages: [kubernetes-helm] } }\ncommands: { ${name}: { run: ls } }\n`,
    );
    assert.equal(
      diagnostics.map((d) => [d.code, d.severity]),
      [["command-hidden", severity]],
    );
  });

test("a tool that is in other shells only is not hidden", () => {
  const text = `${base}  dev: { packages: [jq] }\ncommands: { kubectl: { run: ls, groups: [dev] } }\nshells: { default: { groups: [dev] } }\n`;
  assert.equal(codes(compileText(text).diagnostics), []);
});

for (const [line, fixed] of [
  ["KUBECONFIG: $PWD/.kube/config", "KUBECONFIG: { path: .kube/config }"],
  ["KUBECONFIG: '${PWD}/a b'", 'KUBECONFIG: { path: "a b" }'],
  ["ROOT: $PWD", 'ROOT: { path: "." }'],
  ["PATH: './bin:$PATH'", "PATH: { prepend: [bin] }"],
  ["PATH: $PWD/bin", "PATH: { prepend: [bin] }"],
  ["PATH: '$PWD/bin:/opt/bin:${PATH}'", "PATH: { prepend: [bin, /opt/bin] }"],
  ["PATH: $PATH:bin", "PATH: { append: [bin] }"],
  ["MANPATH: 'man:$MANPATH:/usr/man'", "MANPATH: { prepend: [man], append: [/usr/man] }"],
  ["PYTHONPATH: 'src${PYTHONPATH:+:$PYTHONPATH}'", undefined],
  ["PATH: '$HOME/bin:$PATH'", undefined],
  ["KUBECONFIG: $HOME/x", undefined],
] as const)
  test(`the fix of ${line} is ${fixed ?? "none"}`, () => {
    const text = env(line);
    const { diagnostics } = compileText(text);
    assert.is(applyFixes(text, diagnostics), fixed === undefined ? text : env(fixed));
  });

test("a value with a `$` that no shell word is stays without a word", () => {
  for (const line of ["A: it's $dev", "A: pa$$word", "A: $5", "A: a ~ b", "A: 'x:$PATHS'"])
    assert.equal(codes(compileText(env(line)).diagnostics), [], line);
});

test.run();
