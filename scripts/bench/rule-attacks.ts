/*
 * For each rule, a spec in which it finds something again and again; and specs whose parts multiply with each other, such as hosts that all
 * refer to one large group. test/growth.test.ts asserts that each rule is reached by an attack.
 */

/** A text of about that many bytes. */
export type Text = (size: number) => string;

/** Lines until the size is reached; each gets its number. */
export function lines(line: (index: number) => string): Text {
  return (size) => {
    const all: string[] = [];
    for (let length = 0, index = 0; length < size; index++) {
      const next = line(index);
      all.push(next);
      length += next.length + 1;
    }
    return all.join("\n");
  };
}

export const KEY = "6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const START = "version: 1\nname: demo\n";
export const HEAD = `${START}nixpkgs: ${COMMIT}\n`;
export const BASE = `${HEAD}groups:\n  k8s:\n    packages: [git]\n`;
const RELEASE = `${START}nixpkgs: nixos-26.05\n`;
const OF_RELEASE = `${RELEASE}groups:\n  k8s:\n    packages:\n`;
const HOST = 'system: x86_64-linux, groups: [k8s], stateVersion: "26.05"';

/** A spec that begins with `before` and goes on with one line for each finding. */
export const each =
  (before: string, line: (index: number) => string): Text =>
  (size) =>
    `${before}${lines(line)(size)}\n`;

const LINUX = "os: linux, system: x86_64-linux, groups: [k8s]";

const users = (settings: (at: number) => string, before = BASE): Text =>
  each(`${before}users:\n`, (at) => `  u${at}: { settings: { ${settings(at)} } }`);

const hosts = (more: (at: number) => string, before = BASE): Text =>
  each(`${before}hosts:\n`, (at) => `  h${at}: { ${HOST}, ${more(at)} }`);

const hostSettings = (settings: string, before = BASE): Text => hosts(() => `settings: { ${settings} }`, before);

const builders = (more: (at: number) => string): Text =>
  each(`${BASE}builders:\n`, (at) => `  - { host: b${at}.example.org, ${more(at)} }`);

const caches = (more: (at: number) => string): Text =>
  each(`${BASE}substituters:\n`, (at) => `  - { ${more(at)}, publicKey: "c${at}-1:${KEY}" }`);

const roles = (before: string): Text => each(`${before}  roles:\n`, (at) => `    - { role: r${at} }`);

