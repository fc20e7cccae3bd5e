# nix.conf, garbage collection and the registry.
{ config, lib, ... }:
{
  imports = [ ./options.nix ];

  # `nix develop NAME#SHELL`, with the platform's name, works from any folder of the machine.
  nix.registry = lib.mkIf (config.flakewright.inputs ? self) {
    minimal.flake = config.flakewright.inputs.self;
  };
}
