# For a user of Home Manager: the tools of the groups that are switched on.
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

  home.packages = tools.packages;
  inherit (tools) warnings;
}
