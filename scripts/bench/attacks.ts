/*
 * Inputs that somebody makes large on purpose, of any size: for each importer, the reader and the rules. `npm run bench -- attacks`
 * measures them up to 8 MiB, test/growth.test.ts their growth.
 */

import { FILE_ATTACKS } from "./file-attacks.ts";
import { BASE, each, HEAD, KEY, lines, RULE_ATTACKS, type Text } from "./rule-attacks.ts";

export interface Attack {
  readonly name: string;
  /** The path of the file. `spec.yaml` is checked, any other is imported if no `args` say what is done. */
  readonly file: string;
  /** The command and its operands; by default `check` of a spec, and `import` of any other file. */
  readonly args?: readonly string[];
  /** Other files in the folder, by path: what is not large. */
  readonly beside?: Readonly<Record<string, string>>;
  /** The format of the report; JSON by default, which lists most. */
  readonly format?: "text" | "json" | "sarif" | "github";
  /** A text of about that many bytes. */
  readonly text: (size: number) => string;
}

/** Whether the file is a spec. */
export const isSpec = ({ file }: Attack): boolean => file === "spec.yaml" || file === "spec/platform.yaml";

/** Whether a file is imported. */
export const isImport = (attack: Attack): boolean => !isSpec(attack) && !attack.args;

const repeat = (text: string) => (size: number) => text.repeat(Math.ceil(size / text.length));

const around =
  (before: string, inner: (size: number) => string, after = "\n") =>
  (size: number) =>
    before + inner(size) + after;

/** Characters that patterns repeat: each alone, many times. */
const RUNS: readonly (readonly [name: string, text: string])[] = [
  ["a", "a"],
  ["newlines", "\\n"],
  ["spaces", " "],
  ["dashes", "-"],
  ["dots", "a."],
  ["slashes", "/"],
  ["colons", "a:"],
  ["at signs", "a@"],
  ["dollars", "$"],
  ["open templates", "{{"],
  ["open references", "${"],
  ["backslashes", "\\\\"],
  ["single quotes", "'"],
  ["tokens in an address", "?token="],
  ["access keys", "AKIA0123456789ABCDEF "],
  ["passwords", "PASSWORD="],
  ["addresses", "https://a:b"],
  ["begun keys", "-----BEGIN PRIVATE KEY-----"],
];

const spec = (name: string, text: (size: number) => string): Attack => ({ name, file: "spec.yaml", text });
const foreign = (file: string, name: string, text: (size: number) => string): Attack => ({
  name: `${file}: ${name}`,
  file,
  text,
});

/** Texts of one run of characters in each free place of a spec. */
const RUN_PLACES: readonly (readonly [name: string, before: string, after: string])[] = [
  ["description", `${BASE}description: "`, '"\n'],
  ["env", `${BASE}shells: { k8s: { env: { A: "`, '" } } }\n'],
  ["hook", `${BASE}shells: { k8s: { hook: "`, '" } }\n'],
  ["setting", `${BASE}settings: { bash-prompt: "`, '" }\n'],
  ["cache", `${BASE}substituters: [{ url: "https://`, `", publicKey: "a-1:${KEY}" }]\n`],
  ["package", `${HEAD}groups: { k8s: { packages: ["`, '"] } }\n'],
];

