import { parse } from "yaml";
import type { Source } from "../read/source.ts";
import type { Fix } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { fits } from "./fits.ts";
import { definitionOf, type SchemaNode, schemaOfItems } from "./schema-at.ts";
import { meantValue } from "./value-hint.ts";
import { EXPECTED, kindOf } from "./vocabulary.ts";

/** What to write instead of a value of the wrong type. */
export interface TypeHint {
  readonly hint?: string;
  readonly fix?: Fix;
}

/** A sentence before a text, and the text, as YAML, for the place of the value. */
type Candidate = readonly [before: string, text: string];

/** A value of the wrong type: what it is, how the spec has it written, and what belongs there. */
interface Wrong {
  readonly types: readonly string[];
  readonly value: unknown;
  readonly written: string;
  readonly path: SpecPath;
  readonly schema: SchemaNode;
  /** The whole spec. */
  readonly root: unknown;
}

/**
 * A hint for a value of the wrong type, and a fix if the same text in another form is valid. The fix uses the text of the spec, because YAML
 * reads `1.10` as 1.1 and `0644` as 644. A text that the schema does not accept at this place is not shown.
 *
 * @param types The valid types, by their names in JSON Schema.
 * @param schema The part of the schema for this place.
 */
export function typeHint(types: readonly string[], value: unknown, path: SpecPath, schema: SchemaNode, source: Source): TypeHint {
  if (path.length === 0) return { hint: "start from `flakewright init`, which writes a commented spec" };
  const range = source.locate(path, "value");
  const written = source.origin(path).file.text.slice(range.start, range.end);
  const wrong: Wrong = { types, value, written, path, schema, root: source.value };
  if (kindOf(value) === "null") return { hint: emptyHint(wrong) };
  for (const [before, text] of candidates(wrong)) {
    if (!fits(text, path)) continue;
    // A text of several lines is only in the fix.
    const shown = text.includes("\n") || text.length > 200 ? "" : ` \`${text}\``;
    return { hint: shown === "" ? before.replace(/:$/, "") : before + shown, fix: { range, text } };
  }
  return { hint: formHint(wrong) };
}

/** What may be meant, the most likely first. */
function candidates(wrong: Wrong): Candidate[] {
  const { types, value } = wrong;
  return [
    ...(types.includes("boolean") ? booleans(value) : []),
    ...(types.includes("string") ? texts(wrong) : []),
    ...((types.includes("integer") || types.includes("number")) && typeof value === "string" && /^\d+$/.test(value)
      ? [["write it without quotes:", value] as const]
      : []),
    ...(types.includes("array") ? lists(wrong) : []),
    ...(types.includes("object") ? maps(wrong) : []),
  ];
}

function booleans(value: unknown): Candidate[] {
  if (typeof value !== "string") return [];
  if (/^(?:\*|all|any)$/i.test(value)) return [["write", "true"]];
  return /^(?:yes|on|no|off|true|false)$/i.test(value)
    ? [[`YAML 1.2 reads \`${value}\` as text: write`, String(/^(?:yes|on|true)$/i.test(value))]]
    : [];
}

function texts({ value, written, path, root }: Wrong): Candidate[] {
  if (Array.isArray(value)) {
    const [only] = value;
    // A list of folders extends a variable such as PATH; as text it would replace it.
    if (isVariable(path) && /(?:PATH|DIRS)$/i.test(String(path.at(-1)))) return [["write", `{ prepend: ${written} }`]];
    return value.length === 1 && typeof only === "string" ? [["write the text without the list:", quotedIfNeeded(only)]] : [];
  }
  if (typeof value !== "number" && typeof value !== "boolean") return [];
  const meant = meantValue(definitionOf(path, root), written);
  return [["put it in quotes:", `"${written}"`], ...(meant ? [["write", meant.text] as const] : [])];
}

const isVariable = (path: SpecPath): boolean => path.length === 4 && path[0] === "shells" && path[2] === "env";

function lists(wrong: Wrong): Candidate[] {
  const { value, written, path, root } = wrong;
  const items = schemaOfItems(path, root);
  if (typeof value === "object") {
    const entries = Object.entries(value as object);
    if (items.properties?.["package"] && entries.every(([, inner]) => isPlain(inner)))
      return [["write it as a list:", `[${entries.map(packageEntry).join(", ")}]`]];
    if (entries.every(([, inner]) => inner === null))
      return [["write it as a list:", `[${entries.map(([key]) => key).join(", ")}]`]];
    return written.includes("\n")
      ? [["start the entry with `- `", `\n- ${indented(written)}`]]
      : [["write it as a list:", `[${written}]`]];
  }
  if (typeof value === "string" && /^-\S/.test(value))
    return [["put a space after the `-` of each list item", written.replace(/(^|\n[ \t]*)-(?=\S)/g, "$1- ")]];
  const words =
    typeof value === "string"
      ? value
          .trim()
          .split(/[\s,]+/)
          .map(quotedIfNeeded)
      : [written];
  const [required] = items.required ?? [];
  return [
    ["write it as a list:", `[${words.join(", ")}]`],
    ...(required ? [["write it as a list:", `[${words.map((word) => `{ ${required}: ${word} }`).join(", ")}]`] as const] : []),
  ];
}

