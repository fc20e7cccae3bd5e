import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inputsOfFlake } from "../support/flake-inputs.ts";
import { evaluate } from "../support/real-nixpkgs.ts";
import { repository, written } from "../support/spec.ts";
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

/** A module → the system that the real nix-darwin makes of it with a group, and what `tools` says of its configuration. */
const inDarwin = (group: string, tools: string): string => `module: let
    made = (import ${tool("nixDarwin")}/eval-config.nix {
      lib = import ${nixpkgs()}/lib;
      modules = [
        module
        {
          nixpkgs = { source = ${nixpkgs()}; hostPlatform = "aarch64-darwin"; };
          system.stateVersion = 6;
          flakewright.groups.${group}.enable = true;
        }
      ];
    }).config;
  in { path = made.system.build.toplevel.drvPath; tools = (${tools}) made; }`;

needs(test, ["nix", "nixpkgs", "nixDarwin"])(
  "nix-darwin builds a system with the reference platform's tools and settings",
  async () => {
    const names = "config: map (package: package.pname or package.name) config.environment.systemPackages";
    const made = (await evaluate(out, "darwinModules.default", inDarwin("k8s", names))) as { path: string; tools: string[] };
    assert.match(made.path, /darwin-system-.*\.drv$/);
    for (const name of ["kubectl", "kubernetes-helm", "talosctl"]) assert.ok(made.tools.includes(name), name);
  },
);

/** A platform whose own overlay adds a tool and changes another. */
function withOverlay(hosts = ""): string {
  const folder = written(`version: 1
name: demo
nixpkgs: { url: "github:NixOS/nixpkgs/nixos-26.05", overlays: [./overlays/acme.nix] }
groups: { tools: { packages: [jq, acme-tool] } }
${hosts}`);
  writeFileSync(
    join(folder, "overlays/acme.nix"),
    `final: prev: {
  acme-tool = final.runCommand "acme-tool-1" { } "mkdir $out";
  jq = prev.jq.overrideAttrs { pname = "jq-of-acme"; };
}
`,
  );
  return folder;
}

needs(test, ["nix", "nixpkgs", "nixDarwin"])(
  "overlays reach a Mac of the spec and the module in another nix-darwin",
  async () => {
    const folder = withOverlay("hosts: { laptop: { os: darwin, stateVersion: 6 } }\n");
    const ownTools =
      'config: builtins.filter (name: builtins.match "(acme|jq).*" name != null) (map (tool: tool.name) config.environment.systemPackages)';
    const inputs = ["nixpkgs", "nix-darwin"];
    const mac = (await evaluate(folder, "darwinConfigurations.laptop.config", ownTools, inputs)) as string[];
    assert.equal(
      [...mac].sort().map((name) => name.replace(/-[\d.]+$/, "")),
      ["acme-tool", "jq-of-acme"],
    );
    const made = (await evaluate(folder, "darwinModules.default", inDarwin("tools", ownTools), inputs)) as {
      path: string;
      tools: string[];
    };
    assert.match(made.path, /\.drv$/);
    assert.equal([...made.tools].sort(), [...mac].sort());
  },
);

needs(test, ["nix", "nixpkgs", "homeManager"])("overlays reach Home Manager, whatever its own package set has", async () => {
  const apply = `module: let
    pkgs = import ${nixpkgs()} { system = "x86_64-linux"; config = { }; overlays = [ ]; };
    made = import ${tool("homeManager")}/modules {
      inherit pkgs;
      configuration = {
        imports = [ module ];
        home = { username = "u"; homeDirectory = "/home/u"; stateVersion = "26.05"; };
        nix.package = pkgs.nix;
        flakewright.groups.tools.enable = true;
      };
    };
  in { path = made.activationPackage.drvPath; inherit (made.config) warnings; }`;
  const made = (await evaluate(withOverlay(), "homeModules.default", apply)) as { path: string; warnings: string[] };
  assert.match(made.path, /home-manager-generation\.drv$/);
  assert.equal(
    made.warnings.filter((text) => /flakewright|left out/.test(text)),
    [],
  );
});

test.run();
