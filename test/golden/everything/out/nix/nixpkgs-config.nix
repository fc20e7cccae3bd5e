# Packages that nixpkgs would refuse to evaluate and the spec allows.
{
  allowUnfreePredicate =
    package:
    builtins.elem (package.pname or (builtins.parseDrvName package.name).name) [
      "terraform"
    ];
  permittedInsecurePackages = [
    "openssl-1.1.1w"
  ];
}