/** By the code that they find; these findings are all that the spec has many of. */
const BY_RULE: Readonly<Record<string, Text>> = {
  "account-invalid": roles(`${BASE}buildUsers:\n  group: docker\n  gid: 31000\n`),
  "address-for-ssh": hosts(() => 'deploy: { target: "[2001:db8::7]" }'),
  "address-invalid": hosts(() => "deploy: { target: 10.0.0.300 }"),
  "allowance-unknown": each(
    `${START}groups: { k8s: { packages: [git] } }\nnixpkgs:\n  url: github:NixOS/nixpkgs/nixos-26.05\n  unfree:\n`,
    (at) => `    - zqk${at}`,
  ),
  "build-users-auto-allocated": roles(
    `${BASE}settings:\n  experimental-features: [auto-allocate-uids]\n  auto-allocate-uids: true\nbuildUsers:\n`,
  ),
  "build-users-empty": each(`${BASE}buildUsers: { roles: [] }\nhosts:\n`, (at) => `  h${at}: { ${HOST} }`),
  "builder-host-unknown": each(
    `${BASE}hosts:\n  builder: { ${HOST} }\nbuilders:\n`,
    () => `  - { host: buidler, publicHostKey: AAAA }`,
  ),
  "builder-unwritable": builders(() => "sshKey: /etc/nix/key#1"),
  "calendar-event-invalid": each(`${BASE}gc: { dates: every week }\nhosts:\n`, (at) => `  h${at}: { ${HOST} }`),
  "calendar-event-on-mac": each(
    `${BASE}gc: { automatic: true, dates: Mon 03:15 }\nhosts:\n`,
    (at) => `  h${at}: { system: aarch64-darwin, stateVersion: 6 }`,
  ),
  "ci-cache-unsupported": each(
    `${BASE}ci: { forges: [forgejo], cache: { store: actions } }\nhosts:\n`,
    (at) => `  h${at}: { ${HOST} }`,
  ),
  "ci-no-runner": each(
    `${BASE}systems: [x86_64-linux, aarch64-darwin]\nci: { forges: [gitlab], systems: [aarch64-darwin] }\nhosts:\n`,
    (at) => `  h${at}: { ${HOST} }`,
  ),
  "command-hidden": each(
    `${BASE}shells: { default: { groups: [k8s] } }\ncommands:\n  test: { run: a }\n`,
    (at) => `  c${at}: { run: a }`,
  ),
  "env-file-form": each(`${BASE}shells:\n`, (at) => `  s${at}: { envFiles: ["*.env"] }`),
  "feature-gone": hostSettings("experimental-features: [nix-command, flakes, no-url-literals]"),
  "feature-unknown": builders((at) => `features: [big_parallel, f${at}]`),
  "file-name-not-portable": hosts((at) => `modules: [./hosts/M${at}.nix, ./hosts/m${at}.nix]`),
  "flake-reference": each(`${BASE}inputs:\n`, (at) => `  i${at}: { flake: "gihub:acme/tools" }`),
  "hook-ends-shell": each(`${BASE}shells:\n`, (at) => `  s${at}: { hook: "exit 1" }`),
  "host-key-invalid": builders(() => "publicHostKey: AAAAC3NzaC1lZDI1NTE5AAAAIEw3T0sSYyB4dkxNYXlJbnZlbnRlZEtleQAA"),
  "host-key-unused": each(`${BASE}hosts:\n`, (at) => `  h${at}: { os: linux, stateVersion: "26.05" }`),
  "host-os": each(`${BASE}hosts:\n`, (at) => `  h${at}: { os: nixos, system: aarch64-darwin, stateVersion: 6 }`),
  "host-system-missing": each(
    `${BASE}systems: [x86_64-linux]\nhosts:\n`,
    (at) => `  h${at}: { os: linux, system: aarch64-linux }`,
  ),
  "image-name-invalid": each(`${BASE}images:\n`, (at) => `  i${at}: { name: "a.example.net/b/c:v${at}" }`),
  "image-variable-missing": each(
    `${BASE}shells: { k8s: { env: { A: { path: .a } } } }\nimages:\n`,
    (at) => `  i${at}: { groups: [k8s] }`,
  ),
  "input-name": each(`${BASE}inputs:\n`, (at) => `  _${at}: github:NixOS/nixpkgs/${COMMIT}`),
  "input-not-nixpkgs": each(
    `${HEAD}inputs: { acme: "github:acme/tools" }\ngroups:\n  k8s:\n    packages:\n`,
    (at) => `    - { package: p${at}, from: acme }`,
  ),
  "jobs-exceed-build-users": hostSettings("max-jobs: 8", `${BASE}buildUsers: { roles: [{ role: a }, { role: b }] }\n`),
  "keep-outputs-without-gc": each(`${BASE}settings: { keep-outputs: true }\nhosts:\n`, (at) => `  h${at}: { ${HOST} }`),
  "lint-unused": each(`${BASE}lint:\n`, (at) => `  - { code: sandbox-off, at: hosts.h${at}, why: x }`),
  "lint-without-why": each(`${BASE}lint:\n`, (at) => `  - { code: sandbox-off, at: hosts.h${at} }`),
  "linux-missing": each(`${BASE}systems: [aarch64-darwin]\ndevcontainer: true\nimages:\n`, (at) => `  i${at}: { groups: [k8s] }`),
  "nix-darwin-release": each(
    `${START}nixpkgs: nixos-24.05\ngroups: { k8s: { packages: [git] } }\nhosts:\n`,
    (at) => `  h${at}: { system: aarch64-darwin, stateVersion: 4 }`,
  ),
  "nixpkgs-end-of-life": each(
    `${START}nixpkgs: nixos-24.05\ngroups: { k8s: { packages: [git] } }\nhosts:\n`,
    (at) => `  h${at}: { ${HOST} }`,
  ),
  "nixpkgs-reference": each(`${BASE}inputs:\n`, (at) => `  i${at}: github:NixOS/nixpkgs/a..b${at}`),
  "nixpkgs-unpinned": each(`${BASE}inputs:\n`, (at) => `  i${at}: github:NixOS/nixpkgs/nixos-26.05`),
  "no-proxy-entry": each(`${BASE}network:\n  proxy: "http://p.example.net:3128"\n  noProxy:\n`, (at) => `    - "*.e${at}.net"`),
  "no-proxy-without-proxy": each(`${BASE}network:\n  noProxy:\n`, (at) => `    - .e${at}.net`),
  "own-file-generated": hosts((at) => `modules: [./nix/m${at}.nix]`),
  "package-insecure": each(OF_RELEASE, () => "    - gradle_7"),
  "package-removed": each(OF_RELEASE, () => "    - promtail"),
  "package-renamed": each(OF_RELEASE, () => "    - nettools"),
  "package-unavailable": each(
    `${START}systems: [aarch64-darwin]\n${OF_RELEASE.slice(START.length)}`,
    () => "    - { package: iotop, systems: [aarch64-darwin] }",
  ),
  "package-unfree": each(OF_RELEASE, () => "    - vault"),
  "package-wrong-name": each(OF_RELEASE, () => "    - helm"),
  "policy-age": each(`${BASE}policy: { nixpkgs: { maxAge: 60d } }\nhosts:\n`, (at) => `  h${at}: { ${HOST} }`),
  "policy-closure": each(`${BASE}policy:\n  closure:\n    k8s: 2GiB\n`, (at) => `    g${at}: 2GiB`),
  "policy-license": each(
    `${START}policy: { licenses: { deny: [SSPL-1.0] } }\n${OF_RELEASE.slice(START.length)}`,
    () => "    - mongodb",
  ),
  "policy-license-unknown": each(`${BASE}policy:\n  licenses:\n    deny:\n`, (at) => `      - AGPL-${at}`),
  "proxy-address": each(`${BASE}network:\n  proxy: proxy.example.net:3128\n  noProxy:\n`, (at) => `    - .e${at}.net`),
  "public-key-invalid": each(`${BASE}substituters:\n`, (at) => `  - { url: "https://c${at}.example.org", publicKey: "${KEY}" }`),
  "sandbox-off": hostSettings("sandbox: false"),
  "build-rights": hostSettings("filter-syscalls: false"),
  "setting-ignored": users(() => "max-silent-time: 60, sandbox: true"),
  "setting-renamed": users(() => "build-max-jobs: 4"),
  "setting-repeated": each(
    `${BASE}settings: { trusted-users: [root] }\ntrustedUsers: [root]\nhosts:\n`,
    (at) => `  h${at}: { ${HOST} }`,
  ),
  "setting-needs-feature": users(() => "impure-env: { A: x }"),
  "setting-runs-code": hostSettings("post-build-hook: /etc/nix/upload"),
  "setting-too-new": users(() => "json-log-path: /var/log/nix.json"),
  "setting-value": users((at) => `secret-key-files: [~/cache${at}.sec]`),
  "settings-conflict": hostSettings("sandbox-paths: [/bin/sh], max-jobs: 0"),
  "signatures-off": hostSettings("require-sigs: false"),
  "ssh-key-path": builders((at) => `sshKey: /etc/nix/k${at}.pub`),
  "state-version-kind": each(`${BASE}hosts:\n`, (at) => `  h${at}: { system: aarch64-darwin, stateVersion: "26.05" }`),
  "state-version-unknown": each(`${BASE}hosts:\n`, (at) => `  h${at}: { system: aarch64-darwin, stateVersion: 26 }`),
  "store-elsewhere": hostSettings("store: ssh://build.example.org"),
  "substituter-insecure-url": caches((at) => `url: "http://c${at}.example.org"`),
  "system-end-of-life": each(
    `${START}nixpkgs: nixos-26.11\ngroups: { k8s: { packages: [git] } }\nsystems: [x86_64-linux, x86_64-darwin]\nhosts:\n`,
    (at) => `  h${at}: { system: x86_64-darwin, stateVersion: 6 }`,
  ),
  "system-unused": each(
    `${HEAD}systems: [x86_64-linux]\ngroups:\n  k8s:\n    packages:\n`,
    () => "      - { package: git, systems: [aarch64-linux] }",
  ),
  "trusted-users-wildcard": hostSettings('trusted-users: ["*"]'),
  "uid-conflict": roles(`${BASE}buildUsers:\n  firstUid: 1\n`),
  "user-settings-drop-features": users(
    () => "experimental-features: [nix-command]",
    `${BASE}settings: { experimental-features: [nix-command, flakes] }\n`,
  ),
  "volume-mount": each(`${BASE}volumes:\n`, (at) => `  v${at}: { mount: /nix }`),
};

