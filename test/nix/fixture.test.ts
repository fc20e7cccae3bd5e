import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { tempTree } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/*
 * The fixture nixpkgs and the private Nix, tested with a flake written by hand: the tests of generated flakes rely on both.
 */

const test = suite("fixture nixpkgs");
const withNix = needs(test, FIXTURE_TOOLS);

let nix: Nix;
let flake: string;

test.before(() => {
  nix = privateNix();
  flake = tempTree({ "flake.nix": handWritten, "host.nix": host });
});

const handWritten = `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.05";
  outputs =
    { nixpkgs, ... }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ];
      each = f: builtins.listToAttrs (map (system: { name = system; value = f (import nixpkgs { inherit system; }); }) systems);
      k8s = pkgs: [ pkgs.kubectl pkgs.kubernetes-helm ];
      available = pkgs: builtins.filter (tool: tool.meta.available) [ pkgs.htop pkgs.iotop pkgs.mas pkgs.terraform pkgs.openssl_1_1 ];
    in
    {
      devShells = each (pkgs: {
        k8s = pkgs.mkShellNoCC { packages = k8s pkgs; };
        refined = pkgs.mkShellNoCC {
          packages = [ pkgs.jq ];
          env.GREETING = "it's \\\${HOME} & \\"\\n";
          shellHook = "echo hooked: $(jq)";
        };
        monitoring = pkgs.mkShellNoCC { packages = available pkgs; };
      });
      packages = each (pkgs: {
        k8s = pkgs.buildEnv { name = "k8s"; paths = k8s pkgs; };
        twice = pkgs.buildEnv { name = "twice"; paths = [ pkgs.nixfmt-rfc-style (pkgs.writeShellScriptBin "nixfmt" "") ]; };
        twice-anyway = pkgs.buildEnv { name = "twice"; paths = [ pkgs.nixfmt-rfc-style (pkgs.writeShellScriptBin "nixfmt" "") ]; ignoreCollisions = true; };
        script = pkgs.writeShellApplication { name = "script"; runtimeInputs = [ pkgs.jq ]; text = "jq; echo \\"$@\\""; };
      });
      checks = each (pkgs: { runs = pkgs.runCommand "runs" { nativeBuildInputs = k8s pkgs; } "kubectl > $out"; });
      formatter = each (pkgs: pkgs.nixfmt-rfc-style);
      nixosModules.default = { lib, ... }: {
        nix.settings.trusted-users = lib.mkForce [ "root" "alice" ];
        nix.nrBuildUsers = 2;
        users.users.nixbld1.description = lib.mkForce "AWS provider builds";
      };
      nixosConfigurations.builder = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        modules = [ ./host.nix { nix.settings.keep-outputs = true; } ];
      };
    };
}
`;

const host = `{ config, lib, pkgs, ... }: {
  networking.hostName = "builder";
  system.stateVersion = "24.05";
  environment.systemPackages = [ pkgs.kubectl ];
  nix.settings.substituters = lib.mkForce [ "https://example.net/" ];
  nix.settings.trusted-users = lib.mkForce [ "root" "alice" ];
  nix.nrBuildUsers = 2;
  users.users.nixbld1.description = lib.mkForce "AWS provider builds";
  users.users.alice = { isNormalUser = true; group = "users"; };
  users.groups.users = { };
  boot.loader.grub.device = "/dev/sda";
}
`;

/** Nix's stderr without the notice that `--no-write-lock-file` causes. */
function withoutLockNotice(stderr: string): string {
  return stderr.replace(/^warning: not writing modified lock file.*$/m, "");
}

withNix("nix flake check passes and runs the checks", async () => {
  const checked = await nix.check(flake);
  assert.is(checked.status, 0, checked.stderr);
  assert.not.match(withoutLockNotice(checked.stderr), /warning|ignored|download/);
});

withNix("nix develop runs a stub", async () => {
  const entered = await nix.develop(flake, "k8s", ["kubectl"]);
  assert.is(entered.stdout, "kubectl 1.30.1\n", entered.stderr);
  assert.is(entered.status, 0);
  // No warning, and no fallback to another bash.
  assert.not.match(withoutLockNotice(entered.stderr), /warning|error/);
});

withNix("nix develop has env and hook unchanged", async () => {
  const entered = await nix.develop(flake, "refined", ["bash", "-c", 'printf %s "$GREETING"; echo; type -p jq bash']);
  const [hooked, first, second, jq, bash] = entered.stdout.split("\n");
  assert.equal([hooked, first, second], ["hooked: jq 1.7.1", `it's \${HOME} & "`, ""], entered.stderr);
  assert.match(jq!, /-jq-1\.7\.1\/bin\/jq$/);
  assert.match(bash!, /-bash-5\.2\/bin\/bash$/);
});

