import { isMap, isScalar, LineCounter, parseDocument, type YAMLMap } from "yaml";
import { diagnostic } from "../report/diagnostic.ts";
import { type Draft, type ForeignFile, folderName, holdsSecret, type Imported, type Noted, ownComment } from "./draft.ts";

/** devenv.yaml → draft. The packages are in devenv.nix, a program that only devenv evaluates: a remark says so. */
export function importDevenv({ path, text }: ForeignFile): Imported {
  const document = parseDocument(text, {
    version: "1.2",
    prettyErrors: false,
    uniqueKeys: false,
    merge: false,
    lineCounter: new LineCounter(),
  });
  const fault = document.errors[0];
  if (fault) {
    const [start, end] = fault.pos.map((offset) => Math.min(offset, text.length)) as [number, number];
    return [{}, [diagnostic("import-syntax", `not YAML: ${fault.message.split("\n")[0]}`, path, { start, end })]];
  }
  if (document.contents !== null && !isMap(document.contents))
    return [{}, [diagnostic("import-syntax", "a devenv.yaml is a map", path, { start: 0, end: text.length })]];
  const root: unknown = document.toJS({ maxAliasCount: 100 });
  const all = isRecord(root) ? root : {};
  const policy = isRecord(all.nixpkgs) ? all.nixpkgs : {};

  const inputs: Noted<{ name: string; url: string }>[] = [];
  let nixpkgs: Noted<string> = { value: "github:cachix/devenv-nixpkgs/rolling", notes: ["devenv's own default"] };
  for (const [name, entry] of Object.entries(isRecord(all.inputs) ? all.inputs : {})) {
    const comments = isMap(document.contents) ? commentsOf(document.contents.get("inputs"), name) : [];
    const url = isRecord(entry) && typeof entry.url === "string" ? entry.url : undefined;
    const more = isRecord(entry) ? Object.keys(entry).filter((key) => key !== "url" && key !== "flake") : [];
    const notes = [
      ...comments,
      ...more.map((key) => `${key} of the input ${name} is left out: package sets are taken as they are`),
    ];
    if (url === undefined) inputs.push({ notes: [...notes, `the input ${name} has no address of its own: left out`] });
    else if (holdsSecret(url)) inputs.push({ notes: [...notes, `the input ${name} is left out: its address holds a secret`] });
    else if (name === "nixpkgs") nixpkgs = { value: url, notes };
    else if (isNixpkgs(url) && /^[a-z_][a-z0-9_-]*$/.test(name)) inputs.push({ value: { name, url }, notes });
    else
      inputs.push({
        notes: [
          ...comments,
          `the input ${name} (${url}) is left out: it is no version of nixpkgs, and only devenv.nix says what it is for`,
        ],
      });
  }

  const draft: Draft = {
    name: folderName(path),
    nixpkgs,
    unfree: (all.allow_unfree ?? all.allowUnfree ?? policy.allow_unfree) === true,
    unfreeNames: texts(policy.permitted_unfree_packages),
    insecure: [
      ...texts(all.permitted_insecure_packages ?? all.permittedInsecurePackages),
      ...texts(policy.permitted_insecure_packages),
    ],
    inputs,
    packages: [
      {
        notes: [
          "devenv.nix is a program, not data: what its `packages`, `languages` and `services` install belongs here, by name",
        ],
      },
    ],
    shellNotes: elsewhere(all, policy),
    notes: [document.commentBefore, document.contents?.commentBefore, document.comment].flatMap((comment) => {
      const lines = (comment ?? "").split("\n").map((line) => line.replace(/^ /, ""));
      return lines.filter((line) => line !== "" && !line.startsWith("yaml-language-server:")).map(ownComment);
    }),
  };
  return [draft, []];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

/** Other inputs are flakes with modules or overlays, which a package set can't stand for. */
const isNixpkgs = (url: string): boolean =>
  /^(github:(nixos\/nixpkgs|cachix\/devenv-nixpkgs)|(https|git\+https):\/\/github\.com\/nixos\/nixpkgs|flake:nixpkgs|nixpkgs)(?![a-z-])/i.test(
    url,
  );

function commentsOf(map: unknown, name: string): string[] {
  const pair = isMap(map) ? (map as YAMLMap).items.find((item) => isScalar(item.key) && item.key.value === name) : undefined;
  const comment = isScalar(pair?.key) ? pair.key.commentBefore : undefined;
  return comment ? comment.split("\n").map((line) => ownComment(line.trim())) : [];
}

/** What devenv.yaml says beside its inputs, and why it is not below. */
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
    if (!carried.includes(key)) notes.push(`${key}: it steers devenv itself, which nothing here runs`);
  for (const key of Object.keys(policy))
    if (!["allow_unfree", "permitted_unfree_packages", "permitted_insecure_packages"].includes(key))
      notes.push(`nixpkgs.${key}: a spec allows unfree and insecure packages, no other policy`);
  return notes;
}
