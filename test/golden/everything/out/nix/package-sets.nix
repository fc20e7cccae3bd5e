# The package sets of one system. `overlays` is given so that nothing of the caller's machine can slip in.
{ inputs, system }:
let
  settings = {
    inherit system;
    config = import ./nixpkgs-config.nix;
    overlays = [ ];
  };
in
{
  nixpkgs = import inputs.nixpkgs settings;
  k8s-1-29 = import inputs.k8s-1-29 settings;
}