const SPEC_LINES: readonly Attack[] = [
  spec(
    "unknown keys",
    around(
      BASE,
      lines((at) => `zqk${at}: 1`),
    ),
  ),
  spec(
    "one key again and again",
    around(
      BASE,
      lines(() => "name: a"),
    ),
  ),
  spec(
    "equal keys in settings",
    around(
      `${BASE}settings:\n`,
      lines(() => "  cores: 2"),
    ),
  ),
  spec(
    "unknown settings",
    around(
      `${BASE}settings:\n`,
      lines((at) => `  kores${at}: 1`),
    ),
  ),
  spec(
    "settings of the wrong type",
    around(
      `${BASE}users:\n`,
      lines((at) => `  u${at}: { settings: { cores: many } }`),
    ),
  ),
  spec(
    "entries of a list setting",
    around(
      `${BASE}settings:\n  system-features:\n`,
      lines((at) => `    - f${at}`),
    ),
  ),
  spec(
    "entries of a map setting",
    around(
      `${BASE}settings:\n  impure-env:\n`,
      lines((at) => `    V${at}: x`),
    ),
  ),
  spec(
    "sandbox paths",
    around(
      `${BASE}settings:\n  sandbox-paths:\n`,
      lines((at) => `    - /p${at}=/`),
    ),
  ),
  spec(
    "groups",
    around(
      `${HEAD}groups:\n`,
      lines((at) => `  g${at}: { packages: [git] }`),
    ),
  ),
  spec(
    "packages",
    around(
      `${HEAD}groups:\n  k8s:\n    packages:\n`,
      lines(() => "    - git"),
    ),
  ),
  spec(
    "unknown packages",
    around(
      `${HEAD}groups:\n  k8s:\n    packages:\n`,
      lines((at) => `    - zqk${at}`),
    ),
  ),
  spec(
    "unknown unfree packages",
    around(
      "version: 1\nname: demo\nnixpkgs:\n  url: github:NixOS/nixpkgs/nixos-26.05\n  unfree:\n",
      lines((at) => `    - zqk${at}`),
      "\ngroups: { k8s: { packages: [git] } }\n",
    ),
  ),
  spec(
    "long packages",
    around(
      `${HEAD}groups:\n  k8s:\n    packages:\n`,
      lines((at) => `    - { package: zqk${at}, name: n${at}, description: "${"d".repeat(60)}" }`),
    ),
  ),
  spec(
    "versions",
    around(
      `${HEAD}groups:\n  k8s:\n    packages:\n`,
      lines((at) => `    - { package: git, version: "${at}" }`),
    ),
  ),
  spec(
    "variables",
    around(
      `${BASE}shells:\n  k8s:\n    env:\n`,
      lines((at) => `      V${at}: x`),
    ),
  ),
  spec(
    "variables that run code",
    around(
      `${BASE}shells:\n`,
      lines((at) => `  s${at}: { env: { LD_PRELOAD: x, IFS: x } }`),
    ),
  ),
  spec(
    "variables with references",
    around(
      `${BASE}shells:\n  k8s:\n    env:\n`,
      lines((at) => `      V${at}: "$HOME/x"`),
    ),
  ),
  spec(
    "passwords by name",
    around(
      `${BASE}shells:\n  k8s:\n    env:\n`,
      lines((at) => `      V${at}_PASSWORD: secret-${at}`),
    ),
  ),
  spec(
    "tokens",
    around(
      BASE,
      lines((at) => `# ghp_${String(at).padStart(36, "a")}`),
    ),
  ),
  spec(
    "shells",
    around(
      `${BASE}shells:\n`,
      lines((at) => `  s${at}: { hook: "echo ${at}" }`),
    ),
  ),
  spec(
    "commands",
    around(
      `${BASE}commands:\n`,
      lines((at) => `  c${at}: { run: "echo ${at}" }`),
    ),
  ),
  spec(
    "caches",
    around(
      `${BASE}substituters:\n`,
      lines((at) => `  - { url: "https://c${at}.example.org", publicKey: "c${at}-1:${KEY}" }`),
    ),
  ),
  spec(
    "one cache again and again",
    around(
      `${BASE}substituters:\n`,
      lines(() => `  - { url: "https://c.example.org", publicKey: "c-1:${KEY}" }`),
    ),
  ),
  spec(
    "caches with one beginning",
    around(
      `${BASE}substituters:\n`,
      lines((at) => `  - { url: "https://c.example.org/${"x".repeat(80)}${at}" }`),
    ),
  ),
  spec(
    "builders",
    around(
      `${BASE}builders:\n`,
      lines((at) => `  - { host: b${at} }`),
    ),
  ),
  spec(
    "hosts",
    around(
      `${BASE}hosts:\n`,
      lines((at) => `  h${at}: { system: x86_64-linux, groups: [k8s], stateVersion: "26.05" }`),
    ),
  ),
  spec(
    "hosts with mistakes",
    around(
      `${BASE}hosts:\n`,
      lines((at) => `  h${at}: { system: x86, groups: [no] }`),
    ),
  ),
  spec(
    "users",
    around(
      `${BASE}users:\n`,
      lines((at) => `  u${at}: { settings: { cores: 2 } }`),
    ),
  ),
  spec(
    "trusted users",
    around(
      `${BASE}trustedUsers:\n`,
      lines((at) => `  - u${at}`),
    ),
  ),
  spec(
    "inputs",
    around(
      `${BASE}inputs:\n`,
      lines((at) => `  i${at}: github:NixOS/nixpkgs/nixos-26.05`),
    ),
  ),
  spec(
    "entries of lint",
    around(
      `${BASE}lint:\n`,
      lines(() => "  - { code: package-unknown, at: groups, reason: none }"),
    ),
  ),
  spec(
    "entries of lint and mistakes",
    (size) =>
      `${around(
        `${HEAD}groups:\n  k8s:\n    packages:\n`,
        lines((at) => `    - zqk${at}`),
      )(size / 2)}${around(
        "lint:\n",
        lines((at) => `  - { code: package-unknown, at: "groups.k8s.packages[${at}]", reason: none }`),
      )(size / 2)}`,
  ),
  spec("comments", around(BASE, repeat("# a\n"))),
  spec("empty lines", around(BASE, repeat("\n"))),
  spec(
    "anchors",
    around(
      `${BASE}description:\n`,
      lines((at) => `  - &a${at} x`),
    ),
  ),
  spec(
    "aliases",
    around(
      `${BASE}description:\n  - &a x\n`,
      lines(() => "  - *a"),
    ),
  ),
  spec("a flow list", around(`${BASE}description: [`, repeat("a,"), "]\n")),
  spec(
    "a flow map",
    around(
      `${BASE}description: {`,
      lines((at) => `a${at}: 1,`),
      "}\n",
    ),
  ),
  spec("open brackets", around(`${BASE}description: `, repeat("["))),
  spec("brackets in pairs", around(`${BASE}description: [`, repeat("[],"), "]\n")),
  spec("dashes that nest", around(`${BASE}description:\n  `, repeat("- "))),
  spec("an unclosed quote", around(`${BASE}description: "`, repeat("a\n "))),
  spec(
    "question marks",
    around(
      `${BASE}description:\n`,
      lines(() => "  ? a"),
    ),
  ),
  spec(
    "tags",
    around(
      `${BASE}description:\n`,
      lines(() => "  - !x a"),
    ),
  ),
  spec("documents", around(BASE, repeat("---\na\n"))),
  spec(
    "control characters",
    around(
      `${BASE}description:\n`,
      lines(() => '  - "\\u0001"'),
    ),
  ),
];

