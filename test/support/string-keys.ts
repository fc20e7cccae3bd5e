import { specSchema } from "../../generator/language/schema.ts";

/*
 * The keys of a spec that take text, as the schema has them: `hosts.*.deploy.target`, `groups.*.packages[]`. `*` is a name of the author's
 * own, and `groups.<name>` is that name itself.
 */

type Schema = Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null && !Array.isArray(value);

/** Every place of the schema where text can stand, sorted. */
export function stringKeys(): string[] {
  const found = new Set<string>();
  walk(specSchema, "", found, []);
  return [...found].sort();
}

function walk(schema: Schema, path: string, found: Set<string>, open: readonly string[]): void {
  const definition = typeof schema["$ref"] === "string" ? (schema["$ref"].split("/").pop() ?? "") : undefined;
  if (definition !== undefined) {
    const target = (specSchema["$defs"] as Record<string, Schema>)[definition];
    if (target && !open.includes(definition)) walk(target, path, found, [...open, definition]);
    return;
  }
  const types = [schema["type"]].flat();
  const isText =
    types.includes("string") || (Array.isArray(schema["enum"]) && schema["enum"].some((one) => typeof one === "string"));
  if (isText && path !== "") found.add(path);
  for (const part of ["then", "else"]) if (isSchema(schema[part])) walk(schema[part], path, found, open);
  if (isSchema(schema["items"])) walk(schema["items"], `${path}[]`, found, open);
  for (const [key, value] of Object.entries((schema["properties"] ?? {}) as Record<string, Schema>))
    walk(value, path === "" ? key : `${path}.${key}`, found, open);
  // The names of settings have no pattern: knowledge of Nix checks them.
  if (isSchema(schema["propertyNames"]) || (isSchema(schema["additionalProperties"]) && !schema["properties"]))
    found.add(`${path}.<name>`);
  if (isSchema(schema["additionalProperties"])) walk(schema["additionalProperties"], `${path}.*`, found, open);
}
