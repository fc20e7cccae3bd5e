import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { hasErrors } from "../generator/report/diagnostic.ts";
import { comments, imported } from "./importers/support.ts";
import { flakewright } from "./support/cli.ts";
import { applyFixes } from "./support/fixes.ts";
import { commitAll, git } from "./support/repository.ts";
import { compileText, factsOf, repository } from "./support/spec.ts";
import { tempTree } from "./support/temp.ts";
import { needs } from "./support/tools.ts";

/* Inputs that earlier versions accepted, refused or imported wrongly: test/fixtures/cases/. */

const test = suite("cases");
const read = (name: string): string => readFileSync(join(repository, "test/fixtures/cases", name), "utf8");

/** The code and the marked text of each diagnostic, without those about a nixpkgs that is old or not pinned. */
function found(text: string): string[] {
  return compileText(text)
    .diagnostics.filter(({ code }) => code !== "nixpkgs-end-of-life" && code !== "builder-without-host-key")
    .map(({ code, range }) => `${code} ${text.slice(range.start, range.end)}`);
}

for (const [name, want] of [
  ["unfree-by-attribute.yaml", []],
  ["nixpkgs-needs-newer-nix.yaml", []],
  [
    "removed-attributes.yaml",
    [
      "package-removed argo",
      "package-unfree _1password-cli",
      "package-wrong-name op",
      "package-removed python3Full",
      "package-removed promtail",
    ],
  ],
  ["key-under-another-name.yaml", []],
  ["java-on-macos.yaml", ["package-renamed nettools"]],
  ["optimise-on-macos.yaml", ["setting-ignored auto-optimise-store"]],
  ["home-manager-collision.yaml", []],
  [
    "untrusted-user.yaml",
    [
      "setting-ignored extra-substituters",
      "setting-ignored extra-trusted-public-keys",
      "setting-ignored sandbox",
      "setting-ignored trusted-users",
    ],
  ],
  [
    "deploy-target.yaml",
    [
      "state-version-missing a",
      'address-for-ssh "a.example.net:2222"',
      "state-version-missing b",
      'address-for-ssh "[2001:db8::7]"',
      'address-for-ssh "c.example.net:2222"',
    ],
  ],
  ["default-cache-in-nixconfig.yaml", []],
] as const)
  test(name, () => assert.equal(found(read(name)), want));

test("what a case's output has and has not", () => {
  const output = (name: string, path: string) => compileText(read(name)).files?.find((file) => file.path === path)?.text ?? "";
  assert.not.match(output("optimise-on-macos.yaml", "etc/nix/nix.conf"), "auto-optimise-store");
  assert.not.match(output("default-cache-in-nixconfig.yaml", "flake.nix"), "nixConfig");
  // One environment, in which the first tool of a name wins.
  assert.match(output("home-manager-collision.yaml", "modules/home-manager.nix"), "One environment");
});

