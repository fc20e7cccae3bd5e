import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { printedSchema } from "../../generator/commands/schema.ts";
import { allSettings, settingValueProblem } from "../../generator/knowledge/settings.ts";
import { specSchema } from "../../generator/language/schema.ts";
import { SYSTEMS } from "../../generator/language/vocabulary.ts";
import { isAcceptable } from "../../generator/lint/rules.ts";
import { Editor } from "../support/language-server.ts";
import { tempFolder } from "../support/temp.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

const schema = suite("editor schema");
const schemaValue = JSON.parse(printedSchema());

const accepts = (value: unknown): boolean => validator(value) as boolean;
const validator: ValidateFunction = new Ajv2020({ strict: false }).compile(schemaValue);
const withSettings = (settings: object) => ({ version: 1, name: "p", groups: {}, settings });

schema("the committed file is what `npm run schema` writes", () => {
  // Not `assert.is`: its report would have 5,000 lines.
  assert.ok(readFileSync(join(root, "spec/flakewright.schema.json"), "utf8") === printedSchema(), "run `npm run schema`");
});

schema("accepts the reference platform", () => {
  assert.ok(accepts(parse(readFileSync(join(root, "spec/platform.yaml"), "utf8"))), JSON.stringify(validator.errors));
});

schema("accepts every value that `check` accepts, for every setting and each of its names", () => {
  const values = [
    true,
    false,
    "yes",
    "no",
    "true",
    "0",
    1,
    0,
    2,
    17,
    -3,
    "17",
    "4G",
    "auto",
    "relaxed",
    "warn",
    "",
    "some text",
    "/a/path",
  ];
  const more = [
    [],
    ["a", "b"],
    ["nix-command", "flakes"],
    ["https://cache.example.org"],
    "flakes",
    { "github.com": "x" },
    ["/a=/b"],
    "a=b",
  ];
  let taken = 0;
  for (const setting of allSettings()) {
    const extra = setting.appendableIn.length > 0 ? [`extra-${setting.name}`] : [];
    for (const value of [...values, ...more]) {
      if (settingValueProblem(setting, value) !== undefined) continue;
      taken++;
      for (const name of [setting.name, ...setting.aliases, ...extra])
        assert.ok(accepts(withSettings({ [name]: value })), `${name}: ${JSON.stringify(value)}`);
    }
  }
  assert.ok(taken > 300, `only ${taken} values were valid for a setting`);
});

schema("refuses unknown settings and values of another type", () => {
  for (const settings of [
    { "build-users": 3 },
    { "extra-sandbox": true },
    { cores: [1] },
    { "keep-outputs": "maybe" },
    { "experimental-features": ["nix-comand"] },
    { sandbox: "strict" },
    { "lint-url-literals": "shout" },
  ])
    assert.not(accepts(withSettings(settings)), JSON.stringify(settings));
});

schema("describes every key at every level", () => {
  const silent: string[] = [];
  const { $defs } = schemaValue as { $defs: Record<string, Record<string, unknown>> };
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    const { properties } = node as { properties?: Record<string, { description?: string; $ref?: string }> };
    for (const [name, property] of Object.entries(properties ?? {})) {
      const target = $defs[property.$ref?.split("/").at(-1) ?? ""];
      if (!property.description && !target?.["description"]) silent.push(`${path}.${name}`);
    }
    for (const [key, value] of Object.entries(node)) if (key !== "enum" && key !== "examples") walk(value, `${path}.${key}`);
  };
  walk(schemaValue, "");
  assert.equal(silent, []);
});

schema("does not change which shapes are valid", () => {
  const shape = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(shape);
    if (typeof node !== "object" || node === null) return node;
    const silent = ["markdownDescription", "title", "examples", "defaultSnippets"];
    return Object.fromEntries(
      Object.entries(node).flatMap(([key, value]) => (silent.includes(key) ? [] : [[key, shape(value)]])),
    );
  };
  const enriched = shape(schemaValue) as { $defs: Record<string, unknown> };
  const plain = shape(specSchema) as { $defs: Record<string, unknown> };
  for (const name of ["settings", "acceptance", "package"]) for (const one of [enriched, plain]) delete one.$defs[name];
  assert.equal(enriched, plain);
});

schema.run();

const editing = suite("yaml-language-server");

const folder = tempFolder();
let editor: Editor;
editing.before(async () => {
  writeFileSync(join(folder, "flakewright.schema.json"), printedSchema());
  editor = new Editor(folder);
  await editor.start();
});
editing.after(() => editor.stop());

const HEAD = "# yaml-language-server: $schema=./flakewright.schema.json\nversion: 1\nname: p\n";
const labels = async (text: string): Promise<string[]> => (await editor.complete(HEAD + text)).map((item) => item.label);
const hover = (text: string): Promise<string> => editor.hover(HEAD + text);
const problems = async (text: string): Promise<string[]> =>
  (await editor.diagnostics(HEAD + text))
    .map(({ message, range }) => `${range.start.line - 2}: ${message.split(". Valid")[0]}`)
    .sort();

