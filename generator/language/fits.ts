import { parse } from "yaml";
import type { SpecPath } from "../report/spec-path.ts";
import { validator } from "./validator.ts";

/**
 * Whether a text of YAML is valid at a path, by the schema. Only the text is checked: neither what it refers to, nor the rest of the spec.
 * A hint that shows a text is right or absent.
 */
export function fits(text: string, path: SpecPath): boolean {
  let value: unknown;
  // The first line of a text begins at its place, the others at the start of their line.
  const indent = /\n( *)\S/.exec(text)?.[1] ?? "";
  try {
    value = parse(indent + text, { version: "1.2", schema: "core", logLevel: "silent" });
  } catch {
    return false;
  }
  // The smallest document that has the value at this path; lists have no other entries.
  const document = path.reduceRight<unknown>((inner, step) => (typeof step === "number" ? [inner] : { [step]: inner }), value);
  const pointer = path
    .map((step) => `/${typeof step === "number" ? 0 : step.replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
  const check = validator();
  if (check(document)) return true;
  return !(check.errors ?? []).some(({ instancePath }) => instancePath === pointer || instancePath.startsWith(`${pointer}/`));
}
