import Handlebars from "handlebars";
import { commentText, generatedLine } from "./printers/comment.ts";
import { confLine, machinesLine, sysusersLine } from "./printers/conf.ts";
import { htmlLinks, htmlText } from "./printers/html.ts";
import { markdownCode, markdownText } from "./printers/markdown.ts";
import { type Attribute, type NixValue, nixBinding, nixBindings, nixKey, nixString, nixValue } from "./printers/nix.ts";
import { shellArray, shellWord } from "./printers/shell.ts";
import { yamlText } from "./printers/yaml.ts";

/** A template by its path below flake-template/, `.hbs` included, ready to run. */
export type Templates = (path: string) => (view: object) => string;

/**
 * Printers: the only ways a value of the spec gets into an output. Strict mode does not catch a missing argument of a
 * helper, `#if` or `#each`, so every printer refuses `undefined`.
 */
const printers: Readonly<Record<string, (...given: never[]) => string>> = {
  /** A whole value as Nix, on a line indented by the second argument. */
  nix: (value: NixValue, indent: number) => nixValue(value, indent),
  /** A binding on a line indented by the third argument; the first is the template's own path in front of it: `nix.settings`. */
  nixBinding: (path: string, value: NixValue, indent: number) => nixBinding(path.split("."), value, indent),
  /** Names with their values, each on a line indented by the second argument. */
  nixBindings: (attributes: readonly Attribute[], indent: number) => nixBindings(attributes, indent),
  nixString: (text: string) => nixString(text),
  nixKey: (name: string) => nixKey(name),
  /** A name as it is, where no quoting exists, such as a comment: the schema lets names hold nothing else. */
  word: (name: string) => {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) throw new Error(`not a name: ${JSON.stringify(name)}`);
    return name;
  },
  /** Text inside a comment of any kind, on one line. */
  comment: (text: string) => commentText(text),
  /** The first line of a generated file, in a comment. */
  generated: (spec: string) => generatedLine(spec),
  /** One shell word. */
  sh: (value: string | number) => shellWord(String(value)),
  /** The inside of `( … )` of a shell array. */
  shArray: (values: readonly string[]) => shellArray(values),
  conf: (name: string, value: never) => confLine(name, value),
  machine: (builder: never) => machinesLine(builder),
  sysuser: (entry: never) => sysusersLine(entry),
  md: (text: string | number) => markdownText(String(text)),
  mdCode: (text: string) => markdownCode(text),
  html: (text: string | number) => htmlText(String(text)),
  htmlLinks: (links: readonly { readonly id: string; readonly name: string }[]) => htmlLinks(links),
  yaml: (text: string, indent: number) => yamlText(text, indent),
};

/** The names a template may use in a mustache; a test walks every template and refuses any other. */
export const printerNames: readonly string[] = Object.keys(printers);

/** What a template is compiled with, here and when the bundle precompiles it. */
export const compileOptions = {
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  // Without `@index` and its kin a block costs a call, not a closure each time.
  data: false,
  knownHelpers: Object.fromEntries([...printerNames, "each", "if"].map((name) => [name, true])),
} as const;

export const handlebars = Handlebars.create();
for (const [name, print] of Object.entries(printers)) {
  // Handlebars' own options are the last argument.
  handlebars.registerHelper(name, (...given: unknown[]) => {
    if (given.includes(undefined)) throw new Error(`{{${name}}} was given nothing`);
    return print(...(given as never[]));
  });
}
/** As Handlebars has it: an empty list counts as nothing. */
handlebars.registerHelper("if", function (this: unknown, value: unknown, { fn, inverse }: Handlebars.HelperOptions) {
  if (value === undefined) throw new Error("{{#if}} was given nothing");
  const holds = Array.isArray(value) ? value.length > 0 : Boolean(value);
  return holds ? fn(this) : inverse(this);
});
/** Handlebars' own puts the rows together one by one; joined once, a long list takes half the time. */
handlebars.registerHelper("each", (rows: readonly unknown[] | undefined, options: Handlebars.HelperOptions) => {
  if (rows === undefined) throw new Error("{{#each}} was given nothing");
  return rows.map((row) => options.fn(row)).join("");
});

/** Compiled → ready to run. */
export const ready =
  (template: Handlebars.TemplateDelegate) =>
  (view: object): string =>
    template(view, { helpers: handlebars.helpers });
