import { suite } from "uvu";
import { base, codeRows, group } from "../../support/diagnostic-rows.ts";

const test = suite("rules: nixpkgs");

codeRows(test, [
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
