import Handlebars from "handlebars";
import { commentText, generatedLine } from "./printers/comment.ts";
import { confLine, machinesLine, systemdEnvironment, sysusersLine } from "./printers/conf.ts";
import { htmlLinks, htmlText } from "./printers/html.ts";
import { jsonText } from "./printers/json.ts";
import { markdownCode, markdownText } from "./printers/markdown.ts";
import { type Attribute, type NixValue, nixBinding, nixBindings, nixKey, nixString, nixValue } from "./printers/nix.ts";
import { shellArray, shellWord } from "./printers/shell.ts";
import { gitlabText, yamlList, yamlText } from "./printers/yaml.ts";

/** Returns the compiled template at a path below flake-template/, `.hbs` included. */
export type Templates = (path: string) => (view: object) => string;

/**
 * Printers: every value of a spec gets into an output through one of these. Handlebars' strict mode does not report a missing argument of
 * a helper, `#if` or `#each`, so every printer throws for `undefined`.
 */
const printers: Readonly<Record<string, (...given: never[]) => string>> = {
  /** A whole value as Nix, on a line indented by the second argument. */
  nix: (value: NixValue, indent: number) => nixValue(value, indent),
  /** A binding on a line indented by the third argument. The first is the beginning of its path: `nix.settings`. */
  nixBinding: (path: string, value: NixValue, indent: number) => nixBinding(path.split("."), value, indent),
  /** Names with their values, each on a line indented by the second argument. */
  nixBindings: (attributes: readonly Attribute[], indent: number) => nixBindings(attributes, indent),
  nixString: (text: string) => nixString(text),
  nixKey: (name: string) => nixKey(name),
  /** A name, unquoted: only characters that mean nothing in a comment. */
  word: (name: string) => {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) throw new Error(`not a name: ${JSON.stringify(name)}`);
    return name;
  },
  /** Text in a comment, on one line. */
  comment: (text: string) => commentText(text),
  /** The first line of a generated file, in a comment. */
  generated: (spec: string) => generatedLine(spec),
  /** One shell word. */
  sh: (value: string | number) => shellWord(String(value)),
  /** The inside of `( … )` of a shell array. */
  shArray: (values: readonly string[]) => shellArray(values),
  conf: (name: string, value: never) => confLine(name, value),
  machine: (builder: never) => machinesLine(builder),
  /** A variable of a unit of systemd. */
  unitVariable: (name: string, value: string) => systemdEnvironment(name, value),
  sysuser: (entry: never) => sysusersLine(entry),
  md: (text: string | number) => markdownText(String(text)),
  mdCode: (text: string) => markdownCode(text),
  html: (text: string | number) => htmlText(String(text)),
  htmlLinks: (links: readonly { readonly id: string; readonly name: string }[]) => htmlLinks(links),
  yaml: (text: string, indent: number) => yamlText(text, indent),
  /** A flow list of texts for a GitHub workflow. */
  yamlList: (texts: readonly string[]) => yamlList(texts),
  gitlab: (text: string, indent: number) => gitlabText(text, indent),
  /** A value as JSON, on a line indented by the second argument. */
  json: (value: object, indent: number) => jsonText(value, indent),
};

/** The only helpers that a template may use in a mustache; a test checks all templates. */
export const printerNames: readonly string[] = Object.keys(printers);

/** Options for compiling a template, at run time and for the bundle. */
export const compileOptions = {
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  // No template uses `@index` or other data variables.
  data: false,
  knownHelpers: Object.fromEntries([...printerNames, "each", "if"].map((name) => [name, true])),
} as const;

export const handlebars = Handlebars.create();
for (const [name, print] of Object.entries(printers)) {
  // Handlebars' own options are the last argument.
  handlebars.registerHelper(name, (...given: unknown[]) => {
    if (given.includes(undefined)) throw new Error(`{{${name}}} has an undefined argument`);
    return print(...(given as never[]));
  });
}
/** Like Handlebars' own, where an empty list is false. */
handlebars.registerHelper("if", function (this: unknown, value: unknown, { fn, inverse }: Handlebars.HelperOptions) {
  if (value === undefined) throw new Error("{{#if}} has an undefined argument");
  const holds = Array.isArray(value) ? value.length > 0 : Boolean(value);
  return holds ? fn(this) : inverse(this);
});
/** Like Handlebars' own for lists; joining the rows once halves the time for a long list. */
handlebars.registerHelper("each", (rows: readonly unknown[] | undefined, options: Handlebars.HelperOptions) => {
  if (rows === undefined) throw new Error("{{#each}} has an undefined argument");
  return rows.map((row) => options.fn(row)).join("");
});
