import type { TomlValue } from "smol-toml";
import type { ImportedEnvFile, Noted, Variable } from "../draft.ts";
import { expandedWord, exportDefault, exportExpanded, hasReference } from "../exports.ts";
import { isProjectPath, isVariableName } from "../names.ts";
import { holdsSecret, isSecret } from "../secrets.ts";
import { entries, isTable, type Table, texts } from "../toml.ts";
import { hasTemplate, pathBelowRoot, shellReferences } from "./templates.ts";

/* mise's [env]: variables, and directives below `_`. https://mise.jdx.dev/environments/ */

export interface Environment {
  readonly env: Noted<Variable>[];
  readonly envFiles: Noted<ImportedEnvFile>[];
  /** Lines of bash for what is expanded or unset. */
  readonly hook: Noted<string>[];
}

/** The environment of a mise.toml: its `env`, a table or a list of tables, and the older keys beside it. */
export function environmentOf(root: Table): Environment {
  const found: Environment = { env: [], envFiles: [], hook: [] };
  files(root.env_file ?? root.dotenv, found);
  paths(root.env_path, found);
  const redacted = new Redacted(texts(root.redactions));
  for (const table of Array.isArray(root.env) ? root.env : [root.env])
    for (const [name, value] of entries(table)) {
      if (name === "_") directives(value, found);
      else variable(name, value, redacted, found);
    }
  return { ...found, env: joinedPath(found.env) };
}

/** Patterns with stars beyond these are not compared with each variable: then all variables are taken for secret. */
const MOST_PATTERNS = 500;

/** Names that `redactions` marks as secret. */
class Redacted {
  readonly #names: ReadonlySet<string>;
  /** Each as the pieces between its stars. */
  readonly #patterns: readonly (readonly string[])[];

  constructor(patterns: readonly string[]) {
    this.#names = new Set(patterns.filter((pattern) => !pattern.includes("*")));
    this.#patterns = [...new Set(patterns)].filter((pattern) => pattern.includes("*")).map((pattern) => pattern.split(/\*+/));
  }

  has(name: string): boolean {
    return (
      this.#names.has(name) ||
      this.#patterns.length > MOST_PATTERNS ||
      this.#patterns.some((pieces) => matchesPieces(name, pieces))
    );
  }
}

/** Whether the name has the pieces one after another, the first at its beginning, the last at its end. In linear time. */
function matchesPieces(name: string, pieces: readonly string[]): boolean {
  const [first = "", ...rest] = pieces;
  const last = rest.pop() ?? "";
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at + last.length <= name.length;
}

function variable(name: string, value: TomlValue, redacted: Redacted, { env, hook }: Environment): void {
  const carried = carriedVariable(name, value, redacted);
  if ("why" in carried) env.push({ notes: [`${name} is left out: ${carried.why}`] });
  else if ("line" in carried) hook.push({ value: carried.line, notes: [] });
  else env.push({ value: { name, value: carried.data }, notes: [] });
}

/** A variable as data; as a line of bash where it is expanded or unset; or why it can't be carried over. */
function carriedVariable(
  name: string,
  value: TomlValue,
  redacted: Redacted,
): { readonly data: Variable["value"] } | { readonly line: string } | { readonly why: string } {
  const options = isTable(value) ? value : {};
  if (!isVariableName(name)) return { why: "not a valid name of an environment variable" };
  if (options.redact === true || (options.redact !== false && redacted.has(name)))
    return { why: "it is marked as secret (redact), and a spec ends in the world-readable Nix store" };
  if (value === false) return { line: `unset ${name}` };
  const isDefault = options.default !== undefined;
  const given = isDefault ? options.default : isTable(value) ? options.value : value;
  if (given === undefined && options.age !== undefined) return { why: "its value is encrypted for mise" };
  if (given === undefined && options.required !== undefined)
    return { why: "it is only required; its value comes from elsewhere" };
  if (typeof given === "object" || given === undefined) return { why: "its value is not text" };
  const text = String(given);
  if (isSecret(name, text)) return { why: "its value is a secret, which has no place in a spec" };
  const below = pathBelowRoot(text);
  if (below !== undefined && !isDefault) return { data: { path: below } };
  const expanded = shellReferences(text);
  if (expanded === undefined) return { why: "its value is a template that only mise evaluates" };
  if (isDefault) return { line: exportDefault(name, expanded) };
  return hasReference(expanded) ? { line: exportExpanded(name, expanded) } : { data: text };
}

