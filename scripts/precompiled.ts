import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { type Plugin, transform } from "esbuild";
import Handlebars from "handlebars";
import { specSchema } from "../generator/language/schema.ts";
import { ajvOptions, appending, schemaForAjv } from "../generator/language/validator.ts";
import { compileOptions } from "../generator/output/render.ts";
import { templatePaths } from "../generator/output/template-paths.ts";
import { nodeSystem } from "../generator/system/node-system.ts";

/* What a bundle has compiled instead of compiling it at each start: the schema and the templates. */

const root = fileURLToPath(new URL("../", import.meta.url));

/** Replaces generator/language/validator.ts: the compiled schema. */
function validatorModule(): string {
  const ajv = new Ajv2020({ ...ajvOptions, code: { source: true, esm: true, lines: false } });
  const code = appending(standaloneCode.default(ajv, ajv.compile(schemaForAjv)));
  if (code.includes(".concat(")) throw new Error("ajv's code copies mistakes in another form: see `appending`");
  return `${code}\nexport const validator = () => validate;\n`;
}

/**
 * The compiled templates, each as text that becomes a function when it is first used. A spec uses a part of them, and Node would parse all of
 * them at each start. Without what nothing here uses: the place of each call in the template, and a fallback for older runtimes, together a
 * fifth of the text.
 */
export async function compiledTemplates(): Promise<Record<string, string>> {
  const paths = await templatePaths(nodeSystem(root, process.env));
  const texts = paths.map(async (path) => {
    const spec = Handlebars.precompile(readFileSync(join(root, "flake-template", path), "utf8"), compileOptions);
    const short = String(spec)
      .replaceAll(/,"loc":\{"start":\{"line":\d+,"column":\d+\},"end":\{"line":\d+,"column":\d+\}\}/g, "")
      .replaceAll(
        /container\.lookupProperty \|\| function\(parent, propertyName\) \{[^}]*\}[^}]*\}/g,
        "container.lookupProperty",
      );
    const { code } = await transform(`return ${short}`, { minify: true, target: "node20" });
    return [path, code];
  });
  return Object.fromEntries(await Promise.all(texts));
}

/** Replaces generator/output/templates.ts: reads the compiled templates of a file, named by a URL as an expression of JavaScript. */
const templatesModule = (url: string) => `import { fileURLToPath } from "node:url";
import { handlebars } from "./render.ts";
const file = fileURLToPath(${url});
export async function loadTemplates(system) {
  const texts = JSON.parse((await system.readFile(file)).toString());
  const templates = new Map();
  return (path) => {
    if (!templates.has(path)) templates.set(path, handlebars.template(new Function(texts[path])()));
    return templates.get(path);
  };
}
`;

/**
 * The modules that compile at a start are replaced by their results.
 * @param templates where `compiledTemplates()` stand: the URL of a JSON file as an expression of JavaScript
 */
export const precompiled = (templates: string): Plugin => ({
  name: "precompiled",
  setup({ onLoad }) {
    // The finished schema, without the library that builds it.
    onLoad({ filter: /generator\/language\/schema\.ts$/ }, () => ({
      contents: `export const specSchema = JSON.parse(${JSON.stringify(JSON.stringify(specSchema))});`,
      loader: "js",
    }));
    onLoad({ filter: /generator\/language\/validator\.ts$/ }, () => ({
      contents: validatorModule(),
      loader: "js",
      resolveDir: join(root, "generator/language"),
    }));
    onLoad({ filter: /generator\/output\/templates\.ts$/ }, () => ({
      contents: templatesModule(templates),
      loader: "js",
      resolveDir: join(root, "generator/output"),
    }));
    // Node reads JSON faster as text than as a literal of the language.
    onLoad({ filter: /generator\/.*\.json$/ }, ({ path }) => ({
      contents: `export default JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(readFileSync(path, "utf8"))))});`,
      loader: "js",
    }));
  },
});
