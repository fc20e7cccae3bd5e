import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/*
 * npx tsx scripts/foreign-names.ts REGISTRY.json UPSTREAMS.json writes generator/knowledge/mise-registry.tsv and upstreams.tsv, which
 * `import` reads.
 *
 * REGISTRY.json: mise's registry, { name: { aliases?, backends, bins? } }, from `mise registry --json` or the files in mise's registry/.
 * UPSTREAMS.json: { "github.com/owner/repo": [attributes] }: the repository that each package of nixpkgs is built from.
 */

interface Tool {
  readonly aliases?: readonly string[];
  readonly backends: readonly string[];
  readonly bins?: readonly string[];
}

const [registryPath, upstreamsPath] = process.argv.slice(2);
if (!registryPath || !upstreamsPath) throw new Error("usage: foreign-names.ts REGISTRY.json UPSTREAMS.json");
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const write = (name: string, lines: readonly string[]) =>
  writeFileSync(fileURLToPath(new URL(`../generator/knowledge/${name}`, import.meta.url)), `${lines.join("\n")}\n`);

const registry: Record<string, Tool> = read(registryPath);
const tools = Object.keys(registry)
  .sort(byName)
  .map((name) => {
    const { aliases = [], backends = [], bins = [] } = registry[name] ?? { backends: [] };
    const plain = [...new Set(backends.map((backend) => backend.replace(/\[.*$/, "")))];
    return [name, aliases.join(" "), plain.join(" "), bins.join(" ")].join("\t").trimEnd();
  });
write("mise-registry.tsv", tools);

const upstreams: Record<string, readonly string[]> = read(upstreamsPath);
const repositories = Object.keys(upstreams)
  .map((repository): [string, string] => [
    repository.toLowerCase().replace(/^github\.com\//, ""),
    (upstreams[repository] ?? []).join(" "),
  ])
  .sort(([a], [b]) => byName(a, b))
  // Most packages have the name of their repository.
  .map(([repository, attributes]) =>
    attributes === repository.slice(repository.lastIndexOf("/") + 1) ? repository : `${repository}\t${attributes}`,
  );
write("upstreams.tsv", repositories);
