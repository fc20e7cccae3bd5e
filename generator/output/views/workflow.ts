import type { Model } from "../../model/model.ts";
import { confLine } from "../printers/conf.ts";

/** Data for .github/workflows/nix.yml. */

/** GitHub's hosted runners by system, each an image with a fixed version. */
const RUNNERS: Readonly<Record<string, string>> = {
  "x86_64-linux": "ubuntu-24.04",
  "aarch64-linux": "ubuntu-24.04-arm",
  "aarch64-darwin": "macos-15",
  "x86_64-darwin": "macos-15-intel",
};

/** The settings that name binary caches. */
const CACHE_SETTINGS = new Set(["substituters", "trusted-public-keys", "extra-substituters", "extra-trusted-public-keys"]);

export function workflowView(model: Model): object {
  const hosted = model.systems.find((system) => RUNNERS[system] !== undefined);
  const system = hosted ?? model.systems[0];
  const caches = model.settings.filter(({ name }) => CACHE_SETTINGS.has(name)).map(({ name, value }) => confLine(name, value));
  return {
    // A self-hosted runner is selected by its labels.
    runner: RUNNERS[system] ?? system,
    hosted: hosted !== undefined,
    caches: caches.length > 0 && `${caches.join("\n")}\n`,
    roles: (model.buildUsers?.roles ?? []).map((role) => ({
      job: `role-${role.name}`,
      title: role.description === "" ? role.name : `${role.name}: ${role.description}`,
      check: `checks.${system}.role-${role.name}`,
    })),
  };
}