withNix("nix develop returns the command's exit status", async () => {
  assert.is((await nix.develop(flake, "k8s", ["bash", "-c", "exit 7"])).status, 7);
});

withNix("buildEnv links the programs, and refuses two of one name", async () => {
  const out = await nix.build(flake, "k8s");
  assert.equal(readdirSync(join(out, "bin")), ["helm", "kubectl"]);
  assert.ok(lstatSync(join(out, "bin/helm")).isSymbolicLink());
  assert.ok(!lstatSync(join(out, "bin")).isSymbolicLink());
  const collided = await nix.build(flake, "twice").catch((error: Error) => error.message);
  assert.match(String(collided), /collision between/);
  assert.equal(readdirSync(join(await nix.build(flake, "twice-anyway"), "bin")), ["nixfmt"]);
});

withNix("a shell application finds its inputs and gets its arguments", async () => {
  const result = await nix.must([
    "run",
    `path:${flake}#script`,
    "--no-write-lock-file",
    "--override-input",
    "nixpkgs",
    `path:${await nix.fixture()}`,
    "--",
    "a b",
  ]);
  assert.is(result, "jq 1.7.1\na b\n");
});

withNix("each system evaluates to its own derivations", async () => {
  const paths = new Set<unknown>();
  for (const system of ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]) {
    paths.add(await nix.evalFlake(flake, `devShells.${system}.k8s.drvPath`));
    paths.add(await nix.evalFlake(flake, `packages.${system}.k8s.drvPath`));
  }
  assert.is(paths.size, 6);
});

withNix("availability depends on the system and the licence", async () => {
  const names = "shell: map (tool: tool.name) shell.nativeBuildInputs";
  const linux = await nix.evalFlake(flake, "devShells.x86_64-linux.monitoring", { apply: names });
  const darwin = await nix.evalFlake(flake, "devShells.aarch64-darwin.monitoring", { apply: names });
  assert.equal(linux, ["htop-3.3.0", "iotop-0.6"]);
  assert.equal(darwin, ["htop-3.3.0", "mas-1.8.6"]);
});

const refusals: [attribute: string, config: string, want: RegExp][] = [
  ["terraform", "{ }", /Package ‘terraform-1.8.3’ has an unfree license \(‘bsl11’\), refusing to evaluate/],
  ["terraform", "{ allowUnfree = true; }", /\.drv/],
  ["terraform", '{ allowUnfreePredicate = package: lib.getName package == "terraform"; }', /\.drv/],
  ["terraform", '{ allowUnfreePredicate = package: lib.getName package == "vault"; }', /unfree license/],
  ["openssl_1_1", "{ }", /Package ‘openssl-1.1.1w’ is marked as insecure/],
  ["openssl_1_1", '{ permittedInsecurePackages = [ "openssl-1.1.1w" ]; }', /\.drv/],
  ["yq-broken", "{ }", /is marked as broken/],
  ["mas", "{ }", /is not available on the requested hostPlatform/],
  ["mas", "{ allowUnsupportedSystem = true; }", /\.drv/],
  ["azure", "{ }", /renamed to\/replaced by 'azure-cli'/],
];
for (const [attribute, config, want] of refusals) {
  withNix(`${attribute} with config ${config}`, async () => {
    const nixpkgs = await nix.fixture();
    const expression = `let lib = import ${nixpkgs}/lib; in (import ${nixpkgs} { system = "x86_64-linux"; config = ${config}; }).${attribute}.drvPath`;
    const got = await nix.eval(expression).catch((error: Error) => error.message);
    assert.match(String(got), want);
  });
}

withNix("a NixOS host merges as NixOS does, and builds", async () => {
  const config = (await nix.evalFlake(flake, "nixosConfigurations.builder.config", {
    apply: `config: {
      inherit (config.nix.settings) substituters trusted-users trusted-public-keys keep-outputs sandbox;
      users = builtins.mapAttrs (_: user: user.description) config.users.users;
      packages = map (package: package.pname) config.environment.systemPackages;
    }`,
  })) as Record<string, unknown>;
  assert.equal(config, {
    "keep-outputs": true,
    packages: ["kubectl", "nix"],
    sandbox: true,
    substituters: ["https://example.net/"],
    "trusted-public-keys": ["cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="],
    "trusted-users": ["root", "alice"],
    users: { alice: "", nixbld1: "AWS provider builds", nixbld2: "Nix build user 2", root: "" },
  });
  const toplevel = await nix.build(flake, "nixosConfigurations.builder.config.system.build.toplevel");
  assert.match(readFileSync(join(toplevel, "etc/nix/nix.conf"), "utf8"), /^substituters = https:\/\/example\.net\/$/m);
  assert.equal(readdirSync(join(toplevel, "sw/bin")), ["kubectl", "nix"]);
});

