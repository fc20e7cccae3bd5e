import { readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build, type Plugin, transform } from "esbuild";
import Handlebars from "handlebars";
import { specSchema } from "../generator/language/schema.ts";
import { ajvOptions, appending, schemaForAjv } from "../generator/language/validator.ts";
import { compileOptions } from "../generator/output/render.ts";
import { templatePaths } from "../generator/output/templates.ts";
import { nodeSystem } from "../generator/system/node-system.ts";

/*
 * Bundles generator/ into dist/: flakewright.js and one module for each part that is imported dynamically. The schema and the
 * templates are compiled to functions here, so that no compiler runs when flakewright starts. `npm ci` runs this script (`prepare`).
 */

const root = fileURLToPath(new URL("../", import.meta.url));
const require = createRequire(import.meta.url);

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
async function compiledTemplates(): Promise<Record<string, string>> {
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

/** Replaces generator/output/templates.ts: the compiled templates are read from dist/templates.json. */
const templatesModule = `import { fileURLToPath } from "node:url";
import { handlebars, ready } from "./render.ts";
const file = fileURLToPath(new URL("./templates.json", import.meta.url));
export async function loadTemplates(system) {
  const texts = JSON.parse((await system.readFile(file)).toString());
  const templates = new Map();
  return (path) => {
    if (!templates.has(path)) templates.set(path, ready(handlebars.template(new Function(texts[path])())));
    return templates.get(path);
  };
}
`;

const precompiled: Plugin = {
  name: "precompiled",
  setup({ onLoad, onResolve }) {
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
      contents: templatesModule,
      loader: "js",
      resolveDir: join(root, "generator/output"),
    }));
    // Node reads JSON faster as text than as a literal of the language.
    onLoad({ filter: /generator\/.*\.json$/ }, ({ path }) => ({
      contents: `export default JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(readFileSync(path, "utf8"))))});`,
      loader: "js",
    }));
    // Of `yaml` the build in ES modules, which are read in one go; it does not read process.env at each token either.
    onResolve({ filter: /^yaml$/ }, () => ({ path: join(root, "node_modules/yaml/browser/dist/index.js") }));
    onResolve({ filter: /^handlebars$/ }, () => ({ path: require.resolve("handlebars/dist/cjs/handlebars.runtime.js") }));
  },
};

/**
 * What every command shares becomes one file: esbuild gives modules that different dynamic imports share a file for each set of them, and
 * each file costs Node about a millisecond at the start. So each module that is imported dynamically imports the shared part, which is loaded
 * by then.
 */
const oneSharedFile: Plugin = {
  name: "one-shared-file",
  setup({ onLoad, onResolve }) {
    const shared = join(root, "generator/cli/run.ts");
    onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) =>
      kind === "dynamic-import" ? { path: join(resolveDir, path), pluginData: "dynamic" } : undefined,
    );
    onLoad({ filter: /\.ts$/ }, ({ path, pluginData }) =>
      pluginData === "dynamic" && path !== shared
        ? {
            contents: `${readFileSync(path, "utf8")}\nimport ${JSON.stringify(shared)};\n`,
            loader: "ts",
            resolveDir: dirname(path),
          }
        : undefined,
    );
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
  // jsonc-parser's `main` is UMD: esbuild can't follow its require calls.
  mainFields: ["module", "main"],
  minify: true,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  // CommonJS packages in the bundle call require for Node's own modules.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  plugins: [precompiled, oneSharedFile],
});
const bin = join(dist, "flakewright.js");
await writeFile(bin, `#!/usr/bin/env node\n${await readFile(bin, "utf8")}`);
await chmod(bin, 0o755);
await writeFile(join(dist, "templates.json"), JSON.stringify(await compiledTemplates()));
await mkdir(join(dist, "knowledge"), { recursive: true });
for (const name of await readdir(join(root, "generator/knowledge")))
  if (/\.(tsv|nix)$/.test(name)) await copyFile(join(root, "generator/knowledge", name), join(dist, "knowledge", name));
await writeLicences(Object.keys(metafile.inputs));

/** Writes the licences of all bundled packages into one file. */
async function writeLicences(inputs: readonly string[]): Promise<void> {
  const packages = [...new Set(inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []))].sort();
  let text = "The bundle contains code of these packages, each under its own licence.\n";
  for (const name of packages) {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const licence = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
    text += `\n${"=".repeat(78)}\n${name} ${version} (${license})\n\n${licence ? await readFile(join(folder, licence), "utf8") : ""}`;
  }
  await writeFile(join(dist, "LICENSES.txt"), text);
}
