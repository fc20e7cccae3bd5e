# One folder that holds the tools, for profiles and checks. Where two tools bring the same file, the first one's is taken, as on PATH.
system: packageSets:
{
  name,
  title,
  tools,
}:
let
  found = import ./available.nix system tools;
  # What manage-nix-packages.sh reads, so that it needs no evaluation: a line a tool, with its version and store path, both empty
  # for a tool that this system lacks.
  version = package: package.version or (builtins.parseDrvName package.name).version;
  present = tool: "${tool.name}\t${version tool.package}\t${tool.package}\n";
  absent = name: "${name}\t\t\n";
  record = packageSets.nixpkgs.writeTextDir "share/flakewright/tools/${name}" (
    builtins.concatStringsSep "" (map present found.tools ++ map absent found.missing)
  );
in
packageSets.nixpkgs.buildEnv {
  inherit name;
  paths = found.packages ++ [ record ];
  ignoreCollisions = true;
  meta.description = title;
}
