import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { specSchema } from "./schema.ts";

/** The options under which the schema is compiled, here and when the bundle precompiles it. */
export const ajvOptions = {
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  ownProperties: true,
  strictTypes: false,
} as const;

/**
 * The schema with the kind of item told beside its `$ref` in lists without repetitions, which are all of text: ajv then compares
 * nothing else there, least of all the spec's maps, whose lack of a prototype its comparison does not survive.
 */
export const schemaForAjv: object = JSON.parse(JSON.stringify(specSchema), (_, value) =>
  value?.uniqueItems === true ? { ...value, items: { type: "string", ...value.items } } : value,
);

let compiled: ValidateFunction | undefined;

/** The compiled schema. The bundle has the precompiled one in this module's place (scripts/build.ts). */
export function validator(): ValidateFunction {
  compiled ??= new Ajv2020(ajvOptions).compile(schemaForAjv);
  return compiled;
}
