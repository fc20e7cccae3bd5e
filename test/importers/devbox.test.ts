import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { knownPackages } from "../../generator/commands/import.ts";
import { importConfigs } from "../../generator/importers/index.ts";
import { type JsonNode, parseJsonc } from "../../generator/importers/jsonc.ts";
import { SyntaxFault } from "../../generator/importers/syntax-fault.ts";
import { openForeignTools } from "../../generator/knowledge/foreign-tools.ts";
import { openFacts } from "../../generator/knowledge/packages.ts";
import { evaluate } from "../support/real-nixpkgs.ts";
import { compileText, repository, written } from "../support/spec.ts";
import { needs, SKIP_MARK } from "../support/tools.ts";
import { comments, imported } from "./support.ts";

interface Row {
  readonly given: string;
  readonly want: Record<string, unknown>;
  readonly says?: readonly string[];
}

const group = (packages: unknown[]) => ({ groups: { app: { packages } } });

const ROWS: readonly (readonly [string, Row])[] = [
  ["a list of names", { given: `{"packages": ["kubectl", "jq@latest"]}`, want: group(["kubectl", "jq"]) }],
  ["an object of versions", { given: `{"packages": {"kubectl": "latest", "jq": ""}}`, want: group(["kubectl", "jq"]) }],
  [
    "comments and trailing commas",
    {
      given: `{\n// ours\n"packages": [\n// for the cluster\n"kubectl", // daily\n/* and */ "jq",\n],\n}`,
      want: group(["kubectl", "jq"]),
      says: ["ours", "for the cluster daily", "and"],
    },
  ],
  ["commas first", { given: `{"packages": ["kubectl"\n, "jq" // daily\n]}`, want: group(["kubectl", "jq"]), says: ["daily"] }],
  ["a comment between a key and its value", { given: `{"packages": /* ours */ ["jq"]}`, want: group(["jq"]), says: ["ours"] }],
  ["a byte order mark", { given: `\ufeff{"packages": ["jq"]}`, want: group(["jq"]) }],
  ["a key twice: the last counts", { given: `{"packages": ["kubectl"], "packages": ["jq"]}`, want: group(["jq"]) }],
  [
    "versions",
    {
      given: `{"packages": ["nodejs@18", "go@1.22.3", "python@3.10", "rustup@1.27", "python3Packages.black@24", "jq@>=1.6"]}`,
      want: group([
        { package: "nodejs", version: "18" },
        { package: "go", version: "1.22.3" },
        { package: "python3", version: "3.10" },
        "rustup",
        "python3Packages.black",
        "jq",
      ]),
      says: [
        "`flakewright pin` finds the commits",
        "wanted: 1.27; rustup itself",
        "wanted: 24; the version comes",
        "wanted: >=1.6;",
      ],
    },
  ],
  [
    "two versions of one tool: the first is on PATH",
    {
      given: `{"packages": ["nodejs@20", "nodejs@18", "jq", "jq@1.6"]}`,
      want: group([{ package: "nodejs", version: "20" }, "jq"]),
      says: ["nodejs 18 is left out", "jq 1.6 is left out"],
    },
  ],
  [
    "Nixhub's name for an attribute",
    { given: `{"packages": ["python@latest", "apache@latest"]}`, want: group(["python3", "apacheHttpd"]) },
  ],
  [
    "an @ inside a name",
    {
      given: `{"packages": ["emacsPackages.@@latest", "a.b@2"]}`,
      want: group(["a.b"]),
      says: ["wanted: 2;", "emacsPackages.@@latest is left out: not a valid attribute path"],
    },
  ],
  [
    "another nixpkgs",
    {
      given: `{"packages": ["github:NixOS/nixpkgs/0123456789012345678901234567890123456789#hello"]}`,
      want: {
        inputs: { "nixpkgs-0123456": "github:NixOS/nixpkgs/0123456789012345678901234567890123456789" },
        ...group([{ package: "hello", from: "nixpkgs-0123456" }]),
      },
    },
  ],
  [
    "another flake",
    {
      given: `{"packages": ["path:mine#tool", "./mine", "github:a/b", "runx:a/b@v1"]}`,
      want: group([]),
      says: [
        "path:mine#tool is left out",
        "./mine is left out",
        "github:a/b is left out",
        "runx:a/b@v1 is left out: it comes from a GitHub release",
      ],
    },
  ],
  [
    "the commit of nixpkgs",
    {
      given: `{"nixpkgs": {"commit": "0123456789012345678901234567890123456789"}, "packages": ["jq"]}`,
      want: { nixpkgs: "0123456789012345678901234567890123456789", ...group(["jq"]) },
    },
  ],
  [
    "platforms",
    {
      given: `{"packages": {"jq": {"version": "latest", "platforms": ["x86_64-linux", "armv9-linux"]}}}`,
      want: group([{ package: "jq", systems: ["x86_64-linux"] }]),
      says: ["armv9-linux: not systems"],
    },
  ],
  [
    "excluded platforms",
    {
      given: `{"packages": {"jq": {"version": "", "excluded_platforms": ["aarch64-darwin", "x86_64-darwin"]}}}`,
      want: group([{ package: "jq", systems: ["x86_64-linux", "aarch64-linux"] }]),
    },
  ],
  [
    "no platform is left",
    { given: `{"packages": {"jq": {"platforms": ["mips-linux"]}}}`, want: group([]), says: ["none of its platforms"] },
  ],
  [
    "outputs and patches",
    {
      given: `{"packages": {"openssl": {"version": "latest", "outputs": ["out", "dev"], "patch": "auto"}}}`,
      want: group(["openssl"]),
      says: ["outputs out, dev:", "patch: devbox's own"],
    },
  ],
  [
    "insecure packages",
    {
      given: `{"packages": {"nodejs": {"version": "", "allow_insecure": ["nodejs-16.20.2"]}}}`,
      want: { nixpkgs: { insecure: ["nodejs-16.20.2"] }, ...group(["nodejs"]) },
    },
  ],
  [
    "unfree packages are allowed by name",
    { given: `{"packages": ["terraform", "jq"]}`, want: { nixpkgs: { unfree: ["terraform"] }, ...group(["terraform", "jq"]) } },
  ],
  ["a package twice", { given: `{"packages": ["jq", "jq@latest"]}`, want: group(["jq"]) }],
  [
    "plain variables",
    {
      given: `{"packages": [], "env": {"A": "1", "B": "two words", "C": 3}}`,
      want: { ...group([]), shells: { default: { env: { A: "1", B: "two words", C: "3" } } } },
    },
  ],
  [
    "variables that devbox expands",
    {
      given: `{"packages": [], "env": {"D": "$PWD/a \\"b\\" \`c\`", "E": "\${HOME}/$1"}}`,
      want: { ...group([]), shells: { default: { hook: 'export D="$PWD/a \\"b\\" \\`c\\`"\nexport E="${HOME}/\\$1"\n' } } },
    },
  ],
  [
    "a name no shell can have",
    {
      given: `{"packages": [], "env": {"A-B": "1"}}`,
      want: group([]),
      says: ["A-B is left out: not a valid name of an environment variable"],
    },
  ],
  [
    "a hook of lines",
    {
      given: `{"packages": [], "shell": {"init_hook": ["echo a", "echo b"]}}`,
      want: { ...group([]), shells: { default: { hook: "echo a\necho b\n" } } },
    },
  ],
  [
    "a hook of one text",
    {
      given: `{"packages": [], "shell": {"init_hook": "devbox run setup\\n. $VENV_DIR/bin/activate"}}`,
      want: { ...group([]), shells: { default: { hook: "devbox run setup\n. $VENV_DIR/bin/activate\n" } } },
      says: ["the hook uses devbox run, $VENV_DIR, which only devbox has"],
    },
  ],
  [
    "aliases",
    {
      given: `{"packages": [], "aliases": {"k": "kubectl -n 'a b'"}}`,
      want: { ...group([]), shells: { default: { hook: `alias k='kubectl -n '\\''a b'\\'\n` } } },
    },
  ],
  [
    "scripts are commands",
    {
      given: `{"packages": [], "shell": {"scripts": {"up": ["a", "b \\"$@\\""], "test": "c", "db:up": "d", "menu": "$DEVBOX_WD/x", "-": "e", "none": []}}}`,
      want: {
        ...group([]),
        commands: {
          up: { run: 'cd "$FLAKEWRIGHT_ROOT"\na\nb "$@"\n' },
          "run-test": { run: 'cd "$FLAKEWRIGHT_ROOT"\nc\n' },
          "db-up": { run: 'cd "$FLAKEWRIGHT_ROOT"\nd\n' },
          "run-menu": { run: 'cd "$FLAKEWRIGHT_ROOT"\n$DEVBOX_WD/x\n' },
        },
      },
      says: [
        "its name was `test`, which bash takes for its own",
        "its name was `db:up`",
        "it uses $DEVBOX_WD, which only devbox has",
        "the script - is left out: a command needs a name",
        "the script none is left out: it is empty",
      ],
    },
  ],
  [
    "a file of variables",
    {
      given: `{"packages": [], "env_from": ".env", "env": {"A": "1"}}`,
      want: { ...group([]), shells: { default: { env: { A: "1" }, envFiles: [".env"] } } },
      says: ["in devbox it is the other way round"],
    },
  ],
  [
    "variables that devbox fetches, and a file elsewhere",
    { given: `{"packages": [], "env_from": "jetify-cloud"}`, want: group([]), says: ["env_from jetify-cloud: its values are"] },
  ],
  [
    "a file of variables elsewhere",
    { given: `{"packages": [], "env_from": "../$X/.env"}`, want: group([]), says: ["env_from ../$X/.env is left out"] },
  ],
  [
    "plugins and the rest",
    {
      given: `{"packages": ["jq"], "include": ["plugin:x"], "odd": 1}`,
      want: group(["jq"]),
      says: ["include plugin:x", "odd has no counterpart"],
    },
  ],
  [
    "secrets stay behind",
    {
      given: `{"packages": ["git+https://me:s3cr3t@example.org/a"], "env": {"T": "ghp_s3cr3ts3cr3ts3cr3t00"}, "shell": {"init_hook": "curl https://me:s3cr3t@example.org", "scripts": {"x": "curl https://me:s3cr3t@a"}}, "include": ["git+https://me:s3cr3t@example.org/b"]}`,
      want: group([]),
      says: [
        "T is left out: its value is a secret",
        "init_hook is left out: it holds a secret",
        "the script x is left out: it holds a secret",
      ],
    },
  ],
  [
    "a name and a description",
    {
      given: `{"name": "My App!", "description": "what it is", "packages": []}`,
      want: { description: "what it is", groups: { "my-app": { packages: [] } } },
    },
  ],
];

