import type { ErrorObject } from "ajv";
import type { SpecPath } from "../report/spec-path.ts";
import { pathText } from "../report/spec-path.ts";
import { nearestNames } from "../report/suggestions.ts";
import { quoted } from "../report/words.ts";
import { otherWordHint } from "./expected-keys.ts";
import { specSchema } from "./schema.ts";
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

/** A hint for a key that the map at a path does not have. */
export function unknownKeyHint(key: string, path: SpecPath, parent: SchemaNode): { hint?: string } {
  if (key === "<<") return { hint: "merge keys are not YAML 1.2: write the keys out" };
  const siblings = Object.keys(parent.properties ?? {});
  const near = nearestNames(key, siblings);
  const other = otherWordHint(key);
  // A similar key has precedence, unless the word has another meaning in other tools.
  if (near.length > 0 && (other === undefined || nearestNames(key, siblings, 1)[0]?.startsWith(key)))
    return { hint: `did you mean ${quoted(near)}?` };
  if (other !== undefined) return { hint: other };
  const home = Object.entries(specSchema["properties"] as object).find(([name]) => name === key);
  if (path.length > 0 && home) return { hint: `\`${key}\` belongs at the top level of the spec` };
  return { hint: `known keys here: ${siblings.join(", ")}` };
}

/** The description of a missing key, in parentheses. */
export function expectation(key: string, parent: SchemaNode): string {
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
