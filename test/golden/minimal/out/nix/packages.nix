# One installable package for each tool group (`nix profile install .#NAME`), and one for each volume.
system: packageSets:
let
  groups = import ./tool-groups.nix packageSets;
  environment = import ./environment.nix system packageSets;
in
{
  k8s = environment {
    name = "k8s";
    title = "k8s";
    tools = groups.k8s;
  };
}
