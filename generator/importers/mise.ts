import type { TomlValue } from "smol-toml";
import { BASH_WORDS } from "../knowledge/shell-words.ts";
import { shellWord } from "../output/printers/shell.ts";
import type { Draft, ForeignFile, ImportedCommand, ImportedPackage, KnownPackages, Noted, Variable } from "./draft.ts";
import { folderName, isAliasName, isVariableName } from "./names.ts";
import { holdsSecret } from "./secrets.ts";
import { entries, isTable, parseToml, type Table, texts } from "./toml.ts";
import { packageOf } from "./tool-versions.ts";

/** mise.toml → draft. Throws a `SyntaxFault` for broken TOML. */
export function importMise({ path, text }: ForeignFile, known: KnownPackages | undefined): Draft {
  const root = parseToml(text);
  const env: Noted<Variable>[] = [];
  const envFiles: Noted<string>[] = [];
  const hook: Noted<string>[] = [];
  for (const [name, value] of entries(root.env)) variable(name, value, env, hook, envFiles);
  const [commands, tasks] = commandsOf(root.tasks);
  for (const [name, value] of entries(root.shell_alias)) {
    if (typeof value === "string" && isAliasName(name) && !holdsSecret(value))
      hook.push({ value: `alias ${name}=${shellWord(value)}`, notes: [] });
    else hook.push({ notes: [`the alias ${name} is left out`] });
  }
  return {
    name: projectName(path),
    packages: entries(root.tools).map(([name, value]) => tool(name, value, known)),
    env,
    envFiles,
    commands,
    hook: [...hook, ...enterHook(root.hooks)],
    shellNotes: [...tasks, ...elsewhere(root)],
  };
}

/** `.config/mise.toml` and `mise/config.toml` belong to the folder above. */
const projectName = (path: string): string | undefined =>
  folderName(path.replace(/(\/?\.?(config|mise))+\/[^/]*$/, "/mise.toml"));

function tool(name: string, value: TomlValue, known: KnownPackages | undefined): Noted<ImportedPackage> {
  if (isTable(value)) {
    const os = texts(value.os);
    return packageOf(name, texts(value.version), optionNotes(value), known, os.length > 0 ? { os } : {});
  }
  const versions = Array.isArray(value)
    ? value.flatMap((item) => (isTable(item) ? texts(item.version) : texts(item)))
    : texts(value);
  return packageOf(name, versions, [], known);
}

function optionNotes(value: Table): string[] {
  const options = Object.keys(value).filter((option) => !["version", "os"].includes(option));
  return options.length === 0 ? [] : [`${options.join(", ")}: options of mise's own installers`];
}

/** A variable as data, or, where it is to be unset, as a piece of the hook. */
function variable(
  name: string,
  value: TomlValue,
  env: Noted<Variable>[],
  hook: Noted<string>[],
  envFiles: Noted<string>[],
): void {
  const below = projectPath(isTable(value) ? value.value : value);
  if (name === "_") {
    for (const [directive, given] of entries(value)) {
      const listed = texts(isTable(given) ? given.path : given).map((path) => projectPath(path) ?? path);
      const plain =
        listed.length > 0 && listed.every((path) => isPlainPath(path) && !(directive === "path" && path.includes(":")));
      if (directive === "path" && plain) env.push({ value: { name: "PATH", value: { prepend: listed } }, notes: [] });
      else if (directive === "file" && plain) envFiles.push(...listed.map((path) => ({ value: path, notes: [] })));
      else env.push({ notes: [`_.${directive} is left out: mise reads other files and folders with it; direnv's .envrc can`] });
    }
  } else if (below !== undefined && isVariableName(name) && !(isTable(value) && value.redact === true))
    env.push({ value: { name, value: { path: below } }, notes: [] });
  else if (value === false && isVariableName(name)) hook.push({ value: `unset ${name}`, notes: [] });
  else {
    const given = isTable(value) ? value.value : value;
    const reason = refusal(name, value, given);
    if (reason === undefined) env.push({ value: { name, value: String(given) }, notes: [] });
    else env.push({ notes: [`${name} is left out: ${reason}`] });
  }
}