const rows = suite("devbox.json: one part at a time");
for (const [name, { given, want, says = [] }] of ROWS) {
  rows(name, async () => {
    const { yaml, spec, diagnostics } = await imported({ "work/app/devbox.json": given });
    assert.equal(diagnostics, []);
    const { version: _, name: project, ...rest } = spec;
    assert.match(String(project), /^(app|my-app)$/);
    assert.equal(rest, want, yaml);
    for (const text of says) assert.ok(comments(yaml).includes(text), `no comment says "${text}":\n${yaml}`);
    assert.not.match(yaml, "s3cr3t");
  });
}
rows.run();

const several = suite("devbox.json: several files");

several("each project becomes a group with its own shell", async () => {
  const { spec } = await imported({
    "a/devbox.json": `{"packages": ["jq"], "env": {"A": "1"}}`,
    "b/devbox.json": `{"packages": ["kubectl"], "shell": {"init_hook": "echo b"}}`,
    "x/a/devbox.json": `{"packages": ["hello"]}`,
    "default/devbox.json": `{"packages": []}`,
  });
  assert.equal(spec.groups, {
    a: { packages: ["jq"] },
    b: { packages: ["kubectl"] },
    "a-2": { packages: ["hello"] },
    "default-2": { packages: [] },
  });
  assert.equal(spec.shells, { a: { env: { A: "1" } }, b: { hook: "echo b\n" } });
});