/** Half of the size for each part. */
const both =
  (one: Text, two: Text): Text =>
  (size) =>
    one(size / 2) + two(size / 2);

/** Of a flake about which nothing is known, so that no package is a mistake and the output is generated. */
const manyPackages = each(
  `${HEAD}inputs: { acme: { flake: "github:acme/tools/${COMMIT}" } }\ngroups:\n  k8s:\n    packages:\n`,
  (at) => `    - { package: zqk${at}, from: acme }`,
);
const manySettings = each(`${BASE}settings:\n`, (at) => `  zqk${at}: 1`);
const manyGroups = each(`${HEAD}groups:\n`, (at) => `  g${at}: { packages: [git] }`);
const manyCaches = caches((at) => `url: "https://c${at}.example.org"`);

/** A line with one text, at most as long as the reader takes it. */
const longText =
  (line: (text: string) => string): Text =>
  (size) =>
    `${line("x".repeat(Math.min(size, 2 ** 20)))}\n`;

/** 99 shells that have the part of a group by an alias. */
const aliases =
  (part: (size: number) => string, key: string): Text =>
  (size) =>
    each(`${HEAD}groups:\n  k8s: { ${part(size)} }\nshells:\n`, (at) => `  s${at}: { ${key}: *all }`)(99 * 20);

