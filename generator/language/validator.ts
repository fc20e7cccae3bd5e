import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { specSchema } from "./schema.ts";

/**
 * ajv copies all mistakes found so far for each entry of a list that has one, which takes minutes for a hundred thousand. With this, its code
 * appends them.
 */
export const appending = (code: string): string =>
  code.replaceAll(
    /vErrors = vErrors === null \? ([\w.]+)\.errors : vErrors\.concat\(\1\.errors\);?/g,
    "if (vErrors === null) vErrors = $1.errors; else for (const one of $1.errors) vErrors.push(one);",
  );

/** The options for compiling the schema, here and in scripts/precompiled.ts. */
export const ajvOptions = {
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  ownProperties: true,
  strictTypes: false,
  // The diagnostics have words of their own.
  messages: false,
} as const;

/**
 * The schema with `type: string` added to the items of each list with `uniqueItems`; these lists contain only text. ajv then compares only
 * strings. Otherwise it would also compare maps in such a list, and its deep comparison throws for maps without a prototype. Descriptions
 * are left out, for they would be a fifth of the compiled schema.
 */
export const schemaForAjv: object = JSON.parse(JSON.stringify(specSchema), (key, value) => {
  if (key === "description" && typeof value === "string") return undefined;
  return value?.uniqueItems === true ? { ...value, items: { type: "string", ...value.items } } : value;
});

let compiled: ValidateFunction | undefined;

/** The compiled schema. In the bundle, a precompiled one replaces this module (scripts/precompiled.ts). */
export function validator(): ValidateFunction {
  compiled ??= new Ajv2020({ ...ajvOptions, code: { process: appending } }).compile(schemaForAjv);
  return compiled;
}
