# The users that builds run under. NixOS declares nixbld1…N itself; their number is ours, and each role's words replace its own.
{ lib, ... }:
{
  nix.nrBuildUsers = 2;
  nix.settings.build-users-group = "builders";
  users.groups.builders.gid = lib.mkForce 31000;
  users.users = {
    nixbld1 = {
      description = lib.mkForce "AWS provider builds";
      uid = lib.mkForce 31001;
      group = lib.mkForce "builders";
      extraGroups = [
        "builders"
      ];
    };
    nixbld2 = {
      description = lib.mkForce "idle builds";
      uid = lib.mkForce 31002;
      group = lib.mkForce "builders";
      extraGroups = [
        "builders"
      ];
    };
  };
}
