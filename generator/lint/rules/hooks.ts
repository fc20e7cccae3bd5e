import type { SpecPath } from "../../report/spec-path.ts";
import { lineOf } from "../bash-code.ts";
import { plainStatements, type Statement } from "../bash-statements.ts";
import type { Rule } from "../rule.ts";

/* What a hook does to the shell that it runs in. `nix develop` and direnv evaluate it in that shell itself, not in a process of its own. */

export const hookRules: readonly Rule[] = [
  {
    code: "hook-ends-shell",
    severity: "warning",
    summary: "a hook that closes or breaks the shell it runs in",
    cause:
      "`nix develop` and direnv run a hook in the shell itself, so `exit` closes it, `exec` replaces it, and `return` skips what they do after the hook, such as the prompt and the variables that direnv puts back. With `set -e` the first command that fails closes the shell; with `set -u` prompts and completions fail. None of it matters in a subshell, `( … )`.",
    example: "shells:\n  default:\n    hook: |\n      set -e\n      echo ready",
    fixed: "shells:\n  default:\n    hook: |\n      echo ready",
    source: "https://www.gnu.org/software/bash/manual/html_node/The-Set-Builtin.html",
    check: ({ model, source, report }) => {
      for (const shell of model.shells) {
        if (!/\b(?:exit|exec|return|logout|set)\b/.test(shell.hook)) continue;
        const at: SpecPath = [...shell.at, "hook"];
        for (const { statement, message, hint } of breaksOf(plainStatements(shell.hook)))
          report({
            at,
            range: () => lineOf(source, at, shell.hook.slice(0, statement.offset).split("\n").length),
            message,
            hint,
          });
      }
    },
  },
];

interface Break {
  readonly statement: Statement;
  readonly message: string;
  readonly hint: string;
}

const CLOSES = "remove this command; to leave out the lines that follow, put them in `if … then … fi`";

/** The statements that the shell does not survive, in their order. */
function breaksOf(statements: readonly Statement[]): Break[] {
  const found: Break[] = [];
  const options = new Map<string, Statement>();
  for (const statement of statements) {
    const words =
      statement.words[0] === "builtin" || statement.words[0] === "command" ? statement.words.slice(1) : statement.words;
    const [name, ...args] = words;
    if (name === "exit" || name === "logout")
      found.push({ statement, message: `\`${name}\` closes the shell that the hook runs in`, hint: CLOSES });
    else if (name === "return")
      found.push({
        statement,
        message: "`return` skips what `nix develop` and direnv do after the hook, such as the prompt",
        hint: CLOSES,
      });
    else if (name === "exec" && args.length > 0)
      found.push({
        statement,
        message: "`exec` replaces the shell: `nix develop -c` does not run its command, and direnv gets no environment",
        hint: "remove this command; `nix develop … -c PROGRAM` starts another program in the shell",
      });
    else if (name === "set")
      for (const [option, isOn] of optionsOf(args)) {
        if (isOn) options.set(option, statement);
        else options.delete(option);
      }
  }
  const strict = [...options].filter(([option]) => Object.hasOwn(STRICT, option));
  for (const statement of new Set(strict.map(([, one]) => one))) {
    const texts = strict.flatMap(([option, one]) => (one === statement ? (STRICT[option] ?? []) : []));
    found.push({
      statement,
      message: `${texts.join("; ")}: the hook runs in the shell itself`,
      hint: `remove this command, or put the lines in a subshell: \`( ${statement.words.join(" ")}; … )\``,
    });
  }
  return found.sort((a, b) => a.statement.offset - b.statement.offset);
}

/** The options that a shell for people can't have. */
const STRICT: Readonly<Record<string, string>> = {
  errexit: "`set -e` stays on, and the first command that fails closes the shell",
  nounset: "`set -u` stays on, and prompts and completions fail",
};

/** The options that `set` switches, in their order. */
function optionsOf(args: readonly string[]): [string, boolean][] {
  const switched: [string, boolean][] = [];
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, sign, letters = ""] = /^([-+])([A-Za-z]+)$/.exec(word) ?? [];
    // `--` and words are positional arguments.
    if (sign === undefined) break;
    for (const letter of letters) {
      const name = letter === "o" ? rest.shift() : letter === "e" ? "errexit" : letter === "u" ? "nounset" : undefined;
      if (name !== undefined) switched.push([name, sign === "-"]);
    }
  }
  return switched;
}
