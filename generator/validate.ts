import type { ErrorObject } from "ajv";
import { type Diagnostic, reporter } from "./diagnostics.ts";
import { toolNamed } from "./knowledge/tool-names.ts";
import { nearestNames } from "./nearest.ts";
import { EXPECTED, KINDS, specSchema } from "./schema.ts";
import { type Source, type SpecPath, valueAt } from "./source.ts";
import { validator } from "./validator.ts";

/**
 * The spec's shape against the schema. Answers the paths whose value can't be used (the model treats them as absent, so
 * that one mistake is told once) and one diagnostic each: `schema-*` and `name-invalid`.
 */
export function validate(source: Source): [ReadonlySet<string>, Diagnostic[]] {
  const { list, add } = reporter(source);
  const invalid = new Set<string>();
  const check = validator();
  if (check(source.value)) return [invalid, list];
  const errors = check.errors ?? [];
  for (const error of errors) {
    const path = pointerToPath(error.instancePath, source.value);
    switch (error.keyword) {
      case "additionalProperties": {
        const key = String(error.params["additionalProperty"]);
        invalid.add(pathKey([...path, key]));
        add(
          "schema-unknown-key",
          [...path, key],
          "key",
          `unknown key \`${key}\`${where(path)}`,
          unknownKeyHint(key, path, schemaAt(path, source.value)),
        );
        break;
      }
      case "required": {
        const key = String(error.params["missingProperty"]);
        invalid.add(pathKey(path));
        // A misspelt key is one mistake, told where it stands; that the right one is missing says nothing new.
        const isMisspelt = errors.some(
          (other) =>
            other.keyword === "additionalProperties" &&
            other.instancePath === error.instancePath &&
            nearestNames(String(other.params["additionalProperty"]), [key]).length > 0,
        );
        if (isMisspelt) break;
        add("schema-missing-key", [...path, key], "key", `\`${key}\` is missing${where(path)}`, {
          hint: `add \`${key}:\` ${expectation(key, schemaAt(path, source.value))}`.trimEnd(),
        });
        break;
      }
      case "propertyNames":
      case "if":
        break;
      case "type": {
        invalid.add(pathKey(path));
        add(
          "schema-type",
          path,
          "value",
          typeMessage(error, valueAt(source, path), path),
          typeHint(error, valueAt(source, path), path),
        );
        break;
      }
      case "pattern":
        reportPattern(error, path, invalid, source, add);
        break;
      case "const":
        // `type` has said it already.
        if (typeof valueAt(source, path) !== "number") break;
        invalid.add(pathKey(path));
        add("schema-value", path, "value", `this flakewright knows version 1 of the spec language`, {
          hint: "write `version: 1`",
        });
        break;
      case "enum": {
        // All choices are text; of another kind `type` has told already.
        if (typeof valueAt(source, path) !== "string") {
          invalid.add(pathKey(path));
          break;
        }
        invalid.add(pathKey(path));
        const allowed = (error.params["allowedValues"] as string[]).map(String);
        const value = valueAt(source, path);
        const near = typeof value === "string" ? nearestNames(value, allowed) : [];
        const hint = near.length > 0 ? `did you mean ${quoted(near)}?` : `one of ${quoted(allowed)}`;
        add("schema-value", path, "value", `${shown(value)} is not a value of \`${lastKey(path)}\``, { hint });
        break;
      }
      case "uniqueItems": {
        const index = Math.max(Number(error.params["i"]), Number(error.params["j"]));
        add(
          "schema-value",
          [...path, index],
          "value",
          `${shown(valueAt(source, [...path, index]))} stands twice in \`${lastKey(path)}\``,
          { hint: "delete one of them" },
        );
        break;
      }
      default: {
        invalid.add(pathKey(path));
        add("schema-value", path, "value", `\`${lastKey(path)}\` ${rangeMessage(error)}`);
      }
    }
  }
  return [invalid, list];
}

/** A path as a set's member. */
export const pathKey = (path: SpecPath): string => path.join("\0");

type Add = ReturnType<typeof reporter>["add"];

function reportPattern(error: ErrorObject, path: SpecPath, invalid: Set<string>, source: Source, add: Add): void {
  const definition = /#\/\$defs\/([A-Za-z0-9]+)\/pattern$/.exec(error.schemaPath)?.[1] ?? "";
  const expected = EXPECTED[definition];
  const hint = expected?.hint === undefined ? {} : { hint: expected.hint };
  // For a key, ajv names the map in the path and the key beside it.
  const key = (error as ErrorObject & { propertyName?: string }).propertyName;
  const isName = ["name", "projectName", "hostName", "envName"].includes(definition);
  if (key !== undefined) {
    invalid.add(pathKey([...path, key]));
    const better = sluggish(key);
    const way = isName && definition !== "envName" && better !== "" && better !== key ? { hint: `such as \`${better}\`` } : hint;
    add("name-invalid", [...path, key], "key", `\`${key}\` is not ${expected?.is ?? "a valid name"}`, way);
    return;
  }
  invalid.add(pathKey(path));
  const value = valueAt(source, path);
  const code = isName ? "name-invalid" : "schema-value";
  // People write what they type: `docker compose`.
  const tool = definition === "attributePath" && typeof value === "string" ? toolNamed(value)?.attribute : undefined;
  if (tool !== undefined) {
    const fix = { range: source.locate(path, "value"), text: tool };
    add(code, path, "value", `${shown(value)} is not ${expected?.is ?? "valid here"}`, {
      hint: `did you mean \`${tool}\`?`,
      fix,
    });
    return;
  }
  add(code, path, "value", `${shown(value)} is not ${expected?.is ?? "valid here"}`, hint);
}

