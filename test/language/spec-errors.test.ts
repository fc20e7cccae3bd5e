import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toJson } from "../../generator/report/json.ts";
import { positions } from "../../generator/report/positions.ts";
import { toText } from "../../generator/report/text.ts";
import { compileText, cursor } from "../support/spec.ts";

/*
 * Bad specs of every shape. Each row: what is wrong, the code, the spec with the expected range between ⟦ and ⟧, and a word
 * that the message or its hint must hold. One mistake must give that one diagnostic and no other.
 */
const head = "version: 1\nname: demo\n";
const group = "groups:\n  k8s:\n    packages: [kubectl]\n";
const base = head + group;
/** A builder with nothing wrong. */
const builder = "builders:\n  - host: a.example\n    publicHostKey: c3NoLWVkMjU1MTkgQUFBQS4uLg==\n";

const rows: readonly [title: string, code: string, marked: string, says: string][] = [
  // YAML
  ["an open list", "yaml-syntax", `${head}groups:\n  k8s:\n    packages: [kubectl\n⟦⟧`, "quotes"],
  ["an open quote", "yaml-syntax", `version: 1\nname: "demo\n⟦⟧`, "quote"],
  ["a tab as indentation", "yaml-syntax", `${head}groups:\n⟦\t⟧k8s: {}\n`, "spaces"],
  ["a tag", "yaml-syntax", `${base}description: ⟦!secret⟧ x\n`, "tag"],
  ["two documents", "yaml-syntax", `${base}⟦---⟧\nversion: 1\n`, "document"],
  ["an alias without its anchor", "yaml-syntax", `${base}description: ⟦*none⟧\n`, "anchor"],
  ["a map as a key", "yaml-syntax", `${base}settings:\n  ? ⟦{a: b}⟧\n  : c\n`, "key"],
  ["a key twice", "yaml-duplicate-key", `${base}settings:\n  cores: 1\n  ⟦cores⟧: 2\n`, "twice"],
  ["a top-level key twice", "yaml-duplicate-key", `${base}⟦name⟧: other\n`, "twice"],
  ["a NUL", "yaml-limit", `${base}description: "a⟦\0⟧b"\n`, "NUL"],
  ["65 levels", "yaml-limit", `${base}settings:\n  cores: ${"[".repeat(63)}⟦[1]⟧${"]".repeat(63)}\n`, "64"],
  ["an escaped control character", "schema-value", `${base}description: ⟦"a\\x07b"⟧\n`, "U+0007"],
  ["an escaped NUL", "schema-value", `${base}description: ⟦"\\0"⟧\n`, "U+0000"],
  ["half a surrogate pair", "schema-value", `${base}description: ⟦"\\ud800"⟧\n`, "U+D800"],
  ["a merge key", "schema-unknown-key", `${base}shells:\n  aws:\n    ⟦<<⟧: {}\n`, "merge"],
  // the top level
  ["text instead of a spec", "schema-type", "⟦hello⟧\n", "init"],
  ["a list instead of a spec", "schema-type", "⟦- a\n- b⟧\n", "map"],
  ["no version", "schema-missing-key", `⟦name⟧: demo\n${group}`, "version"],
  ["no name", "schema-missing-key", `⟦version⟧: 1\n${group}`, "name"],
  ["no groups", "schema-missing-key", "⟦version⟧: 1\nname: demo\n", "groups"],
  ["version 2", "schema-value", `version: ⟦2⟧\nname: demo\n${group}`, "version: 1"],
  ["version in quotes", "schema-type", `version: ⟦"1"⟧\nname: demo\n${group}`, "number"],
  ["a misspelt top-level key", "schema-unknown-key", `${base}⟦setings⟧: {}\n`, "settings"],
  ["an unknown top-level key", "schema-unknown-key", `${base}⟦zzzzzz⟧: {}\n`, "known here"],
  ["an upper-case name", "name-invalid", `version: 1\nname: ⟦Demo⟧\n${group}`, "lower-case"],
  ["a name with an underscore", "name-invalid", `version: 1\nname: ⟦my_demo⟧\n${group}`, "lower-case"],
  ["a number as description", "schema-type", `${base}description: ⟦42⟧\n`, 'quotes: "42"'],
  ["an empty value", "schema-type", `${base}⟦description⟧:\n`, "empty"],
  // package sets
  ["a ref with a blank", "schema-value", `${base}nixpkgs: ⟦nixos 26.05⟧\n`, "branch"],
  ["a number as ref", "schema-type", `${base}nixpkgs: ⟦26.05⟧\n`, "quotes"],
  ["a url without a scheme", "schema-value", `${base}nixpkgs:\n  url: ⟦nixos-26.05⟧\n`, "flake reference"],
  ["unfree as text", "schema-type", `${base}nixpkgs:\n  unfree: ⟦terraform⟧\n`, "[terraform]"],
  ["a misspelt policy", "schema-unknown-key", `${base}nixpkgs:\n  ⟦unfre⟧: true\n`, "unfree"],
  ["an input of a bad name", "name-invalid", `${base}inputs:\n  ⟦K8S⟧: github:NixOS/nixpkgs/x\n`, "k8s"],
  ["an input without scheme", "schema-value", `${base}inputs:\n  old: ⟦nixos-25.11⟧\n`, "flake reference"],
  ["an input called nixpkgs", "name-conflict", `${base}inputs:\n  ⟦nixpkgs⟧: github:NixOS/nixpkgs/x\n`, "nixpkgs"],
  ["an input called self", "name-conflict", `${base}inputs:\n  ⟦self⟧: github:NixOS/nixpkgs/x\n`, "self"],
  ["an unknown system", "schema-value", `${base}systems: [⟦x86-64-linux⟧]\n`, "x86_64-linux"],
  ["a system twice", "schema-value", `${base}systems: [x86_64-linux, ⟦x86_64-linux⟧]\n`, "twice"],
  ["no system at all", "schema-value", `${base}systems: ⟦[]⟧\n`, "at least 1"],
  ["one system as text", "schema-type", `${base}systems: ⟦x86_64-linux⟧\n`, "[x86_64-linux]"],
  // groups and packages
  ["groups as a list", "schema-type", `${head}groups:\n  ⟦- k8s⟧\n`, "map"],
  ["a group of a bad name", "name-invalid", `${head}groups:\n  ⟦K8s Tools⟧:\n    packages: [kubectl]\n`, "k8s-tools"],
  ["a group that begins with a digit", "name-invalid", `${head}groups:\n  ⟦8s⟧:\n    packages: [kubectl]\n`, "begins"],
  ["a group as a list", "schema-type", `${head}groups:\n  k8s: ⟦[kubectl]⟧\n`, "map"],
  ["a misspelt key of a group", "schema-unknown-key", `${head}groups:\n  k8s:\n    ⟦pakages⟧: [kubectl]\n`, "packages"],
  [
    "a settings key in a group",
    "schema-unknown-key",
    `${head}groups:\n  k8s:\n    packages: [kubectl]\n    ⟦substituters⟧: []\n`,
    "top level",
  ],
  ["packages as text", "schema-type", `${head}groups:\n  k8s:\n    packages: ⟦kubectl⟧\n`, "[kubectl]"],
  ["a package with a version", "schema-value", `${head}groups:\n  k8s:\n    packages: [⟦kubectl@1.29⟧]\n`, "from"],
  ["a package that is a list", "schema-type", `${head}groups:\n  k8s:\n    packages: [⟦[kubectl]⟧]\n`, "text or a map"],
  [
    "a package without its attribute",
    "schema-missing-key",
    `${head}groups:\n  k8s:\n    packages:\n      - ⟦name⟧: helm\n`,
    "package",
  ],
  ["an empty package name", "schema-value", `${head}groups:\n  k8s:\n    packages: [⟦""⟧]\n`, "attribute path"],
  ["code as a package", "schema-value", `${head}groups:\n  k8s:\n    packages: [⟦"a; b"⟧]\n`, "attribute path"],
  [
    "an unknown input",
    "reference-unknown",
    `${head}inputs:\n  k8s-1-29: github:NixOS/nixpkgs/x\ngroups:\n  k8s:\n    packages:\n      - package: kubectl\n        from: ⟦k8s-129⟧\n`,
    "k8s-1-29",
  ],
  [
    "an input where none is declared",
    "reference-unknown",
    `${head}groups:\n  k8s:\n    packages:\n      - package: kubectl\n        from: ⟦old⟧\n`,
    "inputs",
  ],
  [
    "a tool's unknown system",
    "schema-value",
    `${head}groups:\n  k8s:\n    packages:\n      - package: kubectl\n        systems: [⟦linux⟧]\n`,
    "i686-linux",
  ],
  ["a group called default", "name-conflict", `${head}groups:\n  ⟦default⟧:\n    packages: [kubectl]\n`, "default"],
  [
    "a group called like a volume's package",
    "name-conflict",
    `${head}groups:\n  ⟦volume-aws⟧:\n    packages: [kubectl]\nvolumes:\n  aws: { mount: /v }\n`,
    "volume",
  ],
  [
    "a deployed host called like a part of colmena's hive",
    "name-conflict",
    `${base}hosts:\n  ⟦meta⟧:\n    deploy: { target: meta.example.net }\n`,
    "rename the host",
  ],
  // shells
  ["a shell's unknown group", "reference-unknown", `${base}shells:\n  aws:\n    groups: [⟦k8⟧]\n`, "k8s"],
  ["a misspelt key of a shell", "schema-unknown-key", `${base}shells:\n  aws:\n    ⟦hooks⟧: x\n`, "hook"],
  ["a number in env", "schema-type", `${base}shells:\n  aws:\n    env: { PORT: ⟦8080⟧ }\n`, '"8080"'],
  ["a bad variable name", "name-invalid", `${base}shells:\n  aws:\n    env: { ⟦AWS-PROFILE⟧: dev }\n`, "variable"],
  ["a hook as a list", "schema-type", `${base}shells:\n  aws:\n    hook: ⟦[a]⟧\n`, "text"],
  // settings and caches
  ["settings as a list", "schema-type", `${base}settings: ⟦[a]⟧\n`, "map"],
  ["a setting without a value", "schema-type", `${base}settings:\n  ⟦cores⟧:\n`, "empty"],
  ["one setting under two names", "name-conflict", `${base}settings:\n  max-jobs: 1\n  ⟦build-max-jobs⟧: 2\n`, "one setting"],
  ["a cache without a url", "schema-missing-key", `${base}substituters:\n  - ⟦publicKey⟧: x\n`, "url"],
  [
    "substituters as map",
    "schema-type",
    `${base}substituters:\n  ⟦url⟧: https://x.example/\n`.replace("⟦url⟧: https://x.example/", "⟦url: https://x.example/⟧"),
    "list",
  ],
  [
    "allowed users in two places that differ",
    "name-conflict",
    `${base}settings:\n  ⟦allowed-users⟧: ["*"]\nallowedUsers: [root]\n`,
    "allowedUsers",
  ],
  ["a user with a blank", "schema-value", `${base}trustedUsers: [⟦a b⟧]\n`, "account"],
  ["a gc age in weeks", "schema-value", `${base}gc: { olderThan: ⟦4w⟧ }\n`, "30d"],
  ["yes for true", "schema-type", `${base}gc: { automatic: ⟦yes⟧ }\n`, "write true"],
  // build users
  ["a gid of zero", "schema-value", `${base}buildUsers: { roles: [{ role: aws }], gid: ⟦0⟧ }\n`, "at least 1"],
  ["a uid as text", "schema-type", `${base}buildUsers: { roles: [{ role: aws }], firstUid: ⟦"30001"⟧ }\n`, "whole number"],
  ["a role without a name", "schema-missing-key", `${base}buildUsers:\n  roles:\n    - ⟦description⟧: x\n`, "role"],
  ["a role twice", "name-conflict", `${base}buildUsers:\n  roles:\n    - role: aws\n    - role: ⟦aws⟧\n`, "twice"],
  [
    "a role's unknown group",
    "reference-unknown",
    `${base}buildUsers:\n  roles:\n    - role: aws\n      groups: [⟦cloud⟧]\n`,
    "k8s",
  ],
  // users, volumes, hosts, builders
  ["a user of a bad name", "name-invalid", `${base}users:\n  ⟦Jane Doe⟧: {}\n`, "jane-doe"],
  ["a user's unknown key", "schema-unknown-key", `${base}users:\n  jane:\n    ⟦setting⟧: {}\n`, "settings"],
  [
    "a volume without a mount",
    "schema-missing-key",
    `${base}volumes:\n  aws:\n    ⟦groups⟧: [k8s]\n`.replace("  aws:\n    ⟦groups⟧", "  ⟦aws⟧:\n    groups"),
    "mount",
  ],
  ["a relative mount", "schema-value", `${base}volumes:\n  aws: { mount: ⟦volumes/aws⟧ }\n`, "absolute"],
  ["a mount that climbs", "schema-value", `${base}volumes:\n  aws: { mount: ⟦/volumes/../etc⟧ }\n`, ".."],
  ["a volume's unknown group", "reference-unknown", `${base}volumes:\n  aws: { mount: /v, groups: [⟦k9s⟧] }\n`, "k8s"],
  ["a host name with a dot", "name-invalid", `${base}hosts:\n  ⟦a.example⟧: {}\n`, "host name"],
  ["a release as a number", "schema-type", `${base}hosts:\n  builder: { stateVersion: ⟦26.05⟧ }\n`, '"26.05"'],
  ["a release that never was", "schema-value", `${base}hosts:\n  builder: { stateVersion: ⟦"26.06"⟧ }\n`, "release"],
  ["a module outside the folder", "schema-value", `${base}hosts:\n  builder: { modules: [⟦./../x.nix⟧] }\n`, "inside"],
  ["an absolute module", "schema-value", `${base}hosts:\n  builder: { modules: [⟦/etc/nixos/configuration.nix⟧] }\n`, "./"],
  ["a deploy without target", "schema-missing-key", `${base}hosts:\n  builder:\n    ⟦deploy⟧: { user: root }\n`, "target"],
  [
    "a target that is an option",
    "schema-value",
    `${base}hosts:\n  builder:\n    deploy: { target: ⟦-oProxyCommand=x⟧ }\n`,
    "address",
  ],
  ["an unknown protocol", "schema-value", `${base}${builder}    protocol: ⟦https⟧\n`, "ssh-ng"],
  ["no jobs", "schema-value", `${base}${builder}    maxJobs: ⟦0⟧\n`, "at least 1"],
  ["a feature with a comma", "schema-value", `${base}${builder}    features: [⟦"kvm,benchmark"⟧]\n`, "one word"],
  [
    "a host key that is none",
    "schema-value",
    `${base}builders:\n  - host: a.example\n    publicHostKey: ⟦ssh-ed25519 AAAA⟧\n`,
    "base64",
  ],
  ["an unknown forge", "schema-value", `${base}ci: ⟦gitlub⟧\n`, "github"],
  ["an acceptance without a code", "schema-missing-key", `${base}lint:\n  - ⟦why⟧: x\n`, "code"],
];

