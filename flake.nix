# flakewright itself: `nix run github:OWNER/flakewright -- check`. The flakes that it generates do not use this one.
{
  description = "flakewright compiles one YAML file to a Nix flake, NixOS modules and configuration for machines without NixOS";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      forEachSystem = nixpkgs.lib.genAttrs [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
        "x86_64-darwin"
      ];
    in
    {
      packages = forEachSystem (system: {
        default = nixpkgs.legacyPackages.${system}.callPackage ./package.nix { };
      });
      # The build also runs the program.
      checks = forEachSystem (system: {
        inherit (self.packages.${system}) default;
      });
      formatter = forEachSystem (system: nixpkgs.legacyPackages.${system}.nixfmt-tree);
    };
}
