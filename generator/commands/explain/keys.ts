import { specSchema } from "../../language/schema.ts";
import { KINDS } from "../../language/vocabulary.ts";
import { factsOf, type Meaning } from "./meaning.ts";

/** A key of the spec language. */
export interface SpecKey {
  /** Its path without the names that the user gives: `groups.packages`. */
  readonly place: string;
  /** The last step of the path. */
  readonly name: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

type Schema = { readonly [keyword: string]: unknown };

let keys: SpecKey[] | undefined;

/** Every key of the language, in the schema's order. */
export function specKeys(): readonly SpecKey[] {
  keys ??= keysOf(specSchema, "");
  return keys;
}

function keysOf(schema: Schema, parent: string): SpecKey[] {
  const resolved = resolve(schema);
  const found: SpecKey[] = [];
  for (const [name, property] of Object.entries((resolved["properties"] ?? {}) as Record<string, Schema>)) {
    const place = parent === "" ? name : `${parent}.${name}`;
    const isRequired = ((resolved["required"] ?? []) as string[]).includes(name);
    found.push({ place, name, schema: property, isRequired }, ...keysOf(property, place));
  }
  // A map from the user's names, a list, text or a map: the keys below are those of the value.
  for (const inner of [resolved["additionalProperties"], resolved["items"], resolved["then"], resolved["else"]])
    if (typeof inner === "object" && inner !== null) found.push(...keysOf(inner as Schema, parent));
  return found;
}

/** Follows `$ref`; a description beside it wins. */
function resolve(schema: Schema): Schema {
  const name = /^#\/\$defs\/(.+)$/.exec(String(schema["$ref"] ?? ""))?.[1];
  const target = name === undefined ? undefined : (specSchema["$defs"] as Record<string, Schema>)[name];
  return target ? resolve({ ...target, ...(schema["description"] ? { description: schema["description"] } : {}) }) : schema;
}

/** The meanings of a key: by its path, with or without the user's own names and indices in it, or else every key of that name. */
export function keyMeanings(word: string): Meaning[] {
  const path = word.replace(/\[\d*\]/g, "");
  const exact = specKeys().filter((key) => key.place === path);
  const withNames = exact.length > 0 ? exact : keysAtPath(path);
  const found = withNames.length > 0 ? withNames : specKeys().filter((key) => key.place.endsWith(`.${path}`));
  return found.map(keyMeaning);
}

/** The deepest keys of a path in which some steps are names of the user's: `groups.k8s.packages`. */
function keysAtPath(path: string): SpecKey[] {
  const steps = path.split(".");
  const matching = specKeys().filter(({ place }) => {
    const wanted = place.split(".");
    if (wanted[0] !== steps[0] || wanted.at(-1) !== steps.at(-1) || steps.length > wanted.length * 2) return false;
    let matched = 0;
    for (const step of steps) if (step === wanted[matched]) matched++;
    return matched === wanted.length;
  });
  const depth = ({ place }: SpecKey) => place.split(".").length;
  const deepest = Math.max(...matching.map(depth));
  return matching.filter((key) => depth(key) === deepest);
}

function keyMeaning({ place, schema, isRequired }: SpecKey): Meaning {
  const resolved = resolve(schema);
  const types = ([] as unknown[]).concat(resolved["type"] ?? []).map((type) => KINDS[String(type)] ?? String(type));
  const values = (resolved["enum"] ?? resolve((resolved["items"] ?? {}) as Schema)["enum"]) as unknown[] | undefined;
  const below = specKeys().filter((key) => key.place === `${place}.${key.name}`);
  return {
    kind: "key",
    title: `${place}: a key of the spec`,
    text: String(resolved["description"] ?? ""),
    facts: factsOf({
      type: types.join(" or "),
      required: isRequired ? "yes" : undefined,
      values: values?.join(", "),
      keys: below.map((key) => key.name).join(", "),
    }),
  };
}
