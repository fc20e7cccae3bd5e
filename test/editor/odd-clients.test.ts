import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LspClient, type LspDiagnostic, type LspPosition } from "../support/lsp-client.ts";
import { tempFolder } from "../support/temp.ts";

/* The language server with what editors do beside the usual: parts of lines, other line ends, documents that are in no file, files of two specs. */

const test = suite("language server and odd clients");

const HEAD = "version: 1\nname: demo\nnixpkgs: 0123456789abcdef0123456789abcdef01234567\n";
const SPEC = `include: [base.yaml]\n${HEAD}groups:\n  "k8s":\n    packages: [kubectl]\nshells:\n  ops:\n    groups: ['k8s']\npolicy:\n  closure: { k8s: 2GiB }\n`;
const BASE = "groups:\n  cloud:\n    packages: [helm]\n";

const folder = tempFolder();
for (const path of ["spec", ".git", "other", "[odd] (é)"]) mkdirSync(join(folder, path));
writeFileSync(join(folder, "spec/platform.yaml"), SPEC);
writeFileSync(join(folder, "spec/base.yaml"), BASE);
const client = new LspClient(folder);
test.before(() => client.start());
test.after(() => client.stop());

const short = (diagnostics: readonly LspDiagnostic[]): string[] =>
  diagnostics.map(({ code, range }) => `${code} ${range.start.line + 1}:${range.start.character + 1}`).sort();

/** The position of `│` in a text, and the text without it. */
function cursorIn(marked: string): { text: string; position: LspPosition } {
  const lines = marked.slice(0, marked.indexOf("│")).split("\n");
  return { text: marked.replace("│", ""), position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } };
}

/** The diagnostics of a file when they are these; an editor gets several answers while it waits. */
async function until(name: string, is: (codes: readonly string[]) => boolean): Promise<void> {
  for (let wait = 0; wait < 400 && !is(short(client.diagnostics(name))); wait++)
    await new Promise((done) => setTimeout(done, 50));
  assert.ok(is(short(client.diagnostics(name))), short(client.diagnostics(name)).join());
}

test("edits of parts of lines, in UTF-16: an emoji counts two", async () => {
  const text = `${HEAD}description: "a 🦊 b"\r\ngroups: { a: { description: "🦊🦊", packages: [jq] } }\r\n`;
  writeFileSync(join(folder, "emoji.flakewright.yaml"), text);
  assert.equal(short(await client.open("emoji.flakewright.yaml")), []);
  const line = text.split("\n")[4] ?? "";
  const at = (word: string) => ({ line: 4, character: line.indexOf(word) });
  const start = at("jq");
  const shown = await client.edit("emoji.flakewright.yaml", [
    { range: { start, end: { line: 4, character: start.character + 2 } }, text: "helm" },
    { range: { start: { line: 3, character: 16 }, end: { line: 3, character: 18 } }, text: "🐻" },
  ]);
  assert.equal(short(shown), [`package-wrong-name 5:${start.character + 1}`]);
  const [action] = await client.request<{ edit: { changes: Record<string, { range: { start: LspPosition } }[]> } }[]>(
    "textDocument/codeAction",
    "emoji.flakewright.yaml",
    { range: { start, end: start }, context: { diagnostics: [] } },
  );
  assert.equal(Object.values(action?.edit.changes ?? {})[0]?.[0]?.range.start, start);
});

test("documents that are in no file get no answer, and the server goes on", async () => {
  for (const uri of ["untitled:Untitled-1", "git:/a/spec/platform.yaml?ref", "file://host/share/spec/platform.yaml"]) {
    await client.openText(uri, `${HEAD}groups: { a: { packages: [helm] } }\n`);
    const at = { textDocument: { uri }, position: { line: 3, character: 28 } };
    for (const method of ["hover", "completion", "definition", "prepareRename"])
      assert.is(await client.ask(`textDocument/${method}`, at), null, `${method} ${uri}`);
    assert.equal(await client.ask("textDocument/documentSymbol", at), []);
    assert.equal(
      await client.ask("textDocument/codeAction", { ...at, range: { start: at.position, end: at.position }, context: {} }),
      [],
    );
    await client.notify("textDocument/didClose", at);
  }
});

