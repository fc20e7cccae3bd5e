# One folder that holds the tools, for profiles and checks. Where two tools bring the same file, the first one's is taken, as on PATH.
system: packageSets:
{
  name,
  title,
  tools,
}:
packageSets.nixpkgs.buildEnv {
  inherit name;
  paths = (import ./available.nix system tools).packages;
  ignoreCollisions = true;
  meta.description = title;
}
