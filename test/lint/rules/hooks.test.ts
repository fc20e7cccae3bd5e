import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { plainStatements } from "../../../generator/lint/bash-statements.ts";
import { base, codeRows, codes } from "../../support/diagnostic-rows.ts";
import { FIXTURE_TOOLS, privateNix } from "../../support/nix.ts";
import { compileText, written } from "../../support/spec.ts";
import { tempFolder } from "../../support/temp.ts";
import { needs } from "../../support/tools.ts";

const test = suite("rules: hooks");

const hook = (code: string) => `${base}shells:\n  k8s:\n    hook: |\n${code.replace(/^(?=.)/gm, "      ")}\n`;
const good = hook("echo ready");

codeRows(test, [
  { code: "hook-ends-shell", says: "`exit` closes the shell that the hook runs in", bad: hook("echo hi\n⟦exit 1⟧"), good },
  {
    code: "hook-ends-shell",
    says: "`return` skips what `nix develop` and direnv do after the hook, such as the prompt",
    bad: hook("⟦return 0⟧\necho hi"),
    good,
  },
  {
    code: "hook-ends-shell",
    says: "`exec` replaces the shell: `nix develop -c` does not run its command, and direnv gets no environment",
    bad: hook("echo hi\n\n⟦exec zsh⟧"),
    good: hook('if [ -t 0 ] && [ -z "$DIRENV_IN_ENVRC" ]; then exec zsh; fi'),
  },
  ...(["set -e", "set -o errexit", "set -Eeo pipefail", "set -ex # strict"] as const).map((line) => ({
    code: "hook-ends-shell",
    says: "`set -e` stays on, and the first command that fails closes the shell: the hook runs in the shell itself",
    bad: hook(`⟦${line}⟧\necho hi`),
    good: hook(`${line}\necho hi\nset +e`),
  })),
  {
    code: "hook-ends-shell",
    says: "`set -u` stays on, and prompts and completions fail: the hook runs in the shell itself",
    bad: hook("⟦set -o nounset⟧"),
    good: hook("( set -u; echo $A )"),
  },
  {
    code: "hook-ends-shell",
    says: "`set -e` stays on, and the first command that fails closes the shell; `set -u` stays on, and prompts and completions fail: the hook runs in the shell itself",
    bad: hook("⟦set -euo pipefail⟧\necho hi"),
    good,
  },
]);

/** Each statement of the text that runs in any case in the shell itself, with `|` between them. */
const STATEMENTS: readonly (readonly [code: string, statements: string])[] = [
  ["exit 1\n", "exit 1"],
  ["echo hi; exit", "echo hi|exit"],
  ["! exit", "exit"],
  ["FOO=1 exec zsh", "exec zsh"],
  ["echo a \\\n exit", "echo a exit"],
  // Conditions and loops.
  ["[ -d x ] || exit 1", "[ -d x ]"],
  ["a &&\n\n exit\nset -e", "a|set -e"],
  ["if a; then exit; elif b; then exit; else exit; fi; exit 4", "exit 4"],
  ["for x in a b; do exit; done", ""],
  ["for ((i=0;i<3;i++)); do exit; done; set -e", "set -e"],
  ["while read -r l; do exit; done < f\nset -e", "set -e"],
  ["select x in a b; do exit; done; until a; do exit; done; set -e", "set -e"],
  ["case $x in a) exit;; (b|c) exit 1 ;; *) exit 2;; esac\nset -u", "set -u"],
  ["case $x in\n a)\n exit\n ;;\n esac", ""],
  ["case x in esac; exit", "exit"],
  ["((a++)) || exit\nexit 9", "exit 9"],
  ["[[ $a == (x|y) && -n $b ]] && exit", "[[ $a == (x|y) && -n $b ]]"],
  // Subshells, pipelines, background and functions.
  ["( set -e\n exit ) && echo x", ""],
  ["true | exit", ""],
  ["exit | cat", ""],
  ["exit &", ""],
  ["f() { exit; }\nf", "f"],
  ["function f () { exit; }\nexit", "exit"],
  ["f ()\n{\n exit 1\n}\nexit 2", "exit 2"],
  ["f() ( exit )\nfunction g { exit; }\nh() if true; then exit; fi\nexit", "exit"],
  // Quotes, expansions, comments and here-documents.
  [`echo 'exit'\necho "exit $(exit 1) 'x"`, `echo 'exit'|echo "exit $(exit 1) 'x"`],
  ["# exit\necho a # exit", "echo a"],
  ["echo $((1+2)) `exit` ${x:-exit} ${#a}; exit", "echo $((1+2)) `exit` ${x:-exit} ${#a}|exit"],
  ["diff <(a) <(exit); set -u", "diff <(a) <(exit)|set -u"],
  ["cat <<EOF\nexit\nEOF\nset -e", "cat|set -e"],
  ["cat <<-'E'\n\texit\n\tE\nset -e", "cat|set -e"],
  ["cat <<A <<B\nexit\nA\nexit\nB\nexit", "cat|exit"],
  ["cat <<< exit", "cat"],
  ["trap 'exit' EXIT; alias q=exit", "trap 'exit' EXIT|alias q=exit"],
  // Redirections.
  ["exec 3>&1", "exec"],
  ["exec {fd}>x", "exec"],
  ["exec > >(tee log) 2>&1", "exec"],
  ["a=(1 2)\nexec $SHELL", "exec $SHELL"],
  // What is not understood.
  ["x=$(case a in a) exit;; esac)\nexit", ""],
  [`${"$(".repeat(50_000)}exit`, ""],
];
for (const [code, statements] of STATEMENTS)
  test(`statements of ${JSON.stringify(code.slice(0, 60))}`, () => {
    assert.is(
      plainStatements(code)
        .map(({ words }) => (words[0] === "[[" ? "[[ $a == (x|y) && -n $b ]]" : words.join(" ")))
        .join("|"),
      statements,
    );
  });