/** What is to be found in each row of typical-mistakes.yaml, and a text of its message, hint or fix. */
const MISTAKES: readonly (readonly [code: string, at: string, says: string])[] = [
  ["input-not-nixpkgs", "github:acme/tools", '{ flake: "github:acme/tools" }'],
  ["env-not-expanded", "'./bin:$PATH'", "prepend: [bin]"],
  ["env-not-expanded", "'$HOME/.kube/config'", "hook"],
  ["state-version-missing", "mac", "nix-darwin"],
  ["nixpkgs-reference", "https://github.com/NixOS/nixpkgs", "github:NixOS/nixpkgs/nixos-26.05"],
  ["nixpkgs-reference", "NixOS/nixpkgs", "github:NixOS/nixpkgs/nixos-26.05"],
  ["nixpkgs-reference", "github:NixOS/nixpkgs@nixos-25.11", "github:NixOS/nixpkgs/nixos-25.11"],
  ["nixpkgs-reference", "unstable", "nixos-unstable"],
  ["substituter-url", "cache.example.net", "https://cache.example.net"],
  ["calendar-event-invalid", "every week", "weekly"],
  ["builder-host-unknown", "buidler", "builder"],
  ["hook-syntax", "'if true; then echo hi'", "end of file"],
  ["package-wrong-name", "docker.io", "docker"],
  ["package-unknown", "python3Packages.nosuchthing", "flakewright index"],
  ["schema-type", "1.10", '"1.10"'],
  ["schema-type", "0644", '"0644"'],
  ["schema-type", "kubectl k9s", "[kubectl, k9s]"],
  ["schema-type", "-kubectl\n      -k9s", "space after the `-`"],
  ["schema-type", "yes", "true"],
  ["schema-value", "linux", "`x86_64-linux`, `aarch64-linux`"],
  ["schema-value", "amd64", "x86_64-linux"],
  ["schema-value", "gitlub", "`gitlab`, `github`"],
  ["name-invalid", "ünï", "`uni`"],
  ["schema-value", "'nixpkgs#kubectl'", "`kubectl`"],
  ["schema-value", "'kubectl '", "without the space"],
  ["schema-value", "hashicorp/tap/terraform", "`terraform`"],
  ["schema-unknown-key", "unfree", "nixpkgs.unfree"],
  ["schema-unknown-key", "group", "`groups`"],
  ["schema-unknown-key", "scripts", "`commands`"],
  ["setting-repeated", "substituters", "delete it"],
];
/** Rows whose spec has another finding too, which is right. */
const MORE = new Set(["state-version-missing", "builder-without-host-key"]);

const mistakes = parse(read("typical-mistakes.yaml")) as readonly { readonly spec: string; readonly right: string }[];
test("a row for each typical mistake", () => assert.is(mistakes.length, MISTAKES.length));
for (const [index, { spec, right }] of mistakes.entries()) {
  const [code, at, says] = MISTAKES[index] ?? ["", "", ""];
  const register = code === "hook-syntax" ? needs(test, ["bash"]) : test;
  register(`${spec.replaceAll("\n", "⏎").slice(0, 70)}: ${right.slice(0, 40)}`, () => {
    const groups = /^groups?:/m.test(spec) ? "" : "groups: { t: { packages: [jq] } }\n";
    const text = `version: 1\nname: x\n${groups}${spec}\n`;
    const diagnostics =
      code === "hook-syntax" ? fromCommandLine(text) : compileText(text).diagnostics.map((one) => ({ ...one, ...one.range }));
    const own = diagnostics.filter((one) => one.code === code || !MORE.has(one.code));
    assert.equal(
      own.map((one) => [one.code, text.slice(one.start, one.end)]),
      [[code, at]],
      right,
    );
    assert.ok(`${own[0]?.message} ${own[0]?.hint}`.includes(says), `${own[0]?.message} ${own[0]?.hint}`);
    const { diagnostics: all } = compileText(text);
    if (!all.some(({ fix }) => fix)) return;
    const left = compileText(applyFixes(text, all)).diagnostics.filter((one) => one.code !== "package-unfree");
    assert.not.ok(hasErrors(left), JSON.stringify(left));
  });
}

/** The diagnostics of the command line, which asks bash. */
function fromCommandLine(text: string) {
  const folder = tempTree({ "spec.yaml": text, "out/flake.lock": "{}" });
  const { stdout } = flakewright(folder, ["generate", "spec.yaml", "--dry-run", "--format", "json"]);
  const lines = text.split("\n");
  const offset = (line: number, column: number) => lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + column - 1;
  interface Printed {
    code: string;
    message: string;
    hint?: string;
    line: number;
    column: number;
    endLine: number;
    endColumn: number;
  }
  return (JSON.parse(stdout).diagnostics as Printed[])
    .filter(({ code }) => code !== "nixpkgs-unpinned")
    .map((one) => ({ ...one, start: offset(one.line, one.column), end: offset(one.endLine, one.endColumn) }));
}

