import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../generator/commands/check.ts";
import { generate } from "../../generator/commands/generate.ts";
import type { Options } from "../../generator/commands/outcome.ts";
import { compile } from "../../generator/compile.ts";
import { openFacts } from "../../generator/knowledge/packages.ts";
import { allCodes, explanationOf, RULES } from "../../generator/lint/rules.ts";
import type { Diagnostic } from "../../generator/report/diagnostic.ts";
import { toJson } from "../../generator/report/json.ts";
import { positions } from "../../generator/report/positions.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { applyFixes } from "../support/fixes.ts";
import { compileText, cursor, repository, templates } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";

/*
 * Every code of the catalogue: a bad spec with the expected range between ⟦ and ⟧, the message, and a good twin. A bad spec must
 * give its one diagnostic and no other, and the twin none. A fix, where there is one, must mend what it is for.
 */
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const KEY = "cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";
/** 64 bytes: what `nix key generate-secret` prints. */
const SECRET_HALF = `${"A".repeat(43)}b${"C".repeat(42)}==`;
const HOST_KEY = Buffer.from("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEw3T0sSYyB4dkxNYXlJbnZlbnRlZEtleQAA root@arm").toString(
  "base64",
);

const head = `version: 1\nname: demo\nnixpkgs: ${COMMIT}\n`;
const group = "groups:\n  k8s:\n    packages: [kubectl]\n";
const base = head + group;
const settings = (lines: string, more = "") => `${base}settings:\n  ${lines.trimEnd().replaceAll("\n", "\n  ")}\n${more}`;

interface Row {
  readonly code: string;
  readonly says: string;
  readonly bad: string;
  readonly good: string;
  /** Whether a lock file stands beside the output; there is one unless said otherwise. */
  readonly locked?: false;
  readonly severity?: Diagnostic["severity"];
}

