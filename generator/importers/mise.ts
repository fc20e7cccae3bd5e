import type { TomlValue } from "smol-toml";
import { shellWord } from "../output/printers/shell.ts";
import type { Draft, ForeignFile, ImportedPackage, KnownPackages, Noted, Variable } from "./draft.ts";
import { folderName, isAliasName, isVariableName } from "./names.ts";
import { holdsSecret } from "./secrets.ts";
import { entries, isTable, parseToml, type Table, texts } from "./toml.ts";
import { packageOf } from "./tool-versions.ts";

/** mise.toml → draft. Throws a `SyntaxFault` for broken TOML. */
export function importMise({ path, text }: ForeignFile, known: KnownPackages | undefined): Draft {
  const root = parseToml(text);
  const env: Noted<Variable>[] = [];
  const hook: Noted<string>[] = [];
  for (const [name, value] of entries(root.env)) variable(name, value, env, hook);
  for (const [name, value] of entries(root.shell_alias)) {
    if (typeof value === "string" && isAliasName(name) && !holdsSecret(value))
      hook.push({ value: `alias ${name}=${shellWord(value)}`, notes: [] });
    else hook.push({ notes: [`the alias ${name} is left out`] });
  }
  return {
    name: projectName(path),
    packages: entries(root.tools).map(([name, value]) => tool(name, value, known)),
    env,
    hook: [...hook, ...enterHook(root.hooks)],
    shellNotes: elsewhere(root),
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
function variable(name: string, value: TomlValue, env: Noted<Variable>[], hook: Noted<string>[]): void {
  if (name === "_") {
    for (const [directive] of entries(value))
      env.push({ notes: [`_.${directive} is left out: mise reads other files and folders with it; direnv's .envrc can`] });
  } else if (value === false && isVariableName(name)) hook.push({ value: `unset ${name}`, notes: [] });
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
  const tasks = Object.keys(isTable(root.tasks) ? root.tasks : {});
  if (tasks.length > 0) notes.push(`tasks have no place in a spec; mise goes on running them: ${tasks.join(", ")}`);
  for (const key of Object.keys(root))
    if (!["tools", "env", "tasks", "hooks", "shell_alias"].includes(key))
      notes.push(`${key}: mise's own settings have no counterpart in a spec`);
  return notes;
}
