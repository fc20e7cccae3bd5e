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
    groups.k8s.enable = lib.mkEnableOption "k8s";
  };
}
