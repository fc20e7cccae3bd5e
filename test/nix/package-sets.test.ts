import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stringify } from "yaml";
import { run } from "../support/machine.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { functionCalls } from "../support/real-nixpkgs.ts";
import { written } from "../support/spec.ts";
import { hasAll, needs } from "../support/tools.ts";

/* A tool with `from:` in shells, packages, checks and machines; and the cost of a fleet and of a second package set. */

const test = suite("package sets");
const withNix = needs(test, FIXTURE_TOOLS);
const real = needs(test, ["nix", "nixpkgs"]);

let nix: Nix;
let old: string;
test.before(async () => {
  nix = privateNix();
  if (hasAll(FIXTURE_TOOLS)) old = await nix.fixture({ kubectl: "1.29.9" });
});

const plain = { version: 1, name: "demo", nixpkgs: "nixos-24.05", systems: ["x86_64-linux"] };
const held = { package: "kubectl", name: "kubectl-1-29", from: "k8s-1-29" };
const withHeld = stringify({
  ...plain,
  inputs: { "k8s-1-29": "github:NixOS/nixpkgs/nixos-23.11" },
  groups: { k8s: { packages: ["kubectl", "jq"] }, held: { packages: [held] } },
  shells: { mixed: { groups: ["held"], packages: ["kubernetes-helm"] } },
  buildUsers: { roles: [{ role: "old", groups: ["held"] }] },
  hosts: { web: { stateVersion: "24.05" }, old: { groups: ["held"], stateVersion: "24.05" } },
});
const withoutHeld = stringify({
  ...plain,
  groups: { k8s: { packages: ["kubectl", "jq"] } },
  hosts: { web: { stateVersion: "24.05" } },
});

withNix("two versions of a tool exist side by side, in shells, packages, checks and machines alike", async () => {
  const folder = written(withHeld);
  const inputs = { "k8s-1-29": old };
  for (const [shell, version] of [
    ["k8s", "1.30.1"],
    ["held", "1.29.9"],
    ["mixed", "1.29.9"],
  ] as const) {
    const { status, stdout, stderr } = await nix.develop(folder, shell, ["kubectl"], { inputs });
    assert.is(status, 0, stderr);
    assert.match(stdout, new RegExp(`^kubectl ${version}`), shell);
  }
  for (const attribute of ["packages.x86_64-linux.held", "checks.x86_64-linux.role-old"]) {
    const { stdout } = await run([join(await nix.build(folder, attribute, { inputs }), "bin/kubectl")]);
    assert.match(stdout, /^kubectl 1\.29\.9/, attribute);
  }
  const installed =
    'machine: builtins.filter (name: builtins.match "kubectl-.*" name != null) (map (tool: tool.name) machine.config.environment.systemPackages)';
  assert.equal(await nix.evalFlake(folder, "nixosConfigurations.old", { inputs, apply: installed }), ["kubectl-1.29.9"]);
  assert.equal(await nix.evalFlake(folder, "nixosConfigurations.web", { inputs, apply: installed }), [
    "kubectl-1.30.1",
    "kubectl-1.29.9",
  ]);
});

/** The function calls of evaluating an attribute, on the fixture or on the real nixpkgs for every input. */
const onFixture = async (folder: string, attribute: string, inputs: Readonly<Record<string, string>> = {}) =>
  (await nix.calls(folder, attribute, { inputs })).functionCalls;

withNix("only shells that use the second package set evaluate it", async () => {
  const folder = written(withHeld);
  const inputs = { "k8s-1-29": old };
  const shell = "devShells.x86_64-linux.k8s.drvPath";
  assert.is(await onFixture(folder, shell, inputs), await onFixture(written(withoutHeld), shell));
});

real(
  "on a real nixpkgs the shell without the second package set takes the same calls, and the one with it a second import",
  async () => {
    const folder = written(withHeld);
    const inputs = ["nixpkgs", "k8s-1-29"];
    const without = await functionCalls(written(withoutHeld), "devShells.x86_64-linux.k8s.drvPath");
    assert.is(await functionCalls(folder, "devShells.x86_64-linux.k8s.drvPath", inputs), without);
    assert.ok((await functionCalls(folder, "devShells.x86_64-linux.held.drvPath", inputs)) > 1.2 * without);
  },
);

/** A fleet of this size; all hosts have the groups and builders of the first. */
const fleet = (count: number) =>
  stringify({
    ...plain,
    groups: { k8s: { packages: ["kubectl"] }, dev: { packages: ["jq"] } },
    hosts: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `web-${index}`,
        { groups: ["k8s"], stateVersion: "24.05", deploy: { target: `web-${index}.example.net`, tags: ["web"] } },
      ]),
    ),
    builders: [{ host: "web-0" }, { host: "arm.example.net", systems: ["aarch64-linux"] }],
  });
const HOST = "nixosConfigurations.web-0.config.system.build.toplevel.drvPath";

withNix("a machine of a thousand takes no more calls than the same machine alone", async () => {
  const alone = await onFixture(written(fleet(1)), HOST);
  const among = await onFixture(written(fleet(1000)), HOST);
  assert.ok(alone > 10_000, "the machine was evaluated");
  assert.ok(among <= 1.01 * alone, `${among} calls, alone ${alone}`);
});

real("the same on a real nixpkgs", async () => {
  const alone = await functionCalls(written(fleet(1)), HOST);
  const among = await functionCalls(written(fleet(1000)), HOST);
  assert.ok(among <= 1.01 * alone, `${among} calls, alone ${alone}`);
});

test.run();
