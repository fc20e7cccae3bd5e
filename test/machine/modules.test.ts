import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generated } from "../support/machine.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { needs } from "../support/tools.ts";

/* The modules for Home Manager and nix-darwin, merged by the module system into the options that those two declare. */

const SPEC = `
version: 1
name: demo
groups:
  k8s: { packages: [kubectl, { package: kubernetes-helm, name: helm }] }
  cloud: { packages: [awscli2, mas] }
settings: { experimental-features: [nix-command, flakes], auto-optimise-store: true, max-jobs: 2 }
substituters:
  - { url: "https://cache.nixos.org/", publicKey: "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" }
trustedUsers: [root]
gc: { automatic: true, dates: daily, olderThan: 7d }
buildUsers: { roles: [{ role: a }, { role: b }] }
users:
  alice: { settings: { max-jobs: 1, access-tokens: {} } }
`;

/** Options as Home Manager and nix-darwin declare them. nix-darwin also defines some, which our module must override. */
const OPTIONS = `{ lib, config, ... }: let any = lib.mkOption { type = lib.types.anything; default = { }; }; list = lib.mkOption { type = lib.types.listOf lib.types.raw; default = [ ]; }; in {
  options = {
    home.packages = list;
    home.username = lib.mkOption { type = lib.types.str; default = ""; };
    environment.systemPackages = list;
    warnings = list;
    nix.enable = lib.mkOption { type = lib.types.bool; default = true; };
    nix.package = any;
    nix.gc = any;
    nix.optimise = any;
    nix.settings = lib.mkOption { default = { }; type = lib.types.attrsOf (lib.types.either (lib.types.listOf lib.types.str) (lib.types.oneOf [ lib.types.bool lib.types.int lib.types.str ])); };
  };
  config = lib.mkIf (config.home.username == "") {
    nix.settings.substituters = [ "https://cache.nixos.org/" ];
    nix.settings.trusted-public-keys = [ "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" ];
  };
}`;

const test = suite("modules for Home Manager and nix-darwin");
const withNix = needs(test, FIXTURE_TOOLS);
let nix: Nix;
let out: string;
test.before(() => {
  out = generated(SPEC);
  nix = privateNix();
});

interface Merged {
  readonly packages: string[];
  readonly warnings: string[];
  readonly nix: Record<string, unknown>;
}

async function merge(module: string, system: string, own: string): Promise<Merged> {
  const nixpkgs = await nix.fixture();
  return (await nix.eval(`
    let
      pkgs = import ${nixpkgs} { system = "${system}"; };
      inherit (pkgs) lib;
      config = (lib.evalModules {
        modules = [ (${OPTIONS}) ${join(out, "modules", module)} { _module.args = { inherit pkgs; }; } (${own}) ];
      }).config;
      name = package: package.pname or package.name;
    in
    {
      packages = map name (lib.concatMap (package: package.paths or [ package ]) (config.home.packages ++ config.environment.systemPackages));
      inherit (config) warnings;
      nix = { inherit (config.nix) settings gc optimise; package = if config.nix.package == { } then null else name config.nix.package; };
    }`)) as Merged;
}

withNix("Home Manager: a user of the spec gets its settings and the enabled groups", async () => {
  const alice = await merge(
    "home-manager.nix",
    "x86_64-linux",
    `{ home.username = "alice"; flakewright.groups.k8s.enable = true; }`,
  );
  assert.equal(alice.packages, ["kubectl", "kubernetes-helm"]);
  assert.equal(alice.nix.settings, { "max-jobs": 1, "access-tokens": [] });
  assert.is(alice.nix.package, "nix");
  const bob = await merge(
    "home-manager.nix",
    "x86_64-linux",
    `{ home.username = "bob"; flakewright.groups.cloud.enable = true; }`,
  );
  assert.equal(bob.packages, ["awscli2"]);
  assert.match(bob.warnings[0]!, /mas is left out: made for other systems than x86_64-linux/);
  assert.equal(bob.nix.settings, {});
  assert.is(bob.nix.package, null);
});

withNix("nix-darwin: lists are exactly the spec's, and the setting that corrupts a store on macOS is off", async () => {
  const mac = await merge("darwin.nix", "aarch64-darwin", "{ flakewright.groups.cloud.enable = true; }");
  assert.equal(mac.packages, ["awscli2", "mas"]);
  assert.equal(mac.nix, {
    package: null,
    gc: { automatic: true, interval: { Hour: 3, Minute: 15 }, options: "--delete-older-than 7d" },
    optimise: { automatic: true },
    settings: {
      "experimental-features": ["nix-command", "flakes"],
      "max-jobs": 2,
      substituters: ["https://cache.nixos.org/"],
      "trusted-public-keys": ["cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="],
      "trusted-users": ["root"],
    },
  });
});

withNix("nix-darwin with Determinate's Nix: nix.conf is not managed", async () => {
  const mac = await merge("darwin.nix", "aarch64-darwin", "{ nix.enable = false; }");
  assert.equal(mac.nix, {
    package: null,
    gc: {},
    optimise: {},
    settings: {
      "trusted-public-keys": ["cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="],
      substituters: ["https://cache.nixos.org/"],
    },
  });
});

test.run();
