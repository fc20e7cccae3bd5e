# Package sets -> the tools of each group, in the spec's order. A package that a set does not have is null.
packageSets: {
  k8s = [
    {
      name = "kubectl";
      description = "Kubernetes command-line tool";
      package = packageSets.nixpkgs.kubectl or null;
    }
    {
      name = "clusterctl";
      description = "Cluster API command-line tool";
      package = packageSets.nixpkgs.clusterctl or null;
    }
    {
      name = "helm";
      description = "Kubernetes package manager";
      package = packageSets.nixpkgs.kubernetes-helm or null;
    }
    {
      name = "talosctl";
      description = "Talos OS command-line tool";
      package = packageSets.nixpkgs.talosctl or null;
    }
  ];
  container = [
    {
      name = "docker";
      description = "Container runtime";
      package = packageSets.nixpkgs.docker or null;
    }
    {
      name = "kind";
      description = "Kubernetes in Docker";
      package = packageSets.nixpkgs.kind or null;
    }
    {
      name = "docker-compose";
      description = "Multi-container Docker applications";
      package = packageSets.nixpkgs.docker-compose or null;
    }
    {
      name = "podman";
      description = "Container runtime";
      package = packageSets.nixpkgs.podman or null;
    }
    {
      name = "skopeo";
      description = "Container image operations";
      package = packageSets.nixpkgs.skopeo or null;
    }
  ];
  cloud = [
    {
      name = "awscli2";
      description = "AWS command-line interface";
      package = packageSets.nixpkgs.awscli2 or null;
    }
    {
      name = "azure-cli";
      description = "Azure command-line interface";
      package = packageSets.nixpkgs.azure-cli or null;
    }
    {
      name = "google-cloud-sdk";
      description = "Google Cloud SDK";
      package = packageSets.nixpkgs.google-cloud-sdk or null;
    }
    {
      name = "ibmcloud-cli";
      description = "IBM Cloud CLI";
      package = packageSets.nixpkgs.ibmcloud-cli or null;
    }
  ];
  dev = [
    {
      name = "git";
      description = "Version control system";
      package = packageSets.nixpkgs.git or null;
    }
    {
      name = "curl";
      description = "HTTP client";
      package = packageSets.nixpkgs.curl or null;
    }
    {
      name = "wget";
      description = "File downloader";
      package = packageSets.nixpkgs.wget or null;
    }
    {
      name = "jq";
      description = "JSON processor";
      package = packageSets.nixpkgs.jq or null;
    }
    {
      name = "python3";
      description = "Python interpreter";
      package = packageSets.nixpkgs.python3 or null;
    }
  ];
  security = [
    {
      name = "gnupg";
      description = "GNU Privacy Guard";
      package = packageSets.nixpkgs.gnupg or null;
    }
    {
      name = "openssl";
      description = "SSL/TLS toolkit";
      package = packageSets.nixpkgs.openssl or null;
    }
    {
      name = "age";
      description = "File encryption tool";
      package = packageSets.nixpkgs.age or null;
    }
  ];
  network = [
    {
      name = "wireguard-tools";
      description = "WireGuard VPN tools";
      package = packageSets.nixpkgs.wireguard-tools or null;
    }
    {
      name = "tcpdump";
      description = "Network packet analyzer";
      package = packageSets.nixpkgs.tcpdump or null;
    }
    {
      name = "nmap";
      description = "Network mapper";
      package = packageSets.nixpkgs.nmap or null;
    }
  ];
  monitoring = [
    {
      name = "htop";
      description = "Interactive process viewer";
      package = packageSets.nixpkgs.htop or null;
    }
    {
      name = "iotop";
      description = "I/O monitoring tool";
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      package = packageSets.nixpkgs.iotop or null;
    }
    {
      name = "sysstat";
      description = "System performance tools";
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      package = packageSets.nixpkgs.sysstat or null;
    }
  ];
}