const sluggish = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[-0-9]+|-+$/g, "");

function rangeMessage(error: ErrorObject): string {
  const limit = String(error.params["limit"]);
  switch (error.keyword) {
    case "minimum":
      return `must be at least ${limit}`;
    case "maximum":
      return `must be at most ${limit}`;
    case "minItems":
      return `needs at least ${limit} ${limit === "1" ? "entry" : "entries"}`;
    default:
      return error.message ?? "is not valid";
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

function typeMessage(error: ErrorObject, value: unknown, path: SpecPath): string {
  const types = ([] as string[]).concat(error.params["type"] as string | string[]).flatMap((type) => type.split(","));
  const wanted = types.map((type) => KINDS[type] ?? type);
  const last = wanted.pop() ?? "";
  const list = wanted.length > 0 ? `${wanted.join(", ")} or ${last}` : last;
  const name = path.length === 0 ? "a spec" : `\`${lastKey(path)}\``;
  const verb = path.length === 0 ? "is" : "must be";
  return `${name} ${verb} ${list}, not ${kindOf(value) === "null" ? "empty" : (KINDS[kindOf(value)] ?? "that")}`;
}

function typeHint(error: ErrorObject, value: unknown, path: SpecPath): { hint?: string } {
  const types = String(error.params["type"]).split(",");
  if (path.length === 0) return { hint: "start from `flakewright init`, which writes a commented spec" };
  if (types.includes("string") && (typeof value === "number" || typeof value === "boolean"))
    return { hint: `put it in quotes: "${value}"` };
  if (types.includes("array") && (typeof value === "string" || typeof value === "number"))
    return { hint: `write it as a list: [${value}]` };
  if (types.includes("boolean") && typeof value === "string" && /^(yes|on|no|off)$/i.test(value))
    return { hint: `YAML 1.2 reads ${value} as text: write ${/^(yes|on)$/i.test(value) ? "true" : "false"}` };
  if (kindOf(value) === "null") return { hint: "give it a value, or delete the key" };
  return {};
}

function unknownKeyHint(key: string, path: SpecPath, parent: SchemaNode): { hint?: string } {
  if (key === "<<") return { hint: "merge keys are not YAML 1.2: write the keys out" };
  const siblings = Object.keys(parent.properties ?? {});
  const near = nearestNames(key, siblings);
  if (near.length > 0) return { hint: `did you mean ${quoted(near)}?` };
  const home = Object.entries(specSchema["properties"] as object).find(([name]) => name === key);
  if (path.length > 0 && home) return { hint: `\`${key}\` belongs at the top level of the spec` };
  return { hint: `known here: ${siblings.join(", ")}` };
}

/** The part of the schema that judges the value at a path. ajv's own schema paths begin anew at each `$ref`, so they can't say. */
function schemaAt(path: SpecPath, value: unknown): SchemaNode {
  let node = branch(specSchema as SchemaNode, value);
  let here = value;
  for (const step of path) {
    here = (here as Record<string | number, unknown> | undefined)?.[step];
    const next = typeof step === "number" ? node.items : (node.properties?.[step] ?? node.additionalProperties);
    node = branch(typeof next === "object" ? next : {}, here);
  }
  return node;
}

interface SchemaNode {
  readonly $ref?: string;
  readonly description?: string;
  readonly if?: { readonly type: string };
  readonly then?: SchemaNode;
  readonly else?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | false;
  readonly items?: SchemaNode;
}

/** Follows `$ref`, and `if` by the kind of the value, which is all that our schema asks there. */
function branch(node: SchemaNode, value: unknown): SchemaNode {
  if (node.$ref) return branch((specSchema.$defs as Record<string, SchemaNode>)[node.$ref.replace("#/$defs/", "")] ?? {}, value);
  if (node.if) return branch((node.if.type === kindOf(value) ? node.then : node.else) ?? {}, value);
  return node;
}

/** A word about what the missing key should hold. */
function expectation(key: string, parent: SchemaNode): string {
  const description = parent.properties?.[key]?.description;
  return description ? `(${description.replace(/\.$/, "")})` : "";
}

function pointerToPath(pointer: string, value: unknown): (string | number)[] {
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

function where(path: SpecPath): string {
  return path.length === 0 ? "" : ` in \`${pathText(path)}\``;
}

/** `groups.k8s.packages[0]`, as people write a place and as `lint: at:` takes it. */
export function pathText(path: SpecPath): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

function lastKey(path: SpecPath): string {
  const names = path.filter((step) => typeof step === "string");
  const name = names.at(-1) ?? "the spec";
  return typeof path.at(-1) === "number" ? `${name}[${path.at(-1)}]` : name;
}

const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return `\`${text.length > 60 ? `${text.slice(0, 57)}…` : text}\``;
}
