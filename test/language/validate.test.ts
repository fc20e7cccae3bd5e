import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rangeMessage } from "../../generator/language/hints.ts";
import { specSchema } from "../../generator/language/schema.ts";
import { EXPECTED } from "../../generator/language/vocabulary.ts";
import { base, codeRows, group, head, mistakeRows } from "../support/diagnostic-rows.ts";
import { compileText } from "../support/spec.ts";

const test = suite("validation");

/** A spec that names no nixpkgs. */
const unpinned = `version: 1\nname: demo\n${group}`;
/** A valid builder. */
const builder = "builders:\n  - host: a.example\n    publicHostKey: c3NoLWVkMjU1MTkgQUFBQS4uLg==\n";

mistakeRows(test, [
  // Control characters and surrogates, which YAML escapes can write.
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
  ["an unknown top-level key", "schema-unknown-key", `${base}⟦zzzzzz⟧: {}\n`, "known keys here"],
  ["an upper-case name", "name-invalid", `version: 1\nname: ⟦Demo⟧\n${group}`, "lower-case"],
  ["a name with an underscore", "name-invalid", `version: 1\nname: ⟦my_demo⟧\n${group}`, "lower-case"],
  ["a number as description", "schema-type", `${base}description: ⟦42⟧\n`, 'quotes: `"42"`'],
  ["an empty value", "schema-type", `${base}⟦description⟧:\n`, "empty"],
  // package sets
  ["a ref with a space", "schema-value", `${unpinned}nixpkgs: ⟦nixos 26.05⟧\n`, "branch"],
  ["a number as ref", "schema-type", `${unpinned}nixpkgs: ⟦26.05⟧\n`, "quotes"],
  ["a url without a scheme", "schema-value", `${unpinned}nixpkgs:\n  url: ⟦nixos-26.05⟧\n`, "flake reference"],
  ["unfree as text", "schema-type", `${unpinned}nixpkgs:\n  unfree: ⟦terraform⟧\n`, "[terraform]"],
  ["a misspelt policy", "schema-unknown-key", `${unpinned}nixpkgs:\n  ⟦unfre⟧: true\n`, "unfree"],
  ["an input with an invalid name", "name-invalid", `${base}inputs:\n  ⟦K8S⟧: github:NixOS/nixpkgs/x\n`, "k8s"],
  ["an input without scheme", "schema-value", `${base}inputs:\n  old: ⟦nixos-25.11⟧\n`, "flake reference"],
  ["an unknown system", "schema-value", `${base}systems: [⟦x86-64-linux⟧]\n`, "x86_64-linux"],
  ["a system twice", "schema-value", `${base}systems: [x86_64-linux, ⟦x86_64-linux⟧]\n`, "duplicate"],
  ["an empty list of systems", "schema-value", `${base}systems: ⟦[]⟧\n`, "at least 1"],
  ["one system as text", "schema-type", `${base}systems: ⟦x86_64-linux⟧\n`, "[x86_64-linux]"],
  // groups and packages
  ["groups as a list", "schema-type", `${head}groups:\n  ⟦- k8s⟧\n`, "map"],
  ["a group with an invalid name", "name-invalid", `${head}groups:\n  ⟦K8s Tools⟧:\n    packages: [kubectl]\n`, "k8s-tools"],
  [
    "a group that starts with a digit",
    "name-invalid",
    `${head}groups:\n  ⟦8s⟧:\n    packages: [kubectl]\n`,
    "starting with a letter",
  ],
  ["a group as a list", "schema-type", `${head}groups:\n  k8s: ⟦[kubectl]⟧\n`, "map"],
  ["a misspelt key of a group", "schema-unknown-key", `${head}groups:\n  k8s:\n    ⟦pakages⟧: [kubectl]\n`, "packages"],
  [
    "a settings key in a group",
    "schema-unknown-key",
    `${head}groups:\n  k8s:\n    packages: [kubectl]\n    ⟦substituters⟧: []\n`,
    "top level",
  ],
  ["packages as text", "schema-type", `${head}groups:\n  k8s:\n    packages: ⟦kubectl⟧\n`, "[kubectl]"],
  ["a package with a version", "schema-value", `${head}groups:\n  k8s:\n    packages: [⟦kubectl@1.29⟧]\n`, "version:"],
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
    "a tool's unknown system",
    "schema-value",
    `${head}groups:\n  k8s:\n    packages:\n      - package: kubectl\n        systems: [⟦linux⟧]\n`,
    "x86_64-linux`, `aarch64-linux",
  ],
  // shells
  ["a misspelt key of a shell", "schema-unknown-key", `${base}shells:\n  aws:\n    ⟦hooks⟧: x\n`, "hook"],
  ["a number in env", "schema-type", `${base}shells:\n  aws:\n    env: { PORT: ⟦8080⟧ }\n`, '"8080"'],
  ["an invalid variable name", "name-invalid", `${base}shells:\n  aws:\n    env: { ⟦AWS-PROFILE⟧: dev }\n`, "variable"],
  ["a hook as a list", "schema-type", `${base}shells:\n  aws:\n    hook: ⟦[a]⟧\n`, "text"],
  // settings and caches
  ["settings as a list", "schema-type", `${base}settings: ⟦[a]⟧\n`, "map"],
  ["a setting without a value", "schema-type", `${base}settings:\n  ⟦cores⟧:\n`, "empty"],
  ["a cache without a url", "schema-missing-key", `${base}substituters:\n  - ⟦publicKey⟧: x\n`, "url"],
  [
    "substituters as map",
    "schema-type",
    `${base}substituters:\n  ⟦url⟧: https://x.example/\n`.replace("⟦url⟧: https://x.example/", "⟦url: https://x.example/⟧"),
    "list",
  ],
  ["a user with a space", "schema-value", `${base}trustedUsers: [⟦a b⟧]\n`, "account"],
  ["a gc age in weeks", "schema-value", `${base}gc: { olderThan: ⟦4w⟧ }\n`, "30d"],
  ["yes for true", "schema-type", `${base}gc: { automatic: ⟦yes⟧ }\n`, "write `true`"],
  // build users
  ["a gid of zero", "schema-value", `${base}buildUsers: { roles: [{ role: aws }], gid: ⟦0⟧ }\n`, "at least 1"],
  ["a uid as text", "schema-type", `${base}buildUsers: { roles: [{ role: aws }], firstUid: ⟦"30001"⟧ }\n`, "whole number"],
  ["a role without a name", "schema-missing-key", `${base}buildUsers:\n  roles:\n    - ⟦description⟧: x\n`, "role"],
  // users, volumes, hosts, builders
  ["a user with an invalid name", "name-invalid", `${base}users:\n  ⟦Jane Doe⟧: {}\n`, "jane-doe"],
  ["a user's unknown key", "schema-unknown-key", `${base}users:\n  jane:\n    ⟦setting⟧: {}\n`, "settings"],
  [
    "a volume without a mount",
    "schema-missing-key",
    `${base}volumes:\n  aws:\n    ⟦groups⟧: [k8s]\n`.replace("  aws:\n    ⟦groups⟧", "  ⟦aws⟧:\n    groups"),
    "mount",
  ],
  ["a relative mount", "schema-value", `${base}volumes:\n  aws: { mount: ⟦volumes/aws⟧ }\n`, "absolute"],
  ["a mount above the root", "schema-value", `${base}volumes:\n  aws: { mount: ⟦/..⟧ }\n`, ".."],
  ["a mount that is the root under another name", "schema-value", `${base}volumes:\n  aws: { mount: ⟦/.⟧ }\n`, "`.`"],
  [
    "a control character in a key",
    "schema-value",
    `${base}settings:\n  impure-env: { ⟦"a\\x01b"⟧: c }\n  experimental-features: [configurable-impure-env]\nlint: [{ code: setting-too-new, why: new }]\n`,
    "U+0001",
  ],
  ["a control character of terminals", "schema-value", `${base}description: ⟦"a\\u009Bb"⟧\n`, "U+009B"],
  [
    "code that is shown in another order than it runs",
    "schema-value",
    `${base}shells:\n  k8s:\n    hook: ⟦"echo \u202e hi"⟧\n`,
    "U+202E",
  ],
  ["a noncharacter", "schema-value", `${base}description: ⟦"a\\uFFFEb"⟧\n`, "U+FFFE"],
  ["a mount path with ..", "schema-value", `${base}volumes:\n  aws: { mount: ⟦/volumes/../etc⟧ }\n`, ".."],
  ["a host name with a dot", "name-invalid", `${base}hosts:\n  ⟦a.example⟧: {}\n`, "host name"],
  ["a release as a number", "schema-type", `${base}hosts:\n  builder: { stateVersion: ⟦26.05⟧ }\n`, '"26.05"'],
  ["a release that does not exist", "schema-value", `${base}hosts:\n  builder: { stateVersion: ⟦"26.06"⟧ }\n`, "release"],
  [
    "a module outside the folder",
    "schema-value",
    `${base}hosts:\n  builder: { stateVersion: "26.05", modules: [⟦./../x.nix⟧] }\n`,
    "inside",
  ],
  [
    "an absolute module",
    "schema-value",
    `${base}hosts:\n  builder: { stateVersion: "26.05", modules: [⟦/etc/nixos/configuration.nix⟧] }\n`,
    "./",
  ],
  [
    "a deploy without target",
    "schema-missing-key",
    `${base}hosts:\n  builder:\n    stateVersion: "26.05"\n    ⟦deploy⟧: { user: root }\n`,
    "target",
  ],
  [
    "a target that is an option",
    "schema-value",
    `${base}hosts:\n  builder:\n    stateVersion: "26.05"\n    deploy: { target: ⟦-oProxyCommand=x⟧ }\n`,
    "address",
  ],
  ["an unknown protocol", "schema-value", `${base}${builder}    protocol: ⟦https⟧\n`, "ssh-ng"],
  ["no jobs", "schema-value", `${base}${builder}    maxJobs: ⟦0⟧\n`, "at least 1"],
  ["a feature with a comma", "schema-value", `${base}${builder}    features: [⟦"kvm,benchmark"⟧]\n`, "invalid word"],
  [
    "a host key that is not Base64",
    "schema-value",
    `${base}builders:\n  - host: a.example\n    publicHostKey: ⟦ssh-ed25519 AAAA⟧\n`,
    "base64",
  ],
  ["an unknown forge", "schema-value", `${base}ci: ⟦gitlub⟧\n`, "github"],
  ["an acceptance without a code", "schema-missing-key", `${base}lint:\n  - ⟦why⟧: x\n`, "code"],
]);