several("a script of a name that an earlier file's script has is left out with a remark", async () => {
  const { spec, yaml } = await imported({
    "a/devbox.json": `{"packages": [], "shell": {"scripts": {"build": "make a"}}}`,
    "b/devbox.json": `{"packages": [], "shell": {"scripts": {"build": "make b", "lint": "check"}}}`,
  });
  const root = 'cd "$FLAKEWRIGHT_ROOT"\n';
  assert.equal(spec.commands, { build: { run: `${root}make a\n` }, lint: { run: `${root}check\n` } }, yaml);
  assert.match(comments(yaml), "the command build of b/devbox.json is left out: a/devbox.json has one of that name");
});

several("another commit of nixpkgs becomes an input", async () => {
  const [one, two] = ["1".repeat(40), "2".repeat(40)];
  const { spec } = await imported({
    "a/devbox.json": `{"nixpkgs": {"commit": "${one}"}, "packages": ["jq"]}`,
    "b/devbox.json": `{"nixpkgs": {"commit": "${two}"}, "packages": ["jq"]}`,
    "c/devbox.json": `{"packages": ["jq"]}`,
  });
  assert.is(spec.nixpkgs, one);
  assert.equal(spec.inputs, { "nixpkgs-for-b": `github:NixOS/nixpkgs/${two}` });
  assert.equal(spec.groups, {
    a: { packages: ["jq"] },
    b: { packages: [{ package: "jq", from: "nixpkgs-for-b" }] },
    c: { packages: ["jq"] },
  });
});

