# A project that works in the platform's shells: `nix develop .#NAME`, or direnv.
{
  inputs.platform.url = "flake:multi-cloud-k8s";

  outputs = inputs: { inherit (inputs.platform) devShells formatter; };
}
