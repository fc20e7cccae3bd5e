import type { ErrorObject } from "ajv";
import type { Source } from "../read/source.ts";
import { type Diagnostic, MOST_LISTED, reporter, type Stage } from "../report/diagnostic.ts";
import { pathKey, type SpecPath, valueAt } from "../report/spec-path.ts";
import { nearestNames } from "../report/suggestions.ts";
import { quoted } from "../report/words.ts";
import { meantAttribute } from "./attribute-hint.ts";
import { FaultyMaps } from "./faulty-maps.ts";
import { fits } from "./fits.ts";
import { lastKey, missingKeyHint, rangeMessage, shown, typeMessage, where } from "./hints.ts";
import { type Pruned, prune } from "./prune.ts";
import type { Spec } from "./schema.ts";
import { pointerToPath, schemaAt, schemaOfRight } from "./schema-at.ts";
import { meantSystems } from "./system-hint.ts";
import { typeHint } from "./type-hint.ts";
import { unknownKeyHint } from "./unknown-key.ts";
import { validator } from "./validator.ts";
import { meantChoice, meantValue } from "./value-hint.ts";
import { EXPECTED } from "./vocabulary.ts";

/**
 * Checks the spec against the schema. Returns the spec without the parts that the schema rejects, so that no later stage reports them again.
 * Reports `schema-*` and `name-invalid`.
 *
 * @param hasGaps Whether the reader has rejected parts of it.
 */
export function validate(
  source: Source,
  hasGaps: boolean,
): Stage<{ readonly spec: Pruned<Spec>; readonly faults: readonly Fault[] }> {
  const [rejected, diagnostics, faults] = rejections(source, hasGaps);
  return [{ spec: prune<Spec>(source.value, rejected) ?? {}, faults }, diagnostics];
}

/** A place that is reported. */
export interface Fault {
  /** Of a missing key, with that key. */
  readonly path: SpecPath;
  /** True for a key that the language does not have. */
  readonly isUnknown?: true;
}

