import type { EnvValue, Model, Shell } from "../../model/model.ts";
import { type Attribute, Call, type NixValue, Selection } from "../printers/nix.ts";
import { toolList } from "./flake.ts";
import { hasNetwork, shellBundle } from "./network.ts";

/** Data for the dev shells and the commands in them. */

/** Whether the shell's hook needs nix/shell-entry.sh, which finds the project's root. */
const needsEntry = ({ env, envFiles, commands, hook }: Shell): boolean =>
  hook.includes("FLAKEWRIGHT_ROOT") ||
  envFiles.length > 0 ||
  commands.length > 0 ||
  env.some(({ value }) => value.kind !== "text");

export const hasEntry = (model: Model): boolean => model.shells.some(needsEntry);
export const hasCommands = (model: Model): boolean => model.shells.some((shell) => shell.commands.length > 0);

export function devShellsView(model: Model): object {
  const isEvery = ({ commands }: Shell) => commands.length === model.commands.length;
  const programs = (shell: Shell): NixValue =>
    isEvery(shell) ? new Selection("everyCommand", []) : shell.commands.map(({ name }) => name);
  const shellOf = (shell: Shell): NixValue => ({
    name: shell.name,
    title: shell.title,
    tools: toolList(shell.groups, shell.tools),
    ...(shell.env.length > 0 ? { env: Object.fromEntries(shell.env.map(({ name, value }) => [name, envToNix(value)])) } : {}),
    ...(shell.envFiles.length > 0
      ? { envFiles: shell.envFiles.map(({ file, optional }) => ({ file, required: !optional })) }
      : {}),
    ...(shell.commands.length > 0 ? { programs: programs(shell) } : {}),
    ...(needsEntry(shell) ? { projectRoot: true } : {}),
    ...(shell.hook === "" ? {} : { hook: shell.hook }),
  });
  const kinds = new Set(model.shells.flatMap((shell) => shell.env.map(({ value }) => value.kind)));
  return {
    shells: model.shells.map((shell): Attribute => [shell.name, new Call("shell", shellOf(shell))]),
    usesGroups: model.shells.some((shell) => shell.groups.length > 0),
    hasEntry: hasEntry(model),
    hasEntries: kinds.has("entries"),
    hasPaths: kinds.has("path"),
    hasEnvFiles: model.shells.some((shell) => shell.envFiles.length > 0),
    hasCommands: hasCommands(model),
    network: hasNetwork(model),
    bundle: shellBundle(model),
    everyCommand: hasCommands(model) && model.shells.some(isEvery) && model.commands.map(({ name }) => name),
  };
}

/** In the form of the spec. */
function envToNix(value: EnvValue): NixValue {
  if (value.kind === "text") return value.text;
  if (value.kind === "path") return { path: value.path };
  return Object.fromEntries(
    Object.entries({ prepend: value.prepend, append: value.append }).filter(([, list]) => list.length > 0),
  );
}

export function commandsView(model: Model): object {
  return { commands: Object.fromEntries(model.commands.map(({ name, help, run }) => [name, { help, run }])) };
}
