# One shell for each tool group and each entry of the spec's `shells`, and `default`.
system: packageSets:
let
  groups = import ./tool-groups.nix packageSets;
  available = import ./available.nix system;
  # bash reads the word back as exactly this text.
  shellWord = text: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] text}'";
  exportLine = name: value: "export ${name}=${shellWord value}\n";
  missingLine =
    shell: tool:
    "printf '%s\\n' ${shellWord "flakewright: ${tool} is left out of the shell ${shell}: not available on ${system}"} >&2\n";
  shell =
    {
      name,
      title,
      tools,
      env ? { },
      hook ? "",
    }:
    let
      found = available tools;
    in
    packageSets.nixpkgs.mkShellNoCC {
      inherit name;
      inherit (found) packages;
      shellHook = builtins.concatStringsSep "" (
        map (missingLine name) found.missing
        ++ builtins.attrValues (builtins.mapAttrs exportLine env)
        ++ [ hook ]
      );
      passthru = {
        inherit env hook;
        inherit (found) missing;
      };
      meta.description = title;
    };
in
{
  aws = shell {
    name = "aws";
    title = "AWS work";
    tools = builtins.concatLists [
      groups.k8s
      groups.cloud
      groups.dev
    ];
    env.AWS_PAGER = "";
    hook = "echo \"cluster configuration: \${KUBECONFIG:-~/.kube/config}\"\n";
  };
  cloud = shell {
    name = "cloud";
    title = "Cloud Provider CLIs";
    tools = groups.cloud;
  };
  container = shell {
    name = "container";
    title = "Container Runtime";
    tools = groups.container;
  };
  default = shell {
    name = "default";
    title = "All tools";
    tools = builtins.concatLists [
      groups.k8s
      groups.container
      groups.cloud
      groups.dev
      groups.security
      groups.network
      groups.monitoring
    ];
  };
  dev = shell {
    name = "dev";
    title = "Development Tools";
    tools = groups.dev;
  };
  k8s = shell {
    name = "k8s";
    title = "Kubernetes Tools";
    tools = groups.k8s;
  };
  monitoring = shell {
    name = "monitoring";
    title = "Monitoring Tools";
    tools = groups.monitoring;
  };
  network = shell {
    name = "network";
    title = "Networking Tools";
    tools = groups.network;
  };
  security = shell {
    name = "security";
    title = "Security Tools";
    tools = groups.security;
  };
}
