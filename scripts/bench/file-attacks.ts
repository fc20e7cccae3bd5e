/*
 * Files beside the spec that a pull request can make large too: the lock, the lists in the output folder, generated files, the pins, included
 * files. And large specs through the commands that `check` is not.
 */

import type { Attack } from "./attacks.ts";
import { BASE, each, HEAD, lines, type Text } from "./rule-attacks.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const HASH = `sha256-${"A".repeat(43)}=`;

const repeat =
  (before: string, text: string, after = ""): Text =>
  (size) =>
    before + text.repeat(Math.ceil(size / text.length)) + after;

const list = (before: string, item: (at: number) => string, after: string): Text => {
  const items = lines((at) => `${item(at)},`);
  return (size) => `${before}${items(size).replace(/,$/, "")}${after}`;
};

/** The commands that read the output folder, and a few in it. */
const CHECK = ["check", "spec.yaml", "--out", "out"];
const MANY_TOOLS = `groups:\n  k8s:\n    packages:\n${"      - git\n".repeat(40_000)}`;
const WITHOUT = `${HEAD}include:\n  - file: base.yaml\n    without:\n`;
const DIFF = ["diff", "spec.yaml", "--out", "out"];
const GENERATE = ["generate", "spec.yaml", "--out", "out"];
const OUTDATED = ["outdated", "spec.yaml", "--out", "out"];
const ADOPT = ["adopt", "spec.yaml", "--out", "out"];
const DOCTOR = ["doctor", "spec.yaml", "--out", "out", "--root", "."];

const lockNode = (name: string) =>
  `"${name}": {"locked": {"lastModified": 1, "narHash": "${HASH}", "rev": "${COMMIT}", "type": "github"}, "original": {"owner": "NixOS", "repo": "nixpkgs", "type": "github"}}`;

const WITH_VERSION = `${HEAD}groups:\n  k8s:\n    packages: [{ package: kubectl, version: "1.29" }]\n`;
const INPUTS = `${BASE}inputs:\n${Array.from({ length: 2000 }, (_, at) => `  i${at}: github:NixOS/nixpkgs/nixos-26.05\n`).join("")}`;
const POLICY = `${BASE}policy: { closure: { k8s: 2GiB } }\n`;
const INCLUDING = `include: [base.yaml]\n${BASE.replace(/^groups:\n.*$/ms, "")}`;

type Row = readonly [file: string, what: string, text: Text, args: readonly string[], spec?: string];

