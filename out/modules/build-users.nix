# The users that builds run under. NixOS declares nixbld1…N itself; their number is ours, and each role's words replace its own.
{ lib, ... }:
{
  nix.nrBuildUsers = 10;
  users.groups.nixbld.gid = lib.mkForce 30000;
  users.users = {
    nixbld1 = {
      description = lib.mkForce "AWS provider builds";
      uid = lib.mkForce 30001;
    };
    nixbld2 = {
      description = lib.mkForce "Azure provider builds";
      uid = lib.mkForce 30002;
    };
    nixbld3 = {
      description = lib.mkForce "GCP provider builds";
      uid = lib.mkForce 30003;
    };
    nixbld4 = {
      description = lib.mkForce "IBM provider builds";
      uid = lib.mkForce 30004;
    };
    nixbld5 = {
      description = lib.mkForce "DigitalOcean provider builds";
      uid = lib.mkForce 30005;
    };
    nixbld6 = {
      description = lib.mkForce "General Kubernetes builds";
      uid = lib.mkForce 30006;
    };
    nixbld7 = {
      description = lib.mkForce "Container runtime builds";
      uid = lib.mkForce 30007;
    };
    nixbld8 = {
      description = lib.mkForce "Networking builds";
      uid = lib.mkForce 30008;
    };
    nixbld9 = {
      description = lib.mkForce "Security builds";
      uid = lib.mkForce 30009;
    };
    nixbld10 = {
      description = lib.mkForce "Monitoring builds";
      uid = lib.mkForce 30010;
    };
  };
}
