# For a user of Home Manager: the tools of the groups that are switched on, and the nix.conf of the spec's users.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  tools = import ../nix/enabled-tools.nix { inherit config pkgs; };
  # By account name.
  users.usualsuspectx.max-jobs = "auto";
  settings = users.${config.home.username} or { };
in
{
  imports = [ ./options.nix ];

  home.packages = tools.packages;
  inherit (tools) warnings;

  nix = lib.mkIf (settings != { }) {
    package = lib.mkDefault pkgs.nix;
    inherit settings;
  };
}
