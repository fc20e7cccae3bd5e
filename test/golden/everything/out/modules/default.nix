# Everything the spec says about a NixOS machine.
{
  imports = [
    ./nix-settings.nix
    ./build-users.nix
    ./remote-builders.nix
    ./tool-groups.nix
  ];
}