codeRows(test, [
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
    says: "`description` must be text, not a number",
    bad: `${base}description: ⟦26.05⟧\n`,
    good: `${base}description: "26.05"\n`,
  },
  { code: "schema-value", says: "invalid value `gitlub` for `ci`", bad: `${base}ci: ⟦gitlub⟧\n`, good: `${base}ci: github\n` },
  {
    code: "schema-value",
    says: "invalid attribute path `docker compose`: use a name such as kubectl or python3Packages.ansible",
    bad: `${head}groups:\n  dev:\n    packages: [⟦docker compose⟧]\n`,
    good: `${head}groups:\n  dev:\n    packages: [docker-compose]\n`,
  },
  {
    code: "name-invalid",
    says: "invalid name `K8s Tools`: use lower-case letters, digits, `-`, `_`, starting with a letter, at most 128 characters",
    bad: `${head}groups:\n  ⟦K8s Tools⟧:\n    packages: [kubectl]\n`,
    good: `${head}groups:\n  k8s:\n    title: K8s Tools\n    packages: [kubectl]\n`,
  },
]);

test("several mistakes are reported at once, each once, in the order of the text", () => {
  const { diagnostics } = compileText(
    "version: 1\nname: Demo\ngroups:\n  k8s:\n    pakages: [kubectl]\n  bad name:\n    packages: [a]\nshells:\n  aws: { groups: [k8s, nope] }\nci: jenkins\n",
  );
  assert.equal(
    diagnostics.map((d) => d.code),
    ["name-invalid", "schema-unknown-key", "name-invalid", "reference-unknown", "schema-value"],
  );
});

