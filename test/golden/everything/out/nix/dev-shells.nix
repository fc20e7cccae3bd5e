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
    title = "aws";
    tools = builtins.concatLists [
      groups.k8s
      groups."let"
      [
        {
          name = "eksctl";
          description = "";
          package = packageSets.nixpkgs.eksctl or null;
        }
      ]
    ];
    env.AWS_PROFILE = "it's $dev";
    hook = "echo \"cluster: $KUBECONFIG\"\n";
  };
  default = shell {
    name = "default";
    title = "All tools";
    tools = builtins.concatLists [
      groups.k8s
      groups."let"
    ];
  };
  k8s = shell {
    name = "k8s";
    title = "Kubernetes Tools";
    tools = groups.k8s;
  };
  "let" = shell {
    name = "let";
    title = "let";
    tools = groups."let";
  };
}
