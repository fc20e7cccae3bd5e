# Facts of the packages of one package set, for `flakewright index` (commands/index-packages.ts), which runs it in batches of names.
#
# names = "": the set's names and the release of nixpkgs. Otherwise a JSON list of names: the facts of each; null where there is no
# package of that name, or none that evaluates. Unfree, broken and insecure packages are evaluated too: that they are so is a
# fact. Availability is by platform alone, as in packages.tsv.
#
# nixpkgs: a path; systems, set (an attribute path; [ ] is the top level): JSON lists.
{
  nixpkgs,
  systems,
  set,
  names,
}:
let
  systemNames = builtins.fromJSON systems;
  pkgs = import nixpkgs {
    system = builtins.head systemNames;
    overlays = [ ];
    config = {
      allowAliases = false;
      allowBroken = true;
      allowInsecurePredicate = _: true;
      allowUnfree = true;
      allowUnsupportedSystem = true;
    };
  };
  inherit (pkgs) lib;
  platforms = map (system: lib.systems.elaborate system) systemNames;
  from = lib.attrByPath (builtins.fromJSON set) { } pkgs;
  row =
    package:
    let
      meta = package.meta or { };
      licenses = lib.toList (meta.license or [ ]);
    in
    {
      version = package.version or "";
      mainProgram = meta.mainProgram or "";
      available = map (platform: lib.meta.availableOn platform package) platforms;
      unfree = builtins.any (license: !(license.free or true)) licenses;
      broken = meta.broken or false;
      insecure = (meta.knownVulnerabilities or [ ]) != [ ];
      licenses = builtins.concatMap (
        license: if license ? spdxId then [ license.spdxId ] else [ ]
      ) licenses;
      pname = lib.getName package;
      description = meta.description or "";
    };
  facts =
    name:
    let
      found = builtins.tryEval (
        let
          package = from.${name};
          all = row package;
        in
        if lib.isDerivation package then builtins.deepSeq all all else null
      );
    in
    if found.success then found.value else null;
in
if names == "" then
  {
    release = lib.trivial.release;
    names = builtins.attrNames from;
  }
else
  lib.genAttrs (builtins.fromJSON names) facts