const errors = suite("bad specs");
for (const [title, code, marked, says] of rows) {
  errors(`${code}: ${title}`, () => {
    const { text, start, end } = cursor(marked);
    const { diagnostics, files } = compileText(text);
    assert.equal(
      diagnostics.map((d) => ({ code: d.code, at: text.slice(d.range.start, d.range.end), start: d.range.start })),
      [{ code, at: text.slice(start, end), start }],
    );
    assert.is(files, undefined, "nothing may be generated");
    const [only] = diagnostics;
    assert.ok(`${only?.message} ${only?.hint}`.includes(says), `«${only?.message}» «${only?.hint}» says nothing of «${says}»`);
    // Text and JSON name the same place, 1-based, in UTF-16 code units.
    const place = positions(text)(start);
    const report = { diagnostics, files: [], sources: new Map([["spec.yaml", text]]) };
    assert.ok(toText(report, false).startsWith(`spec.yaml:${place.line}:${place.column} error ${code}\n`), toText(report, false));
    const json = JSON.parse(toJson(report)).diagnostics[0];
    assert.equal(
      [json.line, json.column, json.code, json.severity, json.file],
      [place.line, place.column, code, "error", "spec.yaml"],
    );
  });
}

errors("at least sixty of them, and every stage's code but the writer's is among them", () => {
  assert.ok(rows.length >= 60);
  const codes = new Set(rows.map(([, code]) => code));
  for (const code of [
    "yaml-syntax",
    "yaml-duplicate-key",
    "yaml-limit",
    "schema-unknown-key",
    "schema-missing-key",
    "schema-type",
    "schema-value",
    "name-invalid",
    "name-conflict",
    "reference-unknown",
  ])
    assert.ok(codes.has(code), code);
});