/** The module system: the result of a list of modules with `options` like these, in the fixture and in the real nixpkgs. */
const merging: [name: string, modules: string, want: unknown | RegExp][] = [
  ["lists join, the later module's first", "[ { list = [ 1 ]; } { list = [ 2 ]; } ]", { list: [2, 1] }],
  [
    "an import's list comes before the importing module's",
    "[ { list = [ 1 ]; imports = [ { list = [ 2 ]; imports = [ { list = [ 3 ]; } ]; } { list = [ 4 ]; } ]; } { list = [ 5 ]; } ]",
    { list: [3, 4, 2, 5, 1] },
  ],
  ["mkMerge keeps its order", "[ { list = lib.mkMerge [ [ 1 ] [ 2 ] ]; } ]", { list: [1, 2] }],
  [
    "mkAfter and mkBefore",
    "[ { list = lib.mkAfter [ 1 ]; } { list = [ 2 ]; } { list = lib.mkBefore [ 3 ]; } ]",
    { list: [3, 2, 1] },
  ],
  ["mkForce wins", "[ { list = [ 1 ]; } { list = lib.mkForce [ 2 ]; } ]", { list: [2] }],
  ["mkDefault loses", '[ { text = lib.mkDefault "a"; } { text = "b"; } ]', { text: "b" }],
  ["mkIf inside mkMerge", '[ { text = lib.mkMerge [ (lib.mkIf false "a") (lib.mkIf true "b") ]; } ]', { text: "b" }],
  [
    "a condition on the configuration itself",
    '[ { text = "on"; } ({ config, ... }: { config = lib.mkIf (config.text == "on") { list = [ 1 ]; }; }) ]',
    { text: "on", list: [1] },
  ],
  ["an import", '[ { imports = [ { text = "imported"; } ]; list = [ 1 ]; } ]', { text: "imported", list: [1] }],
  [
    "a set of submodules",
    '[ { set.a.size = 1; } { set.a.label = "x"; set.b = { }; } ]',
    { set: { a: { label: "x", size: 1 }, b: { label: "b", size: 0 } } },
  ],
  [
    "a freeform set",
    '[ { free.known = "a"; free.other = [ 1 ]; } { free.other = [ 2 ]; } ]',
    { free: { known: "a", other: [1, 2] } },
  ],
  ["an unknown option", "[ { nope = 1; } ]", /The option `nope' does not exist/],
  ["a wrong type", "[ { text = 1; } ]", /A definition for option `text' is not of type `string'/],
  ["a conflict", '[ { text = "a"; } { text = "b"; } ]', /The option `text' has conflicting definition values/],
];
const declarations = `{
  options = {
    list = lib.mkOption { type = lib.types.listOf lib.types.int; default = [ ]; };
    text = lib.mkOption { type = lib.types.str; default = ""; };
    set = lib.mkOption {
      default = { };
      type = lib.types.attrsOf (lib.types.submodule ({ name, ... }: {
        options.size = lib.mkOption { type = lib.types.int; default = 0; };
        options.label = lib.mkOption { type = lib.types.str; default = name; };
      }));
    };
    free = lib.mkOption {
      default = { };
      type = lib.types.submodule {
        freeformType = lib.types.attrsOf (lib.types.either lib.types.int (lib.types.listOf lib.types.int));
        options.known = lib.mkOption { type = lib.types.str; default = ""; };
      };
    };
  };
}`;

const libraries: [name: string, register: typeof withNix, folder: () => Promise<string>][] = [
  ["fixture", withNix, () => nix.fixture()],
  ["real nixpkgs", needs(test, [...FIXTURE_TOOLS, "nixpkgs"]), async () => process.env.FLAKEWRIGHT_NIXPKGS!],
];
for (const [library, register, folder] of libraries) {
  register(`modules merge as they should: ${library}`, async () => {
    const lib = `import ${await folder()}/lib`;
    for (const [name, modules, want] of merging) {
      const expression = `let lib = ${lib}; in (lib.evalModules { modules = [ ${declarations} ] ++ ${modules}; }).config`;
      const got = await nix.eval(expression).catch((error: Error) => error.message);
      if (want instanceof RegExp) assert.match(String(got), want, name);
      else assert.equal(got, { free: { known: "" }, list: [], set: {}, text: "", ...(want as object) }, name);
    }
  });
}

withNix("an updated fixture has the requested version and no other difference", async () => {
  const inputs = { nixpkgs: await nix.fixture({ kubectl: "1.31.0" }) };
  const entered = await nix.develop(flake, "k8s", ["sh", "-c", "kubectl; helm"], { inputs });
  assert.is(entered.stdout, "kubectl 1.31.0\nhelm 3.15.0\n", entered.stderr);
});

withNix("function calls are counted, and repeat exactly", async () => {
  const count = () => nix.calls(flake, "devShells.x86_64-linux.k8s.drvPath");
  const first = await count();
  assert.ok(first.functionCalls > 100);
  assert.equal(await count(), first);
});

test.run();
