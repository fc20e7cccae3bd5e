import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inputsOfFlake } from "../support/flake-inputs.ts";
import { evaluate } from "../support/real-nixpkgs.ts";
import { repository } from "../support/spec.ts";
import { needs, tool } from "../support/tools.ts";

/*
 * The reference platform and the golden trees on a real nixpkgs of 2026, and the modules in the real Home Manager and nix-darwin
 * ($FLAKEWRIGHT_HOME_MANAGER and $FLAKEWRIGHT_NIX_DARWIN name their sources).
 */

const test = suite("real modules");
const nixpkgs = (): string => tool("nixpkgs") ?? "";
const out = join(repository, "out");
/** The system of each host, with the disk and the boot loader that a real machine's own module has. */
const toplevels = `builtins.mapAttrs (_: host: (host.extendModules { modules = [ {
  boot.loader.grub.enable = false;
  fileSystems."/" = { device = "/dev/sda1"; fsType = "ext4"; };
} ]; }).config.system.build.toplevel.drvPath)`;
const goldens = readdirSync(join(repository, "test/golden"));

for (const name of goldens) {
  needs(test, ["nix", "nixpkgs"])(`the golden tree ${name}: every shell evaluates on its systems, and every host`, async () => {
    const folder = join(repository, "test/golden", name, "out");
    const inputs = inputsOfFlake(folder);
    const systems = (await evaluate(folder, "devShells", "builtins.attrNames", inputs)) as string[];
    for (const system of systems) {
      const shells = await evaluate(folder, `devShells.${system}`, "builtins.mapAttrs (_: shell: shell.drvPath)", inputs);
      for (const path of Object.values(shells as Record<string, string>)) assert.match(path, /\.drv$/);
    }
    const outputs = (await evaluate(folder, "nixosModules", "builtins.attrNames", inputs)) as string[];
    assert.ok(outputs.includes("default"));
    if (!existsSync(join(folder, "nix/hosts.nix"))) return;
    const hosts = (await evaluate(folder, "nixosConfigurations", toplevels, inputs)) as Record<string, string>;
    for (const [host, path] of Object.entries(hosts)) assert.match(path, new RegExp(`nixos-system-${host}-.*\\.drv$`));
    assert.equal(
      Object.keys(hosts),
      readdirSync(join(folder, "hosts")).map((file) => file.replace(/\.nix$/, "")),
    );
  });
}

needs(test, ["nix", "nixpkgs", "homeManager"])("Home Manager activates the reference platform's tools and settings", async () => {
  const apply = `module: let
    pkgs = import ${nixpkgs()} { system = "x86_64-linux"; config = { }; overlays = [ ]; };
    made = import ${tool("homeManager")}/modules {
      inherit pkgs;
      configuration = {
        imports = [ module ];
        home = { username = "usualsuspectx"; homeDirectory = "/home/u"; stateVersion = "26.05"; };
        nix.package = pkgs.nix;
        flakewright.groups.k8s.enable = true;
      };
    };
  in { path = made.activationPackage.drvPath; jobs = made.config.nix.settings.max-jobs; }`;
  const made = (await evaluate(out, "homeModules.default", apply)) as { path: string; jobs: string };
  assert.match(made.path, /home-manager-generation\.drv$/);
  assert.is(made.jobs, "auto");
});

needs(test, ["nix", "nixpkgs", "nixDarwin"])(
  "nix-darwin builds a system with the reference platform's tools and settings",
  async () => {
    const apply = `module: let
    made = (import ${tool("nixDarwin")}/eval-config.nix {
      lib = import ${nixpkgs()}/lib;
      modules = [
        module
        {
          nixpkgs = { source = ${nixpkgs()}; hostPlatform = "aarch64-darwin"; };
          system.stateVersion = 6;
          flakewright.groups.k8s.enable = true;
        }
      ];
    }).config;
  in { path = made.system.build.toplevel.drvPath; tools = map (package: package.pname or package.name) made.environment.systemPackages; }`;
    const made = (await evaluate(out, "darwinModules.default", apply)) as { path: string; tools: string[] };
    assert.match(made.path, /darwin-system-.*\.drv$/);
    for (const name of ["kubectl", "kubernetes-helm", "talosctl"]) assert.ok(made.tools.includes(name), name);
  },
);

test.run();
