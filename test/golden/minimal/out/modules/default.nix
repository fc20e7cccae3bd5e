# Everything the spec says about a NixOS machine.
{
  imports = [
    ./nix-settings.nix
    ./tool-groups.nix
  ];
}
