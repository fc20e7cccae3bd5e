import { BASH_WORDS, OTHER_WORDS, SHELL_PROGRAMS } from "../../knowledge/shell-words.ts";
import type { Command, EnvValue, Shell, Tool, Variable } from "../../model/model.ts";
import { addTo } from "../../report/lists-by-key.ts";
import { type SpecPath, valueAt } from "../../report/spec-path.ts";
import { replacement } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";

/* Variables, files of variables and commands of the dev shells. */

/** A folder of the project in a shell's or another tool's words. */
const ROOT =
  /^(?:\$(?:PWD|\{PWD\}|\(pwd\)|PRJ_ROOT|\{PRJ_ROOT\}|DEVENV_ROOT|FLAKEWRIGHT_ROOT|\{FLAKEWRIGHT_ROOT\})|`pwd`)(?:\/|$)/;
const HOME = /^(?:~|\$HOME|\$\{HOME\})(?:\/|$)/;
/** The same, anywhere in a text. */
const EXPANDED =
  /\$(?:HOME|PWD|USER|\{HOME\}|\{PWD\}|\{USER\}|PRJ_ROOT|DEVENV_ROOT)(?![A-Za-z0-9_])|(?:^|[:=])~[a-z_]*(?:\/|$)|`[^`]+`|\{\{[^}]*\}\}|\$env:[A-Za-z]|%(?:USERPROFILE|APPDATA|HOME|PATH)%/;

export const shellRules: readonly Rule[] = [
  {
    code: "env-not-expanded",
    certainFix: true,
    severity: "warning",
    summary: "a value that a shell would expand, which here is data",
    cause:
      "Nothing in a value of `env` is expanded: `$HOME` and `~` stay as they are, and `:$PATH` replaces the search path by that text, so that no program is found. `path` is below the project's root, `prepend` and `append` extend a list, and `hook` is bash.",
    example: "shells:\n  default:\n    env: { KUBECONFIG: $PWD/.kube/config }",
    fixed: "shells:\n  default:\n    env: { KUBECONFIG: { path: .kube/config } }",
    check: ({ model, source, report }) => {
      for (const { env, envFiles } of model.shells) {
        for (const variable of env) {
          const found = unexpanded(variable);
          if (!found) continue;
          const { at, message, form, hint } = found;
          report({
            at,
            message,
            hint: hint ?? `write \`${form}\``,
            fix: () => (form ? replacement(source, at, "value", form) : undefined),
          });
        }
        for (const { at, file } of envFiles) {
          const own = relative(file);
          if (!HOME.test(file) && own === undefined) continue;
          const inner = typeof valueAt(source, at) === "object" ? [...at, "file"] : at;
          report({
            at: inner,
            message: `\`${file}\` is the name of a file: nothing in it is expanded`,
            hint: own === undefined ? "write an absolute path, or one below the project's root" : `write \`${yamlText(own)}\``,
            fix: () => (own === undefined ? undefined : replacement(source, inner, "value", yamlText(own))),
          });
        }
      }
    },
  },
  {
    code: "env-file-form",
    severity: "warning",
    summary: "an entry of `envFiles` that is no file of KEY=VALUE lines",
    cause:
      "An entry is the path of one file. It is no pattern, no folder and no URL, and .envrc is bash, which direnv runs. A file that is not there stops the shell, unless it is `optional`.",
    example: 'shells:\n  default:\n    envFiles: ["*.env"]',
    fixed: "shells:\n  default:\n    envFiles: [dev.env]",
    check: ({ model, source, report }) => {
      for (const { envFiles } of model.shells)
        for (const { at } of envFiles) {
          const inner = typeof valueAt(source, at) === "object" ? [...at, "file"] : at;
          // As it is written: the model has no slash at the end.
          const written = valueAt(source, inner);
          const file = typeof written === "string" ? written : "";
          const problem = fileProblem(file);
          if (problem) report({ at: inner, message: `\`${file}\` ${problem}`, hint: "write the path of one file, such as .env" });
        }
    },
  },
  {
    code: "command-hidden",
    severity: "error",
    summary: "a command with the name of something else in the shell",
    cause:
      "A shell's own word, such as `test`, is run instead of a program of that name. A command with the name of a tool hides the tool, and calls itself where it means the tool.",
    example: "commands:\n  test: { run: pytest }",
    fixed: "commands:\n  run-tests: { run: pytest }",
    source: "https://www.gnu.org/software/bash/manual/html_node/Shell-Builtin-Commands.html",
    check: (context) => {
      if (context.model.commands.length === 0) return;
      const programs = programsOf(context);
      for (const command of context.model.commands) {
        const found = hidden(context, programs, command);
        if (found) context.report({ at: command.at, part: "key", ...found });
      }
    },
  },
];

