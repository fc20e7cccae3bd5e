import type { ErrorObject } from "ajv";
import type { SpecPath } from "../report/spec-path.ts";
import { pathText } from "../report/spec-path.ts";
import type { SchemaNode } from "./schema-at.ts";
import { KINDS, kindOf } from "./vocabulary.ts";

/** A valid name that is similar to an invalid one; `""` when none can be made. */
export const nameLike = (name: string): string =>
  name
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[-0-9]+|-+$/g, "");

/** The rest of a sentence about a number or a list that is out of range. */
export function rangeMessage(error: ErrorObject): string {
  const limit = String(error.params["limit"]);
  switch (error.keyword) {
    case "minimum":
      return `must be at least ${limit}`;
    case "maximum":
      return `must be at most ${limit}`;
    case "minItems":
      return `needs at least ${limit} ${limit === "1" ? "entry" : "entries"}`;
    default:
      // Not `error.message`: a library's message never reaches a user.
      return "is not valid";
  }
}

/** The message for a value of the wrong type. */
export function typeMessage(error: ErrorObject, value: unknown, path: SpecPath): string {
  const types = ([] as string[]).concat(error.params["type"] as string | string[]).flatMap((type) => type.split(","));
  const wanted = types.map((type) => KINDS[type] ?? type);
  const last = wanted.pop() ?? "";
  const list = wanted.length > 0 ? `${wanted.join(", ")} or ${last}` : last;
  const name = path.length === 0 ? "the spec" : `\`${lastKey(path)}\``;
  return `${name} must be ${list}, not ${kindOf(value) === "null" ? "empty" : (KINDS[kindOf(value)] ?? "that")}`;
}

/** A hint for a required key that a map does not have. */
export function missingKeyHint(key: string, map: unknown, parent: SchemaNode): string {
  const { name } = map as { readonly name?: unknown };
  // `{ name: kubectl }`: the name is only for readers.
  if (key === "package" && typeof name === "string" && /^[\w.-]+$/.test(name))
    return `write \`package: ${name}\` instead of \`name\``;
  return `add \`${key}:\` ${expectation(key, parent)}`.trimEnd();
}

/** The description of a missing key, in parentheses. */
function expectation(key: string, parent: SchemaNode): string {
  const description = parent.properties?.[key]?.description;
  return description ? `(${description.replace(/\.$/, "")})` : "";
}

/** ` in `path``, or nothing at the top level. */
export function where(path: SpecPath): string {
  return path.length === 0 ? "" : ` in \`${pathText(path)}\``;
}

/** The last key of a path, with the index that follows it: `packages[0]`. */
export function lastKey(path: SpecPath): string {
  const names = path.filter((step) => typeof step === "string");
  const name = names.at(-1) ?? "the spec";
  return typeof path.at(-1) === "number" ? `${name}[${path.at(-1)}]` : name;
}

/** A value for a message, in backquotes, cut after 60 characters. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return `\`${text.length > 60 ? `${text.slice(0, 57)}…` : text}\``;
}
