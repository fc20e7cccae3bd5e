import type { TomlValue } from "smol-toml";
import { shellWord } from "../../output/printers/shell.ts";
import { CommandNames, inProjectRoot } from "../commands.ts";
import type { ImportedCommand, Noted } from "../draft.ts";
import { exportExpanded, hasReference } from "../exports.ts";
import { isProjectPath, isVariableName } from "../names.ts";
import { holdsSecret, isSecret } from "../secrets.ts";
import { entries, isTable, type Table, texts } from "../toml.ts";
import { hasTemplate, pathBelowRoot, shellReferences } from "./templates.ts";

/* mise's [tasks] as commands. https://mise.jdx.dev/tasks/task-configuration.html */

/** What changes nothing about what the task does, or only when it may be skipped. */
const IGNORED: ReadonlySet<string> = new Set([
  ...["alias", "description", "hide", "interactive", "output", "outputs", "quiet", "raw", "raw_args", "run_windows", "silent"],
  ...["sources", "watch", "cache"],
]);

/** A task that a command can do, or why none can. */
type Task = { readonly script: string; readonly folder: string | undefined; readonly needs: readonly string[] } | string;

/** Tasks that are a script of bash, each as a command, and remarks about the others. */
export function commandsOf(tasks: TomlValue | undefined): [Noted<ImportedCommand>[], string[]] {
  const all = new Map(entries(tasks).map(([name, task]): [string, Task] => [name, taskOf(isTable(task) ? task : { run: task })]));
  const names = new CommandNames([...all.keys()]);
  const named = new Map([...all.keys()].map((name) => [name, names.of(name)]));
  const why = reasons(all, named);
  const commands: Noted<ImportedCommand>[] = [];
  for (const [name, written] of entries(tasks)) {
    const task = all.get(name);
    const command = named.get(name);
    if (why.has(name) || typeof task !== "object" || command?.name === undefined) continue;
    const about =
      isTable(written) && typeof written.description === "string" ? written.description.replace(/\s+/g, " ").trim() : "";
    const needed = task.needs.map((one) => `${named.get(one)?.name}\n`).join("");
    const script = task.folder === undefined ? `${task.script}\n` : inProjectRoot(task.script, task.folder);
    const value = {
      name: command.name,
      ...(about === "" || holdsSecret(about) ? {} : { help: about }),
      run: `${needed}${task.script === "" ? "" : script}`,
    };
    commands.push({ value, notes: command.remark === "" ? [] : [command.remark] });
  }
  const rest = [...why].map(([name, reason]) => `${name} (${reason})`);
  return [commands, rest.length > 0 ? [`tasks that stay with mise: ${rest.join(", ")}`] : []];
}

/** How long a chain of tasks that depend on each other may be. */
const DEEPEST = 100;

/** Task → why it is no command, also because one that it depends on is none or depends on it. */
function reasons(
  all: ReadonlyMap<string, Task>,
  named: ReadonlyMap<string, { readonly name?: string; readonly remark: string }>,
): Map<string, string> {
  const why = new Map<string, string>();
  const done = new Set<string>();
  const judge = (name: string, above: readonly string[]): void => {
    if (done.has(name)) return;
    const task = all.get(name);
    if (task === undefined) return;
    if (typeof task === "string") why.set(name, task);
    else if (named.get(name)?.name === undefined) why.set(name, named.get(name)?.remark ?? "");
    else
      for (const one of task.needs) {
        if (one === name || above.includes(one)) why.set(name, "it depends on itself");
        else if (above.length >= DEEPEST) why.set(name, `more than ${DEEPEST} tasks depend on each other`);
        else judge(one, [...above, name]);
        if (!all.has(one) || why.has(one)) why.set(name, `it depends on ${one}`);
      }
    done.add(name);
  };
  for (const name of all.keys()) judge(name, []);
  return why;
}

