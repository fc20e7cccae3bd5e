import { type SchemaNode, schemaAt } from "./schema-at.ts";

/** A value with the default of each key that is not written in one of its maps. What is not written at all gets no defaults below it. */
export function withDefaults(value: unknown): unknown {
  return completed(value, [], value);
}

function completed(value: unknown, path: readonly (string | number)[], whole: unknown): unknown {
  if (Array.isArray(value)) return value.map((item, index) => completed(item, [...path, index], whole));
  if (typeof value !== "object" || value === null) return value;
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) result[key] = completed(item, [...path, key], whole);
  for (const [key, node] of Object.entries(schemaAt(path, whole).properties ?? {})) {
    const fallback = (node as SchemaNode & { default?: unknown }).default;
    if (fallback !== undefined && !Object.hasOwn(result, key)) result[key] = fallback;
  }
  return result;
}
