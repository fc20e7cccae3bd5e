import { isMap, isScalar, type YAMLMap } from "yaml";
import { importDevenvNix } from "./devenv-nix.ts";
import type { Draft, ForeignFile, Input, KnownPackages, Noted } from "./draft.ts";
import { folderName } from "./names.ts";
import { holdsSecret, ownComment } from "./secrets.ts";
import { inFile } from "./syntax-fault.ts";
import { parseYamlMap } from "./yaml.ts";

/** What devenv takes unless an input `nixpkgs` names another one. */
const OWN_NIXPKGS: Noted<string> = { value: "github:cachix/devenv-nixpkgs/rolling", notes: ["devenv's own default"] };

/**
 * The devenv.yaml and devenv.nix of one project → draft. Of devenv.nix, a program that only devenv evaluates, the literal parts are read; a
 * remark names the rest. Throws a `SyntaxFault` unless devenv.yaml is a YAML map.
 */
export function importDevenv(files: readonly ForeignFile[], known: KnownPackages | undefined): Draft {
  const yaml = new Map(
    files.filter(({ path }) => !path.endsWith(".nix")).map((file) => [file, inFile(file.path, () => importDevenvYaml(file))]),
  );
  // What today's nixpkgs removed, an older one may have.
  const hasOwn = [...yaml.values()].some(({ nixpkgs }) => nixpkgs !== undefined && nixpkgs.value !== OWN_NIXPKGS.value);
  const there = known && hasOwn ? { ...known, isRemoved: () => false } : known;
  const drafts = files.map((file) => yaml.get(file) ?? inFile(file.path, () => importDevenvNix(file, there)));
  const hasNix = files.some(({ path }) => path.endsWith(".nix"));
  const hasYaml = files.some(({ path }) => !path.endsWith(".nix"));
  const [first] = drafts;
  const both = <K extends "unfreeNames" | "insecure" | "inputs" | "packages" | "env" | "hook" | "commands">(
    key: K,
  ): NonNullable<Draft[K]> =>
    drafts.flatMap((draft) => (draft[key] ?? []) as readonly unknown[]) as unknown as NonNullable<Draft[K]>;
  const unread = {
    notes: ["devenv.nix is a program: import it beside this file, for what in it is literal; add the rest by name"],
  };
  return {
    name: first?.name,
    nixpkgs: drafts.findLast(({ nixpkgs }) => nixpkgs)?.nixpkgs ?? (hasYaml ? OWN_NIXPKGS : undefined),
    unfree: drafts.some(({ unfree }) => unfree),
    unfreeNames: both("unfreeNames"),
    insecure: both("insecure"),
    inputs: both("inputs"),
    packages: hasNix ? both("packages") : [unread],
    env: both("env"),
    hook: both("hook"),
    commands: both("commands"),
    shellNotes: drafts.flatMap(({ shellNotes = [] }) => shellNotes),
    notes: drafts.flatMap(({ notes = [] }) => notes),
  };
}

function importDevenvYaml({ path, text }: ForeignFile): Draft {
  const { document, root, value: all } = parseYamlMap(text);
  const policy = isRecord(all.nixpkgs) ? all.nixpkgs : {};

  const inputs: Noted<Input>[] = [];
  let nixpkgs: Noted<string> | undefined;
  for (const [name, entry] of Object.entries(isRecord(all.inputs) ? all.inputs : {})) {
    const comments = commentsOf(root?.get("inputs"), name);
    const url = isRecord(entry) && typeof entry.url === "string" ? entry.url : undefined;
    const more = isRecord(entry) ? Object.keys(entry).filter((key) => key !== "url" && key !== "flake") : [];
    const notes = [...comments, ...more.map((key) => `${key} of the input ${name} is left out: a package set is taken as it is`)];
    if (url === undefined) inputs.push({ notes: [...notes, `the input ${name} is left out: it has no address of its own`] });
    else if (holdsSecret(url)) inputs.push({ notes: [...notes, `the input ${name} is left out: its address holds a secret`] });
    else if (name === "nixpkgs") nixpkgs = { value: url, notes };
    else if (isNixpkgs(url) && /^[a-z_][a-z0-9_-]*$/.test(name)) inputs.push({ value: { name, url }, notes });
    else
      inputs.push({
        notes: [
          ...comments,
          `the input ${name} (${url}) is left out: it is not a version of nixpkgs, and only devenv.nix says what it is for`,
        ],
      });
  }

  return {
    name: folderName(path),
    nixpkgs,
    unfree: (all.allow_unfree ?? all.allowUnfree ?? policy.allow_unfree) === true,
    unfreeNames: texts(policy.permitted_unfree_packages),
    insecure: [
      ...texts(all.permitted_insecure_packages ?? all.permittedInsecurePackages),
      ...texts(policy.permitted_insecure_packages),
    ],
    inputs,
    shellNotes: elsewhere(all, policy),
    notes: [document.commentBefore, root?.commentBefore, document.comment].flatMap((comment) => {
      const lines = (comment ?? "").split("\n").map((line) => line.replace(/^ /, ""));
      return lines.filter((line) => line !== "" && !line.startsWith("yaml-language-server:")).map(ownComment);
    }),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

/** Whether an input is a version of nixpkgs; others are flakes with modules or overlays. */
const isNixpkgs = (url: string): boolean =>
  /^(github:(nixos\/nixpkgs|cachix\/devenv-nixpkgs)|(https|git\+https):\/\/github\.com\/nixos\/nixpkgs|flake:nixpkgs|nixpkgs)(?![a-z-])/i.test(
    url,
  );

function commentsOf(map: unknown, name: string): string[] {
  const pair = isMap(map) ? (map as YAMLMap).items.find((item) => isScalar(item.key) && item.key.value === name) : undefined;
  const comment = isScalar(pair?.key) ? pair.key.commentBefore : undefined;
  return comment ? comment.split("\n").map((line) => ownComment(line.trim())) : [];
}

/** What devenv.yaml says beside its inputs, and why it is not carried over. */
function elsewhere(all: Record<string, unknown>, policy: Record<string, unknown>): string[] {
  const notes: string[] = [];
  const imports = texts(all.imports);
  if (imports.length > 0)
    notes.push(`imports ${imports.join(", ")}: their devenv.nix is not read either; import their devenv.yaml beside this one`);
  const carried = [
    "inputs",
    "allow_unfree",
    "allowUnfree",
    "permitted_insecure_packages",
    "permittedInsecurePackages",
    "imports",
    "nixpkgs",
  ];
  for (const key of Object.keys(all))
    if (!carried.includes(key)) notes.push(`${key}: a setting of devenv itself, with no counterpart in a spec`);
  for (const key of Object.keys(policy))
    if (!["allow_unfree", "permitted_unfree_packages", "permitted_insecure_packages"].includes(key))
      notes.push(`nixpkgs.${key}: a spec allows unfree and insecure packages, no other policy`);
  return notes;
}