const rows: readonly Row[] = [
  // what the stages before lint say; test/language/spec-errors.test.ts has a hundred more
  {
    code: "yaml-syntax",
    says: "Unresolved tag: !secret",
    bad: `${base}description: ⟦!secret⟧ x\n`,
    good: `${base}description: x\n`,
  },
  {
    code: "yaml-duplicate-key",
    says: "`cores` stands twice in this map",
    bad: settings("cores: 1\n⟦cores⟧: 2"),
    good: settings("cores: 2"),
  },
  {
    code: "yaml-limit",
    says: "the file holds a NUL character",
    bad: `${base}description: "a⟦\0⟧b"\n`,
    good: `${base}description: "ab"\n`,
  },
  {
    code: "schema-unknown-key",
    says: "unknown key `pakages` in `groups.k8s`",
    bad: `${head}groups:\n  k8s:\n    ⟦pakages⟧: [kubectl]\n`,
    good: base,
  },
  {
    code: "schema-missing-key",
    says: "`mount` is missing in `volumes.aws`",
    bad: `${base}volumes:\n  ⟦aws⟧: {}\n`,
    good: `${base}volumes:\n  aws:\n    mount: /volumes/aws\n`,
  },
  {
    code: "schema-type",
    says: "`stateVersion` must be text, not a number",
    bad: `${base}hosts:\n  builder:\n    stateVersion: ⟦26.05⟧\n`,
    good: `${base}hosts:\n  builder:\n    stateVersion: "26.05"\n`,
  },
  { code: "schema-value", says: "`gitlub` is not a value of `ci`", bad: `${base}ci: ⟦gitlub⟧\n`, good: `${base}ci: github\n` },
  {
    code: "schema-value",
    says: "`docker compose` is not an attribute path, such as kubectl or python3Packages.ansible",
    bad: `${head}groups:\n  dev:\n    packages: [⟦docker compose⟧]\n`,
    good: `${head}groups:\n  dev:\n    packages: [docker-compose]\n`,
  },
  {
    code: "name-invalid",
    says: "`K8s Tools` is not a name of lower-case letters, digits, `_` and `-` that begins with a letter or `_`",
    bad: `${head}groups:\n  ⟦K8s Tools⟧:\n    packages: [kubectl]\n`,
    good: `${head}groups:\n  k8s:\n    title: K8s Tools\n    packages: [kubectl]\n`,
  },
  {
    code: "name-conflict",
    says: "devShells.<system>.default is the shell of all groups; a group can't have that name",
    bad: `${head}groups:\n  ⟦default⟧:\n    packages: [kubectl]\n`,
    good: base,
  },
  {
    code: "reference-unknown",
    says: "no group is called `kubernetes`",
    bad: `${base}shells:\n  aws:\n    groups: [⟦kubernetes⟧]\n`,
    good: `${base}shells:\n  aws:\n    groups: [k8s]\n`,
  },
  // settings
  {
    code: "setting-unknown",
    says: "Nix has no setting `build-users`, in any version: the users must exist, and NixOS refuses the whole configuration",
    bad: settings("cores: 2\n⟦build-users⟧: [nixbld1, nixbld2]"),
    good: settings("cores: 2", "buildUsers:\n  roles:\n    - role: nixbld1\n    - role: nixbld2\n"),
  },
  {
    code: "setting-unknown",
    says: "no supported Nix has a setting `max-jbos`",
    bad: `${base}users:\n  ada:\n    settings:\n      ⟦max-jbos⟧: 2\n`,
    good: `${base}users:\n  ada:\n    settings:\n      max-jobs: 2\n`,
  },
  {
    code: "setting-unknown",
    says: "`max-jobs` is no list that `extra-` could add to",
    bad: `${base}volumes:\n  aws:\n    mount: /volumes/aws\n    settings: { ⟦extra-max-jobs⟧: 2 }\n`,
    good: `${base}volumes:\n  aws:\n    mount: /volumes/aws\n    settings: { max-jobs: 2 }\n`,
  },
  {
    code: "setting-type",
    says: "`keep-failed` is true or false, not `sometimes`",
    bad: settings("keep-failed: ⟦sometimes⟧"),
    good: settings("keep-failed: true"),
  },
  {
    code: "setting-type",
    says: "no supported Nix has the experimental feature `flaks`: did you mean `flakes`?",
    bad: settings("experimental-features: [nix-command, ⟦flaks⟧]"),
    good: settings("experimental-features: [nix-command, flakes]"),
  },
  {
    code: "setting-renamed",
    says: "`build-max-jobs` is an old name of `max-jobs`",
    bad: settings("⟦build-max-jobs⟧: 2"),
    good: settings("max-jobs: 2"),
  },
  {
    code: "setting-renamed",
    says: "`enforce-determinism` is gone since Nix 2.13",
    bad: settings("cores: 2\n⟦enforce-determinism⟧: true"),
    good: settings("cores: 2"),
  },
  {
    code: "setting-too-new",
    says: "Nix 2.8 and Nix 2.26 don't know `json-log-path`",
    bad: settings("⟦json-log-path⟧: /var/log/nix.json"),
    good: settings("log-lines: 50"),
  },
  {
    code: "setting-too-new",
    says: "Nix 2.8 and Nix 2.26 lack the experimental feature `blake3-hashes`",
    bad: settings("experimental-features: [nix-command, ⟦blake3-hashes⟧]"),
    good: settings("experimental-features: [nix-command]"),
  },
  {
    code: "feature-gone",
    says: "Nix 2.34 no longer has the experimental feature `no-url-literals`, which Nix 2.26 had",
    bad: settings("experimental-features: [nix-command, ⟦no-url-literals⟧]"),
    good: settings("experimental-features: [nix-command]"),
  },
  {
    code: "setting-needs-feature",
    says: "`accept-flake-config` does nothing without the experimental feature `flakes`",
    bad: settings("experimental-features: [nix-command]\n⟦accept-flake-config⟧: true"),
    good: settings("experimental-features: [nix-command, flakes]\naccept-flake-config: true"),
  },
  // packages
  {
    code: "package-wrong-name",
    says: "in nixpkgs `helm` is an audio synthesizer",
    bad: `${head}groups:\n  k8s:\n    packages:\n      - kubectl\n      - ⟦helm⟧\n`,
    good: `${head}groups:\n  k8s:\n    packages:\n      - kubectl\n      - package: kubernetes-helm\n        name: helm\n`,
  },
  {
    code: "package-wrong-name",
    says: "`aws` is a program of the package `awscli2`",
    bad: `${base}shells:\n  cloud:\n    packages: [⟦aws⟧]\n`,
    good: `${base}shells:\n  cloud:\n    packages: [awscli2]\n`,
  },
  {
    code: "package-wrong-name",
    says: "`lsusb` is a program of `usbutils`, not a package",
    bad: `${head}systems: [x86_64-linux]\ngroups:\n  usb:\n    packages: [{ package: ⟦lsusb⟧ }]\n`,
    good: `${head}systems: [x86_64-linux]\ngroups:\n  usb:\n    packages: [{ package: usbutils }]\n`,
  },
  {
    code: "package-unknown",
    says: "nixpkgs 24.05 has no package `kubeclt`; whether a newer one has, these facts don't say",
    bad: `${head}groups:\n  k8s:\n    packages: [⟦kubeclt⟧]\n`,
    good: base,
  },
  {
    code: "package-unfree",
    says: "`vault` is unfree (its licence restricts its use), and nothing allows it",
    bad: `${head}groups:\n  iac:\n    packages: [⟦vault⟧]\n`,
    good: `version: 1\nname: demo\nnixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", unfree: [vault] }\ngroups:\n  iac:\n    packages: [vault]\n`,
  },
  {
    code: "package-insecure",
    says: "`python2` has known vulnerabilities, and nothing allows it",
    bad: `${head}groups:\n  dev:\n    packages: [⟦python2⟧]\n`,
    good: `version: 1\nname: demo\nnixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", insecure: [python-2.7.18.8] }\ngroups:\n  dev:\n    packages: [python2]\n`,
  },
  {
    code: "package-unavailable",
    says: "`iotop` is not available on aarch64-darwin",
    bad: `${head}groups:\n  ops:\n    packages: [htop, ⟦iotop⟧]\n`,
    good: `${head}groups:\n  ops:\n    packages: [htop, { package: iotop, systems: [x86_64-linux] }]\n`,
  },
  {
    code: "package-unavailable",
    says: "`iotop` is not available on any system of the spec",
    bad: `${head}systems: [aarch64-darwin]\ngroups:\n  ops:\n    packages: [htop, ⟦iotop⟧]\n`,
    good: `${head}systems: [x86_64-linux]\ngroups:\n  ops:\n    packages: [htop, iotop]\n`,
  },
  {
    code: "package-duplicate",
    says: "`kubectl` is in this list already",
    bad: `${head}groups:\n  k8s:\n    packages: [kubectl, jq, ⟦kubectl⟧]\n`,
    good: `${head}groups:\n  k8s:\n    packages: [kubectl, jq]\n  dev:\n    packages: [jq]\n`,
  },
  // trust
  {
    code: "trusted-users-wildcard",
    says: "`*` trusts every account of the machine like root",
    bad: `${base}trustedUsers: [root, ⟦"*"⟧]\n`,
    good: `${base}trustedUsers: [root]\nallowedUsers: ["*"]\n`,
  },
  {
    code: "trusted-user-is-root",
    says: "trusting `ada` is equivalent to root on that machine",
    bad: `${base}trustedUsers: [root, ⟦ada⟧]\n`,
    good: `${base}trustedUsers: [root]\nallowedUsers: [ada]\n`,
  },
  {
    code: "trusted-user-is-root",
    says: "trusting every member of the group `wheel` is equivalent to root on that machine",
    bad: settings('trusted-users: [⟦"@wheel"⟧, root]'),
    good: settings("trusted-users: [root]"),
  },
  {
    code: "substituter-without-key",
    says: "nothing from `https://cache.nixos.org/` would be accepted: its public key is missing",
    bad: `${base}substituters:\n  - url: ⟦https://cache.nixos.org/⟧\n`,
    good: `${base}substituters:\n  - url: https://cache.nixos.org/\n    publicKey: cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=\n`,
  },
  {
    code: "substituter-without-key",
    says: "nothing from `https://cache.example.org` would be accepted: its public key is missing",
    bad: settings("extra-substituters: [⟦https://cache.example.org⟧]"),
    good: settings(`extra-substituters: [https://cache.example.org]\nextra-trusted-public-keys: ["${KEY}"]`),
  },
  {
    code: "substituter-insecure-url",
    says: "`http://cache.example.org` is not encrypted",
    bad: `${base}substituters:\n  - url: ⟦http://cache.example.org⟧\n    publicKey: ${KEY}\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n  - url: http://localhost:5000\n    publicKey: ${KEY}\n`,
  },
  {
    code: "public-key-invalid",
    says: "a public key is `name:base64`; this has no name",
    bad: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ⟦6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=⟧\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`,
  },
  {
    code: "public-key-invalid",
    says: "a public key has 32 bytes (44 digits of base64); what follows `cache.example.org-1:` has 30",
    bad: settings('trusted-public-keys: [⟦"cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDS"⟧]'),
    good: settings(`trusted-public-keys: ["${KEY}"]`),
  },
  {
    code: "signatures-off",
    says: "the system takes paths from caches without a signature",
    bad: settings("require-sigs: ⟦false⟧"),
    good: settings("require-sigs: true"),
  },
  {
    code: "signatures-off",
    says: "`trusted=true` takes everything from this cache without a signature",
    bad: `${base}substituters:\n  - url: ⟦file:///srv/cache?trusted=true⟧\n`,
    good: `${base}substituters:\n  - url: file:///srv/cache\n    publicKey: ${KEY}\n`,
  },
  {
    code: "secret-in-spec",
    says: "an access token has no place in a spec",
    bad: settings("access-tokens: { github.com: ⟦0123456789abcdef⟧ }"),
    good: settings("cores: 2"),
  },
  {
    code: "secret-in-spec",
    says: "the secret half of a signing key has no place in a spec",
    bad: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: cache.example.org-1:⟦${SECRET_HALF}⟧\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`,
  },
  {
    code: "secret-in-spec",
    says: "a password in a URL has no place in a spec",
    bad: `${base}substituters:\n  - url: https://ada:⟦correct-horse⟧@cache.example.org\n    publicKey: ${KEY}\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`,
  },
  {
    code: "secret-in-spec",
    says: "a GitHub token has no place in a spec, not even in a comment",
    bad: `${base}# for later: ⟦ghp_0123456789abcdefghijklmnopqrstuvwxyz⟧\n`,
    good: `${base}# for later: where the token is kept\n`,
  },
  {
    code: "secret-in-spec",
    says: "a password or token has no place in a spec",
    bad: `${base}shells:\n  k8s:\n    hook: |\n      export VAULT_TOKEN=⟦abcdefghijklmno⟧\n`,
    good: `${base}shells:\n  k8s:\n    hook: |\n      export VAULT_TOKEN="$(cat ~/.vault-token)"\n`,
  },
  {
    code: "secret-in-spec",
    says: "a password or token has no place in a spec",
    bad: `${base}shells:\n  k8s:\n    env: { DB_PASSWORD: ⟦correct-horse⟧ }\n`,
    good: `${base}shells:\n  k8s:\n    env: { DB_PASSWORD_FILE: /run/secrets/db, DB_PASSWORD: "" }\n`,
  },
  {
    code: "sandbox-off",
    says: "builds of the system run without the sandbox",
    bad: settings("sandbox: ⟦false⟧"),
    good: settings("sandbox: true"),
  },
  {
    code: "sandbox-off",
    says: "builds of the volume `aws` may opt out of the sandbox",
    bad: `${base}volumes:\n  aws:\n    mount: /volumes/aws\n    settings: { sandbox: ⟦relaxed⟧ }\n`,
    good: `${base}volumes:\n  aws:\n    mount: /volumes/aws\n    settings: { sandbox: true }\n`,
  },
  {
    code: "host-key-invalid",
    says: "this is the key alone; Nix wants the whole public key line, once more in base64",
    bad: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ⟦AAAAC3NzaC1lZDI1NTE5AAAAIEw3T0sSYyB4dkxNYXlJbnZlbnRlZEtleQAA⟧\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n`,
  },
  {
    code: "builder-unwritable",
    says: "the builder holds a blank, `;` or `#`, which the machines file can't",
    bad: `${base}builders:\n  - host: arm.example.net\n    sshKey: ⟦/etc/nix/key#1⟧\n    publicHostKey: ${HOST_KEY}\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    sshKey: /etc/nix/key-1\n    publicHostKey: ${HOST_KEY}\n`,
  },
  {
    code: "public-key-invalid",
    says: "a key's name holds no white space and no `#`, which nix.conf could not carry",
    bad: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ⟦"#${KEY}"⟧\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`,
  },
  {
    code: "setting-type",
    says: "`lazy-trees` holds a `#`, where nix.conf begins a comment",
    bad: settings('lazy-trees: ⟦"a#b"⟧', "lint:\n  - code: setting-unknown\n    why: these machines have another Nix\n"),
    good: settings("lazy-trees: true", "lint:\n  - code: setting-unknown\n    why: these machines have another Nix\n"),
  },
  {
    code: "builder-without-host-key",
    says: "the daemon can't tell this builder from another machine: its host key is missing",
    bad: `${base}builders:\n  - host: ⟦arm.example.net⟧\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n`,
  },
  // interplay
  {
    code: "user-settings-drop-features",
    says: "this replaces the system's list: the user `ada` loses `flakes`",
    bad: settings(
      "experimental-features: [nix-command, flakes]",
      "users:\n  ada:\n    settings:\n      ⟦experimental-features⟧: [nix-command]\n",
    ),
    good: settings(
      "experimental-features: [nix-command, flakes]",
      "users:\n  ada:\n    settings:\n      experimental-features: [nix-command, flakes]\n",
    ),
  },
  {
    code: "user-settings-drop-features",
    says: "this replaces the system's list: the volume `aws` loses `https://cache.example.org`",
    bad: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\nvolumes:\n  aws:\n    mount: /volumes/aws\n    settings:\n      ⟦substituters⟧: [file:///volumes/cache]\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\nvolumes:\n  aws:\n    mount: /volumes/aws\n    settings:\n      substituters: [file:///volumes/cache, https://cache.example.org/]\n`,
  },
  {
    code: "jobs-exceed-build-users",
    says: "8 builds at once, but 2 build users",
    bad: settings("max-jobs: ⟦8⟧", "buildUsers:\n  roles:\n    - role: aws\n    - role: gcp\n"),
    good: settings("max-jobs: 2", "buildUsers:\n  roles:\n    - role: aws\n    - role: gcp\n"),
  },
  {
    code: "build-users-auto-allocated",
    says: "Nix allocates ids by itself, so the declared build users are never used",
    bad: settings(
      "experimental-features: [auto-allocate-uids]\nauto-allocate-uids: ⟦true⟧",
      "buildUsers:\n  roles:\n    - role: aws\nlint:\n  - code: setting-too-new\n    why: every machine has Nix 2.26\n",
    ),
    good: settings(
      "experimental-features: [auto-allocate-uids]\nauto-allocate-uids: false",
      "buildUsers:\n  roles:\n    - role: aws\nlint:\n  - code: setting-too-new\n    why: every machine has Nix 2.26\n",
    ),
  },
  {
    code: "build-users-empty",
    says: "no build user is declared, so the group `nixbld` has no members and every build fails",
    bad: `${base}buildUsers:\n  roles: ⟦[]⟧\n`,
    good: `${base}buildUsers:\n  roles: [{ role: aws }]\n`,
  },
  {
    code: "uid-conflict",
    says: "995–1000 reach into ids that belong to system accounts (0–999)",
    bad: `${base}buildUsers:\n  firstUid: ⟦995⟧\n  roles: [{ role: a }, { role: b }, { role: c }, { role: d }, { role: e }, { role: f }]\n`,
    good: `${base}buildUsers:\n  firstUid: 30001\n  roles: [{ role: a }, { role: b }]\n`,
  },
  {
    code: "uid-conflict",
    says: "30000 is the gid of NixOS's own group `nixbld`, so another group can't have it",
    bad: `${base}buildUsers:\n  group: ⟦builders⟧\n  roles: [{ role: a }]\n`,
    good: `${base}buildUsers:\n  group: builders\n  gid: 31000\n  roles: [{ role: a }]\n`,
  },
  {
    code: "keep-outputs-without-gc",
    says: "build-time dependencies are kept for good: the store only grows",
    bad: settings("keep-outputs: ⟦true⟧"),
    good: settings("keep-outputs: true", "gc: { automatic: true }\n"),
  },
  {
    code: "settings-fight",
    says: "no build runs here, and no builder is declared: nothing can be built",
    bad: settings("⟦max-jobs⟧: 0"),
    good: settings("max-jobs: 0", `builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n`),
  },
  {
    code: "settings-fight",
    says: "garbage collection stops at 1000 bytes, before it reaches `min-free`",
    bad: settings("min-free: 2000\n⟦max-free⟧: 1000"),
    good: settings("min-free: 1000\nmax-free: 2000"),
  },
  {
    code: "nixpkgs-unpinned",
    says: "`nixos-26.05` moves, and no flake.lock holds it",
    bad: `version: 1\nname: demo\nnixpkgs: ⟦nixos-26.05⟧\n${group}`,
    good: base,
    locked: false,
  },
  {
    code: "nixpkgs-unpinned",
    says: "the input `old` moves, and no flake.lock holds it",
    bad: `${base}inputs:\n  old: ⟦github:NixOS/nixpkgs/nixos-25.11⟧\n  local: path:/srv/nixpkgs\n`,
    good: `${base}inputs:\n  old: github:NixOS/nixpkgs/25.11\n  local: path:/srv/nixpkgs\n`,
    locked: false,
  },
  {
    code: "package-unfree",
    says: "`vault` is unfree (its licence restricts its use), and nothing allows it",
    bad: `${base}inputs: { old: "github:NixOS/nixpkgs/${COMMIT}" }\nshells: { x: { packages: [{ package: ⟦vault⟧, from: old }] } }\n`,
    good: `version: 1\nname: demo\nnixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", unfree: [vault] }\n${group}inputs: { old: "github:NixOS/nixpkgs/${COMMIT}" }\nshells: { x: { packages: [{ package: vault, from: old }] } }\n`,
  },
  {
    code: "system-end-of-life",
    says: "x86_64-darwin has come to its end: nixpkgs 26.05 was the last release for it",
    bad: `version: 1\nname: demo\nnixpkgs: nixos-26.11\nsystems: [x86_64-linux, ⟦x86_64-darwin⟧]\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: nixos-26.05\nsystems: [x86_64-linux, x86_64-darwin]\n${group}`,
  },
  {
    code: "settings-fight",
    says: "no cache is ever asked, although `substituters` lists some",
    bad: settings("⟦substitute⟧: false", `substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`),
    good: settings("substitute: true", `substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`),
  },
  {
    code: "settings-fight",
    says: "paths are let into a sandbox that is switched off",
    bad: settings("sandbox: false\n⟦sandbox-paths⟧: [/bin/sh]", "lint: [{ code: sandbox-off, why: no user namespaces }]\n"),
    good: settings("sandbox: true\nsandbox-paths: [/bin/sh]"),
  },
  {
    code: "settings-fight",
    says: "paths are let into a sandbox that is switched off",
    bad: settings("sandbox: false\n⟦extra-sandbox-paths⟧: [/bin/sh]", "lint: [{ code: sandbox-off, why: no user namespaces }]\n"),
    good: settings("sandbox: true\nextra-sandbox-paths: [/bin/sh]"),
  },
  {
    code: "settings-fight",
    says: "this is about remote builders, and none is declared",
    bad: settings("⟦builders-use-substitutes⟧: true"),
    good: settings("builders-use-substitutes: true\nbuilders: ssh://arm.example.net"),
  },
  {
    code: "settings-fight",
    says: "the hook never runs without `run-diff-hook: true`",
    bad: settings("⟦diff-hook⟧: /etc/nix/diff"),
    good: settings("diff-hook: /etc/nix/diff\nrun-diff-hook: true"),
  },
  {
    code: "settings-fight",
    says: "`pure-eval` makes Nix ignore the search path",
    bad: settings("pure-eval: true\n⟦nix-path⟧: [nixpkgs=/srv/nixpkgs]"),
    good: settings("nix-path: [nixpkgs=/srv/nixpkgs]"),
  },
  {
    code: "settings-fight",
    says: "a build is ended after 60 s (`timeout`), before it can be silent for 600",
    bad: settings("timeout: 60\n⟦max-silent-time⟧: 600"),
    good: settings("timeout: 600\nmax-silent-time: 60"),
  },
  {
    code: "uid-conflict",
    says: "the gid 65534 belongs to `nobody` and the kernel's `no user` (65534–65535)",
    bad: `${base}buildUsers:\n  gid: ⟦65534⟧\n  roles: [{ role: a }]\n`,
    good: `${base}buildUsers:\n  gid: 30000\n  roles: [{ role: a }]\n`,
  },
  {
    code: "uid-conflict",
    says: "304 belongs to macOS since version 15 (301–304)",
    bad: `${base}systems: [aarch64-darwin]\nbuildUsers:\n  firstUid: ⟦304⟧\n  gid: 350\n  roles: [{ role: a }]\n`,
    good: `${base}systems: [aarch64-darwin]\nbuildUsers:\n  firstUid: 351\n  gid: 350\n  roles: [{ role: a }]\n`,
  },
  {
    code: "uid-conflict",
    says: "4294967293–4294967294 reach into ids that belong to nobody: programs that read ids as signed numbers fail (2147483648–4294967295)",
    bad: `${base}buildUsers:\n  firstUid: ⟦4294967293⟧\n  roles: [{ role: a }, { role: b }]\n`,
    good: `${base}buildUsers:\n  firstUid: 40000\n  roles: [{ role: a }, { role: b }]\n`,
  },
  {
    code: "uid-conflict",
    says: "30000 is the gid of NixOS's own group `nixbld`, so another group can't have it",
    bad: `${base}buildUsers:\n  group: builders\n  gid: ⟦30000⟧\n  roles: [{ role: a }]\n`,
    good: `${base}buildUsers:\n  group: builders\n  gid: 31000\n  roles: [{ role: a }]\n`,
  },
  {
    code: "package-unavailable",
    says: "`iotop` is not available on aarch64-darwin",
    bad: `${head}groups:\n  ops:\n    packages:\n      - htop\n      - package: ⟦iotop⟧\n        name: io # the monitor\n`,
    good: `${head}groups:\n  ops:\n    packages:\n      - htop\n      - package: iotop\n        systems: [x86_64-linux]\n        name: io # the monitor\n`,
  },
  {
    code: "package-unavailable",
    says: "`iotop` is not available on aarch64-darwin",
    bad: `${head}groups:\n  ops:\n    packages: [htop, { package: ⟦iotop⟧, systems: [x86_64-linux, aarch64-darwin] }]\n`,
    good: `${head}groups:\n  ops:\n    packages: [htop, { package: iotop, systems: [x86_64-linux] }]\n`,
  },
  {
    code: "package-unfree",
    says: "`vault` is unfree (its licence restricts its use), and nothing allows it",
    bad: `version: 1\nname: demo\nnixpkgs:\n  url: github:NixOS/nixpkgs/${COMMIT}\n  unfree: [consul]\ngroups:\n  iac:\n    packages: [consul, ⟦vault⟧]\n`,
    good: `version: 1\nname: demo\nnixpkgs:\n  url: github:NixOS/nixpkgs/${COMMIT}\n  unfree: true\ngroups:\n  iac:\n    packages: [consul, vault]\n`,
  },
  {
    code: "package-unfree",
    says: "`vault` is unfree (its licence restricts its use), and nothing allows it",
    bad: `version: 1\nname: demo\nnixpkgs:\n  url: github:NixOS/nixpkgs/${COMMIT}\ngroups:\n  iac:\n    packages: [⟦vault⟧]\n`,
    good: `version: 1\nname: demo\nnixpkgs:\n  url: github:NixOS/nixpkgs/${COMMIT}\n  unfree: [vault]\ngroups:\n  iac:\n    packages: [vault]\n`,
  },
  {
    code: "package-unfree",
    says: "`vault` is unfree (its licence restricts its use), and nothing allows it",
    bad: "version: 1\nname: demo\ngroups:\n  iac:\n    packages: [⟦vault⟧]\n",
    good: "version: 1\nname: demo\nnixpkgs: { url: github:NixOS/nixpkgs/nixos-26.05, unfree: [vault] }\ngroups:\n  iac:\n    packages: [vault]\n",
  },
  {
    code: "system-end-of-life",
    says: "x86_64-darwin has come to its end: nixpkgs 26.05 was the last release for it",
    bad: `version: 1\nname: demo\nnixpkgs: nixpkgs-unstable\ngroups:\n  k8s:\n    packages: [{ package: kubectl, systems: [⟦x86_64-darwin⟧, x86_64-linux] }]\n`,
    good: `version: 1\nname: demo\nnixpkgs: nixpkgs-unstable\ngroups:\n  k8s:\n    packages: [{ package: kubectl, systems: [x86_64-linux] }]\n`,
  },
  {
    code: "trusted-user-is-root",
    says: "trusting `ada` is equivalent to root on that machine",
    bad: `${base}trustedUsers:\n  - root\n  - ⟦ada⟧ # for now\n`,
    good: `${base}trustedUsers:\n  - root\n`,
  },
  {
    code: "trusted-user-is-root",
    says: "trusting `ada` is equivalent to root on that machine",
    bad: settings("trusted-users: ⟦ada⟧ root"),
    good: settings("trusted-users: root"),
  },
  {
    code: "substituter-insecure-url",
    says: "`s3://cache` is not encrypted",
    bad: `${base}substituters:\n  - url: ⟦s3://cache?scheme=http⟧\n    publicKey: ${KEY}\n`,
    good: `${base}substituters:\n  - url: s3://cache?scheme=https\n    publicKey: ${KEY}\n`,
  },
  {
    code: "host-key-invalid",
    says: "decoded, this is no public key line such as `ssh-ed25519 AAAA…`",
    bad: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ⟦bm90aGluZw==⟧\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n`,
  },
  // acceptances
  {
    code: "lint-unused",
    says: "nothing at trustedUsers[1] needs this acceptance of `trusted-user-is-root`",
    bad: `${base}trustedUsers: [root]\nlint:\n  - code: ⟦trusted-user-is-root⟧\n    at: trustedUsers[1]\n    why: she left\n`,
    good: `${base}trustedUsers: [root, ada]\nlint:\n  - code: trusted-user-is-root\n    at: trustedUsers[1]\n    why: she administers the builders\n`,
  },
  {
    code: "lint-unused",
    says: "`setting-type` can't be accepted",
    bad: `${base}lint:\n  - code: ⟦setting-type⟧\n    why: it is fine\n`,
    good: base,
  },
  {
    code: "lint-without-why",
    says: "`sandbox-off` is accepted without a reason",
    bad: settings("sandbox: false", "lint:\n  - code: ⟦sandbox-off⟧\n"),
    good: settings("sandbox: false", "lint:\n  - code: sandbox-off\n    why: these builders have no user namespaces\n"),
  },
];

const covered = new Set<string>();
const rules = suite("codes");

for (const [index, row] of rows.entries()) {
  rules(`${row.code}: ${row.says.slice(0, 70)} (${index})`, () => {
    covered.add(row.code);
    const { text, start, end } = cursor(row.bad);
    const isLocked = row.locked ?? true;
    const compiled = compileText(text, isLocked);
    const [from, to] = [positions(text)(start), positions(text)(end)];
    const report = { diagnostics: compiled.diagnostics, files: [], sources: new Map([["spec.yaml", compiled.text]]) };
    const json = JSON.parse(toJson(report));
    const hint = compiled.diagnostics[0]?.hint;
    assert.equal(json, {
      diagnostics: [
        {
          code: row.code,
          severity: explanationOf(row.code)?.severity,
          message: row.says,
          file: "spec.yaml",
          line: from.line,
          column: from.column,
          endLine: to.line,
          endColumn: to.column,
          ...(hint === undefined ? {} : { hint }),
        },
      ],
      files: [],
    });
    assert.ok(hint, "every diagnostic says a way out");
    assert.equal(codes(compileText(row.good, isLocked).diagnostics), [], "the good twin is clean");
    const [only] = compiled.diagnostics;
    if (only?.fix) {
      const mended = applyFixes(text, compiled.diagnostics);
      const left = compileText(mended, isLocked).diagnostics;
      assert.equal(
        codes(left).filter((code) => code === row.code || explanationOf(code)?.severity === "error"),
        [],
        mended,
      );
    }
  });
}

const codes = (diagnostics: readonly Diagnostic[]): string[] => diagnostics.map((d) => d.code);

rules("output-foreign, output-edited, output-drift: the folder against the spec", async () => {
  const folder = tempFolder();
  const system = nodeSystem(folder, {});
  const options: Options = {
    spec: "spec.yaml",
    out: "out",
    force: false,
    dryRun: false,
    strict: false,
    knowledge: join(repository, "generator/knowledge"),
  };
  const say = async (work: typeof check) =>
    JSON.parse(toJson((await work(system, options)).report)).diagnostics.map(({ hint, ...rest }: { hint: string }) => {
      assert.ok(hint);
      return rest;
    });
  const whole = { line: 1, column: 1, endLine: 1, endColumn: 1, severity: "error" };
  await system.writeFile("spec.yaml", base);
  await system.mkdir("out");
  await system.writeFile("out/flake.nix", "{ }\n");
  assert.equal(
    (await say(generate)).map((d: Diagnostic) => [d.code, d.file]),
    [["output-foreign", "out/flake.nix"]],
  );
  await system.remove("out/flake.nix");
  assert.equal(await say(generate), []);
  await system.writeFile("spec.yaml", base.replace("demo", "other"));
  const drift = await say(check);
  assert.ok(drift.length > 0);
  for (const d of drift) assert.equal(d, { ...whole, code: "output-drift", file: d.file, message: `${d.file} would be updated` });
  await system.writeFile("spec.yaml", base);
  assert.equal(await say(check), []);
  await system.writeFile("out/flake.nix", "{ }\n");
  assert.equal(await say(check), [
    { ...whole, code: "output-edited", file: "out/flake.nix", message: "flake.nix was edited since flakewright wrote it" },
  ]);
  for (const code of ["output-foreign", "output-edited", "output-drift"]) covered.add(code);
});

rules("every code has a row, and every row a code", () => {
  // The importers' own codes have their tables in test/importers/, what doctor finds has its in test/commands/doctor.test.ts.
  const texts = [
    ...readdirSync(join(repository, "test/importers")).map((name) => `importers/${name}`),
    "commands/doctor.test.ts",
  ].map((name) => readFileSync(join(repository, "test", name), "utf8"));
  const elsewhere = allCodes().filter((code) => /^(import|machine)-/.test(code) && texts.some((text) => text.includes(code)));
  assert.equal([...covered, ...elsewhere].sort(), allCodes());
  for (const code of allCodes()) assert.ok(explanationOf(code)?.cause, code);
});

rules("what `explain` shows as wrong is wrong, and what it shows as right is right", () => {
  const whole = (snippet: string) =>
    ["version: 1", "name: demo", `nixpkgs: ${COMMIT}`, "groups: { k8s: { packages: [kubectl] } }"]
      .filter((line) => !new RegExp(`^${line.split(":")[0]}:`, "m").test(snippet))
      .concat(snippet)
      .join("\n");
  for (const { code, example, fixed } of RULES) {
    assert.ok(codes(compileText(whole(example), false).diagnostics).includes(code), `${code}: the example`);
    assert.not.ok(
      codes(compileText(whole(fixed), code !== "nixpkgs-unpinned").diagnostics).includes(code),
      `${code}: the fixed one`,
    );
  }
});

rules("an index of the spec's own nixpkgs makes what it lacks an error", () => {
  const exact = openFacts(
    "flakewright-facts\t1\t26.05\texact\nattribute\tversion\tmainProgram\tsystems:x86_64-linux\tflags\nkubectl\t1.34\t.\t1\n",
  );
  const judge = (names: string) =>
    compile(
      Buffer.from(base.replace("kubectl", names)),
      "spec.yaml",
      { locked: true, facts: () => exact },
      templates,
    ).diagnostics.map((d) => [d.code, d.severity, d.message]);
  assert.equal(judge("kubectl"), []);
  assert.equal(judge("kubeclt"), [["package-unknown", "error", "the spec's nixpkgs has no package `kubeclt`"]]);
  assert.equal(judge("az"), [["package-wrong-name", "error", "`az` is a program of the package `azure-cli`"]]);
  // A package set of which the index holds nothing is not judged.
  assert.equal(judge("python3Packages.ansible"), []);
});

rules("an index that knows packages' own names: policies by name, one edit for both", () => {
  const exact = openFacts(
    "flakewright-facts\t1\t26.05\texact\nattribute\tversion\tmainProgram\tsystems:x86_64-linux\tflags\tlicenses\tpname\n" +
      "_1password\t2.0\top\t1\tu\tLicenseRef-unfree\t1password-cli\nold\t1.1.1w\told\t1\ti\tMIT\topenssl\n",
  );
  const compiled = (spec: string) =>
    compile(Buffer.from(spec), "spec.yaml", { locked: true, facts: () => exact }, templates).diagnostics;
  const spec = `${head}systems: [x86_64-linux]\ngroups:\n  k8s:\n    packages: [_1password, old]\n`;
  const found = compiled(spec);
  assert.equal(
    found.map((d) => [d.code, d.message]),
    [
      ["package-unfree", "`_1password` is unfree (LicenseRef-unfree), and nothing allows it"],
      ["package-insecure", "`old` has known vulnerabilities, and nothing allows it"],
    ],
  );
  assert.match(found[1]?.hint ?? "", "`openssl-1.1.1w`");
  const mended = applyFixes(spec, found);
  assert.match(
    mended,
    `nixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", unfree: [1password-cli], insecure: [openssl-1.1.1w] }\n`,
  );
  assert.equal(compiled(mended), []);
  const long = spec.replace(`nixpkgs: ${COMMIT}`, `nixpkgs:\n  url: github:NixOS/nixpkgs/${COMMIT}\n  insecure: []`);
  assert.equal(compiled(applyFixes(long, compiled(long))), []);
  // The attribute is not what `nixpkgs.unfree` goes by, but the spec may use it all the same.
  assert.equal(
    codes(compiled(spec.replace(`nixpkgs: ${COMMIT}`, `nixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", unfree: true }`))),
    ["package-insecure"],
  );
});

