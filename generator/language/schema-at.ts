import type { SpecPath } from "../report/spec-path.ts";
import { specSchema } from "./schema.ts";
import { kindOf } from "./vocabulary.ts";

/** The part of the schema that applies to the value at a path. ajv's `schemaPath` can't give it: it starts again at each `$ref`. */
export function schemaAt(path: SpecPath, value: unknown): SchemaNode {
  let node = branch(specSchema as SchemaNode, value);
  let here = value;
  for (const step of path) {
    here = (here as Record<string | number, unknown> | undefined)?.[step];
    node = branch(childOf(node, step) ?? {}, here);
  }
  return node;
}

/** The same as if the value at the path itself were a map: for what should be there. */
export function schemaOfRight(path: SpecPath, value: unknown): SchemaNode {
  const last = path.at(-1);
  if (last === undefined) return schemaAt(path, value);
  return branch(childOf(schemaAt(path.slice(0, -1), value), last) ?? {}, {});
}

/** The part of the schema for the entries of the list that belongs at a path, in their form as a map if they have one. */
export function schemaOfItems(path: SpecPath, value: unknown): SchemaNode {
  const { items } = schemaOfRight(path, value);
  return items ? branch(items, {}) : {};
}

/** The name of the `$defs` entry for a text at a path; `""` if it has none. */
export function definitionOf(path: SpecPath, value: unknown): string {
  let node = childOf(schemaAt(path.slice(0, -1), value), path.at(-1) ?? "");
  let name = "";
  while (node) {
    name = node.$ref?.replace("#/$defs/", "") ?? name;
    node = node.$ref
      ? (specSchema.$defs as Record<string, SchemaNode>)[name]
      : node.if?.type === "string"
        ? node.then
        : undefined;
  }
  return name;
}

/** The keywords of our schema that the hints use. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly if?: { readonly type: string };
  readonly then?: SchemaNode;
  readonly else?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | false;
  readonly items?: SchemaNode;
  readonly required?: readonly string[];
}

/** The part for an entry of a list, or for a key of a map; undefined if the schema has none there. */
function childOf(node: SchemaNode, step: string | number): SchemaNode | undefined {
  const next = typeof step === "number" ? node.items : (node.properties?.[step] ?? node.additionalProperties);
  return typeof next === "object" ? next : undefined;
}

/** Follows `$ref` and `if`. In our schema, `if` checks only the type of the value. */
function branch(node: SchemaNode, value: unknown): SchemaNode {
  if (node.$ref) return branch((specSchema.$defs as Record<string, SchemaNode>)[node.$ref.replace("#/$defs/", "")] ?? {}, value);
  if (node.if) return branch((node.if.type === kindOf(value) ? node.then : node.else) ?? {}, value);
  return node;
}

/** A JSON Pointer (RFC 6901) into the value → a path of the spec. */
export function pointerToPath(pointer: string, value: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let node = value;
  for (const part of pointer.split("/").slice(1)) {
    const step = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const key = Array.isArray(node) ? Number(step) : step;
    path.push(key);
    node = (node as Record<string | number, unknown> | undefined)?.[key];
  }
  return path;
}
