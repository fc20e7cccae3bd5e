# Written once by flakewright and never changed by it again: this machine's own configuration is yours to edit.
{ lib, ... }:
{
  # `nixos-generate-config --show-hardware-config` prints what belongs here; these lines only let it evaluate.
  boot.loader.systemd-boot.enable = lib.mkDefault true;
  fileSystems."/" = lib.mkDefault {
    device = "/dev/disk/by-label/nixos";
    fsType = "ext4";
  };
}
