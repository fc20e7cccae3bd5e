# The tools of the groups that are switched on, for every user of the machine.
{ config, pkgs, ... }:
let
  tools = import ../nix/enabled-tools.nix { inherit config pkgs; };
in
{
  imports = [ ./options.nix ];

  environment.systemPackages = tools.packages;
  inherit (tools) warnings;
}
