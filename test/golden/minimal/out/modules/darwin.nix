# For nix-darwin: the tools of the groups that are switched on, nix.conf and garbage collection.
{
  config,
  pkgs,
  ...
}:
let
  tools = import ../nix/enabled-tools.nix { inherit config pkgs; };
in
{
  imports = [ ./options.nix ];

  environment.systemPackages = tools.packages;
  inherit (tools) warnings;
}
