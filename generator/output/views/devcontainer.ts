import type { Model } from "../../model/model.ts";
import type { PlanContext } from "../context.ts";
import { cacheLines, FLAKES_LINE } from "./pipelines.ts";

/** Debian, because the editor's server needs a C library at its usual place, which images of Nix do not have. */
const IMAGE = "mcr.microsoft.com/devcontainers/base:debian";
/** https://github.com/devcontainers/features/tree/main/src/nix */
const NIX = "ghcr.io/devcontainers/features/nix:1";
const SHELL = "nix develop";

/** Data for .devcontainer/devcontainer.json: https://containers.dev/implementors/json_reference/ */
export function devcontainerView(model: Model, { folder }: PlanContext): object {
  const flake = folder === "" ? "." : `./${folder}`;
  // The feature takes a comma for the end of a line, and has no escape.
  const lines = [FLAKES_LINE, ...cacheLines(model)].filter((line) => !line.includes(","));
  return {
    config: {
      name: model.name,
      image: IMAGE,
      features: { [NIX]: { extraNixConfig: lines.join(",") } },
      // A list, which no shell reads. It fetches the tools while the container is made.
      onCreateCommand: ["nix", "develop", flake, "--command", "true"],
      customizations: {
        vscode: {
          settings: {
            "terminal.integrated.defaultProfile.linux": SHELL,
            "terminal.integrated.profiles.linux": { [SHELL]: { path: "nix", args: ["develop", flake] }, bash: { path: "bash" } },
          },
        },
      },
    },
  };
}
