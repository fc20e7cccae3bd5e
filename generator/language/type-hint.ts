import type { Source } from "../read/source.ts";
import type { Fix } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import type { SchemaNode } from "./schema-at.ts";
import { kindOf } from "./vocabulary.ts";

/** What to write instead of a value of the wrong type. */
export interface TypeHint {
  readonly hint?: string;
  readonly fix?: Fix;
}

/**
 * A hint for a value of the wrong type, and a fix if the same text in another form is valid. The fix uses the text of the spec, because YAML
 * reads `1.10` as 1.1 and `0644` as 644.
 *
 * @param types The valid types, by their names in JSON Schema.
 * @param schema The part of the schema for this place.
 */
export function typeHint(types: readonly string[], value: unknown, path: SpecPath, schema: SchemaNode, source: Source): TypeHint {
  if (path.length === 0) return { hint: "start from `flakewright init`, which writes a commented spec" };
  const range = source.locate(path, "value");
  const written = source.origin(path).file.text.slice(range.start, range.end);
  const instead = (text: string, before = "write"): TypeHint => ({
    hint: text.includes("\n") ? before.replace(/:$/, "") : `${before} \`${text}\``,
    fix: { range, text },
  });
  if (kindOf(value) === "null") return { hint: emptyHint(types, schema) };
  const isScalar = typeof value !== "object";
  if (types.includes("boolean") && typeof value === "string" && /^(yes|on|no|off|true|false)$/i.test(value))
    return instead(String(/^(yes|on|true)$/i.test(value)), `YAML 1.2 reads \`${value}\` as text: write`);
  if (types.includes("string") && (typeof value === "number" || typeof value === "boolean"))
    return instead(`"${written}"`, "put it in quotes:");
  if (types.includes("array") && typeof value === "string" && /^-\S/.test(value)) {
    const text = written.replace(/(^|\n[ \t]*)-(?=\S)/g, "$1- ");
    return { hint: "put a space after the `-` of each list item", fix: { range, text } };
  }
  if (types.includes("array") && isScalar) return instead(`[${listItems(written, value)}]`, "write it as a list:");
  if (types.includes("object") && schema.properties) return mapHint(value, written, schema, range);
  if (types.includes("object")) return { hint: "write a map: `NAME: …`, one line for each" };
  if (types.includes("string") && Array.isArray(value) && value.length === 1 && typeof value[0] === "string")
    return instead(value[0], "write the text without the list:");
  if ((types.includes("integer") || types.includes("number")) && typeof value === "string" && /^\d+$/.test(value))
    return instead(value, "write it without quotes:");
  return {};
}

/** Words of one text as the items of a list. */
const listItems = (written: string, value: unknown): string =>
  typeof value === "string"
    ? written
        .replace(/^["']|["']$/g, "")
        .trim()
        .split(/[\s,]+/)
        .join(", ")
    : written;

function emptyHint(types: readonly string[], schema: SchemaNode): string {
  if (types.includes("array")) return "write `[]` for an empty list, or delete the key";
  if (types.includes("object"))
    return schema.properties ? `give it a value, such as \`${shortestMap(schema)}\`` : "write `{}`, or delete the key";
  return "give it a value, or delete the key";
}

/** A value that belongs under a key of the expected map: `[jq]` instead of `{ packages: [jq] }`. */
function mapHint(value: unknown, written: string, schema: SchemaNode, range: Fix["range"]): TypeHint {
  const kind = kindOf(value);
  const keys = Object.keys(schema.properties ?? {});
  const [required] = schema.required ?? [];
  const wanted =
    { array: ["packages", "roles", "groups"], boolean: ["automatic"], string: [required ?? "", "target"] }[kind as "array"] ?? [];
  const home = wanted.find((key) => keys.includes(key));
  if (home === undefined) return { hint: `write a map, such as \`${shortestMap(schema)}\`` };
  const text = `{ ${home}: ${written} }`;
  if (written.includes("\n")) return { hint: `write a map: put it below \`${home}:\`` };
  return { hint: `write a map: \`${text}\``, fix: { range, text } };
}

/** The shortest valid map of a schema: its required keys, or its first one. */
function shortestMap({ properties = {}, required = [] }: SchemaNode): string {
  const keys = required.length > 0 ? required : Object.keys(properties).slice(0, 1);
  return `{ ${keys.map((key) => `${key}: …`).join(", ")} }`;
}