const FILES: readonly Row[] = [
  ["out/flake.lock", "nodes", list('{"nodes": {', (at) => lockNode(`n${at}`), '}, "root": "root", "version": 7}'), CHECK],
  ["out/flake.lock", "nodes", list('{"nodes": {', (at) => lockNode(`n${at}`), '}, "root": "root", "version": 7}'), OUTDATED],
  [
    "out/flake.lock",
    "inputs, and a spec with 2,000",
    (size) =>
      list('{"nodes": {', (at) => lockNode(`i${at}`), "")(size / 2) +
      list(',"root": {"inputs": {', (at) => `"i${at}": "i${at}"`, '}}}, "root": "root", "version": 7}')(size / 2),
    CHECK,
    INPUTS,
  ],
  ["out/flake.lock", "open brackets", repeat("", "["), CHECK],
  ["out/flake.lock", "open brackets", repeat("", "["), DOCTOR],
  ["out/flake.lock", "spaces", repeat("", " "), CHECK],
  ["out/flake.lock", "a long text", repeat('{"nodes": {"root": {"inputs": {"nixpkgs": "', "a", '"}}}}'), CHECK],
  [
    "out/.flakewright.json",
    "files that can be outputs",
    list('{"version": 1, "files": {', (at) => `"hosts/h${at}.nix": "${HASH}"`, "}}"),
    CHECK,
  ],
  [
    "out/.flakewright.json",
    "files that can be outputs",
    list('{"version": 1, "files": {', (at) => `"users/u${at}.conf": "${HASH}"`, "}}"),
    GENERATE,
  ],
  ["out/.flakewright.json", "files that are none", list('{"version": 1, "files": {', (at) => `"f${at}": "${HASH}"`, "}}"), CHECK],
  ["out/.flakewright.json", "a long path", repeat('{"version": 1, "files": {"', "a/", `b": "${HASH}"}}`), CHECK],
  ["out/.flakewright.json", "open brackets", repeat('{"version": 1, "files": ', "["), CHECK],
  ["out/.flakewright.json", "marks of a merge", repeat("", "<<<<<<< a\n=======\n>>>>>>> b\n"), CHECK],
  ["out/.flakewright.json", "begun marks of a merge", repeat("", "<<<<<<< a\n"), CHECK],
  [
    "out/.flakewright.json",
    "both sides of a merge",
    (size) =>
      `<<<<<<< a\n${lines((at) => `    "hosts/h${at}.nix": "${HASH}",`)(size / 2)}\n=======\n${lines((at) => `    "users/u${at}.conf": "${HASH}",`)(size / 2)}\n>>>>>>> b\n`,
    CHECK,
  ],
  ["out/.flakewright.sha256", "lines", lines((at) => `${COMMIT}${COMMIT.slice(0, 24)}  f${at}`), CHECK],
  ["out/.flakewright.sha256", "lines", lines((at) => `${COMMIT}${COMMIT.slice(0, 24)}  f${at}`), DIFF],
  ["out/.gitattributes", "lines", lines((at) => `f${at} text`), CHECK],
  ["out/flake.nix", "lines", lines((at) => `  x${at} = 1;`), CHECK],
  ["out/flake.nix", "lines", lines((at) => `  x${at} = 1;`), DIFF],
  ["out/flake.nix", "empty lines", repeat("", "\n"), DIFF],
  ["out/flake.nix", "a long line", repeat("", "a"), DIFF],
  ["out/flake.nix", "lines", lines((at) => `  x${at} = 1;`), ADOPT],
  [
    "out/flake.nix",
    "inputs",
    (size) => `{\n${lines((at) => `  inputs.i${at}.url = "github:a/b";`)(size)}\n  outputs = 1;\n}\n`,
    ADOPT,
  ],
  ["out/flake.nix", "spaces", repeat("{\n", " ", "\n  outputs = 1;\n}\n"), ADOPT],
  ["out/flake.nix", "marks of a merge", repeat("", "<<<<<<< a\n=======\n>>>>>>> b\n"), GENERATE],
  ["out/flake.nix", "access keys", repeat("", "AKIA0123456789ABCDEF "), DIFF],
  ["out/catalog.html", "lines", lines((at) => `<p>${at}</p>`), DIFF],
  ["out/catalog.html", "lines with CRLF", lines((at) => `<p>${at}</p>\r`), CHECK],
  ["out/etc/nix/nix.conf", "lines", lines((at) => `x${at} = 1`), DIFF],
  [
    "spec.pins.json",
    "pins",
    list(
      `{"version": 1, "index": {"source": "a", "revisions": 1, "newest": "${COMMIT}"}, "pins": {`,
      (at) => `"p${at}@1": {"attribute": "p${at}", "version": "1.${at}", "rev": "${COMMIT}", "date": "2026-01-01"}`,
      "}}",
    ),
    CHECK,
    WITH_VERSION,
  ],
  ["spec.pins.json", "open brackets", repeat("", "["), CHECK, WITH_VERSION],
  [
    "spec.pins.json",
    "a long attribute",
    repeat(
      `{"version": 1, "index": {"source": "a", "revisions": 1, "newest": "${COMMIT}"}, "pins": {"p@1": {"attribute": "`,
      "a.",
      `b", "version": "1", "rev": "${COMMIT}", "date": "2026-01-01"}}}`,
    ),
    CHECK,
    WITH_VERSION,
  ],
  [
    "spec.sizes.json",
    "groups",
    list('{"version": 1, "system": "x86_64-linux", "lock": "", "closure": {', (at) => `"g${at}": 1`, "}}"),
    CHECK,
    POLICY,
  ],
  ["base.yaml", "packages", each("groups:\n  k8s:\n    packages:\n", () => "      - git"), CHECK, INCLUDING],
  ["base.yaml", "unknown packages", each("groups:\n  k8s:\n    packages:\n", (at) => `      - zqk${at}`), CHECK, INCLUDING],
  ["base.yaml", "groups", each("groups:\n", (at) => `  g${at}: { packages: [git] }`), CHECK, INCLUDING],
  ["base.yaml", "groups", each("groups:\n", (at) => `  g${at}: { packages: [git] }`), ["show", "spec.yaml"], INCLUDING],
  ["base.yaml", "open brackets", repeat("groups: ", "["), CHECK, INCLUDING],
  ["base.yaml", "a long text", repeat('groups: { k8s: { title: "', "a", '", packages: [git] } }\n'), CHECK, INCLUDING],
  ["etc/nix/nix.conf", "settings", lines((at) => `x${at} = 1`), DOCTOR],
  ["etc/nix/nix.conf", "entries", (size) => `trusted-users = ${lines((at) => `u${at}`)(size).replaceAll("\n", " ")}\n`, DOCTOR],
  ["etc/nix/nix.conf", "includes", lines((at) => `include f${at}.conf`), DOCTOR],
  ["etc/nix/nix.conf", "spaces", repeat("a", " ", "= 1\n"), DOCTOR],
  ["etc/passwd", "accounts", lines((at) => `nixbld${at}:x:${31000 + at}:30000::/var/empty:/sbin/nologin`), DOCTOR],
  ["etc/group", "members", (size) => `nixbld:x:30000:${lines((at) => `nixbld${at},`)(size).replaceAll("\n", "")}\n`, DOCTOR],
];