const CACHE = "https://cache.nixos.org";
const CACHE_KEY = "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";
for (const [name, want, says, silent] of [
  ["installer-header", { settings: { "max-jobs": "auto" } }, "", "installer"],
  [
    "one-odd-builder",
    {
      builders: [
        {
          host: "2001:db8::7",
          protocol: "ssh-ng",
          user: "nix",
          systems: ["x86_64-linux"],
          maxJobs: 8,
          sshKey: "/root/.ssh/k",
        },
        { host: "b.example.net", protocol: "ssh-ng", user: "nix", systems: ["aarch64-linux"], maxJobs: 4 },
      ],
    },
    "",
    "left out",
  ],
  ["commented-out-setting", { trustedUsers: ["root", "ada"] }, "sandbox = false", "left out"],
  ["cache-twice", { substituters: [{ url: CACHE, publicKey: CACHE_KEY }] }, "the same cache", "twice"],
] as const)
  test(`${name}.nix.conf`, async () => {
    const { spec, yaml } = await imported({ "nix.conf": read(`${name}.nix.conf`) });
    const { version, name: _, groups, ...rest } = spec;
    assert.equal(rest, want, yaml);
    assert.ok(comments(yaml).includes(says), yaml);
    assert.not.ok(comments(yaml).includes(silent), yaml);
  });

