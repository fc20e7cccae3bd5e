import { readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build, type Plugin } from "esbuild";
import Handlebars from "handlebars";
import { specSchema } from "../generator/language/schema.ts";
import { ajvOptions, schemaForAjv } from "../generator/language/validator.ts";
import { compileOptions } from "../generator/output/render.ts";
import { templatePaths } from "../generator/output/templates.ts";
import { nodeSystem } from "../generator/system/node-system.ts";

/*
 * generator/ -> dist/: flakewright.js, and beside it a module for each part that is loaded when it is asked for. The schema and the
 * templates are compiled to functions here, so that no compiler is loaded at run time. `npm ci` runs it (the `prepare` script).
 */

const root = fileURLToPath(new URL("../", import.meta.url));
const require = createRequire(import.meta.url);

/** generator/language/validator.ts with the schema compiled beforehand. */
function validatorModule(): string {
  const ajv = new Ajv2020({ ...ajvOptions, code: { source: true, esm: true, lines: false } });
  const code = standaloneCode.default(ajv, ajv.compile(schemaForAjv));
  return `${code}\nexport const validator = () => validate;\n`;
}

/** generator/output/templates.ts with the templates compiled beforehand. */
async function templatesModule(): Promise<string> {
  const paths = await templatePaths(nodeSystem(root, process.env));
  const entries = paths.map((path) => {
    const spec = Handlebars.precompile(readFileSync(join(root, "flake-template", path), "utf8"), compileOptions);
    return `  ${JSON.stringify(path)}: () => (${spec}),`;
  });
  return `import { handlebars, ready } from "./render.ts";
const precompiled = {\n${entries.join("\n")}\n};
const templates = new Map();
function template(path) {
  if (!templates.has(path)) templates.set(path, ready(handlebars.template(precompiled[path]())));
  return templates.get(path);
}
export const loadTemplates = async () => template;
`;
}

const precompiled: Plugin = {
  name: "precompiled",
  setup({ onLoad, onResolve }) {
    // The finished schema, without what it is built with.
    onLoad({ filter: /generator\/language\/schema\.ts$/ }, () => ({
      contents: `export const specSchema = JSON.parse(${JSON.stringify(JSON.stringify(specSchema))});`,
      loader: "js",
    }));
    onLoad({ filter: /generator\/language\/validator\.ts$/ }, () => ({
      contents: validatorModule(),
      loader: "js",
      resolveDir: join(root, "generator/language"),
    }));
    onLoad({ filter: /generator\/output\/templates\.ts$/ }, async () => ({
      contents: await templatesModule(),
      loader: "js",
      resolveDir: join(root, "generator/output"),
    }));
    // The YAML reader asks the environment at each token whether to log it; asking costs more than reading the token.
    onResolve({ filter: /^process$/ }, () => ({ path: "process", namespace: "quiet" }));
    onLoad({ filter: /.*/, namespace: "quiet" }, () => ({ contents: "module.exports = { env: {} };" }));
    onResolve({ filter: /^handlebars$/ }, () => ({ path: require.resolve("handlebars/dist/cjs/handlebars.runtime.js") }));
  },
};

const dist = join(root, "dist");
await rm(dist, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { flakewright: join(root, "generator/main.ts") },
  outdir: dist,
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  // jsonc-parser's `main` asks for its own files in a way that no bundler can follow.
  mainFields: ["module", "main"],
  minify: true,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  // CommonJS packages in the bundle ask for Node's own modules.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  plugins: [precompiled],
});
const bin = join(dist, "flakewright.js");
await writeFile(bin, `#!/usr/bin/env node\n${await readFile(bin, "utf8")}`);
await chmod(bin, 0o755);
await mkdir(join(dist, "knowledge"), { recursive: true });
for (const name of await readdir(join(root, "generator/knowledge")))
  if (name.endsWith(".tsv")) await copyFile(join(root, "generator/knowledge", name), join(dist, "knowledge", name));
await writeLicences(Object.keys(metafile.inputs));

/** The licences of the packages in the bundle, in one file. */
async function writeLicences(inputs: readonly string[]): Promise<void> {
  const packages = [...new Set(inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []))].sort();
  let text = "The bundle holds code of these packages, each under its own licence.\n";
  for (const name of packages) {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const licence = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
    text += `\n${"=".repeat(78)}\n${name} ${version} (${license})\n\n${licence ? await readFile(join(folder, licence), "utf8") : ""}`;
  }
  await writeFile(join(dist, "LICENSES.txt"), text);
}
