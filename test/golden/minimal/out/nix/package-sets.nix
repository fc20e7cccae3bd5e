# The package sets of one system. `overlays` is given so that nothing of the caller's machine can slip in.
{ inputs, system }:
let
  settings = {
    inherit system;
    config = { };
    overlays = [ ];
  };
in
{
  nixpkgs = import inputs.nixpkgs settings;
}
