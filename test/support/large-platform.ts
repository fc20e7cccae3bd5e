import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plainPackages } from "../../scripts/bench/spec.ts";

/** A platform of 300 tools in 30 groups, in a main file and five files that it includes. */
export interface LargePlatform {
  readonly folder: string;
  /** The texts by name, relative to the folder; the main file first. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Writes the platform below `folder`, with a `.git` folder, as a project has one. */
export function largePlatform(folder: string): LargePlatform {
  const names = plainPackages();
  const group = (index: number) => {
    const tools = names.slice(index * 10, index * 10 + 10);
    const entries = tools.map((tool, at) =>
      at % 3 === 0 ? `      - { package: ${tool}, description: Tool ${at} }\n` : `      - ${tool}\n`,
    );
    return `  g${index}:\n    title: Group ${index}\n    # what the team uses\n    packages:\n${entries.join("")}`;
  };
  const groups = Array.from({ length: 30 }, (_, index) => group(index));
  const includes = [0, 1, 2, 3, 4].map((index): [string, string] => [
    `spec/part-${index}.yaml`,
    `# part ${index}\ngroups:\n${groups.slice(index * 5 + 5, index * 5 + 10).join("")}`,
  ]);
  const main = [
    `include: [${includes.map(([name]) => name.replace("spec/", "")).join(", ")}]`,
    "version: 1",
    "name: large # 300 tools",
    `nixpkgs: "${"0".repeat(40)}"`,
    "groups:",
    groups.slice(0, 5).join("").trimEnd(),
    "shells:",
    "  ops:",
    "    groups: [g0, g7, g12]",
    "    env:",
    "      AWS_PROFILE: dev",
    "settings:",
    "  max-jobs: 4",
    "  experimental-features: [nix-command, flakes]",
    "substituters:",
    "  - url: https://cache.nixos.org/",
    "    publicKey: cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
    "hosts:",
    "  builder:",
    "    groups: [g1, g2]",
    '    stateVersion: "26.05"',
    "",
  ].join("\n");
  const texts = new Map([["spec/platform.yaml", main], ...includes]);
  for (const name of ["spec", ".git"]) mkdirSync(join(folder, name), { recursive: true });
  for (const [name, text] of texts) writeFileSync(join(folder, name), text);
  return { folder, texts };
}
