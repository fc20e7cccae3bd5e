import Handlebars from "handlebars";
import { confLine, machinesLine, sysusersLine } from "./conf.ts";
import { htmlLinks, htmlText, scriptJson } from "./html.ts";
import { markdownCode, markdownText } from "./markdown.ts";
import { type NixValue, nixKey, nixPath, nixString, nixValue } from "./nix.ts";
import { shellArray, shellWord } from "./shell.ts";
import { yamlText } from "./yaml.ts";

/** A template by its path below flake-template/, `.hbs` included, ready to run. */
export type Templates = (path: string) => (view: object) => string;

/**
 * Printers: the only ways a value of the spec gets into an output. Strict mode does not catch a missing argument of a
 * helper, `#if` or `#each`, so every printer refuses `undefined`.
 */
const printers: Readonly<Record<string, (...values: never[]) => string>> = {
  /** A whole value as Nix, on a line indented by the second argument. */
  nix: (value: NixValue, indent: number) => nixValue(value, indent),
  nixString: (text: string) => nixString(text),
  nixKey: (name: string) => nixKey(name),
  nixPath: (path: readonly string[]) => nixPath(path),
  /** A name as it is, where no quoting exists, such as a comment: the schema lets names hold nothing else. */
  word: (name: string) => {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) throw new Error(`not a name: ${JSON.stringify(name)}`);
    return name;
  },
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
  json: (value: unknown) => scriptJson(value),
};

/** The names a template may use in a mustache; a test walks every template and refuses any other. */
export const printerNames: readonly string[] = Object.keys(printers);

/** What a template is compiled with, here and when the bundle precompiles it. */
export const compileOptions = {
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: Object.fromEntries([...printerNames, "each", "if", "unless"].map((name) => [name, true])),
} as const;

export const handlebars = Handlebars.create();
for (const [name, print] of Object.entries(printers)) {
  handlebars.registerHelper(name, (...given: unknown[]) => {
    given.pop();
    if (given.includes(undefined)) throw new Error(`{{${name}}} was given nothing`);
    return print(...(given as never[]));
  });
}
for (const name of ["each", "if", "unless"]) {
  const original = handlebars.helpers[name] as Handlebars.HelperDelegate;
  handlebars.registerHelper(name, function (this: unknown, value: unknown, options: Handlebars.HelperOptions) {
    if (value === undefined) throw new Error(`{{#${name}}} was given nothing`);
    return original.call(this, value, options);
  });
}
