import type { TomlValue } from "smol-toml";
import { shellWord } from "../output/printers/shell.ts";
import type { Draft, ForeignFile, ImportedPackage, KnownPackages, Noted } from "./draft.ts";
import { environmentOf } from "./mise/environment.ts";
import { commandsOf } from "./mise/tasks.ts";
import { folderName, isAliasName } from "./names.ts";
import { holdsSecret } from "./secrets.ts";
import { entries, isTable, parseToml, type Table, texts } from "./toml.ts";
import { packageOf } from "./tool-versions.ts";

/** mise.toml → draft. Throws a `SyntaxFault` for broken TOML. */
export function importMise({ path, text }: ForeignFile, known: KnownPackages | undefined): Draft {
  const root = parseToml(text);
  const { env, envFiles, hook } = environmentOf(root);
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

const CARRIED: ReadonlySet<string> = new Set([
  "tools",
  "env",
  "env_file",
  "dotenv",
  "env_path",
  "redactions",
  "tasks",
  "hooks",
  "shell_alias",
]);

function elsewhere(root: Table): string[] {
  const notes: string[] = [];
  for (const key of Object.keys(root))
    if (!CARRIED.has(key)) notes.push(`${key}: mise's own settings have no counterpart in a spec`);
  return notes;
}