/** Parts that multiply with each other if each is compared or written with each. */
const PRODUCTS: Readonly<Record<string, Text>> = {
  "a large group and hosts": both(
    manyPackages,
    each("hosts:\n", (at) => `  h${at}: { ${HOST} }`),
  ),
  "a large group and shells": both(
    manyPackages,
    each("shells:\n", (at) => `  s${at}: { groups: [k8s] }`),
  ),
  "a large group and images": both(
    manyPackages,
    each("images:\n", (at) => `  i${at}: { groups: [k8s] }`),
  ),
  "a large group and volumes": both(
    manyPackages,
    each("volumes:\n", (at) => `  v${at}: { mount: /v${at} }`),
  ),
  "a large group and roles": both(
    manyPackages,
    each("buildUsers:\n  roles:\n", (at) => `    - { role: r${at}, groups: [k8s] }`),
  ),
  "groups and hosts": both(
    manyGroups,
    each("hosts:\n", (at) => `  h${at}: { system: x86_64-linux, stateVersion: "26.05" }`),
  ),
  "groups and volumes": both(
    manyGroups,
    each("volumes:\n", (at) => `  v${at}: { mount: /v${at} }`),
  ),
  "groups and images": both(
    manyGroups,
    each("images:\n", (at) => `  i${at}: {}`),
  ),
  "groups and their shells": both(
    manyGroups,
    each("shells:\n", (at) => `  g${at}: { packages: [git] }`),
  ),
  "settings and users": both(
    manySettings,
    each("users:\n", (at) => `  u${at}: { settings: { cores: 2 } }`),
  ),
  "settings and hosts": both(
    manySettings,
    each("hosts:\n", (at) => `  h${at}: { ${HOST} }`),
  ),
  "settings and volumes": both(
    manySettings,
    each("volumes:\n", (at) => `  v${at}: { mount: /v${at} }`),
  ),
  "shells and commands": both(
    each(`${BASE}shells:\n`, (at) => `  s${at}: { groups: [k8s] }`),
    each("commands:\n", (at) => `  c${at}: { run: "true" }`),
  ),
  "images and commands": both(
    each(`${BASE}images:\n`, (at) => `  i${at}: { groups: [k8s] }`),
    each("commands:\n", (at) => `  c${at}: { run: "true" }`),
  ),
  "variables and images": both(
    each(`${BASE}shells:\n  k8s:\n    env:\n`, (at) => `      V${at}: x`),
    each("images:\n", (at) => `  i${at}: { groups: [k8s] }`),
  ),
  "builders and hosts": both(
    each(`${BASE}hosts:\n`, (at) => `  h${at}: { ${HOST} }`),
    each("builders:\n", (at) => `  - { host: h${at}, publicHostKey: AAAA }`),
  ),
  "builders and hosts that none names": both(
    each(`${BASE}hosts:\n`, (at) => `  h${at}: { ${HOST} }`),
    each("builders:\n", (at) => `  - { host: hh${at}, publicHostKey: AAAA }`),
  ),
  "caches and hosts": both(
    manyCaches,
    each("hosts:\n", (at) => `  h${at}: { ${HOST} }`),
  ),
  "caches and users": both(
    manyCaches,
    each("users:\n", (at) => `  u${at}: { settings: { cores: 2 } }`),
  ),
  "hosts of another Linux and caches": both(
    manyCaches,
    each("hosts:\n", (at) => `  h${at}: { ${LINUX}, settings: { cores: 2 } }`),
  ),
  "hosts of another Linux and builders that they are": both(
    each(`${BASE}hosts:\n`, (at) => `  h${at}: { ${LINUX} }`),
    each("builders:\n", (at) => `  - { host: h${at} }`),
  ),
  "hosts of another Linux and build users": both(
    each(`${BASE}hosts:\n`, (at) => `  h${at}: { ${LINUX}, settings: { cores: 2 } }`),
    each("buildUsers:\n  roles:\n", (at) => `    - { role: r${at} }`),
  ),
  "hosts of another Linux and hosts without a proxy": both(
    each(`${BASE}hosts:\n`, (at) => `  h${at}: { ${LINUX}, settings: { cores: 2 } }`),
    each('network:\n  proxy: "http://p.example.net:3128"\n  noProxy:\n', (at) => `    - .e${at}.net`),
  ),
  "volumes and a long text": both(
    each(`${BASE}volumes:\n`, (at) => `  v${at}: { mount: /v${at} }`),
    longText((text) => `settings: { bash-prompt: "${text}" }`),
  ),
  "images and a long variable": both(
    each(`${BASE}images:\n`, (at) => `  i${at}: { groups: [k8s] }`),
    longText((text) => `shells: { k8s: { env: { A: "${text.slice(0, 120_000)}" } } }`),
  ),
  "hosts and a long path": both(
    each(`${BASE}hosts:\n`, (at) => `  h${at}: { ${HOST} }`),
    longText((text) => `network: { caBundle: "/${text}" }`),
  ),
  "tools from an input with a long address": both(
    longText((text) => `${HEAD}inputs: { acme: "github:acme/tools?dir=${text}" }`),
    each("groups:\n  k8s:\n    packages:\n", (at) => `    - { package: p${at}, from: acme }`),
  ),
  "roles in pipelines and caches": both(
    each(`${BASE}ci: { forges: [github, gitlab] }\nbuildUsers:\n  roles:\n`, (at) => `    - { role: r${at}, groups: [k8s] }`),
    each("substituters:\n", (at) => `  - { url: "https://c${at}.example.org", publicKey: "c${at}-1:${KEY}" }`),
  ),
  "roles in pipelines and labels": both(
    each(`${BASE}buildUsers:\n  roles:\n`, (at) => `    - { role: r${at}, groups: [k8s] }`),
    each("ci:\n  forges: [github]\n  runners:\n    x86_64-linux:\n      labels:\n", (at) => `        - l${at}`),
  ),
  "a long entry of the system and lists of hosts": both(
    longText((text) => `${BASE}settings: { system-features: ["${text}"] }`),
    each("hosts:\n", (at) => `  h${at}: { ${HOST}, settings: { system-features: [a] } }`),
  ),
  "lists of the system and of hosts": both(
    each(`${BASE}settings:\n  system-features:\n`, (at) => `    - f${at}`),
    each("hosts:\n", (at) => `  h${at}: { ${HOST}, settings: { system-features: [x] } }`),
  ),
  "unknown experimental features and lists of users": both(
    each(`${BASE}settings:\n  experimental-features:\n`, (at) => `    - f${at}`),
    each("users:\n", (at) => `  u${at}: { settings: { experimental-features: [flakes] } }`),
  ),
  "trusted users and users with settings": both(
    each(`${BASE}trustedUsers:\n`, (at) => `  - u${at}`),
    each("users:\n", (at) => `  v${at}: { settings: { sandbox: true } }`),
  ),
  "hosts that differ in hooks": hostSettings("run-diff-hook: true"),
  "entries of lint and max-jobs of hosts": both(
    each(
      `${BASE}buildUsers: { roles: [{ role: a }, { role: b }] }\nhosts:\n`,
      (at) => `  h${at}: { ${HOST}, settings: { max-jobs: 8 } }`,
    ),
    each("lint:\n", (at) => `  - { code: jobs-exceed-build-users, at: hosts.x${at}, why: x }`),
  ),
  "entries of lint and sizes of groups": both(
    each(`${HEAD}groups:\n`, (at) => `  g${at}: { packages: [git] }`),
    both(
      each("policy:\n  closure:\n", (at) => `    g${at}: 2GiB`),
      each("lint:\n", (at) => `  - { code: policy-closure, at: policy.closure.g${at}, why: x }`),
    ),
  ),
  "aliases of a long list": aliases((size) => `packages: &all [${"git,".repeat(size / 4)}]`, "packages"),
  "aliases of a long text": aliases((size) => `title: &all "${"x".repeat(Math.min(size, 2 ** 20))}"`, "title"),
  "caches and keys in settings": both(
    each(`${BASE}substituters:\n`, (at) => `  - { url: "https://c${at}.example.org" }`),
    each("settings:\n  trusted-public-keys:\n", (at) => `    - "k${at}-1:${KEY}"`),
  ),
  "caches and keys, all in settings": both(
    each(`${BASE}settings:\n  substituters:\n`, (at) => `    - "https://c${at}.example.org"`),
    each("  trusted-public-keys:\n", (at) => `    - "k${at}-1:${KEY}"`),
  ),
  "trusted users and hosts": both(
    each(`${BASE}trustedUsers:\n`, (at) => `  - u${at}`),
    each("hosts:\n", (at) => `  h${at}: { ${HOST} }`),
  ),
  "inputs and tools from them": both(
    each(`${HEAD}inputs:\n`, (at) => `  i${at}: github:NixOS/nixpkgs/${COMMIT}`),
    each("groups:\n  k8s:\n    packages:\n", (at) => `    - { package: git, from: i${at} }`),
  ),
  "flakes and shells with tools from them": both(
    each(`${BASE}inputs:\n`, (at) => `  i${at}: { flake: "github:acme/tools/${COMMIT}" }`),
    each("shells:\n", (at) => `  s${at}: { packages: [{ package: git, from: i${at} }] }`),
  ),
  "inputs and what they follow": both(
    each(`${BASE}inputs:\n`, (at) => `  i${at}: github:NixOS/nixpkgs/${COMMIT}`),
    each("  last:\n    flake: github:acme/tools\n    follows:\n", (at) => `      - i${at}`),
  ),
  "unfree entries and tools": both(
    each(`${START}nixpkgs:\n  url: github:NixOS/nixpkgs/nixos-26.05\n  unfree:\n`, (at) => `    - zqk${at}`),
    each("groups:\n  k8s:\n    packages:\n", () => "    - vault"),
  ),
  "denied licences and tools": both(
    each(`${RELEASE}policy:\n  licenses:\n    deny:\n`, (at) => `      - AGPL-${at}`),
    each("groups:\n  k8s:\n    packages:\n", () => "    - mongodb"),
  ),
  "overlays and inputs": both(
    each(`${START}inputs:\n`, (at) => `  i${at}: { flake: "github:acme/o${at}" }`),
    each(
      `groups: { k8s: { packages: [git] } }\nnixpkgs:\n  url: github:NixOS/nixpkgs/${COMMIT}\n  overlays:\n`,
      (at) => `    - { from: i${at} }`,
    ),
  ),
  "overlays of files": each(
    `${START}groups: { k8s: { packages: [git] } }\nnixpkgs:\n  url: github:NixOS/nixpkgs/${COMMIT}\n  overlays:\n`,
    (at) => `    - ./overlays/o${at}.nix`,
  ),
  "versions of one tool, pinned": each(
    `${HEAD}groups:\n  k8s:\n    packages:\n`,
    (at) => `    - { package: kubectl, version: "1.${at}" }`,
  ),
  "features of one builder": each(`${BASE}builders:\n  - host: b\n    features:\n`, (at) => `      - f${at}`),
  "systems of one tool": each(
    `${HEAD}groups:\n  k8s:\n    packages:\n    - package: git\n      systems:\n`,
    (at) => `        - s${at}`,
  ),
  "labels of one runner": each(
    `${BASE}ci:\n  forges: [github]\n  runners:\n    x86_64-linux:\n      labels:\n`,
    (at) => `        - l${at}`,
  ),
  "tags of one host": each(`${BASE}hosts:\n  box:\n    deploy:\n      target: h\n      tags:\n`, (at) => `        - t${at}`),
  "modules of one host": each(`${BASE}hosts:\n  box:\n    modules:\n`, (at) => `      - ./hosts/m${at}.nix`),
  "entries of PATH": each(`${BASE}shells:\n  k8s:\n    env:\n      PATH:\n        prepend:\n`, (at) => `          - p${at}`),
  "files of variables": each(`${BASE}shells:\n  k8s:\n    envFiles:\n`, (at) => `      - f${at}`),
  "groups of one shell": both(
    manyGroups,
    each("shells:\n  all:\n    groups:\n", (at) => `      - g${at}`),
  ),
  "one group again and again": each(`${BASE}shells:\n  all:\n    groups:\n`, () => "      - k8s"),
  "unknown groups of one shell": each(`${BASE}shells:\n  all:\n    groups:\n`, (at) => `      - zqk${at}`),
  "code that bash is asked about": each(`${BASE}commands:\n`, (at) => `  c${at}: { run: "[[ ${at} ]]" }`),
  "code that bash can't read": each(`${BASE}commands:\n`, (at) => `  c${at}: { run: "if ${at}" }`),
  "files to include": each(`${BASE}include:\n`, (at) => `  - f${at}.yaml`),
  "unknown codes in lint": each(`${BASE}lint:\n`, (at) => `  - { code: sandbx-of${at}, why: x }`),
  "unknown experimental features": each(`${BASE}settings:\n  experimental-features:\n`, (at) => `    - nix-comand${at}`),
  "unknown parameters of caches": caches((at) => `url: "https://c${at}.example.org?prioritty=1"`),
  "unknown schemes of caches": caches((at) => `url: "htps://c${at}.example.org"`),
  "names of groups that are none": each(`${HEAD}groups:\n`, (at) => `  G ${at}: { packages: [git] }`),
  "names of variables that are none": each(`${BASE}shells:\n  k8s:\n    env:\n`, (at) => `      V-${at}: x`),
  "packages that are none": each(`${HEAD}groups:\n  k8s:\n    packages:\n`, (at) => `    - "git ${at}"`),
  "hosts without a key that they need": each(`${BASE}builders:\n`, (at) => `  - { hots: b${at} }`),
  "lists in place of texts": each(`${BASE}hosts:\n`, () => "  a: []\n  b: [x]"),
  "settings of the wrong type and unknown keys": both(
    users(() => "cores: many, sandbox: [1]"),
    each("hosts:\n", (at) => `  h${at}: { ${HOST}, zqk: 1 }`),
  ),
  "settings of the wrong type and values that are none": both(
    users(() => "cores: many, store: 1"),
    each("hosts:\n", (at) => `  h${at}: { ${HOST}, settings: { store: "ssh://b", sandbox-paths: [/bin/sh], max-jobs: 0 } }`),
  ),
  "unknown codes in lint and findings": both(
    each(`${BASE}lint:\n`, (at) => `  - { code: sandbx-of${at}, why: x }`),
    each("hosts:\n", (at) => `  h${at}: { ${HOST}, settings: { sandbox: false } }`),
  ),
  "entries of lint at deep places": both(
    each(`${BASE}lint:\n`, (at) => `  - { code: sandbox-off, at: "hosts.h${at}.settings.a.b.c.d.e.f.g", why: x }`),
    each("hosts:\n", (at) => `  h${at}: { ${HOST}, settings: { sandbox: false } }`),
  ),
  "hosts with unknown keys and many mistakes": both(
    each(`${BASE}hosts:\n`, (at) => `  h${at}: { system: x86, grups: [no], groups: [n${at}] }`),
    each("builders:\n", (at) => `  - { hots: b${at}, sshKey: "/etc/nix/k${at}.pub" }`),
  ),
  "users with many settings": users(() => "cores: 2, max-jobs: 3, sandbox: true, keep-going: true"),
};

/** Each attack by its name. */
export const RULE_ATTACKS: readonly (readonly [name: string, text: Text])[] = [
  ...Object.entries(BY_RULE).map(([code, text]) => [`many ${code}`, text] as const),
  ...Object.entries(PRODUCTS),
];