const INDEX = {
  "index/revisions.json": JSON.stringify([{ rev: COMMIT, date: "2026-01-01" }]),
  "index/index/versions.json": `{"revisionCount": 1, "attrs": {${Array.from({ length: 20_000 }, (_, at) => `"p${at}": {"1.${at}": 0}`)}}}`,
};
const PIN = ["pin", "spec.yaml", "--dry-run", "--index", "index"];
const [VERSIONS, REVISIONS] = ["index/index/versions.json", "index/revisions.json"];
const ASKING = `${HEAD}groups:\n  k8s:\n    packages:\n${Array.from({ length: 2000 }, (_, at) => `      - { package: k${at}, version: "1.29" }\n`).join("")}`;

/** An index of versions, which `pin` reads. */
const INDEXES: readonly Row[] = [
  [VERSIONS, "packages", list('{"revisionCount": 1, "attrs": {', (at) => `"p${at}": {"1.${at}": 0}`, "}}"), PIN, ASKING],
  [
    VERSIONS,
    "packages of one series",
    list('{"revisionCount": 1, "attrs": {', (at) => `"kubectl_${at}": {"1.${at}": 0}`, "}}"),
    PIN,
    WITH_VERSION,
  ],
  [
    VERSIONS,
    "versions of one package",
    list('{"revisionCount": 1, "attrs": {"kubectl": {', (at) => `"1.${at}": 0`, "}}}"),
    PIN,
    WITH_VERSION,
  ],
  [VERSIONS, "a long name", repeat('{"revisionCount": 1, "attrs": {"', "ab_", '": {"1.29": 0}}}'), PIN, WITH_VERSION],
  [VERSIONS, "a long version", repeat('{"revisionCount": 1, "attrs": {"kubectl": {"', "1.", '": 0}}}'), PIN, WITH_VERSION],
  [VERSIONS, "open brackets", repeat("", "["), PIN, WITH_VERSION],
  [REVISIONS, "revisions", list("[", () => `{"rev": "${COMMIT}", "date": "2026-01-01"}`, "]"), PIN, WITH_VERSION],
];

