# `nix run .#status` and the like: manage-nix-packages.sh, which goes by the name of the store path that it is started from.
let
  # Made with the builder of nix-env's profiles, so that no package set is needed. Nix 2.8 can't run a program that no derivation made.
  app = name: description: {
    type = "app";
    program = "${
      derivation {
        inherit name;
        system = "builtin";
        builder = "builtin:buildenv";
        manifest = builtins.toFile "manifest.nix" "[ ]";
        derivations = [
          "true"
          5
          1
          (builtins.path {
            name = "manage-nix-packages";
            path = ../.;
            filter = path: _: baseNameOf path == "manage-nix-packages.sh";
          })
        ];
        preferLocalBuild = true;
        allowSubstitutes = false;
      }
    }/manage-nix-packages.sh";
    meta = { inherit description; };
  };
in
builtins.mapAttrs app {
  status = "Nix, its configuration, the profile and the store of this machine";
  update = "newest versions of the tools: the lock file, then the profile";
  clean = "remove old generations and what nothing uses";
  list = "the tools by group, with their versions";
}
