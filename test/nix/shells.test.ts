import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { written } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* Dev shells entered in a real `nix develop` on the fixture nixpkgs: the project's root, paths, files of variables and commands. */

const test = suite("dev shells");
const withNix = needs(test, FIXTURE_TOOLS);

let nix: Nix;
test.before(() => {
  nix = privateNix();
});

const SPEC = `version: 1
name: demo
groups:
  k8s: { packages: [kubectl] }
  dev: { packages: [jq] }
shells:
  k8s:
    env:
      KUBECONFIG: { path: ./.kube/config }
      PROJECT: { path: . }
      PATH: { prepend: [bin, /opt/demo/bin] }
      MANPATH: { prepend: [man] }
      XDG_DATA_DIRS: { append: [share] }
      CDPATH: { append: [x] }
    envFiles: [.env, { file: .env.local, optional: true }]
    hook: echo "hook $KUBECONFIG" >&2
commands:
  deploy: { help: Roll out to staging, run: 'echo "deploy $# $1|\${2-}"; grep -q x /dev/null; echo not reached', groups: [k8s] }
  where-is: { run: 'printf "%s\\n" "$FLAKEWRIGHT_ROOT"' }
`;

/** A project with its spec, its output folder and some folders. */
function project(files: Readonly<Record<string, string>> = {}): { root: string; out: string; deep: string } {
  const root = tempFolder();
  const out = written(SPEC);
  for (const folder of ["spec", "services/api/src"]) mkdirSync(join(root, folder), { recursive: true });
  const all = { "spec/platform.yaml": SPEC, ".env": "", ...files };
  for (const [path, text] of Object.entries(all)) writeFileSync(join(root, path), text);
  symlinkSync(out, join(root, "out"));
  return { root, out, deep: join(root, "services/api/src") };
}

const print = (...names: string[]) => ["bash", "-c", `printf '%s\\n' ${names.map((name) => `"$${name}"`).join(" ")}`];

withNix("paths are below the project's root from any folder in it", async () => {
  const { root, out, deep } = project();
  mkdirSync(join(root, ".git"));
  for (const cwd of [root, join(root, "services"), deep]) {
    const { status, stdout, stderr } = await nix.develop(out, "k8s", print("KUBECONFIG", "PROJECT", "PATH", "MANPATH"), { cwd });
    assert.is(status, 0, stderr);
    const [kubeconfig, folder, path = "", man] = stdout.split("\n");
    assert.is(kubeconfig, `${root}/.kube/config`);
    assert.is(folder, root);
    assert.ok(path.startsWith(`${root}/bin:/opt/demo/bin:`), path);
    assert.match(path, /kubectl/);
    assert.is(man, `${root}/man:`);
    assert.match(stderr, new RegExp(`hook ${root}/.kube/config`));
  }
});

withNix("commands are programs with arguments that end at the first error, and `menu` lists those of the shell", async () => {
  const { root, out, deep } = project();
  mkdirSync(join(root, ".git"));
  const failed = await nix.develop(out, "k8s", ["deploy", "a b", "$(touch x)"], { cwd: deep });
  assert.is(failed.stdout, "deploy 2 a b|$(touch x)\n");
  assert.is(failed.status, 1);
  assert.is((await nix.develop(out, "k8s", ["menu"], { cwd: deep })).stdout, "deploy    Roll out to staging\nwhere-is\n");
  assert.is((await nix.develop(out, "dev", ["menu"], { cwd: deep })).stdout, "where-is\n");
  assert.is((await nix.develop(out, "dev", ["where-is"], { cwd: deep })).stdout, `${root}\n`);
  const absent = await nix.develop(out, "dev", ["bash", "-c", "type deploy"], { cwd: deep });
  assert.is.not(absent.status, 0);
});

test.run();
