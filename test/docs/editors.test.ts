import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseToml } from "smol-toml";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { blocksOf, flakewrightProgram } from "../support/guide.ts";
import { LspClient } from "../support/lsp-client.ts";
import { tempFolder, tempTree } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* docs/editors.md: each configuration has the form that the editor reads, and starts `flakewright lsp`. Neovim runs its own. */

const test = suite("documentation: editors");
const PAGE = "editors.md";

const [vscode, zed, jetbrains] = blocksOf(PAGE, "json").map((code) => JSON.parse(code));
const [helix] = blocksOf(PAGE, "toml").map((code) => parseToml(code));

/** Whether a command is the one that the last test starts. */
const starts = (command: string | undefined, args: readonly string[] | undefined): void =>
  assert.equal([command, args], ["flakewright", ["lsp"]]);

test("VS Code: the settings of the extension", () => {
  assert.equal(Object.keys(vscode), ["glspc.server.command", "glspc.server.commandArguments", "glspc.server.languageId"]);
  starts(vscode["glspc.server.command"], vscode["glspc.server.commandArguments"]);
  assert.equal(vscode["glspc.server.languageId"], ["yaml"]);
});

test("Helix: a server, and the language that uses it", () => {
  assert.equal(JSON.parse(JSON.stringify(helix)), {
    "language-server": { flakewright: { command: "flakewright", args: ["lsp"] } },
    language: [{ name: "yaml", "language-servers": ["flakewright", "yaml-language-server"] }],
  });
});

test("Zed: another program for a server that it knows", () => {
  assert.equal(Object.keys(zed.lsp), ["yaml-language-server"]);
  starts(zed.lsp["yaml-language-server"].binary.path, zed.lsp["yaml-language-server"].binary.arguments);
});

test("JetBrains: a template of LSP4IJ, whose command a shell runs", () => {
  assert.equal(Object.keys(jetbrains), ["id", "name", "programArgs", "fileTypeMappings"]);
  const command = /^sh -c "(\S+) (\S+)"$/.exec(jetbrains.programArgs.default) ?? [];
  starts(command[1], command.slice(2));
  assert.match(jetbrains.programArgs.windows, command.slice(1).join(" "));
  assert.equal(
    jetbrains.fileTypeMappings.map(({ languageId }: { languageId: string }) => languageId),
    ["yaml"],
  );
});

/** Opens a spec and prints the codes that are shown, after the configuration of the page. */
const SHOWN = `
vim.cmd("edit spec/platform.yaml")
assert(vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end, 20), "nothing is shown")
for _, one in ipairs(vim.diagnostic.get(0)) do io.stdout:write((one.code or "-") .. " " .. (one.lnum + 1) .. "\\n") end
vim.cmd("qall!")
`;

needs(test, ["nvim"])("Neovim: the configuration for its version shows diagnostics", () => {
  const [current = "", older = ""] = blocksOf(PAGE, "lua");
  const folder = tempTree({
    "spec/platform.yaml": `version: 1\nname: demo\nnixpkgs: "${"0".repeat(40)}"\ngroups: { k8s: { packages: [helm] } }\n`,
    "current.lua": current,
    "older.lua": older,
    "shown.lua": SHOWN,
  });
  mkdirSync(join(folder, ".git"));
  const bin = tempFolder();
  writeFileSync(join(bin, "flakewright"), `#!/bin/bash\n${flakewrightProgram()}\n`, { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync(
    "nvim",
    [
      ...["--headless", "--clean", "-n"],
      ...["-c", "filetype on", "-c", 'exe "luafile " .. (luaeval("vim.lsp.config ~= nil") ? "current.lua" : "older.lua")'],
      ...["-c", "luafile shown.lua", "-c", "cquit"],
    ],
    { cwd: folder, encoding: "utf8", timeout: 120_000, env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}` } },
  );
  assert.is(status, 0, stderr);
  assert.match(stdout, /^package-wrong-name 4$/m);
});

test("the command answers an editor", async () => {
  const client = new LspClient(tempFolder());
  await client.start();
  await client.stop();
});

test.run();