test("maps in a list that needs unique text are reported, each once", () => {
  const { diagnostics } = compileText(`${base}systems:\n  - role: aws\n  - role: idle\n`);
  assert.equal(
    diagnostics.map((d) => d.code),
    ["schema-type", "schema-type"],
  );
});

test("a map with keys that JavaScript might call is reported like any other", () => {
  for (const key of ["toString", "valueOf", "constructor"])
    assert.equal(
      compileText(`${base}settings:\n  max-jobs: { ${key}: 2 }\n  sandbox: { ${key}: 2 }\n`).diagnostics.map((d) => d.code),
      ["setting-type", "setting-type"],
    );
});

test("every pattern of the schema has a sentence of its own", () => {
  const definitions = Object.entries(specSchema["$defs"] as Record<string, { pattern?: string }>);
  assert.equal(
    definitions.filter(([name, { pattern }]) => (pattern !== undefined) !== name in EXPECTED).map(([name]) => name),
    [],
  );
});

test("a keyword of JSON Schema that has no sentence of ours does not show ajv's", () => {
  const error = {
    keyword: "multipleOf",
    message: "must be multiple of 2",
    params: { multipleOf: 2 },
    instancePath: "",
    schemaPath: "",
  };
  assert.is(rangeMessage(error), "is not valid");
});

test("a name that is too long has a message with the limit", () => {
  const [only] = compileText(`${head}groups:\n  ${"x".repeat(129)}: {}\n`).diagnostics;
  assert.match(only?.message ?? "", /^invalid name `x+…`: .* at most 128 characters$/);
});

test.run();