rules("acceptances: by code and place, the narrowest first, never for what can't be accepted", () => {
  const trusted = `${base}trustedUsers: [root, ada, "@wheel"]\n`;
  const lint = (...entries: string[]) =>
    codes(compileText(`${trusted}lint:\n${entries.map((one) => `  - ${one}\n`).join("")}`).diagnostics);
  const code = "code: trusted-user-is-root, why: x";
  assert.equal(lint(`{ ${code} }`), []);
  assert.equal(lint(`{ ${code}, at: trustedUsers }`), []);
  assert.equal(lint(`{ ${code}, at: "trustedUsers[1]" }`), ["trusted-user-is-root"]);
  assert.equal(lint(`{ ${code}, at: trustedUsers.1 }`, `{ ${code}, at: "trustedUsers[2]" }`), []);
  assert.equal(lint(`{ ${code} }`, `{ ${code} }`), ["lint-unused"], "the second of two equal ones does nothing");
  assert.equal(
    lint(`{ ${code}, at: trusted }`),
    ["trusted-user-is-root", "trusted-user-is-root", "lint-unused"],
    "a place is no prefix of a word",
  );
  assert.equal(
    codes(compileText(`${base}settings: { keep-failed: maybe }\nlint:\n  - { code: setting-type, why: x }\n`).diagnostics),
    ["setting-type", "lint-unused"],
  );
  assert.equal(codes(compileText(`${base}xyz: 1\nlint:\n  - { code: schema-unknown-key, why: x }\n`).diagnostics), [
    "schema-unknown-key",
    "lint-unused",
  ]);
  assert.match(compileText(`${base}lint:\n  - { code: sandbox-of, why: x }\n`).diagnostics[0]?.hint ?? "", "sandbox-off");
  // Who accepts what a lock file settles for now has not made a mistake.
  const unpinned = `version: 1\nname: demo\n${group}lint:\n  - { code: nixpkgs-unpinned, why: x }\n`;
  assert.equal(codes(compileText(unpinned, true).diagnostics), []);
  assert.equal(codes(compileText(unpinned, false).diagnostics), []);
  // Nothing can be said about a place that was refused.
  assert.equal(codes(compileText(`${base}trustedUsers: [7]\nlint:\n  - { ${code}, at: "trustedUsers[0]" }\n`).diagnostics), [
    "schema-type",
  ]);
});

rules("the reference platform is clean, and both of its acceptances are used", async () => {
  const system = nodeSystem(repository, {});
  const text = (await system.readFile("spec/platform.yaml"))?.toString() ?? "";
  assert.equal(compileText(text, false).diagnostics, []);
  assert.equal(compileText(text, true).diagnostics, []);
  assert.equal(codes(compileText(text.replace(/\nlint:[\s\S]*/, "\n"), false).diagnostics), [
    "nixpkgs-unpinned",
    "trusted-user-is-root",
  ]);
});

rules.run();
