# For nix-darwin: the tools of the groups that are switched on, nix.conf and garbage collection.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  tools = import ../nix/enabled-tools.nix { inherit config pkgs; };
in
{
  imports = [ ./options.nix ];

  nixpkgs.config = import ../nix/nixpkgs-config.nix;
  environment.systemPackages = tools.packages;
  inherit (tools) warnings;

  # With Determinate's Nix, nix-darwin leaves nix.conf alone (`nix.enable = false`).
  nix = lib.mkIf config.nix.enable {
    settings = {
      allowed-users = [
        "*"
      ];
      experimental-features = [
        "nix-command"
        "flakes"
      ];
      extra-platforms = [
        "i686-linux"
      ];
      max-jobs = 2;
      substituters = lib.mkForce [
        "https://cache.nixos.org/"
      ];
      trusted-public-keys = lib.mkForce [
        "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="
      ];
      trusted-users = lib.mkForce [
        "root"
        "usualsuspectx"
      ];
    };
    gc = {
      automatic = true;
      options = "--delete-older-than 14d";
    };
  };
}
