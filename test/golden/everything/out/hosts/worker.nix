# This machine's own configuration. flakewright wrote it once and will not touch it again: it is yours.
{ lib, ... }:
{
  # `nixos-generate-config --show-hardware-config` prints what belongs here; these lines only let it evaluate.
  boot.loader.systemd-boot.enable = lib.mkDefault true;
  fileSystems."/" = lib.mkDefault {
    device = "/dev/disk/by-label/nixos";
    fsType = "ext4";
  };
}
