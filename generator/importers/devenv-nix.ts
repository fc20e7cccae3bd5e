import { ATTRIBUTE_PATH, currentAttribute, packageFrom } from "./attributes.ts";
import { CommandNames } from "./commands.ts";
import type { Draft, ForeignFile, ImportedCommand, ImportedPackage, KnownPackages, Noted, Variable } from "./draft.ts";
import { folderName, isVariableName } from "./names.ts";
import { type NixBinding, type NixValue, readNixSet } from "./nix-literals.ts";
import { holdsSecret, isSecret, ownComment } from "./secrets.ts";

/** The program of each language of devenv's that one package is. */
const LANGUAGES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ansible: "ansible",
    clojure: "clojure",
    cue: "cue",
    dart: "dart",
    deno: "deno",
    dotnet: "dotnet-sdk",
    elixir: "elixir",
    erlang: "erlang",
    gleam: "gleam",
    go: "go",
    haskell: "ghc",
    helm: "kubernetes-helm",
    java: "jdk",
    javascript: "nodejs",
    jsonnet: "go-jsonnet",
    julia: "julia",
    kotlin: "kotlin",
    lua: "lua",
    nim: "nim",
    opentofu: "opentofu",
    perl: "perl",
    php: "php",
    pulumi: "pulumi",
    python: "python3",
    ruby: "ruby",
    rust: "rustup",
    scala: "scala",
    terraform: "terraform",
    typescript: "typescript",
    zig: "zig",
  }),
);

/** What is found on the way through the bindings. */
interface Found {
  readonly packages: Noted<ImportedPackage>[];
  readonly env: Noted<Variable>[];
  readonly hook: Noted<string>[];
  readonly commands: Noted<ImportedCommand>[];
  readonly commandNames: CommandNames;
  readonly others: string[];
}

/** The literal parts of devenv.nix: `packages`, `env`, `enterShell`, `scripts` and `languages`. Remarks name the rest. */
export function importDevenvNix({ path, text }: ForeignFile, known: KnownPackages | undefined): Draft {
  const bindings = readNixSet(text);
  if (!bindings) {
    const reason = "devenv.nix is not an attribute set that can be read without evaluating it: add what it installs by name";
    return { name: folderName(path), packages: [{ notes: [reason] }] };
  }
  const all = flattened(bindings);
  const commandNames = new CommandNames(all.flatMap(({ path: [top, name = ""] }) => (top === "scripts" ? [name] : [])));
  const found: Found = { packages: [], env: [], hook: [], commands: [], commandNames, others: [] };
  for (const binding of all) take(binding, found, known);
  const others = [...new Set(found.others)];
  const notes = others.length > 0 ? [`of devenv.nix not carried over: ${others.join(", ")}`] : [];
  return {
    name: folderName(path),
    packages: found.packages,
    env: found.env,
    hook: found.hook,
    commands: found.commands,
    shellNotes: notes,
  };
}

/** `a = { b = 1; }` as `a.b = 1`. */
function flattened(bindings: readonly NixBinding[], above: readonly string[] = []): NixBinding[] {
  return bindings.flatMap(({ path, value, comments }) => {
    const whole = [...above, ...path];
    if (value.kind !== "set" || whole.length >= 4) return [{ path: whole, value, comments }];
    const [first, ...rest] = flattened(value.bindings, whole);
    return first ? [{ ...first, comments: [...comments, ...first.comments] }, ...rest] : [];
  });
}

function take({ path, value, comments }: NixBinding, found: Found, known: KnownPackages | undefined): void {
  const [top = "", name = "", last = ""] = path;
  const notes = comments.filter(Boolean).map(ownComment);
  if (top === "packages" && path.length === 1) takePackages(value, notes, found, known);
  else if (top === "env" && path.length === 2) found.env.push(variable(name, value, notes));
  else if (top === "enterShell" && value.kind === "text" && !holdsSecret(value.text)) {
    if (value.text.trim() !== "") found.hook.push({ value: value.text.trimEnd(), notes });
  } else if (top === "scripts" && last === "exec") takeScript(name, value, notes, found);
  else if (top === "languages" && last === "enable") takeLanguage(name, value, notes, found, known);
  else found.others.push(path.join(".") || "a part that is no setting");
}

function takePackages(value: NixValue, notes: readonly string[], found: Found, known: KnownPackages | undefined): void {
  if (value.kind !== "list") {
    found.packages.push({ notes: [...notes, `packages is not a plain list: ${shortened(value)}`] });
    return;
  }
  if (notes.length > 0) found.packages.push({ notes });
  for (const { path, code, comments } of value.items) {
    const about = comments.filter(Boolean).map(ownComment);
    if (path !== undefined && ATTRIBUTE_PATH.test(path)) {
      const { attribute, remark } = currentAttribute(path, known);
      const notes = [...about, ...(remark === "" ? [] : [remark])];
      found.packages.push(attribute === undefined ? { notes } : { value: packageFrom(attribute, undefined, known), notes });
    } else found.packages.push({ notes: [...about, `left out, since it is code: ${short(code)}`] });
  }
  if (value.rest !== undefined) found.packages.push({ notes: [`left out, since it is code: ${short(value.rest)}`] });
}

function variable(name: string, value: NixValue, notes: readonly string[]): Noted<Variable> {
  const leave = (reason: string) => ({ notes: [...notes, `${name} is left out: ${reason}`] });
  if (!isVariableName(name)) return leave("not a valid name of an environment variable");
  if (value.kind !== "text") return leave(`its value is code: ${shortened(value)}`);
  if (isSecret(name, value.text)) return leave("its value is a secret, which has no place in a spec");
  return { value: { name, value: value.text }, notes };
}

function takeScript(name: string, value: NixValue, notes: readonly string[], found: Found): void {
  const isOne = value.kind === "text" && value.text.trim() !== "" && !/^#!/.test(value.text) && !holdsSecret(value.text);
  const command = isOne ? found.commandNames.of(name) : undefined;
  if (!isOne || command?.name === undefined) {
    found.others.push(`scripts.${name}`);
    return;
  }
  const remarks = command.remark === "" ? [] : [command.remark];
  found.commands.push({ value: { name: command.name, run: `${value.text.trimEnd()}\n` }, notes: [...notes, ...remarks] });
}

function takeLanguage(
  name: string,
  value: NixValue,
  notes: readonly string[],
  found: Found,
  known: KnownPackages | undefined,
): void {
  const attribute = LANGUAGES.get(name);
  if (value.kind === "text" && value.text === "false") return;
  if (attribute === undefined || value.kind !== "text") found.others.push(`languages.${name}`);
  else
    found.packages.push({
      value: packageFrom(attribute, undefined, known),
      notes: [...notes, `languages.${name}: only the program; devenv adds tools and variables`],
    });
}

const shortened = (value: NixValue): string => (value.kind === "code" ? short(value.code) : `a ${value.kind}`);
const short = (code: string): string => {
  const line = code.replace(/\s+/g, " ").trim();
  return holdsSecret(line) ? "…" : line.length > 80 ? `${line.slice(0, 80)}…` : line;
};
