# What `nix flake check` and CI build: every shell, and for each role the tools of its groups.
system: packageSets: devShells:
let
  groups = import ./tool-groups.nix packageSets;
  environment = import ./environment.nix system packageSets;
in
{
  shell-aws = devShells.aws;
  shell-default = devShells.default;
  shell-k8s = devShells.k8s;
  shell-let = devShells."let";
  role-aws = environment {
    name = "role-aws";
    title = "AWS: provider builds";
    tools = groups.k8s;
  };
  role-idle = environment {
    name = "role-idle";
    title = "idle";
    tools = [ ];
  };
}
