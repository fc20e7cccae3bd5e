# The switches of the tool groups: `flakewright.groups.NAME.enable = true;`.
{ lib, ... }:
{
  options.flakewright = {
    inputs = lib.mkOption {
      type = lib.types.raw;
      default = { };
      internal = true;
      description = "The inputs of the flake that these modules come from; the flake sets it.";
    };
    host = lib.mkOption {
      type = lib.types.str;
      default = "";
      internal = true;
      description = "This machine's name among the spec's hosts; the flake sets it, and elsewhere it stays empty.";
    };
    groups = {
      k8s.enable = lib.mkEnableOption "Kubernetes Tools";
      container.enable = lib.mkEnableOption "Container Runtime";
      cloud.enable = lib.mkEnableOption "Cloud Provider CLIs";
      dev.enable = lib.mkEnableOption "Development Tools";
      security.enable = lib.mkEnableOption "Security Tools";
      network.enable = lib.mkEnableOption "Networking Tools";
      monitoring.enable = lib.mkEnableOption "Monitoring Tools";
    };
  };
}
