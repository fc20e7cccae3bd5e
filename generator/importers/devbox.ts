import { DEFAULTS } from "../language/defaults.ts";
import { SYSTEMS } from "../language/vocabulary.ts";
import { shellWord } from "../output/printers/shell.ts";
import { ATTRIBUTE_PATH, foreignAttribute, packageFrom } from "./attributes.ts";
import { CommandNames, inProjectRoot } from "./commands.ts";
import type {
  Draft,
  ForeignFile,
  ImportedCommand,
  ImportedEnvFile,
  ImportedPackage,
  Input,
  KnownPackages,
  Noted,
  Variable,
} from "./draft.ts";
import { exportExpanded, hasReference } from "./exports.ts";
import { asString, asStrings, type JsonMember, type JsonNode, member, parseJsonc } from "./jsonc.ts";
import { folderName, isAliasName, isProjectPath, isVariableName } from "./names.ts";
import { holdsSecret, isSecret, ownComment } from "./secrets.ts";
import { SyntaxFault } from "./syntax-fault.ts";

/** devbox.json → draft. Throws a {@link SyntaxFault} unless it is an object of JSON with comments. */
export function importDevbox({ path, text }: ForeignFile, known: KnownPackages | undefined): Draft {
  const root = parseJsonc(text);
  if (root.kind !== "object") throw new SyntaxFault("expected an object: `{ … }`", root.range);

  const commit = asString(member(member(root, "nixpkgs")?.node, "commit")?.node);
  const packages = new Packages(known, commit !== undefined);
  const listed = member(root, "packages");
  if (listed) packages.all(listed);
  const shell = member(root, "shell")?.node;
  const [env, exports] = environment(member(root, "env"));
  const hook = [...exports, ...initHook(member(shell, "init_hook")), ...aliases(member(root, "aliases"))];
  return {
    name: asString(member(root, "name")?.node) ?? folderName(path),
    description: asString(member(root, "description")?.node),
    nixpkgs: commit === undefined ? undefined : { value: commit, notes: member(root, "nixpkgs")?.comments ?? [] },
    inputs: packages.inputs,
    packages: packages.list,
    insecure: packages.insecure,
    env,
    envFiles: envFrom(member(root, "env_from"), env.length + exports.length > 0),
    commands: scripts(member(shell, "scripts")),
    hook,
    shellNotes: elsewhere(root),
    notes: root.trailing.map(ownComment),
  };
}

const isSystem = (name: string): boolean => (SYSTEMS as readonly string[]).includes(name);

class Packages {
  readonly list: Noted<ImportedPackage>[] = [];
  readonly inputs: Noted<Input>[] = [];
  readonly insecure: string[] = [];
  readonly #known: KnownPackages | undefined;
  readonly #hasOwnNixpkgs: boolean;

  constructor(known: KnownPackages | undefined, hasOwnNixpkgs: boolean) {
    this.#known = known;
    this.#hasOwnNixpkgs = hasOwnNixpkgs;
  }

