# The NixOS machines of the spec.
inputs:
let
  host =
    {
      name,
      system,
      stateVersion,
      groups,
      modules,
    }:
    inputs.nixpkgs.lib.nixosSystem {
      modules = [
        inputs.self.nixosModules.default
        {
          flakewright = { inherit groups; };
          networking.hostName = inputs.nixpkgs.lib.mkDefault name;
          nixpkgs.hostPlatform = system;
          system = { inherit stateVersion; };
        }
      ]
      ++ modules;
    };
in
{
  builder = host {
    name = "builder";
    system = "x86_64-linux";
    stateVersion = "26.05";
    groups = {
      k8s = {
        enable = true;
      };
      container = {
        enable = true;
      };
      cloud = {
        enable = true;
      };
      dev = {
        enable = true;
      };
      security = {
        enable = true;
      };
      network = {
        enable = true;
      };
      monitoring = {
        enable = true;
      };
    };
    modules = [
      ../hosts/builder.nix
    ];
  };
}