/** Invalid texts: the message, and the text at its place. */
const BROKEN: readonly (readonly [text: string, message: string, at: string])[] = [
  [`{"packages": ["jq" "kubectl"]}`, "expected `,` or `]`", `"kubectl"]}`],
  [`{"packages": ["jq",, "kubectl"]}`, "expected a value", `, "kubectl"]}`],
  [`{"packages": [] "env": {}}`, "expected `,` or `}`", `"env": {}}`],
  [`{packages: []}`, "unexpected text: JSON puts keys and text in double quotes", "packages: []}"],
  [`{"packages": ['jq']}`, "unexpected text: JSON puts keys and text in double quotes", "'jq']}"],
  [`{"packages" ["jq"]}`, "expected `:`", `["jq"]}`],
  [`{"packages": ["jq]}`, "unterminated string", `"jq]}`],
  [`{"packages": ["j\\q"]}`, "invalid escape in a string", `"j\\q"]}`],
  [`{"packages": ["jq"]`, "`}` is missing", ""],
  [`{"packages": ["jq"`, "`]` is missing", ""],
  [`{} []`, "unexpected text after the end of the document", "[]"],
  ["{} /* ours", "unterminated comment", "/* ours"],
  ["\ufeff[1.]", "invalid number", "1.]"],
  ["", "expected a value", ""],
];
for (const [text, message, at] of BROKEN) {
  several(`invalid, an error at its place and no spec: ${text}`, async () => {
    const [yaml, diagnostics] = await importConfigs([{ path: "devbox.json", text }], async () => undefined);
    assert.is(yaml, undefined);
    assert.equal(
      diagnostics.map(({ code, message, range }) => [code, message, text.slice(range.start)]),
      [["import-syntax", message, at]],
    );
  });
}

several.run();

const plainJson = (node: JsonNode): unknown => {
  if (node.kind === "array") return node.items.map((item) => plainJson(item.node));
  if (node.kind === "object") return Object.fromEntries(node.members.map((one) => [one.key, plainJson(one.node)]));
  return node.value;
};

const reader = suite("devbox.json: the reader");

reader("all JSON is read as JSON.parse does", () => {
  fc.assert(
    fc.property(fc.json({ noUnicodeString: false }), (text) => {
      assert.equal(JSON.stringify(plainJson(parseJsonc(text))), JSON.stringify(JSON.parse(text)));
    }),
  );
});

reader("a text that is not JSON is an error with a place, never an exception", () => {
  const part = fc.constantFrom("{", "}", "[", "]", ":", ",", '"a"', "1", "true", "//", "/*", "*/", "\n", '"', "\\", "nul");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const text = parts.join("");
      try {
        parseJsonc(text);
      } catch (error) {
        assert.instance(error, SyntaxFault);
        const { range } = error as SyntaxFault;
        assert.ok(
          range.start >= 0 && range.start <= range.end && range.end <= text.length,
          `${text}: ${range.start}-${range.end}`,
        );
      }
    }),
    { numRuns: 2000 },
  );
});

reader("deep nesting is an error, not a stack overflow", () => {
  assert.throws(() => parseJsonc("[".repeat(1_000_000)), /nested deeper/);
});

