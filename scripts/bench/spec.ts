import { readFileSync } from "node:fs";

/** The packages without any finding: of all systems and without flags, the same in all releases. */
export function plainPackages(): string[] {
  const facts = readFileSync(new URL("../../generator/knowledge/packages.tsv", import.meta.url), "utf8");
  return Array.from(
    facts.matchAll(/^([a-z0-9-]+)\t[^\t]*\t[^\t]*\tf\t\t[^\t]*\t[^\t]*$/gm),
    ([, attribute]) => attribute as string,
  );
}

/** The YAML of a spec of the given size, at most 10,000 packages. Each package has a description, each host two groups. */
export function largeSpec({
  groups,
  packages,
  hosts,
  caches,
}: {
  groups: number;
  packages: number;
  hosts: number;
  caches: number;
}): string {
  const names = plainPackages();
  const lines = ["version: 1", "name: scale", "nixpkgs: 0123456789abcdef0123456789abcdef01234567", "groups:"];
  for (let group = 0; group < groups; group++) {
    lines.push(`  g${group}:`, `    title: Group ${group}`, "    packages:");
    for (let tool = group; tool < packages; tool += groups)
      lines.push(`      - package: "${names[tool]}"`, `        description: Tool ${tool}`);
  }
  if (hosts > 0) lines.push("hosts:");
  for (let host = 0; host < hosts; host++)
    lines.push(
      `  h${host}:`,
      "    system: x86_64-linux",
      `    groups: [g${host % groups}, g${(host * 7 + 1) % groups}]`,
      '    stateVersion: "26.05"',
    );
  if (caches > 0) lines.push("substituters:");
  for (let cache = 0; cache < caches; cache++)
    lines.push(
      `  - url: https://cache${cache}.example/`,
      `    publicKey: cache${cache}-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=`,
    );
  return `${lines.join("\n")}\n`;
}

/** A spec of 10,000 lines in one file, or in as many included ones as `count` says; the spec's own file is `spec.yaml`. */
export function specOfFiles(count: number): Map<string, string> {
  const head = `version: 1\nname: large\nnixpkgs: "${"0".repeat(40)}"\n`;
  const group = (index: number) =>
    `  g${index}:\n    packages:\n${"jq kubectl git curl"
      .split(" ")
      .map((tool) => `      - ${tool}\n`)
      .join("")}    title: Group ${index}\n    description: Tools ${"of this group ".repeat(3)}\n`;
  const groups = Array.from({ length: 1250 }, (_, index) => group(index));
  if (count === 1) return new Map([["spec.yaml", `${head}groups:\n${groups.join("")}`]]);
  const size = Math.ceil(groups.length / (count - 1));
  const names = Array.from({ length: count - 1 }, (_, index) => `part-${index}.yaml`);
  return new Map([
    ["spec.yaml", `${head}include: [${names.join(", ")}]\n`],
    ...names.map((name, index): [string, string] => [
      name,
      `groups:\n${groups.slice(index * size, (index + 1) * size).join("")}`,
    ]),
  ]);
}