const IMPORTS: readonly Attack[] = [
  foreign(
    "nix.conf",
    "unknown settings",
    lines((at) => `kores${at} = 1`),
  ),
  foreign(
    "nix.conf",
    "refused lines",
    lines((at) => `cores=${at}`),
  ),
  foreign(
    "nix.conf",
    "extra- lines",
    lines((at) => `extra-system-features = f${at}`),
  ),
  foreign(
    "nix.conf",
    "one setting again and again",
    lines((at) => `cores = ${at}`),
  ),
  foreign(
    "nix.conf",
    "extra- and plain lines in turn",
    lines((at) => (at % 2 ? `extra-system-features = f${at}` : `system-features = g${at}`)),
  ),
  foreign(
    "nix.conf",
    "a long line of words",
    (size) => `system-features = ${lines((at) => `f${at}`)(size).replaceAll("\n", " ")}\n`,
  ),
  foreign(
    "nix.conf",
    "caches and keys",
    (size) =>
      `substituters = ${lines((at) => `https://c${at}.example.org`)(size / 2).replaceAll("\n", " ")}\ntrusted-public-keys = ${lines((at) => `k${at}-1:${KEY}`)(size / 2).replaceAll("\n", " ")}\n`,
  ),
  foreign(
    "nix.conf",
    "builders",
    (size) => `builders = ${lines((at) => `ssh://b${at} x86_64-linux ;`)(size).replaceAll("\n", " ")}\n`,
  ),
  foreign("nix.conf", "comments", repeat("# a\n")),
  foreign(
    "nix.conf",
    "includes",
    lines((at) => `include f${at}.conf`),
  ),
  foreign(
    "devbox.json",
    "packages",
    around('{"packages": [', (size) => lines((at) => `"zqk${at}@1",`)(size), '"git"]}'),
  ),
  foreign(
    "devbox.json",
    "flakes",
    around('{"packages": [', (size) => lines((at) => `"github:NixOS/nixpkgs/r${at}#git",`)(size), '"git"]}'),
  ),
  foreign(
    "devbox.json",
    "variables",
    around(
      '{"packages": [], "env": {',
      lines((at) => `"V${at}": "$HOME",`),
      '"A": ""}}',
    ),
  ),
  foreign(
    "devbox.json",
    "scripts",
    around(
      '{"packages": [], "shell": {"scripts": {',
      lines((at) => `"s${at}": "true",`),
      '"a": "true"}}}',
    ),
  ),
  foreign(
    "devbox.json",
    "one script's name again and again",
    around(
      '{"packages": [], "shell": {"scripts": {',
      lines((at) => `"S ${at}": "true",`),
      '"a": "true"}}}',
    ),
  ),
  foreign(
    "devbox.json",
    "aliases",
    around(
      '{"packages": [], "aliases": {',
      lines((at) => `"a${at}": "true",`),
      '"a": "true"}}',
    ),
  ),
  foreign("devbox.json", "comments", around('{"packages": [', repeat("// a\n"), '"git"]}')),
  foreign(
    "devbox.json",
    "unknown keys",
    around(
      "{",
      lines((at) => `"k${at}": 1,`),
      '"packages": []}',
    ),
  ),
  foreign("devbox.json", "open brackets", around('{"packages": ', repeat("["))),
  foreign(
    ".tool-versions",
    "tools",
    lines((at) => `zqk${at} 1.0`),
  ),
  foreign(
    ".tool-versions",
    "one tool again and again",
    lines((at) => `nodejs ${at}`),
  ),
  foreign(".tool-versions", "versions", (size) => `nodejs ${lines((at) => `${at}`)(size).replaceAll("\n", " ")}\n`),
  foreign(".tool-versions", "comments", repeat("# a\n")),
  foreign(
    "mise.toml",
    "tools",
    around(
      "[tools]\n",
      lines((at) => `zqk${at} = "1"`),
    ),
  ),
  foreign(
    "mise.toml",
    "variables",
    around(
      "[env]\n",
      lines((at) => `V${at} = "{{ env.HOME }}"`),
    ),
  ),
  foreign(
    "mise.toml",
    "tasks",
    around(
      "",
      lines((at) => `[tasks.t${at}]\nrun = "true"`),
    ),
  ),
  foreign(
    "mise.toml",
    "tasks in a chain",
    around(
      "",
      lines((at) => `[tasks.t${at}]\nrun = "true"\ndepends = ["t${at + 1}"]`),
    ),
  ),
  foreign(
    "mise.toml",
    "redactions",
    (size) => `redactions = [${lines((at) => `"*a*b${at}*",`)(size / 2)}]\n[env]\n${lines((at) => `V${at} = "x"`)(size / 2)}\n`,
  ),
  foreign(
    "mise.toml",
    "redaction of stars",
    (size) => `redactions = ["${"*a".repeat(size / 4)}"]\n[env]\n${"a".repeat(size / 2)} = "x"\n`,
  ),
  foreign(
    "mise.toml",
    "paths",
    around(
      "[env]\n_.path = [",
      lines((at) => `"p${at}",`),
      "]\n",
    ),
  ),
  foreign("mise.toml", "open brackets", around("a = ", repeat("["))),
  foreign(
    "devenv.yaml",
    "inputs",
    around(
      "inputs:\n",
      lines((at) => `  i${at}: { url: "github:NixOS/nixpkgs/r${at}" }`),
    ),
  ),
  foreign(
    "devenv.yaml",
    "unknown keys",
    lines((at) => `k${at}: 1`),
  ),
  foreign(
    "devenv.yaml",
    "one key again and again",
    lines(() => "a: 1"),
  ),
  foreign(
    "devenv.yaml",
    "aliases",
    around(
      "a: &a 1\nb:\n",
      lines(() => "  - *a"),
    ),
  ),
  foreign(
    "devenv.nix",
    "packages",
    around(
      "{ pkgs, ... }: { packages = [\n",
      lines((at) => `  pkgs.zqk${at}`),
      "\n]; }\n",
    ),
  ),
  foreign(
    "devenv.nix",
    "variables",
    around(
      "{ pkgs, ... }: {\n",
      lines((at) => `  env.V${at} = "x";`),
      "\n}\n",
    ),
  ),
  foreign("devenv.nix", "open brackets", around("{ pkgs, ... }: { packages = ", repeat("["))),
  foreign("devenv.nix", "comments", around("{ pkgs, ... }: {\n", repeat("# a\n"), "}\n")),
  foreign(
    "Brewfile",
    "formulas",
    lines((at) => `brew "zqk${at}"`),
  ),
  foreign(
    "Brewfile",
    "options",
    lines(() => `brew "git", args: ["a"], link: true`),
  ),
  foreign("Brewfile", "comments", repeat("# a\n")),
  foreign(
    "aqua.yaml",
    "packages",
    around(
      "packages:\n",
      lines((at) => `  - name: zqk/a${at}@v1`),
    ),
  ),
  foreign("aqua.yaml", "comments", repeat("# a\n")),
  foreign("devenv.yaml", "open brackets", around("inputs: ", repeat("["))),
];

