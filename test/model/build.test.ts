import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows, head, mistakeRows } from "../support/diagnostic-rows.ts";
import { compileText } from "../support/spec.ts";

const test = suite("the model");

mistakeRows(test, [
  // variables and commands
  ["a read-only variable", "name-conflict", `${base}shells:\n  k8s:\n    env:\n      ⟦UID⟧: "0"\n`, "reserved by bash"],
  ["an integer variable", "name-conflict", `${base}shells:\n  k8s:\n    env:\n      ⟦RANDOM⟧: a[0]\n`, "reserved by bash"],
  [
    "a variable of our own",
    "name-conflict",
    `${base}shells:\n  k8s:\n    env:\n      ⟦FLAKEWRIGHT_ROOT⟧: /x\n`,
    "reserved by flakewright",
  ],
  [
    "a variable that no program takes",
    "env-too-long",
    `${base}shells:\n  k8s:\n    env:\n      A: b\n      BIG: ⟦${"x".repeat(140_000)}⟧\n`,
    "137 KiB",
  ],
  [
    "variables that are too long together, with quotes that take four characters each",
    "env-too-long",
    `${base}shells:\n  k8s:\n    env:\n      A: ${"a".repeat(60_000)}\n      BIG: ⟦${"a'".repeat(30_000)}⟧\n`,
    "206 KiB",
  ],
  ["a path and entries", "schema-value", `${base}shells:\n  k8s:\n    env: { A: { path: a, ⟦prepend⟧: [b] } }\n`, "both"],
  ["no form of a value", "schema-value", `${base}shells:\n  k8s:\n    env: { A: ⟦{}⟧ }\n`, "no value"],
  ["a command called menu", "name-conflict", `${base}commands:\n  ⟦menu⟧: { run: ls }\n`, "lists the commands"],
  ["an unknown group of a command", "reference-unknown", `${base}commands:\n  deploy: { run: ls, groups: [⟦k9s⟧] }\n`, "k8s"],
  // package sets
  ["an input called nixpkgs", "name-conflict", `${base}inputs:\n  ⟦nixpkgs⟧: github:NixOS/nixpkgs/x\n`, "nixpkgs"],
  ["an input called self", "name-conflict", `${base}inputs:\n  ⟦self⟧: github:NixOS/nixpkgs/x\n`, "self"],
  // groups and packages
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
  // settings and caches
  ["one setting under two names", "name-conflict", `${base}settings:\n  max-jobs: 1\n  ⟦build-max-jobs⟧: 2\n`, "same setting"],
  [
    "allowed users in two places that differ",
    "name-conflict",
    `${base}settings:\n  ⟦allowed-users⟧: ["*"]\nallowedUsers: [root]\n`,
    "allowedUsers",
  ],
  // build users
  ["a role twice", "name-conflict", `${base}buildUsers:\n  roles:\n    - role: aws\n    - role: ⟦aws⟧\n`, "duplicate"],
  [
    "a role's unknown group",
    "reference-unknown",
    `${base}buildUsers:\n  roles:\n    - role: aws\n      groups: [⟦cloud⟧]\n`,
    "k8s",
  ],
  // users, volumes, hosts, builders
  ["a volume's unknown group", "reference-unknown", `${base}volumes:\n  aws: { mount: /v, groups: [⟦k9s⟧] }\n`, "k8s"],
]);

codeRows(test, [
  {
    code: "name-conflict",
    says: "the group name `default` is reserved: devShells.<system>.default is the shell with all groups",
    bad: `${head}groups:\n  ⟦default⟧:\n    packages: [kubectl]\n`,
    good: base,
  },
  {
    code: "reference-unknown",
    says: "unknown group `kubernetes`",
    bad: `${base}shells:\n  aws:\n    groups: [⟦kubernetes⟧]\n`,
    good: `${base}shells:\n  aws:\n    groups: [k8s]\n`,
  },
]);

test("property names of JavaScript objects are ordinary names", () => {
  const { files, diagnostics } = compileText(
    `${head}groups:\n  constructor:\n    packages: [kubectl]\n  __proto__:\n    packages: [jq]\n  __functor:\n    packages: [git]\n`,
  );
  assert.equal(diagnostics, []);
  const shells = files?.find((file) => file.path === "nix/dev-shells.nix")?.text ?? "";
  for (const name of ["constructor", "__proto__", "__functor"]) assert.ok(shells.includes(`  ${name} = shell {`), name);
});

test.run();
