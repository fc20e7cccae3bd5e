import { schemaText } from "../language/editor-schema.ts";
import { allCodes, explanationOf, isAcceptable } from "../lint/rules.ts";

/** `schema`: the JSON Schema of a spec, for editors. */
export function printedSchema(): string {
  const codes = allCodes().filter(isAcceptable);
  return schemaText(codes.map((code) => ({ code, summary: explanationOf(code)?.summary ?? code })));
}
