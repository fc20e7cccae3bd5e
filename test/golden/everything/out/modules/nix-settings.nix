# nix.conf, garbage collection and the registry.
{ config, lib, ... }:
{
  imports = [ ./options.nix ];

  nix.settings = {
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

  nix.gc = {
    automatic = true;
    dates = "weekly";
    options = "--delete-older-than 14d";
  };

  # `nix develop NAME#SHELL`, with the platform's name, works from any folder of the machine.
  nix.registry = lib.mkIf (config.flakewright.inputs ? self) {
    everything.flake = config.flakewright.inputs.self;
  };
}
