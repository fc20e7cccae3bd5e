import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generate, type Options } from "../generator/commands.ts";
import { type Host, nodeHost } from "../generator/host.ts";
import { isUnchanged } from "../generator/memo.ts";
import { repository } from "./support/spec.ts";
import { tempTree } from "./support/temp.ts";

/* The memo may only ever answer yes when a full run would find nothing to do. */

const memo = suite("memo");
const SPEC = `version: 1
name: demo
nixpkgs: 0123456789abcdef0123456789abcdef01234567
groups:
  k8s: { packages: [kubectl] }
hosts:
  box: { system: x86_64-linux }
`;

async function generated(
  spec = SPEC,
  build: string | undefined = "b1",
): Promise<{ root: string; host: Host; unchanged: (build?: string, out?: string) => Promise<boolean> }> {
  const root = tempTree({ "spec/platform.yaml": spec });
  const host = nodeHost(root, { HOME: join(root, "home") });
  const options: Options = {
    spec: "spec/platform.yaml",
    out: "out",
    force: false,
    dryRun: false,
    strict: false,
    knowledge: join(repository, "generator/knowledge"),
    build,
  };
  const outcome = await generate(host, options);
  assert.is(outcome.status, 0, JSON.stringify(outcome.report.diagnostics));
  return {
    root,
    host,
    unchanged: (other = "b1", out = "out") => isUnchanged(host, { spec: "spec/platform.yaml", out, build: other }),
  };
}

memo("says yes after a run with nothing to say", async () => {
  const { unchanged } = await generated();
  assert.ok(await unchanged());
});

const disturbances: Record<string, (root: string) => void> = {
  "the spec was edited": (root) => appendFileSync(join(root, "spec/platform.yaml"), "# more\n"),
  "an output was edited": (root) => appendFileSync(join(root, "out/flake.nix"), "# mine\n"),
  "an output was replaced by the same number of bytes": (root) => writeFileSync(join(root, "out/.envrc"), "x".repeat(10)),
  "an output is gone": (root) => rmSync(join(root, "out/nix/packages.nix")),
  "the manifest is gone": (root) => rmSync(join(root, "out/.flakewright.json")),
  "the user's host file is gone": (root) => rmSync(join(root, "out/hosts/box.nix")),
  "a lock file appeared": (root) => writeFileSync(join(root, "out/flake.lock"), "{}"),
  "an index of packages appeared": (root) => mkdirSync(join(root, "home/.cache/flakewright/index"), { recursive: true }),
  "the memo is torn": (root) => {
    for (const name of ["memo"]) rmSync(join(root, "home/.cache/flakewright", name), { recursive: true });
  },
};
for (const [title, disturb] of Object.entries(disturbances)) {
  memo(`says no when ${title}`, async () => {
    const { root, unchanged } = await generated();
    assert.ok(await unchanged());
    disturb(root);
    assert.not(await unchanged());
  });
}

memo("an edited host file is the user's business", async () => {
  const { root, unchanged } = await generated();
  appendFileSync(join(root, "out/hosts/box.nix"), "# mine\n");
  assert.ok(await unchanged());
});

memo("says no for another build, another folder, and after a run that had something to say", async () => {
  const { root, unchanged } = await generated();
  assert.not(await unchanged("b2"));
  assert.not(await unchanged("b1", "elsewhere"));
  assert.not(
    await (await generated(SPEC.replace(/nixpkgs: .*/, "nixpkgs: nixos-26.05"))).unchanged(),
    "a warning must be said again",
  );
  assert.not(await (await generated(SPEC, "")).unchanged(), "sources change without a build");
  assert.ok(dirname(root));
});

memo("a home that can't be written is no failure", async () => {
  const root = tempTree({ "spec/platform.yaml": SPEC, home: "a file" });
  const host = nodeHost(root, { HOME: join(root, "home") });
  const outcome = await generate(host, {
    spec: "spec/platform.yaml",
    out: "out",
    force: false,
    dryRun: false,
    strict: false,
    knowledge: "none",
    build: "b1",
  });
  assert.is(outcome.status, 0);
});

memo.run();
