import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { type BuildOptions, type BuildResult, build, type Plugin } from "esbuild";
import Handlebars from "handlebars";
import { nodeHost } from "../generator/host.ts";
import { compileOptions } from "../generator/render.ts";
import { templatePaths } from "../generator/templates.ts";
import { ajvOptions, schemaForAjv } from "../generator/validator.ts";

/*
 * generator/ -> dist/: one ES module with everything in it, the schema compiled to a function and the templates to functions, so
 * that no compiler is loaded at run time. `npm ci` runs it (the `prepare` script).
 */

const root = fileURLToPath(new URL("../", import.meta.url));
const require = createRequire(import.meta.url);

/** generator/validator.ts with the schema compiled beforehand. */
function validatorModule(): string {
  const ajv = new Ajv2020({ ...ajvOptions, code: { source: true, esm: true, lines: false } });
  const code = standaloneCode.default(ajv, ajv.compile(schemaForAjv));
  return `${code}\nexport const validator = () => validate;\n`;
}

/** generator/templates.ts with the templates compiled beforehand. */
async function templatesModule(): Promise<string> {
  const paths = await templatePaths(nodeHost(root, process.env));
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
    onLoad({ filter: /generator\/validator\.ts$/ }, () => ({
      contents: validatorModule(),
      loader: "js",
      resolveDir: join(root, "generator"),
    }));
    onLoad({ filter: /generator\/templates\.ts$/ }, async () => ({
      contents: await templatesModule(),
      loader: "js",
      resolveDir: join(root, "generator"),
    }));
    // The YAML reader asks the environment at each token whether to log it; asking costs more than reading the token.
    onResolve({ filter: /^process$/ }, () => ({ path: "process", namespace: "quiet" }));
    onLoad({ filter: /.*/, namespace: "quiet" }, () => ({ contents: "module.exports = { env: {} };" }));
    onResolve({ filter: /^handlebars$/ }, () => ({ path: require.resolve("handlebars/dist/cjs/handlebars.runtime.js") }));
  },
};

const dist = join(root, "dist");
await rm(dist, { recursive: true, force: true });
const common: BuildOptions = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  minify: true,
  legalComments: "none",
  write: false,
  metafile: true,
  logLevel: "warning",
};
const main = await build({
  ...common,
  entryPoints: [join(root, "generator/cli.ts")],
  outfile: join(dist, "main.js"),
  // CommonJS packages in the bundle ask for Node's own modules.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  plugins: [precompiled],
});
const bin = await build({
  ...common,
  entryPoints: [join(root, "generator/bin.ts")],
  outfile: join(dist, "flakewright.js"),
  // https://nodejs.org/api/module.html#module-compile-cache: on before the large file is read, where Node has it.
  banner: { js: '#!/usr/bin/env node\nimport module from "node:module"; module.enableCompileCache?.();' },
  external: ["./cli.ts", "fs-extra", "chokidar"],
});
const text = (result: BuildResult) => result.outputFiles?.[0]?.text ?? "";
const hash = createHash("sha256").update(text(main)).update(text(bin)).digest("hex").slice(0, 16);
await mkdir(dist);
await writeFile(join(dist, "main.js"), text(main).replaceAll("@BUILD@", hash));
await writeFile(join(dist, "flakewright.js"), text(bin).replaceAll("@BUILD@", hash).replace('"./cli.ts"', '"./main.js"'), {
  mode: 0o755,
});
await mkdir(join(dist, "knowledge"), { recursive: true });
for (const name of await readdir(join(root, "generator/knowledge")))
  if (name.endsWith(".tsv")) await copyFile(join(root, "generator/knowledge", name), join(dist, "knowledge", name));
await writeLicences(Object.keys(main.metafile?.inputs ?? {}));

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
