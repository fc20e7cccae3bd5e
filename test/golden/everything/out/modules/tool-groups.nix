# The tools of the groups that are switched on, for every user of the machine.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (pkgs.stdenv.hostPlatform) system;
  # The machine's own nixpkgs, and beside it the spec's other package sets.
  packageSets =
    import ../nix/package-sets.nix {
      inherit (config.flakewright) inputs;
      inherit system;
    }
    // {
      nixpkgs = pkgs;
    };
  groups = import ../nix/tool-groups.nix packageSets;
  isEnabled = group: config.flakewright.groups.${group}.enable;
  # The spec's order is the order of the tools.
  names = [
    "k8s"
    "let"
  ];
  enabled = lib.concatMap (name: groups.${name}) (builtins.filter isEnabled names);
  tools = import ../nix/available.nix system enabled;
in
{
  imports = [ ./options.nix ];

  nixpkgs.config = import ../nix/nixpkgs-config.nix;
  environment.systemPackages = tools.packages;
  warnings = map (tool: "flakewright: ${tool} is left out: not available on ${system}") tools.missing;
}