editing("top level: every key with its description", async () => {
  const items = await editor.complete(`${HEAD}│`);
  for (const key of ["groups", "shells", "settings", "hosts", "lint"]) {
    const item = items.find(({ label }) => label === key);
    assert.ok(item?.documentation, key);
  }
  assert.match(await hover("gro│ups: {}"), "Tool groups by name");
  assert.equal(await problems("groups: {}\ngrups: {}\n"), ["2: Property grups is not allowed."]);
});

editing("a group and its packages", async () => {
  assert.equal(await labels("groups:\n  k8s:\n    │"), ["title", "description", "packages"]);
  for (const place of ["      - │", "      - kub│", "      [kub│]", "      - package: │"]) {
    const tools = await editor.complete(`${HEAD}groups:\n  k8s:\n    packages:\n${place}`);
    const helm = tools.find(({ label }) => label === "kubernetes-helm");
    assert.match(JSON.stringify(helm?.documentation), "also called `helm`", place);
  }
  assert.match(await hover("groups:\n  k8s:\n    packages: [kub│ectl]"), "A tool: an attribute path");
  const keys = await labels("groups:\n  k8s:\n    packages:\n      - package: kubectl\n        │");
  assert.equal(keys, ["name", "description", "from", "version", "systems"]);
  assert.match(await hover("groups:\n  k8s:\n    packages:\n      - package: x\n        fr│om: y"), "An entry of `inputs`");
  assert.equal(
    await problems("groups:\n  k8s:\n    packages:\n      - kubectl\n      - own.attribute\n      - { package: x, naem: y }\n"),
    ["6: Property naem is not allowed."],
  );
});

editing("a setting's name, with type, default and versions", async () => {
  const names = await labels("settings:\n  │");
  for (const setting of allSettings())
    assert.is(names.includes(setting.name), !setting.removedIn && !setting.renamedTo, setting.name);
  assert.ok(names.includes("extra-experimental-features"));
  assert.not(names.includes("extra-sandbox"));
  assert.match(await hover("settings:\n  keep-out│puts: true"), /Default: `false`\. Known to Nix 2\.8, 2\.26, 2\.34\./);
  assert.match(await hover("settings:\n  extra-plat│forms: [x]"), /QEMU/);
  assert.equal(await problems("groups: {}\nsettings:\n  build-users: 3\n"), ["3: Property build-users is not allowed."]);
});

editing("a setting's value", async () => {
  assert.equal(await labels("settings:\n  sandbox: │"), ["true", "false", "relaxed"]);
  assert.equal(await labels("settings:\n  keep-outputs: │"), ["true", "false"]);
  assert.ok((await labels("settings:\n  experimental-features: [│]")).includes("flakes"));
  assert.equal(await problems("groups: {}\nsettings:\n  sandbox: strict\n  max-jobs: auto\n  cores: many\n"), [
    "3: Value is not accepted",
    '5: Incorrect type. Expected "integer".',
  ]);
});

editing("settings of a user and of a volume", async () => {
  assert.ok((await labels("users:\n  ada:\n    settings:\n      │")).includes("max-jobs"));
  assert.ok((await labels("volumes:\n  v:\n    mount: /v\n    settings:\n      │")).includes("max-jobs"));
  assert.match(await hover("users:\n  ada:\n    set│tings: {}"), "A list here replaces the system's");
});

editing("systems", async () => {
  assert.equal(await labels("systems: [│]"), [...SYSTEMS]);
  assert.equal(await labels("hosts:\n  a:\n    system: │"), [...SYSTEMS]);
  assert.equal(await problems("groups: {}\nsystems: [x86_64-linx]\n"), ["2: Value is not accepted"]);
});

editing("codes for `lint`, each with its meaning", async () => {
  const items = await editor.complete(`${HEAD}lint:\n  - code: │`);
  assert.ok(items.length > 0);
  for (const { label, documentation } of items) {
    assert.ok(isAcceptable(label), label);
    assert.ok(documentation, label);
  }
  assert.match(await hover("lint:\n  - code: sandbox-off\n    w│hy: x"), "for readers of the spec");
  assert.equal(await problems("groups: {}\nlint:\n  - code: no-such-code\n    why: x\n"), ["3: Value is not accepted"]);
});

editing("a host's deployment, a builder and the caches", async () => {
  assert.ok((await labels("hosts:\n  a:\n    deploy:\n      │")).includes("target"));
  assert.ok((await labels("builders:\n  - host: b\n    │")).includes("speedFactor"));
  assert.equal(await labels("builders:\n  - host: b\n    protocol: │"), ["ssh-ng", "ssh"]);
  assert.match(await hover("substituters:\n  - url: x\n    public│Key: k"), "Never a secret key");
  assert.equal(await problems("groups: {}\nsubstituters:\n  - publicKey: k\n"), ['3: Missing property "url".']);
});

editing.run();
