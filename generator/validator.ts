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

let compiled: ValidateFunction | undefined;

/** The compiled schema. The bundle has the precompiled one in this module's place (scripts/build.ts). */
export function validator(): ValidateFunction {
  compiled ??= new Ajv2020(ajvOptions).compile(specSchema);
  return compiled;
}
