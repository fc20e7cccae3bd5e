import { FIRST_RELEASE, isMac, MAX_STATE_VERSION, releaseWithoutNixDarwin } from "../../knowledge/nix-darwin.ts";
import { DEFAULT_RELEASE, isFarRelease, releaseNamed } from "../../knowledge/releases.ts";
import { valueAt } from "../../report/spec-path.ts";
import { addition, removal, replacement } from "../edits.ts";
import type { Rule } from "../rule.ts";

/* Hosts of all kinds. */

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
        if (host.os === "linux" || host.declaresStateVersion) continue;
        // Another `os` has its own finding, and decides which form is missing.
        const asked = valueAt(source, [...host.at, "os"]);
        if (asked !== undefined && asked !== host.os) continue;
        const version = host.os === "darwin" ? String(host.stateVersion) : `"${release}"`;
        const first =
          host.os === "darwin"
            ? "the number that nix-darwin's first installation wrote"
            : "the release that the host was first installed with";
        report({
          at: host.at,
          part: "key",
          message: `the host \`${host.name}\` has no stateVersion`,
          hint: `add \`stateVersion: ${version}\`, or ${first}; do not change it with nixpkgs`,
          fix: () => addition(source, host.at, "stateVersion", version),
        });
      }
    },
  },
  {
    code: "host-os",
    severity: "error",
    final: true,
    summary: "a host whose `os` and `system` do not fit",
    cause: "`os: darwin` is macOS, so its system is a darwin one; NixOS and other Linux machines have a linux system.",
    example: "hosts:\n  mac: { os: nixos, system: aarch64-darwin, stateVersion: 6 }",
    fixed: "hosts:\n  mac: { system: aarch64-darwin, stateVersion: 6 }",
    check: ({ model, source, report }) => {
      for (const host of model.hosts) {
        const at = [...host.at, "os"];
        const asked = valueAt(source, at);
        if (asked === undefined || (asked === "darwin") === isMac(host.system)) continue;
        report({
          at,
          message: `\`os: ${String(asked)}\` does not fit the system \`${host.system}\``,
          hint: isMac(host.system)
            ? "a Mac needs no `os`: delete it, or give the host a linux system"
            : "give the host a darwin system, such as `system: aarch64-darwin`, or delete `os`",
          fix: () => removal(source, at),
        });
      }
    },
  },
  {
    code: "state-version-kind",
    severity: "error",
    final: true,
    summary: "a `stateVersion` of another operating system",
    cause: 'NixOS counts by releases (`"26.05"`, text), nix-darwin by numbers of its own (`6`). Neither accepts the other\'s.',
    example: 'hosts:\n  mac: { system: aarch64-darwin, stateVersion: "26.05" }',
    fixed: "hosts:\n  mac: { system: aarch64-darwin, stateVersion: 6 }",
    source: "https://nix-darwin.github.io/nix-darwin/manual/#opt-system.stateVersion",
    check: ({ model, source, report }) => {
      const release = releaseNamed(model.nixpkgs.written) ?? DEFAULT_RELEASE;
      for (const host of model.hosts) {
        const at = [...host.at, "stateVersion"];
        const written = valueAt(source, at);
        if (host.os === "linux" || written === undefined || typeof written === typeof host.stateVersion) continue;
        const isMacHost = host.os === "darwin";
        report({
          at,
          message: isMacHost
            ? `\`${host.name}\` is a Mac, and nix-darwin's stateVersion is a number`
            : `\`${host.name}\` is a NixOS host, and its stateVersion is a release in quotes`,
          hint: isMacHost
            ? `write \`stateVersion: ${host.stateVersion}\`, or the number that nix-darwin's first installation wrote`
            : `write \`stateVersion: "${release}"\`, or the release that the host was first installed with`,
          fix: () => replacement(source, at, "value", isMacHost ? String(host.stateVersion) : `"${release}"`),
        });
      }
    },
  },
  {
    code: "state-version-unknown",
    severity: "error",
    final: true,
    summary: "a `stateVersion` that no release ever had",
    cause:
      "NixOS began with 13.10, and its releases are from May and November. nix-darwin counts from 1 to a number of its release, and refuses a greater one.",
    example: "hosts:\n  mac: { system: aarch64-darwin, stateVersion: 26 }",
    fixed: "hosts:\n  mac: { system: aarch64-darwin, stateVersion: 6 }",
    source: "https://nix-darwin.github.io/nix-darwin/manual/#opt-system.stateVersion",
    check: ({ model, source, environment, report }) => {
      for (const host of model.hosts) {
        const at = [...host.at, "stateVersion"];
        const written = valueAt(source, at);
        if (host.os === "darwin" && typeof written === "number" && written > MAX_STATE_VERSION)
          report({
            at,
            message: `nix-darwin has no stateVersion above ${MAX_STATE_VERSION}`,
            hint: "write `6`, or the number that nix-darwin's first installation wrote",
          });
        if (host.os !== "nixos" || typeof written !== "string" || !/^\d\d\.\d\d$/.test(written)) continue;
        const isFuture = environment.today !== undefined && isFarRelease(written, environment.today);
        if (!isFuture && written >= "13.11") continue;
        report({
          at,
          message: isFuture ? `NixOS ${written} is not released yet` : `there was no NixOS ${written}`,
          hint: "write the release that the host was first installed with",
        });
      }
    },
  },
  {
    code: "host-key-unused",
    severity: "error",
    final: true,
    summary: "a key of a host that its operating system has no use for",
    cause:
      "A host with `os: linux` gets its configuration from apply-nix-config.sh, not from modules, so `modules` and `stateVersion` would have no effect. deploy-rs has no tags.",
    example: 'hosts:\n  worker: { os: linux, stateVersion: "26.05" }',
    fixed: "hosts:\n  worker: { os: linux }",
    check: ({ model, source, report }) => {
      for (const host of model.hosts) {
        const { deploy } = host;
        if (deploy && model.deployer === "deploy-rs" && deploy.tags.length > 0)
          report({
            at: [...deploy.at, "tags"],
            part: "key",
            severity: "warning",
            message: "deploy-rs has no tags, so these have no effect",
            hint: "delete them, or deploy with colmena",
            fix: () => removal(source, [...deploy.at, "tags"]),
          });
        if (host.os !== "linux") continue;
        for (const key of ["modules", "stateVersion"]) {
          const at = [...host.at, key];
          if (valueAt(source, at) === undefined) continue;
          report({
            at,
            part: "key",
            message: `\`${key}\` has no effect on \`${host.name}\`, which is neither NixOS nor macOS`,
            hint: `delete it, or delete \`os: linux\` if NixOS runs there`,
            fix: () => removal(source, at),
          });
        }
      }
    },
  },
  {
    code: "host-system-missing",
    severity: "error",
    final: true,
    summary: "a host with `os: linux` whose system the flake has no packages for",
    cause: "The tools of such a host are a package of the flake, which has packages for the systems in `systems` only.",
    example: "systems: [x86_64-linux]\nhosts:\n  worker: { os: linux, system: aarch64-linux }",
    fixed: "systems: [x86_64-linux, aarch64-linux]\nhosts:\n  worker: { os: linux, system: aarch64-linux }",
    check: ({ model, report }) => {
      for (const host of model.hosts) {
        if (host.os !== "linux" || model.systems.includes(host.system)) continue;
        report({
          at: [...host.at, "system"],
          message: `the flake has no packages for \`${host.system}\`, the system of \`${host.name}\``,
          hint: `add \`${host.system}\` to \`systems\``,
        });
      }
    },
  },
  {
    code: "nix-darwin-release",
    severity: "error",
    final: true,
    summary: "a Mac with a release of nixpkgs for which nix-darwin has no branch",
    cause:
      "nix-darwin refuses a nixpkgs of another release, and has branches for releases since 24.11. For an older nixpkgs, an input `nix-darwin` of the spec names a commit that fits.",
    example: "nixpkgs: nixos-24.05\nhosts:\n  mac: { system: aarch64-darwin, stateVersion: 4 }",
    fixed: "nixpkgs: nixos-26.05\nhosts:\n  mac: { system: aarch64-darwin, stateVersion: 4 }",
    source: "https://github.com/nix-darwin/nix-darwin#readme",
    check: ({ model, report }) => {
      const release = releaseWithoutNixDarwin(model.nixpkgs.url);
      const mac = model.hosts.find(({ os }) => os === "darwin");
      if (release === undefined || !mac || model.inputs.some(({ name }) => name === "nix-darwin")) return;
      report({
        at: mac.at,
        part: "key",
        message: `nix-darwin has no branch for nixpkgs ${release}`,
        hint: `use nixpkgs ${FIRST_RELEASE} or newer, or add the input \`nix-darwin: { flake: "github:nix-darwin/nix-darwin/COMMIT", follows: [nixpkgs] }\``,
      });
    },
  },
];
