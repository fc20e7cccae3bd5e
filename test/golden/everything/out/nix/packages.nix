# One installable package for each tool group (`nix profile install .#NAME`), and one for each volume.
system: packageSets:
let
  groups = import ./tool-groups.nix packageSets;
  environment = import ./environment.nix system packageSets;
in
{
  k8s = environment {
    name = "k8s";
    title = "Kubernetes Tools";
    tools = groups.k8s;
  };
  "let" = environment {
    name = "let";
    title = "let";
    tools = groups."let";
  };
  volume-aws = environment {
    name = "volume-aws";
    title = "The tools of the volume aws";
    tools = groups.k8s;
  };
}