/** The commands beside `check`, each with a spec that is large in a way that it minds. */
const COMMANDS: readonly (readonly string[])[] = [
  ["outdated", "spec/platform.yaml"],
  ["show", "--defaults"],
  ["show", "groups"],
  ["search", "kube"],
  ["explain", "kubectl"],
  ["upgrade", "26.05"],
  ["add", "jq"],
  ["remove", "git"],
  ["pin", "--dry-run", "--index", "index"],
  ["adopt"],
  ["doctor", "--root", "."],
];

const RELEASE = "version: 1\nname: demo\nnixpkgs: nixos-25.05\n";

const SPECS: readonly (readonly [what: string, text: Text])[] = [
  ["unknown packages", each(`${RELEASE}groups:\n  k8s:\n    packages:\n`, (at) => `      - zqk${at}`)],
  ["groups", each(`${RELEASE}groups:\n`, (at) => `  g${at}: { packages: [git] }`)],
];

/** Specs that one command minds more than the others. */
const OWN_SPECS: readonly (readonly [args: readonly string[], what: string, text: Text])[] = [
  [["remove", "git"], "packages", each(`${RELEASE}groups:\n  k8s:\n    packages:\n`, () => "      - git")],
  [["remove", "git"], "packages in brackets", repeat(`${RELEASE}groups: { k8s: { packages: [`, "git, ", "jq] } }\n")],
  [["add", "jq"], "packages", each(`${RELEASE}groups:\n  k8s:\n    packages:\n`, () => "      - git")],
  [["add", "jq"], "comments", repeat(`${RELEASE}groups:\n  k8s:\n    packages: [git]\n`, "# a\n")],
  [["show", "groups"], "comments", repeat(`${RELEASE}groups:\n  k8s:\n    packages: [git]\n`, "# a\n")],
  [
    ["outdated", "spec/platform.yaml"],
    "inputs",
    each(`${RELEASE}groups: { k8s: { packages: [git] } }\ninputs:\n`, (at) => `  i${at}: github:NixOS/nixpkgs/nixos-24.05`),
  ],
  [["upgrade", "26.05"], "packages", each(`${RELEASE}groups:\n  k8s:\n    packages:\n`, () => "      - git")],
  [
    ["pin", "--dry-run", "--index", "index"],
    "versions",
    each(`${RELEASE}groups:\n  k8s:\n    packages:\n`, (at) => `      - { package: p${at}, version: "1.${at}" }`),
  ],
];

/** A manifest that claims a generated file, which somebody has edited then. */
const claiming = (file: string): Readonly<Record<string, string>> =>
  /^out\/(?!\.flakewright\.json$|flake\.lock$)/.test(file)
    ? { "out/.flakewright.json": JSON.stringify({ version: 1, files: { [file.slice("out/".length)]: HASH } }) }
    : {};

/** Attacks on the other files, and by way of the other commands. */
export const FILE_ATTACKS: readonly Attack[] = [
  {
    name: "parts of an included file to leave out",
    file: "spec.yaml",
    text: each(WITHOUT, (at) => `      - groups.k8s.packages[${at % 40_000}]`),
    args: CHECK,
    beside: { "base.yaml": MANY_TOOLS },
  },
  ...[...FILES, ...INDEXES].map(
    ([file, what, text, args, spec = BASE]): Attack => ({
      name: `${args[0]}: ${file}: ${what}`,
      file,
      text,
      args,
      beside: { ...(args[0] === "pin" ? INDEX : {}), "spec.yaml": spec, ...claiming(file) },
    }),
  ),
  ...[...COMMANDS.flatMap((args) => SPECS.map(([what, text]) => [args, what, text] as const)), ...OWN_SPECS].map(
    ([args, what, text]): Attack => ({
      name: `${args.join(" ")}: ${what}`,
      file: "spec/platform.yaml",
      text,
      args,
      ...(args[0] === "pin" ? { beside: INDEX } : {}),
    }),
  ),
];
