import { suite } from "uvu";
import * as assert from "uvu/assert";
import { specSchema } from "../../generator/language/schema.ts";
import { validator } from "../../generator/language/validator.ts";
import { buildModel } from "../../generator/model/build.ts";
import { type SchemaNode, sampleOf } from "../support/sample-spec.ts";

/* The model reads each key of the language: a key without a reader would be accepted and then ignored. */

const keys = suite("every key is read");

/** The keys that building a model never reads. */
function unreadKeys(schema: SchemaNode): string[] {
  const places = new Map<object, string>();
  const sample = sampleOf(schema, (value, place) => places.set(value, place));
  const unread = new Set([...places].flatMap(([value, place]) => Object.keys(value).map((key) => below(place, key))));
  const watched = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const place = places.get(value);
    return new Proxy(value, {
      get(target, key) {
        if (place !== undefined && typeof key === "string") unread.delete(below(place, key));
        return watched(Reflect.get(target, key));
      },
      ownKeys(target) {
        // Listing all keys of a map does not count as reading each.
        assert.is(place, undefined, `the model takes the keys of \`${place}\` all at once`);
        return Reflect.ownKeys(target);
      },
    });
  };
  buildModel(watched(sample) as Parameters<typeof buildModel>[0], { locate: () => ({ file: "spec.yaml", start: 0, end: 0 }) });
  return [...unread].sort();
}

const below = (place: string, key: string): string => (place === "" ? key : `${place}.${key}`);

/** Keys that the model needs no reader for: the schema checks the version of the language, and `read` has done what the others say. */
const FOR_THE_SCHEMA = ["include", "include[].file", "include[].without", "requires", "version"];

keys("the sample has every key and is valid", () => {
  const check = validator();
  assert.ok(check(sampleOf(specSchema as SchemaNode)), JSON.stringify(check.errors));
});

keys("the model reads every key of the schema", () => {
  assert.equal(unreadKeys(specSchema as SchemaNode), FOR_THE_SCHEMA);
});

keys("a key that is added only to the schema is found, at the top level and below", () => {
  const schema = structuredClone(specSchema) as { properties: object; $defs: { group: { properties: object } } };
  schema.properties = { ...schema.properties, surprise: { type: "boolean" } };
  schema.$defs.group.properties = { ...schema.$defs.group.properties, owner: { $ref: "#/$defs/text" } };
  assert.equal(unreadKeys(schema as SchemaNode), ["groups.*.owner", "surprise", ...FOR_THE_SCHEMA].sort());
});

keys.run();
