# nix.conf, garbage collection and the registry.
{ config, lib, ... }:
{
  imports = [ ./options.nix ];

  nix.settings = {
    auto-optimise-store = true;
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

  nix.gc = {
    automatic = true;
    dates = "weekly";
    options = "--delete-older-than 30d";
  };

  # `nix develop NAME#SHELL`, with the platform's name, works from any folder of the machine.
  nix.registry = lib.mkIf (config.flakewright.inputs ? self) {
    multi-cloud-k8s.flake = config.flakewright.inputs.self;
  };
}