function rejections(source: Source, hasGaps: boolean): [rejected: ReadonlySet<string>, Diagnostic[], Fault[]] {
  const { list, add: report } = reporter(source);
  const faults: Fault[] = [];
  const add: Add = (code, path, ...more) => {
    faults.push({ path, ...(code === "schema-unknown-key" ? { isUnknown: true } : {}) });
    report(code, path, ...more);
  };
  const invalid = new Set<string>();
  if (hasGaps) for (const path of gapsIn(source.value)) faults.push({ path });
  const check = validator();
  if (check(source.value)) return [invalid, list, faults];
  const errors = check.errors ?? [];
  const faulty = new FaultyMaps(errors, source);
  // Keys that are none of the choices: what they have is not judged.
  const invalidKeys = new Set(
    errors.flatMap((error) => {
      const key = (error as ErrorObject & { propertyName?: string }).propertyName;
      return error.keyword === "enum" && key !== undefined
        ? [pathKey([...pointerToPath(error.instancePath, source.value), key])]
        : [];
    }),
  );
  for (const error of errors) {
    const path = pointerToPath(error.instancePath, source.value);
    if (list.length >= MOST_EXPLAINED) {
      if (error.keyword === "type" && valueAt(source, path) === undefined) continue;
      reportOnly(error, path, invalid, add);
      continue;
    }
    switch (error.keyword) {
      case "additionalProperties": {
        const key = String(error.params["additionalProperty"]);
        invalid.add(pathKey([...path, key]));
        // What an entry of a list lacks may be what the unknown key has.
        if (typeof path.at(-1) === "number") invalid.add(pathKey(path));
        add(
          "schema-unknown-key",
          [...path, key],
          "key",
          `unknown key \`${key}\`${where(path)}`,
          unknownKeyHint(faulty.unknownKey(error.instancePath, key)),
        );
        break;
      }
      case "required": {
        const key = String(error.params["missingProperty"]);
        invalid.add(pathKey(path));
        // A required key under another name is reported as an unknown key; reporting it as missing too would repeat that.
        if (faulty.isMisspelt(error.instancePath, key)) break;
        const map = valueAt(source, path);
        // In a map that has nothing of the language, the unknown keys are what is wrong.
        if (faulty.isForeign(error.instancePath)) break;
        // A value that the reader rejected is undefined.
        if (typeof map === "object" && map !== null && Object.hasOwn(map, key)) break;
        add("schema-missing-key", [...path, key], "key", `\`${key}\` is missing${where(path)}`, {
          hint: missingKeyHint(key, valueAt(source, path), schemaAt(path, source.value)),
        });
        break;
      }
      case "propertyNames":
      case "if":
        break;
      case "type": {
        const isBelowInvalidKey = invalidKeys.has(pathKey(path));
        invalid.add(pathKey(path));
        const value = valueAt(source, path);
        // What the reader rejected is undefined, and reported.
        if (isBelowInvalidKey || value === undefined) break;
        const types = String(error.params["type"]).split(",");
        add(
          "schema-type",
          path,
          "value",
          typeMessage(error, value, path),
          typeHint(types, value, path, schemaOfRight(path, source.value), source),
        );
        break;
      }
      case "pattern":
        reportPattern(error, path, invalid, source, add);
        break;
      case "const":
        // A value of another type is reported by the keyword `type`.
        if (typeof valueAt(source, path) !== "number") break;
        invalid.add(pathKey(path));
        add(
          "schema-value",
          path,
          "value",
          `unsupported version ${shown(valueAt(source, path))}: this flakewright supports version 1 of the spec language`,
          {
            hint: "write `version: 1`",
          },
        );
        break;
      case "enum": {
        const allowed = (error.params["allowedValues"] as string[]).map(String);
        // For a key, ajv gives the path of the map, and the key in `propertyName`.
        const key = (error as ErrorObject & { propertyName?: string }).propertyName;
        if (key !== undefined) {
          invalid.add(pathKey([...path, key]));
          const hint = choiceHint(nearChoices(key, allowed), allowed);
          add("schema-value", [...path, key], "key", `invalid key ${shown(key)} in \`${lastKey(path)}\``, { hint });
          break;
        }
        // All choices are text: a value of another type is reported by the keyword `type`.
        if (typeof valueAt(source, path) !== "string") {
          invalid.add(pathKey(path));
          break;
        }
        invalid.add(pathKey(path));
        const value = valueAt(source, path);
        const near = nearChoices(String(value), allowed);
        const [only] = near;
        add("schema-value", path, "value", `invalid value ${shown(value)} for \`${lastKey(path)}\``, {
          hint: choiceHint(near, allowed),
          ...(only !== undefined && near.length === 1 ? { fix: { range: source.locate(path, "value"), text: only } } : {}),
        });
        break;
      }
      case "uniqueItems": {
        const index = Math.max(Number(error.params["i"]), Number(error.params["j"]));
        add(
          "schema-value",
          [...path, index],
          "value",
          `duplicate entry ${shown(valueAt(source, [...path, index]))} in \`${lastKey(path)}\``,
          { hint: "delete one of them" },
        );
        break;
      }
      default: {
        invalid.add(pathKey(path));
        const more = error.keyword === "minItems" ? { hint: "add one, or delete the key" } : {};
        add("schema-value", path, "value", `\`${lastKey(path)}\` ${rangeMessage(error)}`, more);
      }
    }
  }
  return [invalid, list, faults];
}

/** The places whose value the reader has rejected and reported, such as a text with a control character. */
function gapsIn(value: unknown): SpecPath[] {
  const found: SpecPath[] = [];
  const path: (string | number)[] = [];
  const walkAt = (key: string | number, part: unknown): void => {
    path.push(key);
    walk(part);
    path.pop();
  };
  const walk = (part: unknown): void => {
    if (part === undefined) found.push([...path]);
    else if (Array.isArray(part)) for (const [index, item] of part.entries()) walkAt(index, item);
    else if (typeof part === "object" && part !== null)
      for (const key of Object.keys(part)) walkAt(key, (part as Record<string, unknown>)[key]);
  };
  walk(value);
  return found;
}