function taskOf(task: Table): Task {
  const other = Object.keys(task).find(
    (key) => !IGNORED.has(key) && !["run", "file", "depends", "dir", "env", "shell"].includes(key),
  );
  if (other !== undefined) return `it has \`${other}\``;
  const { shell } = task;
  if (shell !== undefined && typeof shell !== "string") return "its shell is another one";
  if (shell !== undefined && !/^(ba)?sh\b/.test(shell)) return `its shell is ${shell}`;
  const needs = texts(task.depends);
  if (Array.isArray(task.depends) && task.depends.length !== needs.length) return "it depends on tasks with options";
  if (needs.some((one) => /[\s*]/.test(one))) return "it depends on tasks with arguments";
  const variables = variablesOf(task.env);
  if (variables === undefined) return "its `env` has more than plain variables";
  const folder = folderOf(task.dir);
  if (typeof folder === "object") return folder.why;
  const script = task.file === undefined ? scriptOf(task.run) : fileOf(task.file);
  if (typeof script === "object") return script.why;
  if (script === "" && needs.length === 0) return "it has no script";
  return { script: `${variables}${script}`, folder, needs };
}

type Refusal = { readonly why: string };

/** The scripts as one text: with more than one, each in its own shell, since mise starts one for each. */
function scriptOf(run: TomlValue | undefined): string | Refusal {
  const listed = Array.isArray(run) ? run : run === undefined ? [] : [run];
  const scripts: string[] = [];
  for (const one of listed) {
    if (typeof one !== "string") return { why: "it runs other tasks" };
    if (holdsSecret(one)) return { why: "it holds a secret" };
    if (/^\s*#!/.test(one)) return { why: "it is no script of bash" };
    if (/(^|[\s;&|])mise\b/.test(one)) return { why: "it calls mise" };
    const plain = shellReferences(one);
    // In single quotes, a variable would not be expanded.
    if (plain === undefined || (plain !== one && one.includes("'"))) return { why: "it has templates of mise" };
    scripts.push(plain.trimEnd());
  }
  const last = scripts.length - 1;
  return scripts
    .map((script, at) =>
      at === last ? withArguments(script) : /(^|[\s;&|])(cd|pushd|exec|exit|set)\b/.test(script) ? `(${script})` : script,
    )
    .join("\n");
}

/** mise puts the arguments behind the last script: where that is one plain command, so does this. */
const withArguments = (script: string): string =>
  /^[\w./-]+( [^;&|<>(){}#\n\\"'`]+)*$/.test(script) && !/\$[@*1-9]/.test(script) ? `${script} "$@"` : script;

function fileOf(file: TomlValue): string | Refusal {
  const path = typeof file === "string" ? (pathBelowRoot(file) ?? file) : "";
  if (!isProjectPath(path) || /^[/]|:/.test(path)) return { why: "its script is elsewhere" };
  return `"$FLAKEWRIGHT_ROOT"/${shellWord(path.replace(/^\.\//, ""))} "$@"`;
}

/** What follows the root in `cd`; undefined for a task that runs where it is called. */
function folderOf(dir: TomlValue | undefined): string | undefined | Refusal {
  if (dir === undefined) return "";
  const text = typeof dir === "string" ? dir : "";
  if (/^\{\{ *cwd *\}\}$/.test(text)) return undefined;
  const below = pathBelowRoot(text) ?? text;
  if (hasTemplate(below) || !isProjectPath(below) || /^\//.test(below)) return { why: "its folder is elsewhere" };
  return below === "." ? "" : `/${shellWord(below.replace(/^\.\//, ""))}`;
}

/** Lines that set the variables; undefined where bash can't. */
function variablesOf(env: TomlValue | undefined): string | undefined {
  const lines: string[] = [];
  for (const [name, value] of entries(env)) {
    if (!isVariableName(name) || typeof value === "object") return undefined;
    if (value === false) lines.push(`unset ${name}\n`);
    else {
      const text = shellReferences(String(value));
      if (text === undefined || isSecret(name, text)) return undefined;
      lines.push(`${hasReference(text) ? exportExpanded(name, text) : `export ${name}=${shellWord(text)}`}\n`);
    }
  }
  return lines.join("");
}