function directives(value: TomlValue, found: Environment): void {
  for (const [directive, given] of entries(value)) {
    if (directive === "path") paths(given, found);
    else if (directive === "file") files(given, found);
    else if (directive === "source") scripts(given, found);
    else
      found.env.push({
        notes: [
          `_.${directive} is left out: ${directive === "python" ? "mise makes the virtual environment" : "a plugin of mise"}`,
        ],
      });
  }
}

/** The texts of a directive: alone, in a list, or in tables with options. */
function textsOf(value: TomlValue | undefined): { readonly text: string; readonly options: Table }[] {
  if (Array.isArray(value)) return value.flatMap((one) => textsOf(one));
  if (!isTable(value)) return texts(value).map((text) => ({ text, options: {} }));
  return texts(value.path ?? value.paths ?? value.value).map((text) => ({ text, options: value }));
}

/** Folders in front of PATH. */
function paths(value: TomlValue | undefined, { env, hook }: Environment): void {
  for (const { text } of textsOf(value)) {
    const plain = pathBelowRoot(text) ?? text;
    const expanded = shellReferences(text.replace(/^~(?=\/|$)/, "$HOME"));
    if (isProjectPath(plain) && !plain.includes(":") && !holdsSecret(text))
      env.push({ value: { name: "PATH", value: { prepend: [plain] } }, notes: [] });
    else if (expanded !== undefined && /^[$/]/.test(expanded) && !holdsSecret(text))
      hook.push({ value: `export PATH=${expandedWord(expanded)}:"$PATH"`, notes: [] });
    else env.push({ notes: [leftOutDirective("path", text)] });
  }
}

/** Files of variables; mise takes one that is missing for an empty one. */
function files(value: TomlValue | undefined, { envFiles }: Environment): void {
  for (const { text } of textsOf(value)) {
    const plain = pathBelowRoot(text) ?? text;
    const kind = /\.(json|ya?ml|toml)$/i.exec(plain)?.[1];
    if (kind !== undefined)
      envFiles.push({
        notes: [`_.file ${shown(text)} is left out: a spec reads lines of KEY=VALUE, and no ${kind.toUpperCase()}`],
      });
    else if (isProjectPath(plain) && !holdsSecret(text)) envFiles.push({ value: { file: plain, optional: true }, notes: [] });
    else envFiles.push({ notes: [leftOutDirective("file", text)] });
  }
}

/** Scripts of bash that set variables. */
function scripts(value: TomlValue | undefined, { env, hook }: Environment): void {
  for (const { text } of textsOf(value)) {
    const below = pathBelowRoot(text) ?? (/^[/~]/.test(text) ? undefined : text);
    if (below !== undefined && isProjectPath(below) && !holdsSecret(text)) {
      const word = expandedWord(`$FLAKEWRIGHT_ROOT/${below.replace(/^\.\//, "")}`);
      hook.push({ value: `[ ! -f ${word} ] || . ${word}`, notes: [] });
    } else env.push({ notes: [leftOutDirective("source", text)] });
  }
}

const shown = (text: string): string => (holdsSecret(text) ? "…" : text);
const leftOutDirective = (directive: string, text: string): string =>
  `_.${directive} ${shown(text)} is left out: ${hasTemplate(text) ? "a template that only mise evaluates" : "not a path below the project's root"}`;

/** The entries of PATH in one value: mise puts each in front of those before it only across files. */
function joinedPath(env: readonly Noted<Variable>[]): Noted<Variable>[] {
  const isPath = ({ value }: Noted<Variable>) => value?.name === "PATH" && typeof value.value === "object";
  const prepend = env.flatMap(({ value }) =>
    typeof value?.value === "object" && "prepend" in value.value ? value.value.prepend : [],
  );
  const first = env.findIndex(isPath);
  return env.flatMap((one, at): Noted<Variable>[] => {
    if (!isPath(one)) return [one];
    return at === first ? [{ value: { name: "PATH", value: { prepend } }, notes: [] }] : [];
  });
}