/** Why a path is none of a file of variables, as the end of a sentence. */
function fileProblem(file: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(file)) return "is a URL, and only files are read";
  if (file.endsWith("/")) return "is a folder";
  if (/[*?]/.test(file) || hasInOrder(file, "[", "]") || hasInOrder(file, "{", ",", "}"))
    return "is a pattern, and nothing in it is expanded";
  if (/(?:^|\/)\.envrc$/.test(file)) return "is bash for direnv, not KEY=VALUE lines";
  return undefined;
}

/** Whether a text has these one after the other. A regular expression would try each of many first ones. */
function hasInOrder(text: string, ...parts: readonly string[]): boolean {
  let at = 0;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return true;
}

interface Unexpanded {
  readonly at: SpecPath;
  readonly message: string;
  /** What the author means, as YAML; undefined if only the hint says so. */
  readonly form?: string;
  readonly hint?: string;
}

/** The first finding about a variable. */
function unexpanded({ at, name, value }: Variable): Unexpanded | undefined {
  if (value.kind === "text") return unexpandedText(name, value.text, at);
  for (const [place, path] of pathsOf(value, at)) {
    const own = relative(path);
    if (own !== undefined)
      return { at: place, message: `\`${path}\` is a path: nothing in it is expanded`, form: yamlText(own === "" ? "." : own) };
    if (path === `$${name}` || path === `\${${name}}`)
      return {
        at: place,
        message: `\`${name}\` keeps its own entries: \`${path}\` is a folder of this name`,
        hint: "delete the entry",
      };
    if (value.kind === "path" && path.includes(":"))
      return {
        at: place,
        message: `\`${path}\` is one path, and its colon separates entries for the program that reads \`${name}\``,
        hint: "write `{ prepend: […] }` with an entry for each path",
      };
    if (HOME.test(path))
      return {
        at: place,
        message: `\`${path}\` is a path below the project's root: nothing in it is expanded`,
        hint: homeHint(name, value),
      };
    if (name === "PATH" && value.kind === "path")
      return {
        at: place,
        message: "`PATH` as one path replaces the whole search path, so the shell finds none of its tools",
        hint: "write `{ prepend: […] }` with your folders",
      };
  }
  return undefined;
}

/** The most characters of a variable's value. */
const LONGEST = 128 * 1024;

/** A variable as one of the entries that colons separate. */
const VARIABLE = /(?:^|:)(?:\$(\w+)|\$\{(\w+)(?::?[-+][^}]*)?\})(?=:|$)/g;