test("a file outside of the folder, and one whose path is written otherwise in the editor", async () => {
  const other = tempFolder();
  const uri = pathToFileURL(join(other, "flakewright.yaml")).href;
  await client.openText(uri, `${HEAD}groups: { a: { packages: [helm] } }\n`);
  const at = { textDocument: { uri }, position: { line: 3, character: 28 } };
  assert.match(JSON.stringify(await client.ask("textDocument/hover", at)), /helm/);
  writeFileSync(join(folder, "[odd] (é)/flakewright.yaml"), `${HEAD}groups: { a: { packages: [helm] } }\n`);
  // As VS Code has it.
  const odd = `file://${encodeURIComponent(join(folder, "[odd] (é)/flakewright.yaml")).replaceAll("%2F", "/")}`;
  await client.openText(odd, `${HEAD}groups: { a: { packages: [helm] } }\n`);
  const actions = await client.ask<{ edit: { changes: object } }[]>("textDocument/codeAction", {
    textDocument: { uri: odd },
    range: { start: at.position, end: at.position },
    context: { diagnostics: [] },
  });
  assert.equal(
    actions.map(({ edit }) => Object.keys(edit.changes)),
    [[odd]],
  );
});

test("rename: quotes stay, keys of policies follow, and a wrong name is refused with the reason", async () => {
  await client.open("spec/platform.yaml");
  const { position } = cursorIn(SPEC.replace("['k8s']", "['k│8s']"));
  const rename = (newName: string) =>
    client.request<{ changes: Record<string, { range: { start: LspPosition; end: LspPosition }; newText: string }[]> }>(
      "textDocument/rename",
      "spec/platform.yaml",
      { position, newName },
    );
  const { changes } = await rename("kubernetes");
  const lines = SPEC.split("\n");
  for (const { range, newText } of changes[client.uri("spec/platform.yaml")] ?? []) {
    const line = lines[range.start.line] ?? "";
    lines[range.start.line] = line.slice(0, range.start.character) + newText + line.slice(range.end.character);
  }
  assert.is(
    lines.join("\n"),
    SPEC.replace('"k8s"', '"kubernetes"').replace("'k8s'", "'kubernetes'").replace("k8s:", "kubernetes:"),
  );
  const refusal = async (name: string) =>
    rename(name).then(
      () => "done",
      (error: Error) => error.message,
    );
  for (const name of ["K8s", "a b", "", "1a", "null"]) assert.match(await refusal(name), /invalid name/, name);
  assert.match(await refusal("cloud"), /`groups` already has `cloud`/);
  assert.match(await refusal("ops"), /`shells` already has `ops`/);
});

test("completion in brackets, at the end of a file, and not in comments", async () => {
  const labels = async (marked: string): Promise<string[] | undefined> => {
    const { text, position } = cursorIn(marked);
    await client.change("emoji.flakewright.yaml", text);
    const list = await client.request<{ items: { label: string }[] } | null>(
      "textDocument/completion",
      "emoji.flakewright.yaml",
      {
        position,
      },
    );
    return list?.items.map(({ label }) => label);
  };
  const rows: readonly (readonly [marked: string, want: string])[] = [
    [`${HEAD}groups: { a: { pack│ } }\n`, "packages"],
    [`${HEAD}groups: { a: { packages: [jq], des│ } }\n`, "description"],
    [`${HEAD}groups: { a: { packages: [jq, kubect│] } }\n`, "kubectl"],
    [`${HEAD}groups: { a: { packages: [jq, kubect│`, "kubectl"],
    [`${HEAD}groups: { a: { packages: [jq, {package: kubect│}] } }\n`, "kubectl"],
    [`${HEAD}groups:\n  a:\n    packages:\n      - jq\n      - kubect│`, "kubectl"],
    [`${HEAD}groups:\n  a:\n    packages: [jq]\nset│`, "settings"],
    [`${HEAD}groups:\n  a:\n    packages: [jq]\n│`, "settings"],
    [`${HEAD}groups:\r\n  a:\r\n    packages: [jq]\r\n    tit│\r\n`, "title"],
    [`${HEAD}groups: { a: { packages: [jq] } }\nsettings: { max-j│ }\n`, "max-jobs"],
    [`${HEAD}groups: { a: { packages: [jq] } }\nsystems: [x86│]\n`, "x86_64-linux"],
    [`${HEAD}groups:\n  a:\n    packages:\n      - package: kubect│ # why\n`, "kubectl"],
  ];
  for (const [marked, want] of rows) assert.ok((await labels(marked))?.includes(want), marked);
  for (const marked of [
    `# nixp│\n${HEAD}`,
    `${HEAD}groups: {} # pack│\n`,
    `${HEAD}shells:\n  a:\n    hook: |\n      echo pack│\n`,
  ])
    assert.equal((await labels(marked)) ?? [], [], marked);
});

