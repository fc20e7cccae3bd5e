import { otherFeatures, otherSettings } from "../knowledge/other-nixes.ts";
import { allSettings, experimentalFeatures, type Setting } from "../knowledge/settings.ts";
import { toolCompletions } from "../knowledge/tool-names.ts";
import { specSchema } from "./schema.ts";
import { SYSTEMS } from "./vocabulary.ts";

/** A code that an entry of `lint` may name. */
export interface AcceptableCode {
  readonly code: string;
  readonly summary: string;
}

type Schema = { readonly [keyword: string]: unknown };

/**
 * `specSchema` with more knowledge for editors: every nix.conf setting as a key with its type, versions and description, names of tools,
 * and codes of diagnostics. It accepts everything that `check` accepts; names of packages and branches are only suggestions.
 * `markdownDescription`, `markdownEnumDescriptions`, `defaultSnippets`, `deprecationMessage` and `doNotSuggest` are keywords of
 * yaml-language-server.
 */
export function editorSchema(codes: readonly AcceptableCode[]): Schema {
  const { $defs, ...root } = specSchema as { $defs: Record<string, Schema> } & Schema;
  const definitions: Record<string, Schema> = { ...$defs };
  const refine = (name: string, change: (schema: Schema) => Schema) => {
    definitions[name] = change(definitions[name] as Schema);
  };
  for (const name of Object.keys($defs)) if ($defs[name]?.["properties"]) refine(name, (schema) => ({ title: name, ...schema }));
  refine("settings", (schema) => ({ ...schema, ...settingsKeys() }));
  refine("attributePath", (schema) => ({ ...schema, defaultSnippets: toolNames() }));
  // yaml-language-server completes an empty value from `anyOf`, but not from `if` and `else`.
  refine("package", ({ description, then: name, else: other }) => ({ description, anyOf: [name, (other as Schema)["then"]] }));
  refine("gitRef", (schema) => ({ ...schema, examples: ["nixos-26.05", "nixos-unstable", "nixpkgs-unstable"] }));
  refine("stateVersion", (schema) => ({ ...schema, examples: ["26.05", "25.11", 6] }));
  refine("olderThan", (schema) => ({ ...schema, examples: ["30d", "14d"] }));
  refine("acceptance", (schema) => ({ ...schema, properties: { ...(schema["properties"] as Schema), code: codeSchema(codes) } }));
  return withMarkdown({ ...root, $defs: definitions }) as Schema;
}

/** The schema as `flakewright schema` prints it and spec/flakewright.schema.json contains it. */
export const schemaText = (codes: readonly AcceptableCode[]): string => `${JSON.stringify(editorSchema(codes), null, 2)}\n`;

/** Settings for which the spec has a key of its own. */
const BETTER_PLACE: Readonly<Record<string, string>> = {
  substituters: "substituters",
  "trusted-public-keys": "substituters",
  "trusted-users": "trustedUsers",
  "allowed-users": "allowedUsers",
  "build-users-group": "buildUsers",
};

/** Each setting and its `extra-` form; old names are accepted but not suggested. */
function settingsKeys(): Schema {
  const properties: Record<string, Schema> = {};
  for (const setting of [...allSettings(), ...otherSettings()]) {
    const { name, aliases, appendableIn } = setting;
    const value = valuesOf(setting);
    const old = setting.removedIn !== undefined || setting.renamedTo !== undefined;
    const gone = setting.renamedTo ? `use ${setting.renamedTo}` : `removed in Nix ${setting.removedIn}`;
    properties[name] = {
      description: describe(setting),
      ...(old ? { deprecationMessage: `${name}: ${gone}`, doNotSuggest: true } : {}),
      ...value,
    };
    const adds = appendableIn.length > 0;
    if (adds) {
      const description = `Adds to \`${name}\`; \`${name}\` itself replaces the list. ${describe(setting)}`;
      properties[`extra-${name}`] = { description, ...(old ? { doNotSuggest: true } : {}), ...value };
    }
    for (const alias of aliases) {
      const other = { deprecationMessage: `${alias} is now called ${name}`, doNotSuggest: true, ...value };
      properties[alias] ??= { description: `Now called \`${name}\`.`, ...other };
      if (adds) properties[`extra-${alias}`] ??= { description: `Now called \`extra-${name}\`.`, ...other };
    }
  }
  const sorted = Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1));
  return { properties: Object.fromEntries(sorted), additionalProperties: false };
}

