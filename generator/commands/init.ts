import { basename, join, resolve } from "node:path";
import { shellWord } from "../output/printers/shell.ts";
import type { System } from "../system/system.ts";
import { type Outcome, printed } from "./outcome.ts";
import { printedSchema } from "./schema.ts";

/**
 * Writes a starter spec with its schema beside it, and `.gitignore` and `.envrc` where there are none. Asks nothing and
 * overwrites nothing: where a spec is, nothing at all is written.
 */
export async function init(system: System, folder: string): Promise<Outcome> {
  const files = [
    { path: "spec/platform.yaml", text: starter(projectName(basename(resolve(system.cwd, folder)))) },
    { path: "spec/flakewright.schema.json", text: printedSchema() },
    { path: ".gitignore", text: GITIGNORE },
    { path: ".envrc", text: ENVRC },
  ];
  const present = new Set<string>();
  for (const { path } of files) if ((await system.kind(join(folder, path))) !== undefined) present.add(path);
  const inTheWay = [...present].find((path) => path.startsWith("spec/"));
  if (inTheWay !== undefined) {
    const note = `${join(folder, inTheWay)} is there already, and init overwrites nothing`;
    return { ...printed(""), notes: [note], status: 2 };
  }
  await system.mkdir(join(folder, "spec"));
  const lines: string[] = [];
  const notes: string[] = [];
  for (const { path, text } of files) {
    if (present.has(path)) {
      notes.push(`${join(folder, path)} is yours and stays as it is; the starter's would hold: ${wordsOf(text)}`);
      continue;
    }
    await system.writeFile(join(folder, path), text);
    lines.push(`created ${join(folder, path)}\n`);
  }
  const go = folder === "." ? "" : `cd ${shellWord(folder)} && `;
  notes.push(`now: ${go}flakewright generate, then git add -N spec out, then nix develop ./out`);
  return { ...printed(lines.join("")), notes };
}

/** A file's lines that do something, as one phrase. */
const wordsOf = (text: string): string =>
  text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .join(", ");

/** The folder's name as the language takes one, or a plain one where it holds nothing of that sort. */
function projectName(folder: string): string {
  const name = folder
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 63)
    .replace(/-+$/, "");
  return name || "platform";
}

const GITIGNORE = `# What nix build leaves, and direnv's cache.
result
result-*
.direnv/
`;

const ENVRC = `# direnv: the default shell on entering this folder. \`direnv allow\` switches it on; \`use flake ./out#k8s\` would open one group.
watch_file out/flake.nix
use flake ./out
`;

const starter = (name: string): string => `# yaml-language-server: $schema=./flakewright.schema.json
#
# The platform, in one file: \`flakewright generate\` compiles it to out/, \`flakewright watch\` does so at every save. An editor
# with yaml-language-server completes keys, settings and packages, and explains each under the cursor.
version: 1
name: ${name}
description: Tools and Nix settings of ${name}

# A branch, tag or commit of NixOS/nixpkgs. \`nix flake update\` in out/ moves to its newest commit.
nixpkgs: nixos-26.05
systems: [x86_64-linux, aarch64-linux, aarch64-darwin]

# Each group is a dev shell (nix develop ./out#k8s), a package (nix profile install ./out#k8s) and a module switch.
groups:
  k8s:
    title: Kubernetes
    packages:
      - kubectl
      - k9s
      # The long form: an attribute path of nixpkgs, and what people call it. nixpkgs' \`helm\` is an audio synthesizer.
      - package: kubernetes-helm
        name: helm
        description: Kubernetes package manager
  cloud:
    title: Cloud
    packages:
      - awscli2
      - opentofu
  dev:
    title: Development
    packages: [git, jq, ripgrep]

# Shells beyond the automatic ones; \`default\` holds all groups.
shells:
  ops:
    title: Operations
    groups: [k8s, cloud]
    env: { AWS_PAGER: "" }
    # hook: |
    #   echo "bash that runs on entry"

# nix.conf, by Nix's own names; on NixOS, nix-darwin and everywhere else.
settings:
  experimental-features: [nix-command, flakes]
  max-jobs: auto
  keep-outputs: true

# Binary caches, each with the key it signs with.
substituters:
  - url: https://cache.nixos.org/
    publicKey: cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=

gc: { automatic: true, dates: weekly, olderThan: 30d }

# NixOS machines: nixos-rebuild switch --flake ./out#workstation. out/hosts/workstation.nix is written once, then yours.
hosts:
  workstation:
    system: x86_64-linux
    groups: [k8s, dev]
    stateVersion: "26.05"

# One entry accepts one risk, and says why.
lint:
  - code: nixpkgs-unpinned
    why: the first \`nix\` command writes out/flake.lock, which is committed
`;
