# Package sets -> the tools of each group, in the spec's order. A package that a set does not have is null.
packageSets: {
  k8s = [
    {
      name = "kubectl";
      description = "";
      package = packageSets.nixpkgs.kubectl or null;
    }
  ];
}
