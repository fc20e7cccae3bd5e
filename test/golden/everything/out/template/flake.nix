# A project that works in the platform's shells: `nix develop .#NAME`, or direnv.
{
  inputs.platform.url = "flake:everything";

  outputs = inputs: { inherit (inputs.platform) devShells formatter; };
}
