import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Diagnostic } from "../generator/report/diagnostic.ts";
import { positions } from "../generator/report/positions.ts";
import { applyFixes } from "./support/fixes.ts";
import { compileText } from "./support/spec.ts";

/*
 * The platform's original architecture document, with its configuration files and lists of tools copied into a spec as they are.
 * flakewright reports what does not work in Nix and nothing else; applying its hints and fixes gives a spec without diagnostics.
 */
const LITERAL = `version: 1
name: multi-cloud-k8s
description: Nix Architecture for Multi-Cloud Kubernetes Infrastructure

groups:
  k8s:
    title: Kubernetes Tools
    packages:
      - kubectl
      - clusterctl
      - helm
      - talosctl
  container:
    title: Container Runtime
    packages:
      - docker
      - kind
      - docker-compose
      - podman
      - skopeo
  cloud:
    title: Cloud Provider CLIs
    packages:
      - awscli2
      - azure-cli
      - google-cloud-sdk
      - ibmcloud-cli
  dev:
    title: Development Tools
    packages:
      - git
      - curl
      - wget
      - jq
      - python3
  security:
    title: Security Tools
    packages:
      - gnupg
      - openssl
      - age
  network:
    title: Networking Tools
    packages:
      - wireguard-tools
      - tcpdump
      - nmap
  monitoring:
    title: Monitoring Tools
    packages:
      - htop
      - iotop
      - sysstat

settings:
  # Enable experimental features
  experimental-features: nix-command flakes
  # Set maximum number of parallel jobs
  max-jobs: auto
  # Keep more generations for rollback capability
  keep-derivations: true
  keep-outputs: true
  # Auto-optimise store
  auto-optimise-store: true
  # Sandbox settings
  sandbox: true
  # Substituters for faster package downloads
  substituters: https://cache.nixos.org/ https://nix-community.cachix.org/
  trusted-public-keys: cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY= nix-community.cachix.org-1:mB9FSh9qf2dCimDSUo8Zy7bkq5CX+/rkCWyvRCYg3Fs=
  # Build users for CI/CD
  build-users-group: nixbld
  build-users: nixbld1 nixbld2 nixbld3 nixbld4 nixbld5 nixbld6 nixbld7 nixbld8 nixbld9 nixbld10
  # Trusted users
  trusted-users: root usualsuspectx

users:
  usualsuspectx:
    settings:
      # Enable experimental features for better performance
      experimental-features: nix-command
      max-jobs: auto
      keep-derivations: true
      keep-outputs: true
`;

const original = suite("the original document");

const reported = (diagnostics: readonly Diagnostic[], text: string) =>
  diagnostics.map(
    (d) => `${positions(text)(d.range.start).line} ${d.severity} ${d.code} ${text.slice(d.range.start, d.range.end)}`,
  );

original("copied as it is, each thing that does not work is reported with a hint or fix", () => {
  const { diagnostics } = compileText(LITERAL, false);
  assert.equal(reported(diagnostics, LITERAL), [
    // The document names no nixpkgs and has no lock file: what it installs changes every day.
    "1 warning nixpkgs-unpinned version",
    "11 warning package-wrong-name helm",
    // Programs that exist on Linux only, in a spec for Macs too.
    "52 warning package-unavailable iotop",
    "53 warning package-unavailable sysstat",
    "62 warning keep-outputs-without-gc true",
    // The spec is for Macs too, where it corrupts the store.
    "64 warning setting-ignored auto-optimise-store",
    "72 error setting-unknown build-users",
    "74 warning trusted-user-is-root usualsuspectx",
    "80 error user-settings-drop-features experimental-features",
  ]);
  for (const d of diagnostics) assert.ok(d.hint, d.code);
  const byText = diagnostics.filter((d) => d.fix).map((d) => d.code);
  // A lock file is not part of the spec's text: the hint names the command that writes it. Whether Macs matter only the author knows.
  assert.equal(
    diagnostics.map((d) => d.code).filter((code) => !byText.includes(code)),
    ["nixpkgs-unpinned", "setting-ignored"],
  );
  assert.match(diagnostics[0]?.hint ?? "", "nix flake lock");
});

original("with all fixes applied, and the one setting deleted, there is no diagnostic", () => {
  // The second time, what the first fixes made superfluous goes.
  let fixed = LITERAL.replace("  auto-optimise-store: true\n", "");
  for (let time = 0; time < 2; time++) fixed = applyFixes(fixed, compileText(fixed, time > 0).diagnostics);
  const { diagnostics, files, model } = compileText(fixed, true);
  assert.equal(reported(diagnostics, fixed), [], fixed);
  assert.ok(files);
  assert.equal(
    model?.buildUsers?.roles.map((role) => role.user),
    Array.from({ length: 10 }, (_, index) => `nixbld${index + 1}`),
  );
  assert.ok(model?.groups[0]?.tools.some((tool) => tool.package === "kubernetes-helm"));
  // The fixes change no valid line.
  const lines = new Set(fixed.split("\n"));
  assert.equal(
    LITERAL.split("\n").filter((line) => !lines.has(line)),
    [
      "      - helm",
      "      - iotop",
      "      - sysstat",
      "  auto-optimise-store: true",
      "  build-users-group: nixbld",
      "  build-users: nixbld1 nixbld2 nixbld3 nixbld4 nixbld5 nixbld6 nixbld7 nixbld8 nixbld9 nixbld10",
      "  trusted-users: root usualsuspectx",
      "      experimental-features: nix-command",
    ],
  );
});

original.run();