/** A text of several lines whose other lines are indented by two more spaces. */
const indented = (written: string): string => written.replaceAll("\n", "\n  ");

/** Whether a value is no list or map: those of YAML have no text form. */
const isPlain = (value: unknown): boolean => typeof value !== "object" || value === null;

/** `kubectl:` and `kubectl: 1.29` of a map as an entry of `packages`. */
function packageEntry([name, version]: [string, unknown]): string {
  // A map or a list is no version, and may have no text form.
  const isVersion = typeof version === "string" || typeof version === "number";
  if (!isVersion || ["", "*", "latest"].includes(String(version))) return name;
  return `{ package: ${name}, version: "${String(version)}" }`;
}

/** A value that belongs under a key of the expected map, as `[jq]` instead of `{ packages: [jq] }`, or as the map's entries. */
function maps({ value, written, schema }: Wrong): Candidate[] {
  const map = (content: string): Candidate => ["write a map:", `{ ${content} }`];
  const { properties, required = [] } = schema;
  if (properties) {
    if (written.includes("\n")) return [];
    const keys = [...required, "packages", "roles", "groups", "forges", "automatic", "target", "dates"];
    const inside = [...new Set(keys)].filter((key) => Object.hasOwn(properties, key));
    // What is collected without `automatic` is nothing.
    const more = inside.includes("automatic") && typeof value === "string" ? "automatic: true, " : "";
    return inside.flatMap((key) => [map(`${more}${key}: ${written}`), map(`${more}${key}: [${written}]`)]);
  }
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  const named = entries.every(
    (entry) => typeof entry === "object" && entry !== null && "name" in entry && typeof entry.name === "string",
  );
  if (named) return [map(entries.map((entry) => namedEntry(entry as { name: unknown })).join(", "))];
  if (!entries.every((entry) => typeof entry === "string")) return [];
  const pairs = entries.map((entry) => /^([\w.-]+)\s*[=:]\s*(.*)$/.exec(entry)?.slice(1) ?? []);
  if (pairs.every((pair) => pair.length === 2))
    return [map(pairs.map(([key, inner = ""]) => `${key}: ${quotedIfNeeded(inner)}`).join(", "))];
  return Array.isArray(value) ? [map(entries.map((entry) => `${entry}: {}`).join(", "))] : [];
}

/** `{ name: k8s, packages: [jq] }` as an entry of a map: `k8s: { packages: [jq] }`. */
function namedEntry({ name, ...rest }: { readonly name: unknown }): string {
  const inner = JSON.stringify(rest, null, 1)
    .replaceAll(/\s*\n\s*/g, " ")
    .replace(/"([A-Za-z]\w*)":/g, "$1:");
  return `${String(name)}: ${inner}`;
}

/** A text as YAML, in quotes if YAML would read something else without them. */
function quotedIfNeeded(text: string): string {
  try {
    if (/^[^\s,[\]{}#&*!|>'"%@`]/.test(text) && !/[,[\]{}]|: | #/.test(text) && parse(text, { schema: "core" }) === text)
      return text;
  } catch {
    // Not YAML without quotes.
  }
  return JSON.stringify(text);
}

function emptyHint({ types, schema, path }: Wrong): string {
  const rest = typeof path.at(-1) === "number" ? "delete the entry" : "delete the key";
  if (types.includes("array")) return `write \`[]\` for an empty list, or ${rest}`;
  if (types.includes("string"))
    return fits('""', path) ? `write \`""\` for an empty text, or ${rest}` : `give it a value, or ${rest}`;
  if (!types.includes("object")) return `give it a value, or ${rest}`;
  return `give it a value, such as \`${shortest(schema)}\`, or ${rest}`;
}

/** The shortest right form, for a value that says nothing about what is meant. */
function formHint({ types, schema, path, root }: Wrong): string {
  if (types.includes("array") && !types.includes("object"))
    return `write a list, such as \`[${shortest(schemaOfItems(path, root))}]\``;
  if (types.includes("object")) return `write a map, such as \`${shortest(schema)}\``;
  const { use } = EXPECTED[definitionOf(path, root)] ?? {};
  if (types.includes("string") && use !== undefined) return `write ${use}`;
  if (types.includes("boolean")) return "write `true` or `false`";
  if (types.includes("integer") || types.includes("number")) return "write a number";
  return schema.enum ? `use one of ${schema.enum.map((one) => `\`${one}\``).join(", ")}` : "write one text";
}

/** The shortest valid value of a schema that shows its form: the required keys of a map, or its most usual one. */
function shortest(schema: SchemaNode): string {
  const { properties, additionalProperties, required = [], items } = schema;
  if (schema.enum) return schema.enum[0] ?? "…";
  if (items) return "[…]";
  if (properties) {
    const usual =
      ["packages", "groups", "settings"].find((key) => Object.hasOwn(properties, key)) ?? Object.keys(properties)[0] ?? "";
    const keys = required.length > 0 ? required : [usual];
    return `{ ${keys.map((key) => `${key}: ${isList(properties[key]) ? "[…]" : "…"}`).join(", ")} }`;
  }
  return additionalProperties ? "{ NAME: … }" : "…";
}

const isList = (schema: SchemaNode | undefined): boolean =>
  schema?.type === "array" || /packages|groupNames/.test(schema?.$ref ?? "");
