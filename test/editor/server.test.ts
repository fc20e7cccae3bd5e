import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flakewright } from "../support/cli.ts";
import { LspClient, type LspDiagnostic, type LspPosition } from "../support/lsp-client.ts";
import { tempFolder } from "../support/temp.ts";

const test = suite("language server");

const BASE = `groups:
  k8s: # of everybody
    packages: [kubectl]
`;
const SPEC = `include: [base.yaml]
version: 1
name: demo
nixpkgs: 0123456789abcdef0123456789abcdef01234567
groups:
  cloud:
    packages: [awscli2]
shells:
  ops:
    groups: [k8s, cloud]
volumes:
  v:
    mount: /v
    groups: ["k8s"]
settings:
  max-jobs: 4
lint:
  - code: sandbox-off
    at: groups.k8s
    why: a test of names in places
`;

const folder = tempFolder();
mkdirSync(join(folder, "spec"));
mkdirSync(join(folder, ".git"));
writeFileSync(join(folder, "spec/platform.yaml"), SPEC);
writeFileSync(join(folder, "spec/base.yaml"), BASE);
const client = new LspClient(folder);

/** The position of a text, or of `│` in it. */
function positionOf(text: string, marked: string): LspPosition {
  const offset = text.indexOf(marked.replace("│", "")) + marked.indexOf("│");
  assert.ok(offset >= 0 && text.includes(marked.replace("│", "")), marked);
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

/** What `check` says of the files on disk, in the form of LSP. */
function checked(file: string): string[] {
  const { stdout } = flakewright(folder, ["check", "--format", "json"]);
  const { diagnostics } = JSON.parse(stdout);
  return diagnostics
    .filter((one: { file: string; code: string }) => one.file === file && !one.code.startsWith("output-"))
    .map((one: { code: string; line: number; column: number }) => `${one.code} ${one.line}:${one.column}`)
    .sort();
}
const short = (diagnostics: readonly LspDiagnostic[]): string[] =>
  diagnostics.map(({ code, range }) => `${code} ${range.start.line + 1}:${range.start.character + 1}`).sort();

test.before(() => client.start());
test.after(() => client.stop());

test("diagnostics are those of `check`, as one types, also in an included file", async () => {
  assert.equal(short(await client.open("spec/platform.yaml")), checked("spec/platform.yaml"));
  const edits = [
    SPEC.replace("max-jobs: 4", "max-jobs: many"),
    SPEC.replace("awscli2", "helm"),
    SPEC.replace("groups: [k8s, cloud]", "groups: [k8s, cluod]"),
    SPEC.replace("shells:", "shells"),
    SPEC.replace("  max-jobs: 4", "  sandbox: false\n  build-cores: 2"),
    SPEC.replace("version: 1", "version: 2"),
    SPEC,
  ];
  for (const text of edits) {
    const shown = await client.change("spec/platform.yaml", text);
    writeFileSync(join(folder, "spec/platform.yaml"), text);
    assert.equal(short(shown), checked("spec/platform.yaml"), text);
  }
  const broken = BASE.replace("[kubectl]", "[helm]");
  await client.open("spec/base.yaml");
  const shown = await client.change("spec/base.yaml", broken);
  writeFileSync(join(folder, "spec/base.yaml"), broken);
  assert.equal(short(shown), checked("spec/base.yaml"));
  assert.equal(short(shown), ["package-wrong-name 3:16"]);
  await client.change("spec/base.yaml", BASE);
  writeFileSync(join(folder, "spec/base.yaml"), BASE);
});

test("a fix is a code action, and its edit is the right text", async () => {
  const text = SPEC.replace("awscli2", "helm");
  await client.change("spec/platform.yaml", text);
  const at = positionOf(text, "│helm");
  const actions = await client.request<{ title: string; edit: { changes: Record<string, { newText: string }[]> } }[]>(
    "textDocument/codeAction",
    "spec/platform.yaml",
    { range: { start: at, end: at }, context: { diagnostics: [] } },
  );
  assert.equal(
    actions.map(({ edit }) => edit.changes[client.uri("spec/platform.yaml")]?.map(({ newText }) => newText)),
    [["kubernetes-helm"]],
  );
  await client.change("spec/platform.yaml", SPEC);
});

test("hovers explain settings, keys and packages", async () => {
  const hover = async (marked: string) =>
    (
      await client.request<{ contents: { value: string } } | null>("textDocument/hover", "spec/platform.yaml", {
        position: positionOf(SPEC, marked),
      })
    )?.contents.value ?? "";
  assert.match(await hover("max-│jobs"), /nix\.conf setting/);
  assert.match(await hover("aws│cli2"), /package of nixpkgs/);
  assert.match(await hover("mou│nt"), /mount.*key of the spec/);
  assert.is(await hover("/│v\n"), "");
});

test("completion offers keys, settings, packages by what people call them, groups", async () => {
  const labels = async (text: string, marked: string): Promise<string[]> => {
    await client.change("spec/platform.yaml", text);
    const list = await client.request<{ items: { label: string }[] } | null>("textDocument/completion", "spec/platform.yaml", {
      position: positionOf(text, marked),
    });
    return (list?.items ?? []).map(({ label }) => label);
  };
  assert.is((await labels(SPEC.replace("[awscli2]", "[helm]"), "[helm│]"))[0], "helm");
  assert.ok((await labels(SPEC.replace("[awscli2]", "[kube]"), "[kube│]")).includes("kubectl"));
  assert.ok((await labels(SPEC.replace("[k8s, cloud]", "[k8s, cl]"), "cl│]")).includes("cloud"));
  assert.ok((await labels(`${SPEC}gc:\n  auto\n`, "  auto│\n")).includes("automatic"));
  assert.ok((await labels(SPEC.replace("  max-jobs: 4", "  max-jobs: 4\n  keep-o"), "keep-o│\n")).includes("keep-outputs"));
  assert.ok((await labels(SPEC.replace("- code: sandbox-off", "- code: sand"), "sand│\n")).includes("sandbox-off"));
  await client.change("spec/platform.yaml", SPEC);
});

interface Location {
  readonly uri: string;
  readonly range: { readonly start: LspPosition };
}

test("definition, references and rename work across files, and in places of `lint`", async () => {
  const position = positionOf(SPEC, "[k│8s, cloud]");
  const definition = await client.request<Location>("textDocument/definition", "spec/platform.yaml", { position });
  assert.equal([definition.uri, definition.range.start], [client.uri("spec/base.yaml"), { line: 1, character: 2 }]);
  const references = await client.request<Location[]>("textDocument/references", "spec/platform.yaml", {
    position,
    context: { includeDeclaration: true },
  });
  assert.is(references.length, 4);
  const { changes } = await client.request<{
    changes: Record<string, { range: { start: LspPosition; end: LspPosition }; newText: string }[]>;
  }>("textDocument/rename", "spec/platform.yaml", { position, newName: "kubernetes" });
  assert.equal(Object.fromEntries(Object.entries(changes).map(([uri, edits]) => [uri, edits.length])), {
    [client.uri("spec/base.yaml")]: 1,
    [client.uri("spec/platform.yaml")]: 3,
  });
  let renamed = SPEC;
  const offset = ({ line, character }: LspPosition) => SPEC.split("\n").slice(0, line).join("\n").length + 1 + character;
  for (const { range, newText } of [...(changes[client.uri("spec/platform.yaml")] ?? [])].sort(
    (a, b) => offset(b.range.start) - offset(a.range.start),
  ))
    renamed = renamed.slice(0, offset(range.start)) + newText + renamed.slice(offset(range.end));
  assert.match(renamed, /groups: \[kubernetes, cloud\]/);
  assert.match(renamed, /at: groups\.kubernetes$/m);
  assert.match(renamed, /groups: \["kubernetes"\]/);
});

test("a broken document keeps the last good names, and the outline names what the user named", async () => {
  await client.change("spec/platform.yaml", `${SPEC}broken: [\n`);
  const definition = await client.request<Location | null>("textDocument/definition", "spec/platform.yaml", {
    position: positionOf(SPEC, "[k8s, cl│oud]"),
  });
  assert.is(definition?.range.start.line, 5);
  await client.change("spec/platform.yaml", SPEC);
  const symbols = await client.request<{ name: string; children: { name: string }[] }[]>(
    "textDocument/documentSymbol",
    "spec/platform.yaml",
    {},
  );
  assert.equal(
    symbols.find(({ name }) => name === "volumes")?.children.map(({ name }) => name),
    ["v"],
  );
});

test("other YAML of a project is left alone, and a file that says that it is a spec is one", async () => {
  writeFileSync(join(folder, "pod.yaml"), "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\n");
  writeFileSync(join(folder, "compose.yaml"), 'version: "3"\nservices: { web: { image: nginx } }\n');
  for (const name of ["pod.yaml", "compose.yaml"]) {
    void client.open(name);
    const position = { line: 1, character: 2 };
    assert.is(await client.request("textDocument/hover", name, { position }), null);
    assert.is(await client.request("textDocument/completion", name, { position }), null);
    assert.equal(await client.request("textDocument/documentSymbol", name, {}), []);
    assert.equal(client.diagnostics(name), [], name);
  }
  const text = "version: 1\nname: other\nnixpkgs: nixos-26.05\n";
  writeFileSync(join(folder, "other.yaml"), `${text}groups: { k8s: { packages: [helm] } }\n`);
  assert.ok(short(await client.open("other.yaml")).includes("package-wrong-name 4:29"));
  assert.ok(short(await client.change("other.yaml", text)).includes("schema-missing-key 1:1"), "it stays one while it is edited");
  writeFileSync(join(folder, "acme.flakewright.yaml"), text);
  assert.ok(short(await client.open("acme.flakewright.yaml")).includes("schema-missing-key 1:1"));
  writeFileSync(join(folder, "named.yaml"), `# yaml-language-server: $schema=./flakewright.schema.json\n${text}`);
  assert.ok(short(await client.open("named.yaml")).includes("schema-missing-key 2:1"));
});

test.run();
