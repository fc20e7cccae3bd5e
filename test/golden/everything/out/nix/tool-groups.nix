# Package sets -> the tools of each group, in the spec's order. A package that a set does not have is null.
packageSets: {
  k8s = [
    {
      name = "kubectl";
      description = "";
      package = packageSets.nixpkgs.kubectl or null;
    }
    {
      name = "helm";
      description = "Kubernetes package manager";
      systems = [
        "x86_64-linux"
      ];
      package = packageSets.k8s-1-29.kubernetes-helm or null;
    }
  ];
  "let" = [
    {
      name = "ansible";
      description = "";
      package = packageSets.nixpkgs.python3Packages.ansible or null;
    }
    {
      name = "terraform";
      description = "";
      package = packageSets.nixpkgs.terraform or null;
    }
  ];
}
