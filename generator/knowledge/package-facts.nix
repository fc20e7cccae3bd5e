# Facts about the packages of one package set, for `flakewright index` (commands/index-packages.ts), which evaluates batches of names.
#
# names = "": the names of the set, its aliases (old names, which work or fail) and the release of nixpkgs. Otherwise a JSON list of names:
# the facts of each; null if there is no package of that name, or if its evaluation fails. With `identify`, the derivation of each.
# Unfree, broken and insecure packages are evaluated too, because that is one of the facts. Availability is that of each system's own
# package (a JDK is another derivation on macOS than on Linux): its platforms, unless the package of that system is broken.
#
# nixpkgs: a path. systems, set (an attribute path; [ ] is the top level): JSON lists.
{
  nixpkgs,
  systems,
  set,
  names,
  identify,
}:
let
  systemNames = builtins.fromJSON systems;
  nixpkgsFor =
    allowAliases: system:
    import nixpkgs {
      inherit system;
      overlays = [ ];
      config = {
        inherit allowAliases;
        allowBroken = true;
        allowInsecurePredicate = _: true;
        allowUnfree = true;
        allowUnsupportedSystem = true;
      };
    };
  all = map (nixpkgsFor true) systemNames;
  pkgs = builtins.head all;
  inherit (pkgs) lib;
  path = builtins.fromJSON set;
  from = lib.attrByPath path { };
  platforms = map (system: lib.systems.elaborate system) systemNames;
  row =
    package: onSystems:
    let
      meta = package.meta or { };
      broken = meta.broken or false;
      licenses = lib.toList (meta.license or [ ]);
      available =
        { package, platform }:
        (builtins.tryEval (
          lib.meta.availableOn platform package && !(package.meta.broken or false)
        )).value;
    in
    {
      version = package.version or "";
      mainProgram = meta.mainProgram or "";
      available = map (one: one != null && available one) onSystems;
      unfree = builtins.any (license: !(license.free or true)) licenses;
      inherit broken;
      insecure = (meta.knownVulnerabilities or [ ]) != [ ];
      licenses = builtins.concatMap (
        license: if license ? spdxId then [ license.spdxId ] else [ ]
      ) licenses;
      pname = lib.getName package;
      description = meta.description or "";
    };
  found =
    name: pkgs: platform:
    let
      tried = builtins.tryEval (
        let
          package = (from pkgs).${name};
        in
        if lib.isDerivation package then { inherit package platform; } else null
      );
    in
    if tried.success then tried.value else null;
  facts =
    name:
    let
      onSystems = lib.zipListsWith (found name) all platforms;
      present = builtins.filter (one: one != null) onSystems;
      tried = builtins.tryEval (
        let
          all = row (builtins.head present).package onSystems;
        in
        builtins.deepSeq all all
      );
    in
    if present == [ ] || !tried.success then null else tried.value;
  derivation =
    name:
    let
      tried = builtins.tryEval (from pkgs).${name}.drvPath;
    in
    if tried.success then tried.value else null;
in
if names == "" then
  let
    current = builtins.attrNames (from (nixpkgsFor false (builtins.head systemNames)));
  in
  {
    release = lib.trivial.release;
    names = current;
    aliases = lib.subtractLists current (builtins.attrNames (from pkgs));
  }
else
  lib.genAttrs (builtins.fromJSON names) (if identify == "" then facts else derivation)