/** A run of characters in a place of each importer. */
const IMPORT_PLACES: readonly (readonly [file: string, before: string, after: string])[] = [
  ["nix.conf", "bash-prompt = ", "\n"],
  ["nix.conf", "substituters = https://", "\n"],
  ["nix.conf", "# ", "\n"],
  ["devbox.json", '{"packages": [], "env": {"A": "', '"}}'],
  ["devbox.json", '{"packages": ["', '"]}'],
  ["devbox.json", '{"packages": [], "shell": {"init_hook": "', '"}}'],
  [".tool-versions", "nodejs ", "\n"],
  ["mise.toml", '[env]\nA = "', '"\n'],
  ["mise.toml", '[tools]\nnode = "', '"\n'],
  ["mise.toml", '[tasks.a]\nrun = "', '"\n'],
  ["devenv.nix", '{ pkgs, ... }: { env.A = "', '"; }\n'],
  ["devenv.nix", "{ pkgs, ... }: { enterShell = ''", "''; }\n"],
  ["Brewfile", 'brew "', '"\n'],
  ["Brewfile", "brew ", "\n"],
  ["aqua.yaml", 'packages: [{ name: "', '" }]\n'],
  ["devenv.yaml", 'inputs: { nixpkgs: { url: "', '" } }\n'],
];

