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

  environment.systemPackages = tools.packages;
  inherit (tools) warnings;

  # With Determinate's Nix, nix-darwin leaves nix.conf alone (`nix.enable = false`).
  nix = lib.mkIf config.nix.enable {
    settings = {
      experimental-features = [
        "nix-command"
        "flakes"
      ];
      keep-derivations = true;
      keep-outputs = true;
      max-jobs = "auto";
      sandbox = true;
      substituters = lib.mkForce [
        "https://cache.nixos.org/"
        "https://nix-community.cachix.org/"
      ];
      trusted-public-keys = lib.mkForce [
        "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="
        "nix-community.cachix.org-1:mB9FSh9qf2dCimDSUo8Zy7bkq5CX+/rkCWyvRCYg3Fs="
      ];
      trusted-users = lib.mkForce [
        "root"
        "usualsuspectx"
      ];
    };
    gc = {
      automatic = true;
      options = "--delete-older-than 30d";
    };
    # nix-darwin refuses auto-optimise-store, which corrupts a store on macOS.
    optimise.automatic = true;
  };
}
