import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { evaluate } from "../support/real-nixpkgs.ts";
import { repository, written } from "../support/spec.ts";
import { needs } from "../support/tools.ts";

/* The fleet of the example on a real nixpkgs with a real nix-darwin: each host is a system with its own tools and settings. */

const test = suite("hosts of three kinds");
const real = needs(test, ["nix", "nixpkgs", "nixDarwin"]);

const INPUTS = ["nixpkgs", "nix-darwin"];
const TOOLS = ["kubectl", "kubernetes-helm", "jq", "ripgrep", "skopeo"];
const tools = (packages: string) =>
  `builtins.filter (n: builtins.elem n [ ${TOOLS.map((name) => `"${name}"`).join(" ")} ]) (map (p: p.pname or "") ${packages})`;
const describe = (toplevel: string) => `host: {
  system = ${toplevel};
  tools = ${tools("host.config.environment.systemPackages")};
  jobs = host.config.nix.settings.max-jobs;
  builders = map (builder: builder.hostName) host.config.nix.buildMachines;
}`;

interface Described {
  readonly system: string;
  readonly tools: readonly string[];
  readonly jobs: number | string;
  readonly builders: readonly string[];
}

let folder: string;
test.before(() => {
  folder = written(readFileSync(join(repository, "spec/examples/fleet.yaml"), "utf8"));
});

const sorted = (names: readonly string[]) => [...names].sort();

real("two Macs are systems of nix-darwin, each with its own tools and settings", async () => {
  const macs = (await evaluate(
    folder,
    "darwinConfigurations",
    `builtins.mapAttrs (_: ${describe("host.system.drvPath")})`,
    INPUTS,
  )) as Record<string, Described>;
  assert.equal(Object.keys(macs), ["desk", "laptop"]);
  for (const { system, builders } of Object.values(macs)) {
    assert.match(system, /darwin-system-.*\.drv$/);
    assert.equal(builders, ["arm.example.net"]);
  }
  assert.equal(sorted(macs["desk"]?.tools ?? []), ["jq", "ripgrep"]);
  assert.equal(sorted(macs["laptop"]?.tools ?? []), ["jq", "kubectl", "kubernetes-helm", "ripgrep"]);
  assert.equal([macs["desk"]?.jobs, macs["laptop"]?.jobs], [8, 2]);
});

real("three NixOS hosts beside them are systems of their own", async () => {
  for (const [name, own, jobs] of [
    ["web", ["kubectl", "kubernetes-helm"], 2],
    ["db", ["skopeo"], 16],
    ["arm", ["jq", "kubectl", "kubernetes-helm", "ripgrep", "skopeo"], 2],
  ] as const) {
    const attribute = `nixosConfigurations.${name}`;
    const host = (await evaluate(folder, attribute, describe("host.config.system.build.toplevel.drvPath"), INPUTS)) as Described;
    assert.match(host.system, new RegExp(`nixos-system-${name}-.*\\.drv$`));
    assert.equal([sorted(host.tools), host.jobs], [own, jobs], name);
  }
});

real("the worker's package has the tools of its groups", async () => {
  assert.match((await evaluate(folder, "packages.x86_64-linux.host-worker-1.drvPath", "x: x", INPUTS)) as string, /\.drv$/);
});

test.run();