/** The description of a setting that an editor shows. */
function describe(setting: Setting): string {
  const { name, versions, experimentalFeature, removedIn, renamedTo } = setting;
  const place = BETTER_PLACE[name];
  const sentences = [
    setting.description,
    place && `Prefer the spec's own key \`${place}\`.`,
    setting.default !== undefined && `Default: ${shownDefault(setting.default)}.`,
    `Known to Nix ${versions.join(", ")}.`,
    removedIn && `Removed in Nix ${removedIn}.`,
    renamedTo && `Use \`${renamedTo}\`.`,
    experimentalFeature && `Needs the experimental feature \`${experimentalFeature}\`.`,
  ];
  return sentences.filter((sentence) => sentence).join(" ");
}

function shownDefault(value: Setting["default"]): string {
  const empty = value === "" || value === null || (typeof value === "object" && Object.keys(value).length === 0);
  return empty
    ? "none"
    : `\`${Array.isArray(value) ? value.join(" ") : typeof value === "object" ? JSON.stringify(value) : value}\``;
}

const RANGES = { u32: [0, 2 ** 32 - 1], u64: [0, 2 ** 64], i64: [-(2 ** 63), 2 ** 63] } as const;

/**
 * The values of a setting that `settingValueProblem` accepts. Editors suggest the values of an enum but not those of a pattern: `yes` is
 * valid for a boolean, but should not be suggested.
 */
function valuesOf(setting: Setting): Schema {
  const also = setting.also ? [{ enum: setting.also }] : [];
  const text: Schema = { type: "string" };
  switch (setting.type) {
    case "boolean":
      if (setting.also)
        return { anyOf: [{ enum: [true, false, ...setting.also] }, { type: "string", pattern: "^(true|false)$" }] };
      return {
        anyOf: [
          { type: "boolean" },
          { type: "string", pattern: "^(true|false|yes|no|1|0)$" },
          { type: "integer", minimum: 0, maximum: 1 },
        ],
      };
    case "integer": {
      const [minimum, maximum] = RANGES[setting.range ?? "u64"];
      return { anyOf: [{ type: "integer", minimum, maximum }, ...also, { type: "string", pattern: "^[+-]?[0-9]+[KMGTkmgt]?$" }] };
    }
    case "string":
      return setting.values ? { enum: setting.values } : text;
    case "list":
      if (setting.form === "json") return { type: ["array", "string"] };
      return { anyOf: [{ type: "array", items: wordOf(setting) }, text] };
    case "map":
      return { anyOf: [{ type: "object", additionalProperties: text }, { type: "array", items: text }, text] };
  }
}

/** One entry of a list setting. */
function wordOf({ name, form }: Setting): Schema {
  if (form === "feature")
    return { type: "string", enum: [...experimentalFeatures(), ...otherFeatures()].map((feature) => feature.name) };
  if (name === "extra-platforms") return { type: "string", examples: SYSTEMS };
  return { type: "string" };
}

/** Suggestions for a package. They are snippets because an editor would list all values of an enum in the hover text. */
function toolNames(): readonly Schema[] {
  return toolCompletions().map(({ attribute, called, description }) => ({
    label: attribute,
    markdownDescription: called === attribute ? description : `${description}; also called \`${called}\``,
    body: attribute,
  }));
}

function codeSchema(codes: readonly AcceptableCode[]): Schema {
  return {
    description: "The diagnostic's code, such as trusted-user-is-root.",
    type: "string",
    enum: codes.map(({ code }) => code),
    markdownEnumDescriptions: codes.map(({ summary }) => summary),
  };
}

/**
 * Adds `markdownDescription` where a description has Markdown characters, because yaml-language-server shows `description` as plain text,
 * and where it is next to a `$ref`, because the `markdownDescription` of the definition would otherwise have precedence.
 */
function withMarkdown(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withMarkdown);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    copy[key] = key === "enum" || key === "examples" ? value : withMarkdown(value);
    const needsMarkdown = key === "description" && typeof value === "string" && (/[`#*_<]/.test(value) || "$ref" in schema);
    if (needsMarkdown) copy["markdownDescription"] = value;
  }
  return copy;
}
