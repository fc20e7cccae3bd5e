import { DEFAULT_RELEASE, releaseNamed } from "../../knowledge/releases.ts";
import { addition } from "../edits.ts";
import type { Rule } from "../rule.ts";

/* NixOS hosts. */

export const hostRules: readonly Rule[] = [
  {
    code: "state-version-missing",
    certainFix: true,
    severity: "warning",
    summary: "a host without `stateVersion`",
    cause:
      "`system.stateVersion` is the release that a host was first installed with. NixOS uses it to keep data formats that newer releases changed. It must not change with nixpkgs, so the spec must set it.",
    example: "hosts:\n  box: { system: x86_64-linux }",
    fixed: 'hosts:\n  box: { system: x86_64-linux, stateVersion: "26.05" }',
    source: "https://nixos.org/manual/nixos/stable/options#opt-system.stateVersion",
    check: ({ model, source, report }) => {
      const release = releaseNamed(model.nixpkgs.written) ?? DEFAULT_RELEASE;
      for (const host of model.hosts) {
        if (host.declaresStateVersion) continue;
        report({
          at: host.at,
          part: "key",
          message: `the host \`${host.name}\` has no stateVersion`,
          hint: `add \`stateVersion: "${release}"\`, or the release that the host was first installed with; do not change it with nixpkgs`,
          fix: () => addition(source, host.at, "stateVersion", `"${release}"`),
        });
      }
    },
  },
];