  all({ node, comments }: JsonMember): void {
    if (comments.length > 0) this.list.push({ notes: comments.map(ownComment) });
    if (node.kind === "array") {
      for (const item of node.items) {
        const written = asString(item.node);
        const notes = item.comments.map(ownComment);
        if (written === undefined) this.list.push({ notes: [...notes, "an entry of `packages` that is not text was left out"] });
        else this.list.push(this.#one(written, notes));
      }
    } else if (node.kind === "object") for (const entry of node.members) this.list.push(this.#detailed(entry));
    if ((node.kind === "array" || node.kind === "object") && node.trailing.length > 0)
      this.list.push({ notes: node.trailing.map(ownComment) });
  }

  #detailed({ key, node, comments }: JsonMember): Noted<ImportedPackage> {
    const notes = comments.map(ownComment);
    const version = asString(node) ?? asString(member(node, "version")?.node) ?? "";
    if (node.kind !== "object") return this.#one(isFlake(key) ? key : `${key}@${version}`, notes);
    const outputs = asStrings(member(node, "outputs")?.node);
    if (outputs.some((output) => output !== "out"))
      notes.push(
        `outputs ${outputs.join(", ")}: a shell takes a package's development output by itself; add \`${key}.${outputs.find((o) => o !== "out")}\` to install one`,
      );
    for (const option of ["glibc_patch", "patch", "patch_glibc", "disable_plugin", "readonly"])
      if (member(node, option)) notes.push(`${option}: devbox's own patches and plugins have no counterpart in a spec`);
    this.insecure.push(...asStrings(member(node, "allow_insecure")?.node));
    return this.#one(isFlake(key) ? key : `${key}@${version}`, notes, platforms(node, notes));
  }

  #one(written: string, notes: string[], systems?: readonly string[]): Noted<ImportedPackage> {
    if (holdsSecret(written)) return { notes: [...notes, "a package whose name or address holds a secret is left out"] };
    if (systems?.length === 0) return { notes: [...notes, `${written}: none of its platforms is one of this spec's systems`] };
    if (isFlake(written)) return this.#flake(written, notes, systems);
    const at = written.lastIndexOf("@");
    const name = at > 0 ? written.slice(0, at) : written;
    const version = at > 0 ? written.slice(at + 1) : "";
    const {
      attribute,
      version: wanted,
      remark,
    } = foreignAttribute(name, [version], this.#known, {
      hasOwnNixpkgs: this.#hasOwnNixpkgs,
    });
    if (attribute === undefined) return { notes: [...notes, remark] };
    if (remark) notes.push(remark);
    return { value: packageFrom(attribute, systems, this.#known, wanted), notes };
  }

  /** `github:NixOS/nixpkgs/REV#attribute` is a package of another nixpkgs; other flakes are not package sets. */
  #flake(written: string, notes: string[], systems?: readonly string[]): Noted<ImportedPackage> {
    const [url = "", fragment = ""] = written.split("#", 2);
    const reference = /^github:nixos\/nixpkgs(?:\/([^/?#\s]+)|\?(?:rev|ref)=([^&#\s]+))?$/i.exec(url);
    const attribute = fragment.replace(/^(legacyPackages|packages)\.[^.]+\./, "").replace(/\^.*$/, "");
    if (!reference || !ATTRIBUTE_PATH.test(attribute)) {
      const why = url.startsWith("runx:")
        ? "it comes from a GitHub release, not from a package set"
        : "it is another flake, and a spec takes packages from nixpkgs or another version of it (`inputs`)";
      return { notes: [...notes, `${written} is left out: ${why}`] };
    }
    const revision = reference[1] ?? reference[2];
    if (revision === undefined) return { value: packageFrom(attribute, systems, this.#known), notes };
    const name = `nixpkgs-${/^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 7) : revision.toLowerCase().replace(/[^a-z0-9_-]+/g, "-")}`;
    this.inputs.push({ value: { name, url: `github:NixOS/nixpkgs/${revision}` }, notes: [] });
    return { value: { attribute, from: name, ...(systems ? { systems } : {}) }, notes };
  }
}

const isFlake = (written: string): boolean => /^([a-z][a-z0-9+.-]*:|\.{0,2}\/)/.test(written);

/** The systems of a package with `platforms` or `excluded_platforms`, among those the spec has. */
function platforms(node: JsonNode, notes: string[]): string[] | undefined {
  const only = member(node, "platforms");
  const except = asStrings(member(node, "excluded_platforms")?.node);
  if (!only && except.length === 0) return undefined;
  const wanted = only ? asStrings(only.node) : DEFAULTS.systems.filter((system) => !except.includes(system));
  const unknown = wanted.filter((system) => !isSystem(system));
  if (unknown.length > 0) notes.push(`platforms ${unknown.join(", ")}: not systems that a spec can name`);
  return [...new Set(wanted.filter(isSystem))];
}

/** devbox expands variables in its values, a spec does not: such a value is exported by the hook instead. */
function environment(env: JsonMember | undefined): [Noted<Variable>[], Noted<string>[]] {
  const plain: Noted<Variable>[] = [];
  const exports: Noted<string>[] = [];
  if (env?.node.kind !== "object") return [plain, exports];
  if (env.comments.length > 0) plain.push({ notes: env.comments.map(ownComment) });
  for (const { key, node, comments } of env.node.members) {
    const notes = comments.map(ownComment);
    const value = node.kind === "literal" && node.value !== null ? String(node.value) : undefined;
    if (!isVariableName(key))
      plain.push({ notes: [...notes, `${key} is left out: not a valid name of an environment variable`] });
    else if (value === undefined) plain.push({ notes: [...notes, `${key} is left out: its value is not text`] });
    else if (isSecret(key, value))
      plain.push({ notes: [...notes, `${key} is left out: its value is a secret, which has no place in a spec`] });
    else if (hasReference(value)) exports.push({ value: exportExpanded(key, value), notes });
    else plain.push({ value: { name: key, value }, notes });
  }
  return [plain, exports];
}

/** What of devbox itself a script uses, for a remark. */
const devboxUses = (text: string): string =>
  [...new Set(text.match(/\$\{?(VENV_DIR|DEVBOX_[A-Z_]+)|\bdevbox (run|services|global|add)\b/g) ?? [])]
    .map((use) => use.replace(/^\$\{?/, "$"))
    .join(", ");

function initHook(found: JsonMember | undefined): Noted<string>[] {
  const lines = asStrings(found?.node);
  const text = lines.join("\n").trimEnd();
  if (text.trim() === "") return [];
  const notes = (found?.comments ?? []).map(ownComment);
  if (holdsSecret(text)) return [{ notes: [...notes, "init_hook is left out: it holds a secret, which has no place in a spec"] }];
  const own = devboxUses(text);
  if (own !== "") notes.push(`the hook uses ${own}, which only devbox has`);
  return [{ value: text, notes }];
}

function aliases(found: JsonMember | undefined): Noted<string>[] {
  if (found?.node.kind !== "object") return [];
  return found.node.members.map(({ key, node, comments }): Noted<string> => {
    const command = asString(node);
    if (command === undefined || !isAliasName(key) || holdsSecret(command)) return { notes: [`the alias ${key} is left out`] };
    return { value: `alias ${key}=${shellWord(command)}`, notes: comments.map(ownComment) };
  });
}

/** Scripts as commands. devbox, too, runs them with `set -e` in the project's folder and gives them the arguments. */
function scripts(found: JsonMember | undefined): Noted<ImportedCommand>[] {
  if (found?.node.kind !== "object") return [];
  const names = new CommandNames(found.node.members.map(({ key }) => key));
  return found.node.members.map(({ key, node, comments }): Noted<ImportedCommand> => {
    const notes = comments.map(ownComment);
    const text = asStrings(node).join("\n").trimEnd();
    const leftOut = (why: string) => ({ notes: [...notes, `the script ${key} is left out: ${why}`] });
    if (text.trim() === "") return leftOut("it is empty");
    if (holdsSecret(text)) return leftOut("it holds a secret, which has no place in a spec");
    const { name, remark } = names.of(key);
    if (name === undefined) return leftOut(remark);
    const own = devboxUses(text);
    return {
      value: { name, run: inProjectRoot(text) },
      notes: [...notes, ...(remark === "" ? [] : [remark]), ...(own === "" ? [] : [`it uses ${own}, which only devbox has`])],
    };
  });
}

/** The file of variables. devbox reads files whose names end in `.env`, and lets `env` override them. */
function envFrom(found: JsonMember | undefined, hasEnv: boolean): Noted<ImportedEnvFile>[] {
  if (!found) return [];
  const file = asString(found.node) ?? "";
  const notes = found.comments.map(ownComment);
  if (!/\.env$/.test(file))
    return [{ notes: [...notes, `env_from ${file}: its values are fetched by devbox, a spec reads files`] }];
  if (!isProjectPath(file)) return [{ notes: [...notes, `env_from ${file} is left out: not a path below the project`] }];
  if (hasEnv) notes.push("a file's values override those of `env`, in devbox it is the other way round");
  return [{ value: file, notes }];
}

/** Parts of a devbox.json that have no counterpart in a spec. */
function elsewhere(root: JsonNode): string[] {
  const notes: string[] = [];
  const include = asStrings(member(root, "include")?.node);
  if (include.length > 0)
    notes.push(
      `include ${include.map((name) => (holdsSecret(name) ? "…" : name)).join(", ")}: devbox's plugins (services, settings) have no counterpart in a spec`,
    );
  const known = ["$schema", "name", "description", "packages", "env", "shell", "nixpkgs", "include", "aliases", "env_from"];
  if (root.kind === "object")
    for (const { key } of root.members) if (!known.includes(key)) notes.push(`${key} has no counterpart in a spec`);
  return notes;
}
