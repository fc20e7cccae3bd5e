import type { YAMLMap } from "yaml";
import { nixName } from "../knowledge/other-nixes.ts";
import type { Draft, ImportedCommand, ImportedPackage, Input, Noted } from "./draft.ts";
import { specName } from "./names.ts";
import { YamlWriter } from "./yaml-writer.ts";

/** A draft with the file it came from. */
export interface SourceDraft extends Draft {
  readonly file: string;
}

/** A draft with tools, variables or a hook, and the name of its group. */
interface Project {
  readonly draft: SourceDraft;
  readonly name: string;
}

/** Drafts → one spec. What contradicts itself is decided in favour of the earlier file, with a remark. */
export function specYaml(drafts: readonly SourceDraft[]): string {
  const writer = new YamlWriter();
  const projects = projectsOf(drafts);
  const main = drafts.find((draft) => draft.nixpkgs)?.nixpkgs;
  writeHead(writer, drafts);
  writeNix(writer, drafts);
  writeNixpkgs(writer, drafts, main);
  writeInputs(writer, drafts, projects, main);
  writeGroups(writer, projects, main);
  writeShells(writer, projects);
  for (const draft of drafts) if (draft.user === undefined) writeMachine(writer, draft);
  writeUsers(writer, drafts);
  return `# yaml-language-server: $schema=./flakewright.schema.json\n${writer.text()}`;
}

/** The projects, each with a name unlike all others' and unlike the outputs' own names. */
function projectsOf(drafts: readonly SourceDraft[]): Project[] {
  const taken = new Set(["default"]);
  const projects: Project[] = [];
  for (const draft of drafts) {
    if (![draft.packages, draft.env, draft.envFiles, draft.hook, draft.commands].some((part) => part)) continue;
    const base = specName(draft.name ?? "") || "tools";
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
    taken.add(name);
    projects.push({ draft, name });
  }
  return projects;
}

function writeHead(writer: YamlWriter, drafts: readonly SourceDraft[]): void {
  const about = drafts.flatMap((draft) => [`Imported from ${draft.file}.`, ...(draft.notes ?? [])]);
  if (drafts.some((draft) => draft.packages?.some(({ value }) => value?.version !== undefined)))
    about.push("`flakewright pin` finds the commits of nixpkgs that have the versions.");
  const name = drafts.map((draft) => specName(draft.name ?? "")).find((text) => text !== "");
  const description = drafts.find((draft) => draft.description)?.description;
  writer.top("version", 1, about);
  writer.top("name", name ?? "imported");
  if (description) writer.top("description", description);
}

/** Whose Nix it is; the settings of a later file with another one are then findings of `check`. */
function writeNix(writer: YamlWriter, drafts: readonly SourceDraft[]): void {
  const [first, ...others] = drafts.filter((draft) => draft.nix !== undefined);
  if (!first?.nix) return;
  const differs = others.filter((draft) => draft.nix !== first.nix);
  writer.top("nix", first.nix, [
    `${first.file} has settings or features of ${nixName(first.nix)}`,
    ...differs.map((draft) => `${draft.file} has some of ${nixName(draft.nix ?? "nix")}`),
  ]);
}

function writeNixpkgs(writer: YamlWriter, drafts: readonly SourceDraft[], main: Noted<string> | undefined): void {
  const names = drafts.flatMap((draft) => [
    ...(draft.unfreeNames ?? []),
    ...(draft.packages ?? []).flatMap(({ value }) => (value?.unfree ? [packageName(value.attribute)] : [])),
  ]);
  const unfree = drafts.some((draft) => draft.unfree) || [...new Set(names)];
  const insecure = [...new Set(drafts.flatMap((draft) => draft.insecure ?? []))];
  const policy = {
    ...(unfree === true || unfree.length > 0 ? { unfree } : {}),
    ...(insecure.length > 0 ? { insecure } : {}),
  };
  const reference = main?.value;
  if (Object.keys(policy).length > 0)
    writer.section("nixpkgs", { ...(reference ? { url: flakeReference(reference) } : {}), ...policy }, main?.notes);
  else if (reference) writer.section("nixpkgs", reference, main?.notes);
}

