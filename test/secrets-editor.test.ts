import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { serve } from "../generator/editor/server.ts";
import { nodeSystem } from "../generator/system/node-system.ts";
import { base, settings } from "./support/diagnostic-rows.ts";
import { FORMS, leaks, OPAQUE } from "./support/secret-forms.ts";
import { SPEC_PLACES } from "./support/secret-places.ts";
import { repository } from "./support/spec.ts";
import { tempFolder } from "./support/temp.ts";

/*
 * The language server sends no secret of a spec back: not in a diagnostic, which editors keep in logs, nor in a hover, a list of words, an
 * action, the outline or a message of its own. All bytes that it sends are looked at.
 */

const folder = tempFolder();
const input = new PassThrough();
const output = new PassThrough();
let sent = "";
output.on("data", (chunk) => (sent += chunk));
const client = createMessageConnection(new StreamMessageReader(output), new StreamMessageWriter(input));

const FILE = join(folder, "spec.yaml");
const textDocument = { uri: pathToFileURL(FILE).href };

const test = suite("the language server sends no secret");

test.before(async () => {
  writeFileSync(FILE, base);
  void serve(
    nodeSystem(folder, process.env),
    { force: false, dryRun: false, strict: false, knowledge: join(repository, "generator/knowledge") },
    { input, output },
  );
  client.listen();
  await client.sendRequest("initialize", { processId: null, rootUri: pathToFileURL(folder).href, capabilities: {} });
  await client.sendNotification("initialized", {});
  await client.sendNotification("textDocument/didOpen", {
    textDocument: { ...textDocument, languageId: "yaml", version: 1, text: base },
  });
});
test.after(() => client.dispose());

let version = 1;

/** All that the server sends about a text: findings, and its answers at the end of each line and where `secret` stands. */
async function answers(text: string, secret: string): Promise<string> {
  sent = "";
  await client.sendNotification("textDocument/didChange", {
    textDocument: { ...textDocument, version: ++version },
    contentChanges: [{ text }],
  });
  const ask = (method: string, more: object = {}) =>
    client.sendRequest(method, { textDocument, ...more }).catch((error: Error) => (sent += error.message));
  const lines = text.split("\n");
  await ask("textDocument/documentSymbol");
  await ask("textDocument/codeAction", {
    range: { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } },
    context: { diagnostics: [] },
  });
  for (const [line, words] of lines.entries()) {
    const at = words.indexOf(secret.slice(0, 10));
    if (at === -1 && !words.trimEnd().endsWith(":")) continue;
    for (const character of [words.length, ...(at === -1 ? [] : [at, at + 3])]) {
      const position = { line, character };
      for (const method of ["hover", "completion", "definition", "prepareRename"])
        await ask(`textDocument/${method}`, { position });
      await ask("textDocument/references", { position, context: { includeDeclaration: true } });
      await ask("textDocument/rename", { position, newName: "other" });
    }
  }
  return sent;
}

test("it answers at all", async () => {
  assert.match(await answers(`${base}kores: 1\n`, "kores: 1"), /unknown key/);
  assert.match(await answers(`${head("visible-group")}shells: { a: { groups: [x] } }\n`, "groups: [x]"), /visible-group/);
});

const head = (group: string) => base.replace("k8s:", `${group}:`);

/** How many forms each place is tried with; `npm run secrets` tries all. */
const FORMS_EACH = Number(process.env["SECRET_FORMS"] ?? 3);

test(`${Object.keys(SPEC_PLACES).length} places × ${FORMS_EACH} of ${FORMS.length} forms`, async () => {
  const found: string[] = [];
  for (const [index, [place, text]] of Object.entries(SPEC_PLACES).entries())
    for (let at = 0; at < Math.min(FORMS_EACH, FORMS.length); at++) {
      const [written = "", secret = written] = FORMS[(index * FORMS_EACH + at) % FORMS.length] ?? [];
      const leak = leaks(await answers(text(written), secret), secret);
      if (leak) found.push(`${place}: ${written}: ${leak}`);
    }
  assert.equal(found, []);
});

test("names of every kind that are a secret, and what refers to them", async () => {
  const found: string[] = [];
  for (const [written, secret = written] of FORMS.slice(0, 16)) {
    const name = JSON.stringify(written);
    const text = `${head(name)}inputs: { ${name}: "github:NixOS/nixpkgs" }\nhosts: { ${name}: { system: x86_64-linux } }
shells:\n  ${name}:\n    groups: [${name}, ]\n    packages: [{ package: git, from: ${name} }]\nbuilders: [{ host: ${name} }]\nvolumes:\n  aws:\n    groups:\n      - \n`;
    const leak = leaks(await answers(text, secret), secret);
    if (leak) found.push(`${written}: ${leak}`);
  }
  assert.equal(found, []);
});

test("what only its name gives away", async () => {
  for (const secret of OPAQUE)
    for (const text of [
      settings(`acess-tokens: { github.com: ${secret} }`),
      `${base}shells: { k8s: { env: { DB_PASSWORD: ${secret} } } }\n`,
      `${base}password: ${secret}\nmore: [\n`,
    ])
      assert.is(leaks(await answers(text, secret), secret), undefined, text);
});

test("a secret in a file beside the spec, and in a new name", async () => {
  const text = base.replace("[kubectl]", '[{ package: kubectl, version: "1" }]');
  for (const [written, secret = written] of FORMS.slice(0, 8)) {
    for (const pins of [
      { version: 1, pins: [{ package: "kubectl", asked: "1", version: written, commit: written, date: written }] },
      { pins: written },
    ]) {
      writeFileSync(join(folder, "spec.pins.json"), JSON.stringify(pins));
      await client.sendNotification("workspace/didChangeWatchedFiles", {
        changes: [{ uri: pathToFileURL(join(folder, "spec.pins.json")).href, type: 1 }],
      });
      assert.is(leaks(await answers(`${text}kores: 1\n`, "kubectl"), secret), undefined, written);
    }
    sent = "";
    const position = { line: base.split("\n").findIndex((line) => line.includes("k8s:")), character: 3 };
    const newName = `${written} x`;
    await client.sendRequest("textDocument/rename", { textDocument, position, newName }).catch((error: Error) => {
      sent += error.message;
    });
    assert.is(leaks(sent, secret), undefined, `the new name ${written}`);
  }
});

test.run();