errors("several mistakes are told at once, each once, in the order of the text", () => {
  const { diagnostics } = compileText(
    "version: 1\nname: Demo\ngroups:\n  k8s:\n    pakages: [kubectl]\n  bad name:\n    packages: [a]\nshells:\n  aws: { groups: [k8s, nope] }\nci: jenkins\n",
  );
  assert.equal(
    diagnostics.map((d) => d.code),
    ["name-invalid", "schema-unknown-key", "name-invalid", "reference-unknown", "schema-value"],
  );
});

errors("columns count UTF-16 code units, as editors do", () => {
  const text = `${base}description: "😀" # 😀\nci: nope\n`;
  const emoji = `${head}groups: { k8s: { packages: ["😀😀", kubectl], x: 1 } }\n`;
  const json = (t: string) =>
    JSON.parse(toJson({ diagnostics: compileText(t).diagnostics, files: [], sources: new Map([["spec.yaml", t]]) })).diagnostics;
  assert.equal([json(text)[0].line, json(text)[0].column], [7, 5]);
  assert.equal(
    json(emoji).map((d: { line: number; column: number; endColumn: number }) => [d.line, d.column, d.endColumn]),
    [
      [3, 29, 35],
      [3, 47, 48],
    ],
  );
});

errors("an alias bomb, a file of 9 MiB and a deep nest end at once with one word each", () => {
  const bomb = `${base}a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi".replace(/./g, (c, i: number) => `${c}: &${c} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]\n`)}`;
  const started = process.cpuUsage();
  assert.equal(compileText(bomb).diagnostics.filter((d) => d.code === "yaml-limit").length, 1);
  assert.equal(
    compileText(`# ${"x".repeat(9 * 1024 * 1024)}`).diagnostics.map((d) => d.code),
    ["yaml-limit"],
  );
  assert.equal(
    compileText("[".repeat(200_000)).diagnostics.map((d) => d.code),
    ["yaml-limit"],
  );
  assert.equal(
    compileText("- ".repeat(200_000)).diagnostics.map((d) => d.code),
    ["yaml-limit"],
  );
  assert.equal(
    compileText("{a: ".repeat(200_000)).diagnostics.map((d) => d.code),
    ["yaml-limit"],
  );
  assert.ok(process.cpuUsage(started).user < 5_000_000, "took more than 5 s of CPU");
});

