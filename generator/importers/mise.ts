import { posix } from "node:path";
import type { TomlValue } from "smol-toml";
import { shellWord } from "../output/printers/shell.ts";
import type { Draft, ForeignFile, ImportedPackage, KnownPackages, Noted } from "./draft.ts";
import { environmentOf } from "./mise/environment.ts";
import { commandsOf } from "./mise/tasks.ts";
import { folderName, isAliasName } from "./names.ts";
import { holdsSecret, ownComment } from "./secrets.ts";
import { inFile } from "./syntax-fault.ts";
import { entries, isTable, parseToml, type Table, texts } from "./toml.ts";
import { tomlComments } from "./toml-comments.ts";
import { packageOf } from "./tool-versions.ts";

/** The mise.toml files of one project → draft. Throws a `SyntaxFault` for broken TOML. */
export function importMise(files: readonly ForeignFile[], known: KnownPackages | undefined): Draft {
  const sorted = [...files].sort((a, b) => precedence(a.path) - precedence(b.path) || (a.path < b.path ? -1 : 1));
  const read = sorted.map(({ path, text }) => inFile(path, () => ({ root: parseToml(text), comments: tomlComments(text) })));
  const root = merged(read.map((one) => one.root));
  const { env, envFiles, hook } = environmentOf(root);
  const [commands, tasks] = commandsOf(root.tasks);
  for (const [name, value] of entries(root.shell_alias)) {
    if (typeof value === "string" && isAliasName(name) && !holdsSecret(value))
      hook.push({ value: `alias ${name}=${shellWord(value)}`, notes: [] });
    else hook.push({ notes: [`the alias ${name} is left out`] });
  }
  const about = (...path: string[]) => read.flatMap(({ comments }) => comments.of(path)).map(ownComment);
  const ends = (...path: string[]) => read.flatMap(({ comments }) => comments.endOf(path)).map(ownComment);
  const commented = <T extends { readonly name: string }>(table: string, list: readonly Noted<T>[]): Noted<T>[] =>
    list.map(({ value, notes }) => ({
      ...(value ? { value } : {}),
      notes: [...(value ? about(table, value.name) : []), ...notes],
    }));
  return {
    name: folderName(`${miseProject(files[0]?.path ?? "")}/mise.toml`),
    packages: [
      { notes: about("tools") },
      ...entries(root.tools).map(([name, value]) => tool(name, value, about("tools", name), known)),
      { notes: ends("tools") },
    ],
    env: [...commented("env", env), { notes: ends("env") }],
    envFiles,
    commands: commented("tasks", commands),
    hook: [...hook, ...enterHook(root.hooks)],
    shellNotes: [...tasks, ...elsewhere(root, about, ends)],
    notes: [...read.flatMap(({ comments }) => comments.header).map(ownComment), ...ends()],
  };
}

/** The project's folder of a configuration in one of the places where mise looks: `.config/mise/conf.d/x.toml`, `.mise/config.toml`. */
export const miseProject = (path: string): string =>
  posix.dirname(path).replace(/(^|\/)((\.config\/)?\.?mise(\/conf\.d)?|\.config)$/, "");

/** mise's order: `conf.d` first, local files last. https://mise.jdx.dev/configuration.html */
function precedence(path: string): number {
  if (/\.local\.toml$/.test(path)) return 3;
  if (path.includes("/conf.d/")) return 0;
  return /config\.toml$/.test(path) ? 1 : 2;
}

/** Several files as one: a later entry of a table replaces an earlier one. */
function merged(roots: readonly Table[]): Table {
  const [only] = roots;
  if (roots.length === 1 && only) return only;
  const table = (key: string): TomlValue => Object.fromEntries(roots.flatMap((root) => entries(root[key])));
  const list = (key: string): TomlValue[] => roots.flatMap((root) => root[key] ?? []);
  const others = Object.fromEntries(roots.flatMap((root) => Object.entries(root)));
  const tables = ["tools", "tasks", "hooks", "shell_alias"].filter((key) => Object.hasOwn(others, key));
  const lists = ["env", "redactions"].filter((key) => Object.hasOwn(others, key));
  return {
    ...others,
    ...Object.fromEntries(tables.map((key) => [key, table(key)])),
    ...Object.fromEntries(lists.map((key) => [key, list(key)])),
  };
}

function tool(
  name: string,
  value: TomlValue,
  comments: readonly string[],
  known: KnownPackages | undefined,
): Noted<ImportedPackage> {
  if (isTable(value)) {
    const os = texts(value.os);
    return packageOf(name, texts(value.version), [...comments, ...optionNotes(value)], known, os.length > 0 ? { os } : {});
  }
  const versions = Array.isArray(value)
    ? value.flatMap((item) => (isTable(item) ? texts(item.version) : texts(item)))
    : texts(value);
  return packageOf(name, versions, comments, known);
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

/** What has no counterpart, with the comments on it. */
function elsewhere(root: Table, ...comments: readonly ((key: string) => string[])[]): string[] {
  return Object.keys(root)
    .filter((key) => !CARRIED.has(key))
    .flatMap((key) => [...comments.flatMap((of) => of(key)), `${key}: mise's own settings have no counterpart in a spec`]);
}
