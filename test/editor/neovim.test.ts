import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CLI } from "../support/cli.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* Neovim, Debian's own, as a user has it: it starts the server, shows diagnostics, applies a code action, renames over two files. */

const test = suite("Neovim");

const SPEC = `include: [base.yaml]
version: 1
name: demo
nixpkgs: "${"0".repeat(40)}"
groups:
  cloud: { packages: [helm] }
shells:
  ops: { groups: [k8s, cloud] }
`;
const BASE = "groups:\n  k8s: { packages: [kubectl] } # shared\n";

/** What a user does, as Lua; each result is a line of JSON. Works from Neovim 0.7 on. */
const SCRIPT = `
local function say(value) io.stdout:write(vim.json.encode(value) .. "\\n") end
local function within(seconds, done) assert(vim.wait(seconds * 1000, done, 20), "timed out") end
vim.cmd("edit spec/platform.yaml")
local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({ name = "flakewright", cmd = vim.json.decode(vim.env.SERVER), root_dir = vim.fn.getcwd() })
vim.lsp.buf_attach_client(buffer, client)
within(60, function() return #vim.diagnostic.get(buffer) > 0 end)
for _, one in ipairs(vim.diagnostic.get(buffer)) do
  say({ shown = one.message, line = one.lnum + 1, column = one.col + 1, source = one.source })
end
-- A quick fix on the word helm: the user picks the first.
vim.ui.select = function(items, _, choose) choose(items[1], 1) end
vim.fn.search("helm")
vim.lsp.buf.code_action()
within(60, function() return vim.fn.search("kubernetes-helm", "nw") > 0 end)
within(60, function() return #vim.diagnostic.get(buffer) == 0 end)
say({ fixed = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)[6] })
vim.fn.search("k8s")
vim.lsp.buf.rename("platform")
within(60, function() return vim.fn.search("platform, cloud", "nw") > 0 end)
vim.cmd("silent wall")
say({ renamed = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)[8] })
vim.lsp.stop_client(client)
vim.cmd("qall!")
`;

needs(test, ["nvim"])("diagnostics are shown, a code action is applied, a rename changes two files", () => {
  const folder = tempFolder();
  for (const name of ["spec", ".git"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "spec/platform.yaml"), SPEC);
  writeFileSync(join(folder, "spec/base.yaml"), BASE);
  writeFileSync(join(folder, "user.lua"), SCRIPT);
  const { status, stdout, stderr } = spawnSync("nvim", ["--headless", "--clean", "-n", "-c", "luafile user.lua", "-c", "cquit"], {
    cwd: folder,
    encoding: "utf8",
    timeout: 180_000,
    env: { ...process.env, SERVER: JSON.stringify([process.execPath, ...CLI, "lsp"]), XDG_STATE_HOME: folder },
  });
  const said = stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  assert.is(status, 0, stderr);
  assert.is(said.length, 3, stdout);
  assert.match(said[0].shown, "kubernetes-helm");
  assert.equal([said[0].line, said[0].column, said[0].source], [6, 23, "flakewright"]);
  assert.is(said[1].fixed, "  cloud: { packages: [kubernetes-helm] }");
  assert.is(said[2].renamed, "  ops: { groups: [platform, cloud] }");
  assert.is(readFileSync(join(folder, "spec/base.yaml"), "utf8"), BASE.replace("k8s", "platform"));
  assert.match(readFileSync(join(folder, "spec/platform.yaml"), "utf8"), "groups: [platform, cloud]");
});

test.run();