/** Why a variable can't be carried over, if so. */
function refusal(name: string, value: TomlValue, given: TomlValue | undefined): string | undefined {
  if (!isVariableName(name)) return "not a valid name of an environment variable";
  if (isTable(value) && value.redact === true)
    return "it is marked as secret (redact), and a spec ends in the world-readable Nix store";
  if (isTable(value) && value.required !== undefined && given === undefined)
    return "it is only required; its value comes from elsewhere";
  if (typeof given === "object" || given === undefined) return "its value is not text";
  const text = String(given);
  if (holdsSecret(text)) return "its value is a secret, which has no place in a spec";
  if (text.includes("{{") || text.includes("{%")) return "its value is a template that only mise evaluates";
  return undefined;
}

/** What mise runs on entering the folder runs on entering the shell. */
function enterHook(hooks: TomlValue | undefined): Noted<string>[] {
  return entries(hooks).flatMap(([when, value]): Noted<string>[] => {
    const script = (
      typeof value === "string" ? [value] : Array.isArray(value) ? texts(value) : isTable(value) ? texts(value.script) : []
    ).join("\n");
    if ((when !== "enter" && when !== "cd") || script.trim() === "" || holdsSecret(script) || script.includes("{{"))
      return [{ notes: [`the hook ${when} is left out: a spec has only what runs on entry, without mise's templates`] }];
    return [{ value: script.trimEnd(), notes: [] }];
  });
}

function elsewhere(root: Table): string[] {
  const notes: string[] = [];
  for (const key of Object.keys(root))
    if (!["tools", "env", "tasks", "hooks", "shell_alias"].includes(key))
      notes.push(`${key}: mise's own settings have no counterpart in a spec`);
  return notes;
}

/** The path below mise's folder of the configuration, which is the project's root; undefined for any other value. */
function projectPath(value: TomlValue | undefined): string | undefined {
  const rest = typeof value === "string" ? /^\{\{ *config_root *\}\}(?:\/(.*))?$/.exec(value) : null;
  const path = rest ? (rest[1] ?? "") || "." : undefined;
  return path !== undefined && isPlainPath(path) ? path : undefined;
}

const isPlainPath = (path: string): boolean =>
  !/\{\{|\{%|[\u0000-\u001f\u007f$~]|(^|\/)\.\.(\/|$)/.test(path) && path !== "" && !holdsSecret(path);

/** Tasks that are one script, as commands; remarks about the others. mise runs them in the project's root. */
function commandsOf(tasks: TomlValue | undefined): [Noted<ImportedCommand>[], string[]] {
  const commands: Noted<ImportedCommand>[] = [];
  const others: string[] = [];
  for (const [name, task] of entries(tasks)) {
    const run = texts(isTable(task) ? task.run : task).join("\n");
    const isOne = !isTable(task) || Object.keys(task).every((key) => ["run", "description"].includes(key));
    const canBe = /^[a-z_][a-z0-9_-]*$/.test(name) && name !== "menu" && !BASH_WORDS.has(name);
    if (!isOne || !canBe || run.trim() === "" || /\{\{|\{%|^#!|^\s*mise\b/.test(run) || holdsSecret(run)) {
      others.push(name);
      continue;
    }
    const help = isTable(task) && typeof task.description === "string" ? task.description.replace(/\s+/g, " ").trim() : "";
    const value = {
      name,
      ...(help === "" || holdsSecret(help) ? {} : { help }),
      run: `cd "$FLAKEWRIGHT_ROOT"\n${run.trimEnd()}\n`,
    };
    commands.push({ value, notes: [] });
  }
  return [
    commands,
    others.length > 0 ? [`tasks that are more than one script of bash stay with mise: ${others.join(", ")}`] : [],
  ];
}
