import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { compiledTemplates, precompiled } from "../../scripts/precompiled.ts";
import { removeTree } from "./temp.ts";

/*
 * Test files as JavaScript. tsx needs a second for each process with the modules of generator/, and the process compiles the schema and
 * the templates again. Compiled once for all test files, a process needs a third of that.
 */

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A module that runs from elsewhere keeps its address, for the files that it finds by it. */
const ownAddress: Plugin = {
  name: "own-address",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8")
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href))
        .replaceAll("import.meta.dirname", JSON.stringify(dirname(path))),
      loader: "ts",
      resolveDir: dirname(path),
    }));
  },
};

/** Node loads packages itself, but for GitHub's: they import JSON without a word, which Node refuses. */
const packages: Plugin = {
  name: "packages",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === "entry-point" || path.startsWith("@actions/") ? undefined : { path, external: true },
    );
  },
};

/**
 * Compiles test files with everything that they import from this repository, and removes the result when the process exits.
 * @returns where each file stands compiled
 * @throws when a file does not compile
 */
export async function compiledTests(files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  // Inside node_modules/, where Node finds the packages.
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "flakewright-tests-"));
  process.on("exit", () => removeTree(folder));
  const templates = join(folder, "templates.json");
  writeFileSync(templates, JSON.stringify(await compiledTemplates()));
  await build({
    entryPoints: files.map((file, index) => ({ in: file, out: `${index}` })),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: true,
    logLevel: "silent",
    plugins: [precompiled(JSON.stringify(pathToFileURL(templates).href)), ownAddress, packages],
  });
  return new Map(files.map((file, index) => [file, join(folder, `${index}.mjs`)]));
}
