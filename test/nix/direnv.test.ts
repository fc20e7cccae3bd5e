import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { underDirenv } from "../support/direnv.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { compileText } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";

/* The generated .envrc in a real direnv, and in nix-direnv where $FLAKEWRIGHT_NIX_DIRENV has its source. */

const test = suite("direnv");
const withDirenv = needs(test, [...FIXTURE_TOOLS, "direnv", "zsh"]);

let nix: Nix;
test.before(() => {
  nix = privateNix();
});

const spec = (nixpkgs: string, tools: string) => `version: 1
name: demo
nixpkgs: path:${nixpkgs}
groups: { k8s: { packages: [${tools}] } }
shells:
  default:
    env: { KUBECONFIG: { path: .kube/config }, PATH: { prepend: [bin] }, TEXT: "$(touch ran) \`touch ran\`" }
    envFiles: [.env]
commands:
  deploy: { help: Roll out, run: 'printf "%s|" "$KUBECONFIG" "$@"; false; echo not reached' }
`;

/** Writes the output of a spec as `generate` does: a file of the same bytes is not touched. */
function generate(root: string, text: string): void {
  for (const { path, text: content, mode } of compileText(text, true, "spec/platform.yaml").files ?? []) {
    const file = join(root, "out", path);
    mkdirSync(join(file, ".."), { recursive: true });
    if (!existsSync(file) || readFileSync(file, "utf8") !== content) writeFileSync(file, content, { mode });
  }
}

const inZsh = (root: string, folder: string, commands: string, direnvrc = "") =>
  underDirenv(nix, join(root, "..", "home"), { shell: "zsh", allowed: join(root, "out"), folder, commands, direnvrc });

async function project(): Promise<{ root: string; fixture: string }> {
  const root = join(tempFolder(), "project");
  // Of a Git repository, Nix would take the tracked files only.
  mkdirSync(join(root, ".jj"), { recursive: true });
  mkdirSync(join(root, "out"));
  writeFileSync(join(root, "out/.flakewright.json"), "{}");
  writeFileSync(join(root, ".env"), "GREETING='hello $(touch ran)'\n");
  return { root, fixture: await nix.fixture() };
}

withDirenv("variables, files of variables and commands work in zsh", async () => {
  const { root, fixture } = await project();
  generate(root, spec(fixture, "kubectl"));
  const lines = inZsh(
    root,
    join(root, "out"),
    'kubectl; print -r -- "$KUBECONFIG" "$TEXT" "$GREETING" "$FLAKEWRIGHT_ROOT"; print -r -- "${PATH%%:*}"; deploy "a b" c; print $?; menu',
  ).stdout.split("\n");
  assert.match(lines[0] ?? "", /^kubectl /);
  assert.is(lines[1], `${root}/.kube/config $(touch ran) \`touch ran\` hello $(touch ran) ${root}`);
  assert.is(lines[2], `${root}/bin`);
  assert.is(lines[3], `${root}/.kube/config|a b|c|1`);
  assert.is(lines[4], "deploy  Roll out");
  assert.not(existsSync(join(root, "out/ran")));
  assert.not(existsSync(join(root, "ran")));
});

withDirenv("direnv watches every file that the shell depends on, and the files of variables", async () => {
  const { root, fixture } = await project();
  generate(root, spec(fixture, "kubectl"));
  const dump = inZsh(root, join(root, "out"), 'direnv show_dump "$DIRENV_WATCHES"').stdout;
  const names =
    "flake.nix flake.lock nix/package-sets.nix nix/tool-groups.nix nix/available.nix nix/dev-shells.nix nix/shell-entry.sh nix/commands.nix nix/write-commands.sh";
  for (const name of names.split(" ")) assert.ok(dump.includes(`"${root}/out/${name}"`), `${name}\n${dump}`);
  assert.ok(dump.includes(`"${root}/.env"`), dump);
});

needs(test, [...FIXTURE_TOOLS, "direnv", "zsh", "nixDirenv"])(
  "nix-direnv has a new tool at the next prompt, and its cache otherwise",
  async () => {
    const { root, fixture } = await project();
    const source = `source ${join(tool("nixDirenv") ?? "", "direnvrc")}`;
    const prompt = (commands: string) => inZsh(root, join(root, "out"), commands, source);
    generate(root, spec(fixture, "kubectl"));
    assert.match(prompt("kubectl").stderr, /Renewed cache/);
    assert.match(prompt("kubectl").stderr, /Using cached dev shell/);
    generate(root, spec(fixture, "kubectl, jq"));
    assert.match(prompt("jq").stdout, /^jq /);
    writeFileSync(join(root, ".env"), "GREETING=bye\n");
    const { stdout, stderr } = prompt('print -r -- "$GREETING"');
    assert.is(stdout, "bye\n");
    assert.match(stderr, /Using cached dev shell/, "variables of a file need no evaluation");
  },
);

test.run();