/** Many findings, and a large platform, through every format and the commands that print most. */
const OUTPUTS: readonly Attack[] = [
  ["unknown keys", each(BASE, (at) => `zqk${at}: 1`)],
  ["unknown packages", each(`${HEAD}groups:\n  k8s:\n    packages:\n`, (at) => `    - zqk${at}`)],
  ["groups", each(`${HEAD}groups:\n`, (at) => `  g${at}: { packages: [git] }`)],
  ["access keys", around(`${BASE}description: "`, repeat("AKIA0123456789ABCDEF "), '"\n')],
].flatMap(([name, text]) => [
  ...(["text", "sarif", "github"] as const).map((format): Attack => ({ ...spec(`${format}: ${name}`, text as Text), format })),
  ...[["diff"], ["generate"], ["check", "--fix"]].map(
    ([command = "", ...options]): Attack => ({
      ...spec(`${[command, ...options].join(" ")}: ${name}`, text as Text),
      args: [command, "spec.yaml", ...options, "--out", "out"],
    }),
  ),
  { ...spec(`show: ${name}`, text as Text), args: ["show", "spec.yaml"] },
]);

/** Every attack. */
export const ATTACKS: readonly Attack[] = [
  ...FILE_ATTACKS,
  ...SPEC_LINES,
  ...RULE_ATTACKS.map(([name, text]) => spec(name, text)),
  ...IMPORTS,
  ...IMPORT_PLACES.flatMap(([file, before, after]) =>
    RUNS.map(([name, text]) => foreign(file, `${before.trim().slice(-12)} ${name}`, around(before, repeat(text), after))),
  ),
  ...RUN_PLACES.flatMap(([place, before, after]) =>
    RUNS.map(([name, text]) => spec(`${place}: ${name}`, around(before, repeat(text), after))),
  ),
  ...OUTPUTS,
];
