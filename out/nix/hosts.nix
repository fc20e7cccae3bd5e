# The NixOS machines of the spec: the modules that each consists of and, where it is deployed, how it is reached. What is made of
# them (nixosConfigurations, the hive) looks at one at a time, so that no machine costs another anything.
inputs:
let
  everyGroup = {
    k8s.enable = true;
    container.enable = true;
    cloud.enable = true;
    dev.enable = true;
    security.enable = true;
    network.enable = true;
    monitoring.enable = true;
  };
  host =
    {
      name,
      system,
      stateVersion,
      groups,
      modules,
      deployment ? null,
    }:
    {
      inherit deployment;
      modules = [
        inputs.self.nixosModules.default
        {
          flakewright = {
            host = name;
            inherit groups;
          };
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
    groups = everyGroup;
    modules = [
      ../hosts/builder.nix
    ];
  };
}