test("a file that only the editor has can be included; one that is no longer included loses its diagnostics", async () => {
  await client.open("spec/platform.yaml");
  await until("spec/base.yaml", (codes) => codes.includes("package-wrong-name 3:16"));
  await client.openText(client.uri("spec/new.yaml"), "groups:\n  web:\n    packages: [helm]\n");
  await client.change("spec/platform.yaml", SPEC.replace("[base.yaml]", "[new.yaml]"));
  await until("spec/new.yaml", (codes) => codes.includes("package-wrong-name 3:16"));
  await until("spec/base.yaml", (codes) => codes.length === 0);
  await client.close("spec/new.yaml");
  await until("spec/platform.yaml", (codes) => codes.includes("include-missing 1:11"));
  await client.change("spec/platform.yaml", SPEC);
  await until("spec/base.yaml", (codes) => codes.length === 1);
});

test("a file of two specs shows what both say of it", async () => {
  writeFileSync(join(folder, "spec/second.yaml"), `include: [base.yaml]\n${HEAD}groups: { k8s: { packages: [jq] } }\n`);
  await client.open("spec/second.yaml");
  await until("spec/base.yaml", (codes) => codes.length === 1);
  await client.change("spec/second.yaml", `${HEAD}groups: { k8s: { packages: [jq] } }\n`);
  await client.request("textDocument/hover", "spec/second.yaml", { position: { line: 0, character: 2 } });
  assert.equal(short(client.diagnostics("spec/base.yaml")), ["package-wrong-name 3:16"]);
});

test("a file that another program changes is checked again", async () => {
  writeFileSync(join(folder, "spec/base.yaml"), BASE.replace("helm", "jq"));
  await client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: client.uri("spec/base.yaml"), type: 2 }] });
  await until("spec/base.yaml", (codes) => codes.length === 0);
  writeFileSync(join(folder, "spec/base.yaml"), BASE);
});

test("closed before it was checked, cancelled, and far too large", async () => {
  const name = "gone.flakewright.yaml";
  await client.openText(client.uri(name), `${HEAD}groups: { a: { packages: [helm] } }\n`);
  await client.close(name);
  await client.request("textDocument/hover", "spec/platform.yaml", { position: { line: 1, character: 2 } });
  assert.equal(
    client.diagnostics(name).filter(({ code }) => code === "package-wrong-name"),
    [],
  );
  await client.notify("$/cancelRequest", { id: 1 });
  const large = `${HEAD}groups: { a: { packages: [jq] } }\n${"# 2345678\n".repeat(840_000)}`;
  await client.openText(client.uri("large.flakewright.yaml"), large);
  await until("large.flakewright.yaml", (codes) => codes.length === 1 && /^yaml-limit /.test(codes[0] ?? ""));
  const position = { line: 500_000, character: 3 };
  assert.is(await client.request("textDocument/completion", "large.flakewright.yaml", { position }), null);
  assert.is(await client.request("textDocument/hover", "large.flakewright.yaml", { position }), null);
  await client.close("large.flakewright.yaml");
  assert.match(readFileSync(join(folder, "spec/platform.yaml"), "utf8"), /^include/);
});

test("the end: shutdown and exit, exit alone, and an editor that is gone", async () => {
  const ended = async (end: (one: LspClient) => Promise<void> | void): Promise<number | null> => {
    const one = new LspClient(folder);
    await one.start();
    await one.open("spec/platform.yaml");
    const status = one.ended;
    await end(one);
    return status;
  };
  assert.is(
    await ended(async (one) => {
      await one.ask("shutdown", {});
      await one.notify("exit", {});
    }),
    0,
  );
  assert.is(await ended((one) => one.notify("exit", {})), 1);
  assert.is(await ended((one) => one.hangUp()), 1);
});

test.run();