function unexpandedText(name: string, text: string, at: SpecPath): Unexpanded | undefined {
  // The model reports `env-too-long`.
  if (text.length > LONGEST) return undefined;
  const position = text.includes("$")
    ? [...text.matchAll(VARIABLE)].find(([, plain, braced]) => (plain ?? braced) === name)
    : undefined;
  if (position) {
    const message = `nothing in \`${name}\` is expanded: its value would be exactly \`${text}\``;
    const split = (part: string) => part.split(":").filter((entry) => entry !== "");
    const { index } = position;
    const before = split(text.slice(0, index));
    const after = split(text.slice(index + position[0].length));
    const lists = [before, after].map((list) => list.map((entry) => relative(entry) ?? entry.replace(/^(\.\/)+(?=.)/, "")));
    const isCertain = lists.flat().every((entry) => !/[$`~]/.test(entry) && !/(^|\/)\.\.(\/|$)/.test(entry));
    const [prepend = [], append = []] = lists.map((list) => list.map((entry) => yamlText(entry === "" ? "." : entry)));
    const pairs = [
      ...(prepend.length > 0 ? [`prepend: [${prepend.join(", ")}]`] : []),
      ...(append.length > 0 ? [`append: [${append.join(", ")}]`] : []),
    ];
    if (isCertain && pairs.length > 0) return { at, message, form: `{ ${pairs.join(", ")} }` };
    return { at, message, hint: "entries of the project are `{ prepend: […] }`; for others, use `hook`" };
  }
  const path = relative(text);
  if (path !== undefined && !/[:$`]/.test(path))
    return {
      at,
      message: `nothing in \`${name}\` is expanded: its value would be exactly \`${text}\``,
      form:
        name === "PATH"
          ? `{ prepend: [${yamlText(path === "" ? "." : path)}] }`
          : `{ path: ${yamlText(path === "" ? "." : path)} }`,
    };
  if (name === "PATH")
    return {
      at,
      message: "`PATH` as text replaces the whole search path, so the shell finds none of its tools",
      hint: "write `{ prepend: […] }` with your folders",
    };
  if (!EXPANDED.test(text) && !hasInOrder(text, "$(", ")")) return undefined;
  return {
    at,
    message: `nothing in \`${name}\` is expanded: its value would be exactly \`${text}\``,
    hint: HOME.test(text)
      ? homeHint(name, { kind: "text", text })
      : "`{ path: … }` is below the project's root; set anything else in the shell's `hook`",
  };
}

/** The form for a path in the home folder, which no key has. */
function homeHint(name: string, value: EnvValue): string {
  if (value.kind === "entries") return `set it in the shell's \`hook\`, which is bash: \`export ${name}="$HOME/…:$${name}"\``;
  const text = value.kind === "text" ? value.text : value.path;
  return `\`{ path: … }\` is below the project's root; for the home folder, set it in the shell's \`hook\`: \`export ${name}="${text.replace(/^~/, "$HOME")}"\``;
}

/** The rest of a path that begins with a word for the project's folder. */
const relative = (path: string): string | undefined => (ROOT.test(path) ? path.replace(ROOT, "") : undefined);

function pathsOf(value: EnvValue, at: SpecPath): [SpecPath, string][] {
  if (value.kind === "path") return [[[...at, "path"], value.path]];
  if (value.kind === "text") return [];
  return (["prepend", "append"] as const).flatMap((key) =>
    value[key].map((path, index): [SpecPath, string] => [[...at, key, index], path]),
  );
}

/** A text as YAML, without quotes where it needs none. */
const yamlText = (text: string): string =>
  /^[A-Za-z_./][A-Za-z0-9_./+-]*$/.test(text) && !/^([\d.]+|true|false|null)$/i.test(text) ? text : JSON.stringify(text);

type Hidden = Pick<Parameters<RuleContext["report"]>[0], "message" | "hint" | "severity" | "related">;

/** The tools of all shells by the names under which a shell runs them. */
function programsOf({ model, environment }: RuleContext): Map<string, Tool[]> {
  const facts = environment.facts();
  const lists = new Set(model.shells.flatMap((shell) => [...shell.groups.map((group) => group.tools), shell.tools]));
  const programs = new Map<string, Tool[]>();
  for (const tools of lists)
    for (const tool of tools)
      for (const name of new Set([tool.name, tool.attribute.at(-1), facts?.find(tool.package)?.mainProgram])) {
        if (name !== undefined) addTo(programs, name, tool);
      }
  return programs;
}

function hidden({ model, source }: RuleContext, programs: Map<string, Tool[]>, { name, groups }: Command): Hidden | undefined {
  const hint = `rename the command, such as \`run-${name}\``;
  if (BASH_WORDS.has(name)) return { message: `\`${name}\` is a word of bash, which runs it instead of the command`, hint };
  const isIn = (shell: Shell) => groups === undefined || shell.groups.some((group) => groups.includes(group));
  const has = (shell: Shell, tool: Tool) =>
    shell.tools.includes(tool) || shell.groups.some((group) => group.tools.includes(tool));
  // Whether it is in a shell with the command is asked only of a tool that has the name.
  const tool = programs
    .get(name)
    ?.find((one) => groups === undefined || model.shells.some((shell) => isIn(shell) && has(shell, one)));
  if (tool)
    return {
      message: `the command \`${name}\` hides the tool \`${name}\`, and calls itself where it means the tool`,
      hint,
      related: [{ message: `the tool is here`, range: source.locate(tool.at, "value") }],
    };
  if (SHELL_PROGRAMS.has(name))
    return { severity: "warning", message: `the command \`${name}\` hides a program that scripts in the shell may call`, hint };
  if (OTHER_WORDS.has(name))
    return { severity: "warning", message: `\`${name}\` is a word of zsh or fish, which run it instead of the command`, hint };
  return undefined;
}
