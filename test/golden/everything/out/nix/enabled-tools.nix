# The tools of the groups that a machine or user of the modules has switched on.
{ config, pkgs }:
let
  inherit (pkgs.stdenv.hostPlatform) system;
  # The machine's own nixpkgs, and beside it the spec's other package sets.
  packageSets =
    import ./package-sets.nix {
      inherit (config.flakewright) inputs;
      inherit system;
    }
    // {
      nixpkgs = pkgs;
    };
  groups = import ./tool-groups.nix packageSets;
  isEnabled = group: config.flakewright.groups.${group}.enable;
  # The spec's order is the order of the tools.
  names = [
    "k8s"
    "let"
  ];
  enabled = builtins.concatMap (name: groups.${name}) (builtins.filter isEnabled names);
  tools = import ./available.nix system enabled;
in
{
  inherit (tools) packages;
  warnings = map (tool: "flakewright: ${tool} is left out: not available on ${system}") tools.missing;
}