function writeInputs(
  writer: YamlWriter,
  drafts: readonly SourceDraft[],
  projects: readonly Project[],
  main: Noted<string> | undefined,
): void {
  const inputs: Noted<Input>[] = [];
  const names = new Set<string>();
  for (const draft of drafts) {
    const other = otherNixpkgs(draft, main);
    const project = projects.find((one) => one.draft === draft);
    if (other && project) {
      const value = { name: inputName(project), url: flakeReference(other) };
      names.add(value.name);
      inputs.push({ value, notes: [`what ${draft.file} takes its packages from`] });
    }
    for (const input of draft.inputs ?? []) {
      if (input.value && names.has(input.value.name)) continue;
      if (input.value) names.add(input.value.name);
      inputs.push(input);
    }
  }
  const map = writer.map(inputs, ({ name, url }) => [name, url]);
  if (map.items.length > 0) writer.section("inputs", map);
}

function writeGroups(writer: YamlWriter, projects: readonly Project[], main: Noted<string> | undefined): void {
  const groups = writer.node<YAMLMap>({});
  for (const project of projects) {
    const { draft, name } = project;
    const from = otherNixpkgs(draft, main) ? { from: inputName(project) } : {};
    const packages = writer.list(withoutRepeats(draft.packages ?? []), (value) =>
      // A version has its own nixpkgs.
      packageEntry(value.version === undefined ? { ...from, ...value } : value),
    );
    const group = writer.node<YAMLMap>({});
    writer.put(group, "packages", packages);
    writer.put(groups, name, group, [...writer.takeWaiting(), ...(hasShell(draft) ? [] : (draft.shellNotes ?? []))]);
  }
  const none = projects.length === 0 ? ["no file named tools; a group is a name with its `packages`"] : [];
  writer.section("groups", groups, [...writer.takeWaiting(), ...none]);
}

/** One project's variables and hook are the default shell's; several keep theirs, each in its group's shell. */
function writeShells(writer: YamlWriter, projects: readonly Project[]): void {
  const shells = writer.node<YAMLMap>({});
  for (const { draft, name } of projects) {
    const shell = writer.node<YAMLMap>({});
    const env = writer.map(lastOfEach(draft.env ?? []), (variable) => [variable.name, variable.value]);
    if (env.items.length > 0) writer.put(shell, "env", env);
    const files = writer.list(draft.envFiles ?? [], (file) => file);
    if (files.items.length > 0) writer.put(shell, "envFiles", files);
    const hookNotes = (draft.hook ?? []).flatMap((piece) => piece.notes);
    const hook = (draft.hook ?? []).flatMap((piece) => piece.value ?? []);
    if (hook.length > 0) writer.put(shell, "hook", `${hook.join("\n")}\n`, hookNotes);
    else writer.wait(hookNotes);
    const notes = [...writer.takeWaiting(), ...(hasShell(draft) ? (draft.shellNotes ?? []) : [])];
    if (shell.items.length > 0) writer.put(shells, projects.length === 1 ? "default" : name, shell, notes);
    else writer.wait(notes);
  }
  if (shells.items.length > 0) writer.section("shells", shells);
  const commands = writer.map(commandsOf(projects), ({ name, ...rest }) => [name, rest]);
  if (commands.items.length > 0) writer.section("commands", commands);
}

/** All projects' commands. A spec has one of a name: the earlier file's, with a remark on the others. */
function commandsOf(projects: readonly Project[]): Noted<ImportedCommand>[] {
  const owners = new Map<string, SourceDraft>();
  return projects.flatMap(({ draft }) =>
    lastOfEach(draft.commands ?? []).map((entry): Noted<ImportedCommand> => {
      const { value, notes } = entry;
      if (!value) return entry;
      const owner = owners.get(value.name) ?? draft;
      owners.set(value.name, owner);
      if (owner === draft) return entry;
      return { notes: [...notes, `the command ${value.name} of ${draft.file} is left out: ${owner.file} has one of that name`] };
    }),
  );
}