test("a comment that belongs to no line of a nix.conf is above no key", async () => {
  const { yaml } = await imported({ "nix.conf": read("commented-out-setting.nix.conf") });
  assert.match(yaml, /- ada\n\n# turn the sandbox off\n# sandbox = false\n$/);
  const { yaml: between } = await imported({ "nix.conf": "cores = 1\n# sandbox = false\n# the admins\nfallback = true\n" });
  assert.match(between, /cores: 1\n {2}# sandbox = false\n {2}# the admins\n {2}fallback/);
});

test("a machine without words in the spec is a remark, and the others are builders", async () => {
  const { spec, yaml } = await imported({ "nix.conf": "builders = ssh://arm?remote-store=x ; ssh://b" });
  assert.equal(spec["builders"], [{ host: "b", protocol: "ssh" }]);
  assert.ok(comments(yaml).includes("ssh://arm?remote-store=x"), yaml);
});

test("the key of a cache can have another name", async () => {
  const { yaml } = await imported({ "nix.conf": read("key-under-another-name.nix.conf") });
  assert.not.ok(
    compileText(yaml).diagnostics.some(({ code }) => code === "substituter-without-key"),
    yaml,
  );
});

/** The attributes of the packages that the command line imports from a file, by its name. */
for (const [name, file, want, says] of [
  [
    "mise-backends.mise.toml",
    "mise.toml",
    ["kubectl", "kubernetes-helm", "talosctl", "jq", "just", "yamllint", "prettier"],
    "check that it is npm's prettier",
  ],
  ["mise-templates-and-comments.mise.toml", "mise.toml", ["kubectl"], "# not above 1.33 before the cluster is upgraded"],
  [
    "known-after-all.tool-versions",
    ".tool-versions",
    ["hadolint", "prettier", "zizmor", "talhelper", "ansible", "hubble", "grafana-loki"],
    "",
  ],
  [
    "another-program.tool-versions",
    ".tool-versions",
    ["kubelogin-oidc", "jujutsu", "vultr-cli"],
    "its `spin` is another program",
  ],
] as const)
  test(name, () => {
    const folder = tempTree({ [file]: read(name) });
    const { stdout, stderr } = flakewright(folder, ["import", file]);
    const spec = parse(stdout) as { groups: Record<string, { packages: (string | { package: string })[] }>; shells?: object };
    const packages = Object.values(spec.groups).flatMap((group) => group.packages);
    assert.equal(
      packages.map((one) => (typeof one === "string" ? one : one.package)),
      want,
      stderr,
    );
    assert.ok(stdout.includes(says), stdout);
    if (name.startsWith("mise-templates")) {
      assert.equal(spec.shells, { default: { env: { KUBECONFIG: { path: "kubeconfig" } } } });
      assert.match(stdout, /_\.python is left out: mise makes the virtual environment/);
    }
  });

test("a devenv.yaml with an alias in place of a key is a finding, without a word of Node or a library", () => {
  const folder = tempTree({ "devenv.yaml": read("alias-as-key.devenv.yaml") });
  const { stderr, status } = flakewright(folder, ["import", "devenv.yaml"]);
  assert.is(status, 1);
  assert.match(stderr, /^devenv\.yaml:1:1 error import-syntax\n {2}no anchor/);
  assert.not.match(stderr, /Warning|at .*\.js|node:/);
});

const SPEC = "version: 1\nname: x\nnixpkgs: 0123456789abcdef0123456789abcdef01234567\ngroups: { t: { packages: [jq] } }\n";

test("a variable of more than 128 KiB", () => {
  for (const [text, want] of [
    [`BIG: "${"x".repeat(140_000)}"`, ["env-too-long"]],
    [`BIG: "${"x".repeat(100_000)}"`, []],
  ] as const)
    assert.equal(
      compileText(`${SPEC}shells: { default: { env: { ${text} } } }\n`).diagnostics.map(({ code }) => code),
      want,
    );
});

const withGit = needs(test, ["git"]);

withGit("a clone with core.autocrlf has no finding; files with CRLF are drift with its cause, and generate writes LF", () => {
  const folder = tempTree({ "a/spec/platform.yaml": SPEC });
  const [first, clone] = [join(folder, "a"), join(folder, "b")];
  git(first, "init", "-q");
  assert.is(flakewright(first, ["generate"]).status, 0);
  commitAll(first);
  git(folder, "-c", "core.autocrlf=true", "clone", "-q", first, clone);
  assert.match(readFileSync(join(clone, "spec/platform.yaml"), "utf8"), "\r\n");
  const { status, stderr } = flakewright(clone, ["check"]);
  assert.is(status, 0, stderr);

  const files = ["flake.nix", "manage-nix-packages.sh", ".flakewright.json", ".flakewright.sha256"].map((name) =>
    join(clone, "out", name),
  );
  const before = files.map((file) => readFileSync(file, "utf8"));
  for (const [index, file] of files.entries()) writeFileSync(file, before[index]?.replaceAll("\n", "\r\n") ?? "");
  const drift = flakewright(clone, ["check"]);
  assert.is(drift.status, 1);
  assert.match(drift.stderr, /output-drift\n {2}3 files with CRLF line ends: out\/\.flakewright\.sha256, out\/flake\.nix/);
  assert.not.match(drift.stderr, "edited");
  appendFileSync(files[0] ?? "", "# mine\r\n");
  const edited = flakewright(clone, ["diff"]);
  assert.equal(
    edited.stdout.split("\n").filter((line) => /^[-+](?![-+])/.test(line)),
    ["-# mine"],
  );
  assert.is(flakewright(clone, ["generate", "--force"]).status, 0);
  assert.equal(
    [files[0], files[1], files[3]].map((file) => readFileSync(file ?? "", "utf8")),
    [before[0], before[1], before[3]],
  );
  assert.is(flakewright(clone, ["check"]).status, 0);
});

withGit("an output folder that Git ignores is named with the line that ignores it", () => {
  for (const [file, line, number] of [
    [".gitignore", "# generated\nout/\n", 2],
    ["sub/.gitignore", "*\n", 1],
    [".git/info/exclude", "out\n", 1],
  ] as const) {
    const folder = tempTree({ "sub/spec/platform.yaml": SPEC });
    git(folder, "init", "-q");
    mkdirSync(join(folder, ".git/info"), { recursive: true });
    writeFileSync(join(folder, file), line);
    const { stderr, status } = flakewright(join(folder, "sub"), ["generate"]);
    assert.is(status, 0, stderr);
    assert.match(stderr, `line ${number} of ${file}`);
    assert.match(stderr, "delete that line, then run git add -N out");
  }
});

test("the facts that the table needs", () => assert.ok(factsOf().find("docker")));

test.run();