errors("bytes that are not UTF-8 are refused, a byte-order mark is not", async () => {
  const { compile } = await import("../../generator/compile.ts");
  const { templates } = await import("../support/spec.ts");
  const environment = { locked: true, facts: () => undefined };
  const bad = compile(Buffer.from([0x76, 0xff, 0xfe]), "spec.yaml", environment, templates);
  assert.equal(
    bad.diagnostics.map((d) => d.code),
    ["yaml-limit"],
  );
  const marked = compile(Buffer.from(`\ufeff${base}`), "spec.yaml", environment, templates);
  assert.equal(
    marked.diagnostics.filter((d) => d.severity === "error"),
    [],
  );
});

errors("maps where a list without repetitions belongs are told, each once", () => {
  const { diagnostics } = compileText(`${base}systems:\n  - role: aws\n  - role: idle\n`);
  assert.equal(
    diagnostics.map((d) => d.code),
    ["schema-type", "schema-type"],
  );
});

errors("names that JavaScript knows are only names", () => {
  const { files, diagnostics } = compileText(
    `${head}groups:\n  constructor:\n    packages: [kubectl]\n  __proto__:\n    packages: [jq]\n  __functor:\n    packages: [git]\n`,
  );
  assert.equal(diagnostics, []);
  const shells = files?.find((file) => file.path === "nix/dev-shells.nix")?.text ?? "";
  for (const name of ["constructor", "__proto__", "__functor"]) assert.ok(shells.includes(`  ${name} = shell {`), name);
});

errors("a map whose keys JavaScript would call is told like any other", () => {
  for (const key of ["toString", "valueOf", "constructor"])
    assert.equal(
      compileText(`${base}settings:\n  max-jobs: { ${key}: 2 }\n  sandbox: { ${key}: 2 }\n`).diagnostics.map((d) => d.code),
      ["setting-type", "setting-type"],
    );
});

errors.run();