/** What a machine's own nix.conf says. */
function writeMachine(writer: YamlWriter, draft: SourceDraft): void {
  const before = writer.takeWaiting();
  const settings = writer.map(draft.settings ?? [], ({ name, value }) => [name, value]);
  // Remarks on settings belong to no other key: without a setting, they stand at the end.
  const remarks = writer.takeWaiting();
  if (settings.items.length > 0) writer.section("settings", settings, [...before, ...remarks]);
  else writer.wait(before);
  writeList(writer, "substituters", draft.substituters);
  writeList(writer, "trustedUsers", draft.trustedUsers);
  writeList(writer, "allowedUsers", draft.allowedUsers);
  writeList(writer, "builders", draft.builders);
  if (settings.items.length === 0) writer.wait(remarks);
}

/** Remarks before the first entry are about the list and stand above its key. */
function writeList<T>(writer: YamlWriter, key: string, entries: readonly Noted<T>[] | undefined): void {
  if (!entries) return;
  const first = entries.findIndex(({ value }) => value !== undefined);
  const about = (first === -1 ? entries : entries.slice(0, first)).flatMap(({ notes }) => notes);
  const list = writer.list(first === -1 ? [] : entries.slice(first), (value) => value);
  writer.section(key, list, [...writer.takeWaiting(), ...about]);
}

function writeUsers(writer: YamlWriter, drafts: readonly SourceDraft[]): void {
  const users = writer.node<YAMLMap>({});
  for (const { user, settings = [] } of drafts) {
    if (user === undefined) continue;
    const value = { settings: writer.map(settings, ({ name, value }) => [name, value]) };
    writer.put(users, user, value, writer.takeWaiting());
  }
  if (users.items.length > 0) writer.section("users", users);
}

/** Whether there is anything to say about the project's shell; remarks without one stand at the group. */
const hasShell = (draft: Draft): boolean =>
  [...(draft.env ?? []), ...(draft.envFiles ?? []), ...(draft.hook ?? [])].some(({ value }) => value !== undefined);

/** A draft's own nixpkgs when the spec's main one is another. */
const otherNixpkgs = (draft: Draft, main: Noted<string> | undefined): string | undefined =>
  draft.nixpkgs?.value !== main?.value && draft.packages?.some(({ value }) => value) ? draft.nixpkgs?.value : undefined;
const inputName = ({ name }: Project): string => `nixpkgs-for-${name}`;
const flakeReference = (written: string): string => (written.includes(":") ? written : `github:NixOS/nixpkgs/${written}`);
const packageName = (attribute: string): string => attribute.split(".").at(-1) ?? attribute;

function packageEntry({ attribute, from, version, systems }: ImportedPackage): unknown {
  if (from === undefined && version === undefined && systems === undefined) return attribute;
  return {
    package: attribute,
    ...(from === undefined ? {} : { from }),
    ...(version === undefined ? {} : { version }),
    ...(systems === undefined ? {} : { systems }),
  };
}

/** A package that the source lists twice is one package; the remarks on either stay. */
function withoutRepeats(packages: readonly Noted<ImportedPackage>[]): Noted<ImportedPackage>[] {
  const seen = new Map<string, ImportedPackage>();
  return packages.map((entry) => {
    const { value, notes } = entry;
    if (!value) return entry;
    const key = JSON.stringify([value.attribute, value.from, value.systems]);
    const first = seen.get(key);
    if (!first) seen.set(key, value);
    if (!first || first.version === value.version) return first ? { notes } : entry;
    const version = value.version === undefined ? "" : ` ${value.version}`;
    return { notes: [...notes, `${value.attribute}${version} is left out: a shell has one version of a tool`] };
  });
}

/** JSON and TOML readers take the last of two equal keys; a spec may not have both. */
function lastOfEach<T extends { readonly name: string }>(entries: readonly Noted<T>[]): Noted<T>[] {
  const last = new Map(entries.map((entry, index) => [entry.value?.name, index]));
  return entries.filter((entry, index) => entry.value === undefined || last.get(entry.value.name) === index);
}
