import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { evaluate } from "../support/real-nixpkgs.ts";
import { compileText, repository, written } from "../support/spec.ts";
import { needs, tool } from "../support/tools.ts";

/* Deployment with deploy-rs: its own source evaluates the output, and its own schema accepts it. */

const test = suite("deploy-rs");
const real = needs(test, ["nix", "nixpkgs", "nixDarwin", "deployRs"]);

const example = readFileSync(join(repository, "spec/examples/deploy-rs.yaml"), "utf8");
const INPUTS = ["nixpkgs", "nix-darwin", "deploy-rs", "deploy-rs/utils", "deploy-rs/utils/systems", "deploy-rs/flake-compat"];

test("deploy-rs replaces colmena, and another deployer needs no input", () => {
  const generate = (spec: string) => new Map((compileText(spec).files ?? []).map(({ path, text }) => [path, text]));
  const files = generate(example);
  assert.not(files.has("nix/hive.nix"));
  assert.match(files.get("flake.nix") ?? "", /github:serokell\/deploy-rs/);
  assert.match(files.get("ARCHITECTURE.md") ?? "", /nix run \.#deploy -- \.#mac/);
  const colmena = generate(example.replace("deployer: deploy-rs", "deployer: colmena"));
  assert.ok(colmena.has("nix/hive.nix"));
  assert.not(colmena.has("nix/deploy.nix"));
  assert.not.match(colmena.get("flake.nix") ?? "", /deploy-rs/);
});

real("deploy-rs evaluates a profile for each kind of host, and its schema accepts them", async () => {
  const apply =
    "d: { nodes = builtins.mapAttrs (_: n: n // { profiles = builtins.mapAttrs (_: p: p // { path = p.path.drvPath; }) n.profiles; }) d.nodes; }";
  const deploy = (await evaluate(written(example), "deploy", apply, INPUTS)) as {
    nodes: Record<string, { profiles: Record<string, { path: string }> }>;
  };
  const paths = Object.entries(deploy.nodes).map(([name, { profiles }]) => [
    name,
    ...Object.entries(profiles).map(([profile, { path }]) => `${profile} ${path.replace(/^[^-]*-([a-z-]*[a-z]).*/, "$1")}`),
  ]);
  assert.equal(paths, [
    ["mac", "system activatable-darwin-system"],
    ["web", "system activatable-nixos-system-web"],
    ["worker", "flakewright activatable-host-worker"],
  ]);
  const { $schema: _, ...schema } = JSON.parse(readFileSync(join(tool("deployRs") ?? "", "interface.json"), "utf8"));
  const check = new Ajv2019({ strict: false }).compile(schema);
  assert.ok(check(deploy), JSON.stringify(check.errors));
});

real("its checks are flake checks of the systems that can build them", async () => {
  const checks = (await evaluate(written(example), "checks", "builtins.mapAttrs (_: c: builtins.attrNames c)", INPUTS)) as Record<
    string,
    string[]
  >;
  for (const names of Object.values(checks))
    for (const name of ["deploy-activate", "deploy-schema"]) assert.ok(names.includes(name), name);
  const drv = (await evaluate(written(example), "checks.x86_64-linux.deploy-schema.drvPath", "x: x", INPUTS)) as string;
  assert.match(drv, /\.drv$/);
});

test.run();
