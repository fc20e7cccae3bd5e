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
  container = environment {
    name = "container";
    title = "Container Runtime";
    tools = groups.container;
  };
  cloud = environment {
    name = "cloud";
    title = "Cloud Provider CLIs";
    tools = groups.cloud;
  };
  dev = environment {
    name = "dev";
    title = "Development Tools";
    tools = groups.dev;
  };
  security = environment {
    name = "security";
    title = "Security Tools";
    tools = groups.security;
  };
  network = environment {
    name = "network";
    title = "Networking Tools";
    tools = groups.network;
  };
  monitoring = environment {
    name = "monitoring";
    title = "Monitoring Tools";
    tools = groups.monitoring;
  };
  volume-aws = environment {
    name = "volume-aws";
    title = "The tools of the volume aws";
    tools = builtins.concatLists [
      groups.k8s
      groups.cloud
    ];
  };
  volume-azure = environment {
    name = "volume-azure";
    title = "The tools of the volume azure";
    tools = builtins.concatLists [
      groups.k8s
      groups.cloud
    ];
  };
  volume-digitalocean = environment {
    name = "volume-digitalocean";
    title = "The tools of the volume digitalocean";
    tools = groups.k8s;
  };
  volume-gcp = environment {
    name = "volume-gcp";
    title = "The tools of the volume gcp";
    tools = builtins.concatLists [
      groups.k8s
      groups.cloud
    ];
  };
  volume-ibm = environment {
    name = "volume-ibm";
    title = "The tools of the volume ibm";
    tools = builtins.concatLists [
      groups.k8s
      groups.cloud
    ];
  };
}
