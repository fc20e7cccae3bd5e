# What `nix flake check` and CI build: every shell, and for each role the tools of its groups.
system: packageSets: devShells:
let
  groups = import ./tool-groups.nix packageSets;
  environment = import ./environment.nix system packageSets;
in
{
  shell-aws = devShells.aws;
  shell-cloud = devShells.cloud;
  shell-container = devShells.container;
  shell-default = devShells.default;
  shell-dev = devShells.dev;
  shell-k8s = devShells.k8s;
  shell-monitoring = devShells.monitoring;
  shell-network = devShells.network;
  shell-security = devShells.security;
  role-aws = environment {
    name = "role-aws";
    title = "AWS provider builds";
    tools = groups.cloud;
  };
  role-azure = environment {
    name = "role-azure";
    title = "Azure provider builds";
    tools = groups.cloud;
  };
  role-gcp = environment {
    name = "role-gcp";
    title = "GCP provider builds";
    tools = groups.cloud;
  };
  role-ibm = environment {
    name = "role-ibm";
    title = "IBM provider builds";
    tools = groups.cloud;
  };
  role-digitalocean = environment {
    name = "role-digitalocean";
    title = "DigitalOcean provider builds";
    tools = groups.k8s;
  };
  role-kubernetes = environment {
    name = "role-kubernetes";
    title = "General Kubernetes builds";
    tools = groups.k8s;
  };
  role-container = environment {
    name = "role-container";
    title = "Container runtime builds";
    tools = groups.container;
  };
  role-network = environment {
    name = "role-network";
    title = "Networking builds";
    tools = groups.network;
  };
  role-security = environment {
    name = "role-security";
    title = "Security builds";
    tools = groups.security;
  };
  role-monitoring = environment {
    name = "role-monitoring";
    title = "Monitoring builds";
    tools = groups.monitoring;
  };
}
