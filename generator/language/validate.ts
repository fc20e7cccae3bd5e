import type { ErrorObject } from "ajv";
import { toolNamed } from "../knowledge/tool-names.ts";
import type { Source } from "../read/source.ts";
import { type Diagnostic, reporter, type Stage } from "../report/diagnostic.ts";
import { pathKey, type SpecPath, valueAt } from "../report/spec-path.ts";
import { nearestNames } from "../report/suggestions.ts";
import { quoted } from "../report/words.ts";
import { expectation, lastKey, nameLike, rangeMessage, shown, typeHint, typeMessage, unknownKeyHint, where } from "./hints.ts";
import { type Pruned, prune } from "./prune.ts";
import type { Spec } from "./schema.ts";
import { pointerToPath, schemaAt } from "./schema-at.ts";
import { validator } from "./validator.ts";
import { EXPECTED } from "./vocabulary.ts";

/**
 * The spec's shape against the schema: the spec without what the schema refuses, so that no later stage reports one mistake again,
 * and a diagnostic for each refusal: `schema-*` and `name-invalid`.
 */
export function validate(source: Source): Stage<Pruned<Spec>> {
  const [refused, diagnostics] = refusals(source);
  return [prune<Spec>(source.value, refused) ?? {}, diagnostics];
}

function refusals(source: Source): [refused: ReadonlySet<string>, Diagnostic[]] {
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
    const better = nameLike(key);
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
