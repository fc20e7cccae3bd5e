import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../generator/commands/check.ts";
import { maskedOutcome } from "../../generator/commands/masked-outcome.ts";
import { toJson } from "../../generator/report/json.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { largePlatform } from "../support/large-platform.ts";
import { LspClient, type LspDiagnostic } from "../support/lsp-client.ts";
import { optionsFor } from "../support/options.ts";
import { tempFolder } from "../support/temp.ts";

/* A platform of 300 tools in six files, edited as a person edits it: what the editor shows is what `check` says. */

const test = suite("language server: 300 tools with includes");

const { folder, texts } = largePlatform(tempFolder());
const MAIN = "spec/platform.yaml";
const system = nodeSystem(folder, process.env);

/** Edits of one file each, by what is replaced; an empty list brings the file back as it was. */
const EDITS: readonly (readonly [file: string, ...replaced: (readonly [from: string | RegExp, to: string])[]])[] = [
  [MAIN, ["max-jobs: 4", "max-jobs: many"]],
  [MAIN, ["max-jobs: 4", "max-job: 4"]],
  [MAIN, ["max-jobs: 4", "max-jobs: 4\n  max-jobs: 5"]],
  [MAIN, ["groups: [g0, g7, g12]", "groups: [g0, g77, g12]"]],
  [MAIN, ["groups: [g0, g7, g12]", "groups: [g0, g7, g12"]],
  [MAIN, ["shells:", "shell:"]],
  [MAIN, ["AWS_PROFILE: dev", "AWS_PROFILE: $HOME/dev"]],
  [MAIN, ["AWS_PROFILE: dev", "AWS-PROFILE: dev"]],
  [MAIN, ["nixpkgs: ", "# "]],
  [MAIN, [/nixpkgs: .*/, "nixpkgs: nixos-24.05"]],
  [MAIN, [/nixpkgs: .*/, "nixpkgs: NixOS/nixpkgs"]],
  [MAIN, ["version: 1", "version: 2"]],
  [MAIN, ["name: large", "name: Large Platform"]],
  [MAIN, ["publicKey: cache", "# publicKey: cache"]],
  [MAIN, ["https://cache.nixos.org/", "http://cache.nixos.org/"]],
  [MAIN, ["6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=", "6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShj="]],
  [MAIN, ['stateVersion: "26.05"', 'stateVersion: "26.5"']],
  [MAIN, ['    stateVersion: "26.05"\n', ""]],
  [MAIN, ["part-4.yaml]", "part-5.yaml]"]],
  [MAIN, ["part-4.yaml]", "part-4.yaml, platform.yaml]"]],
  [MAIN, ["settings:\n", "trustedUsers: [root, ada]\nsettings:\n"]],
  [MAIN, ["settings:\n", "settings:\n  sandbox: false\n"]],
  [MAIN, ["settings:\n", "settings:\n\tsandbox: false\n"]],
  [MAIN, ["hosts:\n", "hosts:\n  g0: {}\n  builder: {}\n"]],
  [MAIN],
  ["spec/part-0.yaml", ["packages:\n", "packages:\n      - helm\n"]],
  ["spec/part-0.yaml", ["packages:\n", "packages:\n      - terraform\n"]],
  ["spec/part-0.yaml", ["packages:\n", "packages:\n      - kubeclt\n"]],
  ["spec/part-0.yaml", ["packages:\n", "packages:\n      - {}\n"]],
  ["spec/part-0.yaml", ["packages:", "pakages:"]],
  ["spec/part-0.yaml", ["  g5:", "  g0:"]],
  ["spec/part-0.yaml", ["  g5:", "  G5:"]],
  ["spec/part-0.yaml", ["groups:", "groups: &all"]],
  ["spec/part-0.yaml", ["groups:", "version: 1\ngroups:"]],
  ["spec/part-0.yaml"],
  ["spec/part-2.yaml", ["title: Group 15", "title: [Group 15"]],
  ["spec/part-2.yaml", ["title: Group 15", "title: Group: 15"]],
  ["spec/part-2.yaml", ["title: Group 15", "description: 5\n    title: Group 15"]],
  ["spec/part-2.yaml", ["packages:\n", "packages:\n      - python3Full\n      - docker\n"]],
  ["spec/part-2.yaml"],
];

interface Checked {
  readonly file: string;
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly hint?: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** What `check` says of the files on disk, by file, as one line for each finding. */
async function checked(): Promise<Map<string, string[]>> {
  const { report } = maskedOutcome(await check(system, optionsFor(MAIN)));
  const found = new Map<string, string[]>();
  for (const one of JSON.parse(toJson(report)).diagnostics as Checked[]) {
    // The output folder is not the editor's business.
    if (one.code.startsWith("output-")) continue;
    const text = one.hint === undefined ? one.message : `${one.message}\n${one.hint}`;
    const line = `${one.line}:${one.column}-${one.endLine}:${one.endColumn} ${one.severity} ${one.code} ${text}`;
    found.set(one.file, [...(found.get(one.file) ?? []), line]);
  }
  return found;
}

const shown = (diagnostics: readonly LspDiagnostic[]): string[] =>
  diagnostics.map(({ code, message, severity, range: { start, end } }) => {
    const place = `${start.line + 1}:${start.character + 1}-${end.line + 1}:${end.character + 1}`;
    return `${place} ${severity === 1 ? "error" : "warning"} ${code} ${message}`;
  });

const client = new LspClient(folder);
test.after(() => client.stop());

test(`${EDITS.length} edits: every diagnostic of every open file is the one of \`check\``, async () => {
  await client.start();
  const open = [MAIN, "spec/part-0.yaml", "spec/part-2.yaml"];
  for (const name of open) await client.open(name);
  let findings = 0;
  for (const [file, ...replaced] of EDITS) {
    let text = texts.get(file) ?? "";
    for (const [from, to] of replaced) {
      const next = text.replace(from, to);
      assert.is.not(next, text, `${from} is not in ${file}`);
      text = next;
    }
    void client.change(file, text);
    writeFileSync(join(folder, file), text);
    // The answer to a hover comes after all diagnostics of the newest texts.
    await client.request("textDocument/hover", file, { position: { line: 0, character: 1 } });
    const expected = await checked();
    for (const name of open) {
      const here = (expected.get(name) ?? []).sort();
      findings += here.length;
      assert.equal(shown(client.diagnostics(name)).sort(), here, `${name} after ${JSON.stringify(replaced.map(String))}`);
    }
  }
  assert.ok(findings > 30, `only ${findings} findings`);
});

test.run();
