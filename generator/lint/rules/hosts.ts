import { DEFAULT_RELEASE, releaseNamed } from "../../knowledge/releases.ts";
import { addition } from "../edits.ts";
import type { Rule } from "../rule.ts";

/* Machines of the spec. */

export const hostRules: readonly Rule[] = [
  {
    code: "state-version-missing",
    severity: "warning",
    summary: "a host without `stateVersion`",
    cause:
      "`system.stateVersion` is the release that a machine was installed with: NixOS goes by it where a newer release keeps data in another form. It must stay the same when nixpkgs becomes newer, so it belongs in the spec, once and for all.",
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
          message: `the host \`${host.name}\` does not say which release of NixOS it was installed with`,
          hint: `add \`stateVersion: "${release}"\`, or the release that it was installed with; it stays the same when nixpkgs becomes newer`,
          fix: () => addition(source, host.at, "stateVersion", `"${release}"`),
        });
      }
    },
  },
];
