import { suite } from "uvu";
import { base, codeRows, group } from "../../support/diagnostic-rows.ts";

const test = suite("rules: nixpkgs");

codeRows(test, [
  ...(
    [
      ["nixos-26.05/", "NixOS/nixpkgs has no branch or tag `nixos-26.05/`"],
      ["nixos-30.05", "nixpkgs 30.05 does not exist yet"],
      ["a..b", "NixOS/nixpkgs has no branch or tag `a..b`"],
      ["x.lock", "NixOS/nixpkgs has no branch or tag `x.lock`"],
      ["0123456789ABCDEF0123456789ABCDEF01234567", "Git writes the digits of a commit in lower case"],
    ] as const
  ).map(([ref, says]) => ({
    code: "nixpkgs-reference",
    says,
    bad: `version: 1\nname: demo\nnixpkgs: ⟦${ref}⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: nixos-26.05\n${group}`,
  })),

  {
    code: "nixpkgs-reference",
    says: "Nix reads `https://github.com/NixOS/nixpkgs` as an archive to download",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦https://github.com/NixOS/nixpkgs⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: github:NixOS/nixpkgs/nixos-26.05\n${group}`,
  },
  {
    code: "nixpkgs-reference",
    says: "Nix reads `https://github.com/NixOS/nixpkgs/tree/nixos-25.11` as an archive to download",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦https://github.com/NixOS/nixpkgs/tree/nixos-25.11⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: github:NixOS/nixpkgs/nixos-26.05\n${group}`,
  },
  {
    code: "nixpkgs-reference",
    says: "`NixOS/nixpkgs` is not a flake reference",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦NixOS/nixpkgs⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: github:NixOS/nixpkgs/nixos-26.05\n${group}`,
  },
  {
    code: "nixpkgs-reference",
    says: "`nixpkgs` is not a branch, tag or commit of NixOS/nixpkgs",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦nixpkgs⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: github:NixOS/nixpkgs/nixos-26.05\n${group}`,
  },
  {
    code: "nixpkgs-reference",
    says: "`nixpkgs/nixos-26.05` is not a flake reference",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦nixpkgs/nixos-26.05⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: github:NixOS/nixpkgs/nixos-26.05\n${group}`,
  },
  {
    code: "nixpkgs-reference",
    says: "`channel:nixos-26.05` is not a flake reference",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦channel:nixos-26.05⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: github:NixOS/nixpkgs/nixos-26.05\n${group}`,
  },
  {
    code: "nixpkgs-reference",
    says: "`github:NixOS/nixpkgs@nixos-26.05` is not a flake reference to nixpkgs: the branch follows the repository after `/`",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦github:NixOS/nixpkgs@nixos-26.05⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: github:NixOS/nixpkgs/nixos-26.05\n${group}`,
  },
  {
    code: "nixpkgs-reference",
    says: "NixOS/nixpkgs has no branch or tag `unstable`",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦unstable⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: github:NixOS/nixpkgs/nixos-26.05\n${group}`,
  },
  {
    code: "nixpkgs-reference",
    says: "NixOS/nixpkgs has no branch or tag `unstable`",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦github:nixos/nixpkgs/unstable⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: github:NixOS/nixpkgs/nixos-26.05\n${group}`,
  },
  {
    code: "nixpkgs-reference",
    says: "NixOS/nixpkgs has no branch or tag `nixpkgs-26.05`",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦nixpkgs-26.05⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: github:NixOS/nixpkgs/nixos-26.05\n${group}`,
  },
  {
    code: "nixpkgs-reference",
    says: "NixOS/nixpkgs has no branch or tag `nixos-26.04`: releases are from May (.05) and November (.11)",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦nixos-26.04⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: github:NixOS/nixpkgs/nixos-26.05\n${group}`,
  },
  {
    code: "nixpkgs-reference",
    says: "`5880666fd9eb` is only a part of a commit: Nix needs all 40 digits",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦5880666fd9eb⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: github:NixOS/nixpkgs/nixos-26.05\n${group}`,
  },
  {
    code: "nixpkgs-reference",
    says: "NixOS/nixpkgs has no branch or tag `unstable`",
    bad: `${base}inputs: { new: ⟦github:NixOS/nixpkgs/unstable⟧ }\n`,
    good: `${base}inputs: { new: github:NixOS/nixpkgs/nixos-unstable }\n`,
  },
  {
    code: "nixpkgs-end-of-life",
    says: "nixpkgs 24.05 is out of support since 2024-12-31",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦nixos-24.05-small⟧\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: nixos-26.05-small\n${group}inputs: { old: github:NixOS/nixpkgs/nixos-24.05 }\n`,
  },
  {
    code: "nixpkgs-end-of-life",
    says: "nixpkgs 25.11 is out of support since 2026-06-30",
    bad: `version: 1\nname: demo\nnixpkgs: { url: ⟦github:NixOS/nixpkgs/25.11⟧ }\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: { url: github:NixOS/nixpkgs/26.05 }\n${group}`,
  },
  {
    code: "nixpkgs-unpinned",
    says: "`nixos-26.05` is a branch and no flake.lock pins it",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦nixos-26.05⟧\n${group}`,
    good: base,
    locked: false,
  },
  {
    code: "nixpkgs-unpinned",
    says: "the input `old` is a branch and no flake.lock pins it",
    bad: `${base}inputs:\n  old: ⟦github:NixOS/nixpkgs/nixos-25.11⟧\n  local: path:/srv/nixpkgs\n`,
    good: `${base}inputs:\n  old: github:NixOS/nixpkgs/25.11\n  local: path:/srv/nixpkgs\n`,
    locked: false,
  },
  {
    code: "nixpkgs-unpinned",
    says: "`https://channels.nixos.org/nixos-26.05/nixexprs.tar.xz` can change and no flake.lock pins it",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦https://channels.nixos.org/nixos-26.05/nixexprs.tar.xz⟧\n${group}`,
    good: base,
    locked: false,
  },
  {
    code: "system-end-of-life",
    says: "nixpkgs 26.05 is the last release that supports x86_64-darwin",
    bad: `version: 1\nname: demo\nnixpkgs: nixos-26.11\nsystems: [x86_64-linux, ⟦x86_64-darwin⟧]\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: nixos-26.05\nsystems: [x86_64-linux, x86_64-darwin]\n${group}`,
  },
  {
    code: "system-end-of-life",
    says: "nixpkgs 26.05 is the last release that supports x86_64-darwin",
    bad: `version: 1\nname: demo\nnixpkgs: nixpkgs-unstable\ngroups:\n  k8s:\n    packages: [{ package: kubectl, systems: [⟦x86_64-darwin⟧, x86_64-linux] }]\n`,
    good: `version: 1\nname: demo\nnixpkgs: nixpkgs-unstable\ngroups:\n  k8s:\n    packages: [{ package: kubectl, systems: [x86_64-linux] }]\n`,
  },
]);

test.run();
