import { basename, join, resolve } from "node:path";
import { DEFAULT_RELEASE } from "../knowledge/releases.ts";
import { shellWord } from "../output/printers/shell.ts";
import { STARTER_ENVRC } from "../output/starter-files.ts";
import type { System } from "../system/system.ts";
import { type Outcome, printed, refused } from "./outcome.ts";
import { printedSchema } from "./schema.ts";

/**
 * Writes a starter spec and its schema, and `.gitattributes`, `.gitignore` and `.envrc` where they are missing. Never overwrites a file: when one of
 * the first two exists, it writes nothing.
 */
export async function init(system: System, folder: string): Promise<Outcome> {
  const files = [
    { path: "spec/platform.yaml", text: starter(projectName(basename(resolve(system.cwd, folder)))) },
    { path: "spec/flakewright.schema.json", text: printedSchema() },
    { path: "spec/.gitattributes", text: GITATTRIBUTES },
    { path: ".gitignore", text: GITIGNORE },
    { path: ".envrc", text: STARTER_ENVRC },
  ];
  const present = new Set<string>();
  for (const { path } of files) if ((await system.kind(join(folder, path))) !== undefined) present.add(path);
  const existing = files.slice(0, 2).find(({ path }) => present.has(path))?.path;
  if (existing !== undefined) {
    const note = `${join(folder, existing)} exists already; init overwrites nothing`;
    return refused(note);
  }
  await system.mkdir(join(folder, "spec"));
  const lines: string[] = [];
  const notes: string[] = [];
  for (const { path, text } of files) {
    if (present.has(path)) {
      notes.push(`${join(folder, path)} exists and is not changed; the starter's would have: ${effectiveLines(text)}`);
      continue;
    }
    await system.writeFile(join(folder, path), text);
    lines.push(`created ${join(folder, path)}\n`);
  }
  const enter = folder === "." ? "" : `cd ${shellWord(folder)} && `;
  notes.push(`next: ${enter}flakewright generate, then git add -N spec out, then nix develop ./out`);
  notes.push("editor: `flakewright lsp` is a language server on stdio; docs/editors.md of flakewright has the lines for yours");
  return { ...printed(lines.join("")), notes };
}

/** A file's lines without comments, joined by commas. */
const effectiveLines = (text: string): string =>
  text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .join(", ");

/** The folder's name turned into a valid name of the language; `platform` when no letter is left. */
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

const GITATTRIBUTES = `# LF in every clone: out/.flakewright.sha256 has the checksum of the spec.
* text eol=lf
`;

const GITIGNORE = `# Links of nix build, and direnv's cache.
result
result-*
.direnv/
`;

const starter = (name: string): string => `# yaml-language-server: $schema=./flakewright.schema.json
#
# The whole platform in one file. \`flakewright generate\` compiles it to out/, \`flakewright watch\` does so at every save. An editor
# with yaml-language-server completes keys, settings and packages; with \`flakewright lsp\` it shows each finding as you type, and its fix.
version: 1
name: ${name}
description: Tools and Nix settings of ${name}

# A branch, tag or commit of NixOS/nixpkgs. \`nix flake update\` in out/ locks the branch's newest commit.
nixpkgs: nixos-${DEFAULT_RELEASE}
systems: [x86_64-linux, aarch64-linux, aarch64-darwin]

# Each group becomes a dev shell (nix develop ./out#k8s), a package (nix profile install ./out#k8s) and a module option.
groups:
  k8s:
    title: Kubernetes
    packages:
      - kubectl
      - k9s
      # The long form: an attribute path of nixpkgs and the tool's usual name. nixpkgs' \`helm\` is an audio synthesizer.
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

# Shells beside those of the groups and \`default\`, which has all groups.
shells:
  ops:
    title: Operations
    groups: [k8s, cloud]
    env: { AWS_PAGER: "" }
    # hook: |
    #   echo "bash, run when the shell starts"

# nix.conf settings by Nix's own names, for NixOS, nix-darwin and every other system.
settings:
  experimental-features: [nix-command, flakes]
  max-jobs: auto
  keep-outputs: true

# Binary caches, each with its public signing key.
substituters:
  - url: https://cache.nixos.org/
    publicKey: cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=

gc: { automatic: true, dates: weekly, olderThan: 30d }

# NixOS machines: nixos-rebuild switch --flake ./out#workstation. out/hosts/workstation.nix is written once, then yours.
hosts:
  workstation:
    system: x86_64-linux
    groups: [k8s, dev]
    stateVersion: "${DEFAULT_RELEASE}"

# Each entry accepts one risk and says why.
lint:
  - code: nixpkgs-unpinned
    why: the first \`nix\` command writes out/flake.lock, and we commit it
`;
