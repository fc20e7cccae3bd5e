import { readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin, transform } from "esbuild";
import { compiledTemplates, precompiled } from "./precompiled.ts";

/*
 * Bundles generator/ into dist/: flakewright.js and one module for each part that is imported dynamically. The schema and the
 * templates are compiled to functions here, so that no compiler runs when flakewright starts. `npm ci` runs this script (`prepare`).
 */

const root = fileURLToPath(new URL("../", import.meta.url));
const require = createRequire(import.meta.url);

/** Of two packages the part that a run needs. */
const leanPackages: Plugin = {
  name: "lean-packages",
  setup({ onResolve }) {
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

/** An ES module as CommonJS: to start its loader of ES modules costs Node about 10 ms, a sixth of `node -e 0`. */
async function asCommonJs(text: string): Promise<string> {
  const { code } = await transform(text, {
    format: "cjs",
    platform: "node",
    target: "node20",
    minify: true,
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "moduleUrl" },
    banner: text.includes("import.meta.url") ? 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' : "",
  });
  // One character above U+00FF doubles the memory of the whole text. esbuild escapes them, except in regular expressions.
  const beyond = /.{0,40}[^\0-\x7f]/.exec(code)?.[0];
  if (beyond !== undefined) throw new Error(`write the last character as \\u… in: ${beyond}`);
  return code;
}

const dist = join(root, "dist");
await rm(dist, { recursive: true, force: true });
const { metafile, outputFiles } = await build({
  entryPoints: { flakewright: join(root, "generator/main.ts") },
  outdir: dist,
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node20",
  // esbuild splits ES modules only.
  format: "esm",
  // jsonc-parser's `main` is UMD: esbuild can't follow its require calls.
  mainFields: ["module", "main"],
  minify: true,
  legalComments: "none",
  metafile: true,
  write: false,
  logLevel: "warning",
  plugins: [precompiled('new URL("./templates.json", import.meta.url)'), leanPackages, oneSharedFile],
});
await mkdir(dist, { recursive: true });
for (const { path, text } of outputFiles) await writeFile(path, await asCommonJs(text));
await writeFile(join(dist, "package.json"), '{ "type": "commonjs" }\n');
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