/** How many mistakes are explained, of all codes together. To find what an author meant takes far longer than to find the mistake. */
const MOST_EXPLAINED = 5 * MOST_LISTED;

/** Reports a mistake without a word on what it should be: so late in a long list, it is counted and not read. */
function reportOnly(error: ErrorObject, path: SpecPath, invalid: Set<string>, add: Add): void {
  const { keyword, params } = error;
  if (keyword === "propertyNames" || keyword === "if") return;
  const name = (error as ErrorObject & { propertyName?: string }).propertyName;
  const key = keyword === "additionalProperties" ? String(params["additionalProperty"]) : name;
  invalid.add(pathKey(key === undefined ? path : [...path, key]));
  if (typeof path.at(-1) === "number") invalid.add(pathKey(path));
  if (keyword === "additionalProperties") add("schema-unknown-key", [...path, key ?? ""], "key", `unknown key \`${key}\``);
  else if (keyword === "required") add("schema-missing-key", path, "value", `\`${params["missingProperty"]}\` is missing`);
  else if (key !== undefined) add("schema-value", [...path, key], "key", `invalid key ${shown(key)}`);
  else add(keyword === "type" ? "schema-type" : "schema-value", path, "value", "invalid value");
}

/** The choices that a text probably means. */
function nearChoices(text: string, allowed: readonly string[]): readonly string[] {
  const systems = allowed.includes("x86_64-linux") ? meantSystems(text) : [];
  const choice = meantChoice(text, allowed);
  return systems.length > 0 ? systems : choice === undefined ? nearestNames(text, allowed) : [choice];
}

const choiceHint = (near: readonly string[], allowed: readonly string[]): string =>
  near.length > 0 ? `did you mean ${quoted(near)}?` : `use one of ${quoted(allowed)}`;

type Add = ReturnType<typeof reporter>["add"];

function reportPattern(error: ErrorObject, path: SpecPath, invalid: Set<string>, source: Source, add: Add): void {
  const definition = /#\/\$defs\/([A-Za-z0-9]+)\/pattern$/.exec(error.schemaPath)?.[1] ?? "";
  const { name: kind = "value", use, hint } = EXPECTED[definition] ?? {};
  const messageFor = (text: string) => `invalid ${kind} ${shown(text)}${use === undefined ? "" : `: use ${use}`}`;
  const more = hint === undefined ? {} : { hint };
  // For a key, ajv gives the path of the map, and the key in `propertyName`.
  const key = (error as ErrorObject & { propertyName?: string }).propertyName;
  const isName = ["name", "projectName", "hostName", "envName"].includes(definition);
  if (key !== undefined) {
    invalid.add(pathKey([...path, key]));
    const better = meantValue(definition, key)?.text;
    const suggestion = isName && better !== undefined ? { hint: `write \`${better}\`` } : more;
    add("name-invalid", [...path, key], "key", messageFor(key), suggestion);
    return;
  }
  invalid.add(pathKey(path));
  const value = String(valueAt(source, path));
  const code = isName ? "name-invalid" : "schema-value";
  const meant = definition === "attributePath" ? meantAttribute(value) : undefined;
  const other = meant === undefined ? meantValue(definition, value) : undefined;
  if (other !== undefined && fits(other.text, path)) {
    // What stands beside it is lost without an edit there.
    const fix = other.more === "" ? { fix: { range: source.locate(path, "value"), text: other.text } } : {};
    add(code, path, "value", messageFor(value), { hint: `write \`${other.text}\`${other.more}`, ...fix });
    return;
  }
  if (meant !== undefined) {
    const fix = meant.fix === undefined ? {} : { fix: { range: source.locate(path, "value"), text: meant.fix } };
    add(code, path, "value", messageFor(value), { hint: meant.hint, ...fix });
    return;
  }
  add(code, path, "value", messageFor(value), more);
}