reader.run();

/** All devbox.json files below a folder. */
function devboxFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name === "devbox.json")
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** What a devbox.json asks for, read without the importer. */
function packagesOf(text: string): string[] {
  const root = plainJson(parseJsonc(text)) as { packages?: string[] | Record<string, unknown> };
  const names = Array.isArray(root.packages) ? root.packages : Object.keys(root.packages ?? {});
  return [...new Set(names.map((name) => (/^[a-z+]+:|^\./.test(name) ? name : name.replace(/@[^@]*$/, ""))))];
}

/** The versions are not in the one nixpkgs here. */
const withoutVersions = (yaml: string): string => yaml.replace(/^ +version: .*\n/gm, "");

const examples = suite("devbox.json: devbox's own examples");
const facts = openFacts(readFileSync(join(repository, "generator/knowledge/packages.tsv"), "latin1"));
const bundled = knownPackages(facts, openForeignTools("", ""));
const folder = process.env["FLAKEWRIGHT_DEVBOX_EXAMPLES"];
if (folder === undefined) {
  examples.skip();
  console.log(`${SKIP_MARK}FLAKEWRIGHT_DEVBOX_EXAMPLES names no checkout of devbox's examples`);
} else {
  examples("all are converted without an error, with at least 90 % of their packages", async () => {
    let wanted = 0;
    let carried = 0;
    const files = devboxFiles(folder);
    assert.ok(files.length > 0);
    for (const path of files) {
      const text = readFileSync(path, "utf8");
      const [yaml, found] = await importConfigs([{ path, text }], async () => undefined, bundled);
      assert.ok(yaml !== undefined, `${path}: ${found[0]?.message}`);
      const { model, diagnostics } = compileText(withoutVersions(yaml));
      // One asks for OpenSSL 1.1 without allowing it, which Nix refuses in devbox as well.
      assert.equal(
        diagnostics.filter(({ severity, code }) => severity === "error" && code !== "package-insecure"),
        [],
        `${path}\n${yaml}`,
      );
      const packages = model?.groups.flatMap(({ tools }) => tools) ?? [];
      const names = packagesOf(text);
      wanted += names.length;
      carried += packages.length;
      // A comment mentions every package that is left out.
      const remarks = comments(yaml).match(/ is left out: /g)?.length ?? 0;
      assert.ok(packages.length + remarks >= names.length, `${path}\n${yaml}`);
    }
    console.log(`${files.length} devbox.json, ${carried} of ${wanted} packages carried over`);
    assert.ok(carried >= 0.9 * wanted, `${carried} of ${wanted}`);
  });

  needs(examples, ["nix", "nixpkgs"])(
    "converted to one spec, every shell of every project evaluates on a real nixpkgs",
    async () => {
      const files = devboxFiles(folder).map((path) => ({ path, text: readFileSync(path, "utf8") }));
      const [yaml] = await importConfigs(files, async () => undefined, bundled);
      const spec = parse(withoutVersions(yaml ?? "")) as {
        groups: Record<string, { packages: (string | { package: string })[] }>;
        inputs: Record<string, string>;
      };
      // The real nixpkgs is of the same release as the facts. Packages that the facts don't have, or say are refused, are removed.
      for (const group of Object.values(spec.groups))
        group.packages = group.packages.filter((entry) => {
          const attribute = typeof entry === "string" ? entry : entry.package;
          return (
            !facts.covers(attribute) ||
            (facts.find(attribute) !== undefined && !facts.find(attribute)?.insecure && !facts.find(attribute)?.broken)
          );
        });
      const out = written(JSON.stringify(spec));
      const shells = (await evaluate(out, "devShells.x86_64-linux", "builtins.mapAttrs (_: shell: shell.drvPath)", [
        "nixpkgs",
        ...Object.keys(spec.inputs),
      ])) as Record<string, string>;
      assert.is(Object.keys(shells).length, Object.keys(spec.groups).length + 1);
      for (const [name, path] of Object.entries(shells)) assert.match(path, /\.drv$/, name);
      console.log(
        `${Object.keys(shells).length} shells evaluate, with ${Object.values(spec.groups).reduce((sum, { packages }) => sum + packages.length, 0)} packages`,
      );
    },
  );
}
examples.run();