test("a finding can be accepted", () => {
  const accepted = `${hook("exec zsh")}lint: [{ code: hook-ends-shell, at: shells.k8s.hook, why: our zsh knows the tools }]\n`;
  assert.equal(codes(compileText(accepted).diagnostics), []);
});

/** Whether a hook is reported, for the bash of `nix develop` to judge. */
const JUDGED: readonly (readonly [hook: string, isReported: boolean])[] = [
  ["echo hi", false],
  ["exit 0", true],
  ["return 0", true],
  ["exec true", true],
  ["set -e", true],
  ["set -euo pipefail", true],
  ["set -o pipefail", false],
  ["set -e; A=1; set +e", false],
  ["(exit 3)", false],
  ["f() { exit; }", false],
  ["true | exit 1", false],
  ["exec 3>/dev/null", false],
  ["cd /nowhere", false],
  ["if false; then exit; fi", false],
];
for (const [code, isReported] of JUDGED)
  needs(test, ["bash"])(`bash agrees about \`${code}\``, () => {
    assert.equal(codes(compileText(hook(code)).diagnostics), isReported ? ["hook-ends-shell"] : []);
    // The file that `nix develop` starts its bash with: it evaluates the hook, then prepares the prompt or runs the command of `-c`.
    const rc = join(tempFolder(), "rc");
    writeFileSync(rc, `shellHook='${code}'\neval "$shellHook"\nPREPARED=yes\n`);
    const bash = (rcFile: string, input: string) =>
      spawnSync("bash", ["--noprofile", "--rcfile", rcFile, "-i"], {
        input,
        encoding: "utf8",
        env: { PATH: process.env.PATH, HOME: "/" },
      }).stdout;
    const survives = /^yes alive$/m.test(bash(rc, "false\necho $PREPARED alive\n"));
    assert.is(survives, !isReported);
  });

needs(test, FIXTURE_TOOLS)("real `nix develop -c` runs no command after `exit` and `exec`", async () => {
  const nix = privateNix();
  const shells = { none: "echo ready", exit: "exit 0", exec: "exec true" };
  const entries = Object.entries(shells).map(([name, code]) => `  ${name}: { groups: [k8s], hook: "${code}" }\n`);
  const folder = written(`${base}shells:\n${entries.join("")}`);
  for (const name of Object.keys(shells)) {
    const { stdout } = await nix.develop(folder, name, ["echo", "the command"]);
    assert.is(stdout.includes("the command"), name === "none", name);
  }
});

test.run();
