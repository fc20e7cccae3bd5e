# flakewright for Nix: the bundle, started by nodejs. package-lock.json has the hash of every npm package: there is none to keep up to date here.
{
  lib,
  buildNpmPackage,
  importNpmLock,
  installShellFiles,
  makeWrapper,
  nodejs,
  stdenv,
}:
let
  inherit (lib) elem fileset last;
  inherit (stdenv) hostPlatform;
  package = lib.importJSON ./package.json;

  # package-lock.json names no registry (.npmrc); the addresses are those of npm's own. Programs for other platforms get none, and are
  # left out, as by npm itself.
  lock = lib.importJSON ./package-lock.json;
  isForThis =
    module:
    elem (if hostPlatform.isDarwin then "darwin" else "linux") (
      module.os or [
        "linux"
        "darwin"
      ]
    )
    && elem (if hostPlatform.isAarch64 then "arm64" else "x64") (
      module.cpu or [
        "x64"
        "arm64"
      ]
    )
    && elem "glibc" (module.libc or [ "glibc" ]);
  withAddress =
    path: module:
    let
      name = module.name or (last (lib.splitString "node_modules/" path));
    in
    if path == "" || module ? resolved || !isForThis module then
      module
    else
      module
      // {
        resolved = "https://registry.npmjs.org/${name}/-/${baseNameOf name}-${module.version}.tgz";
      };
in
buildNpmPackage {
  pname = package.name;
  inherit (package) version;

  # What scripts/build.ts reads, and nothing else: a change of tests or documents builds nothing anew.
  src = fileset.toSource {
    root = ./.;
    fileset = fileset.unions [
      ./flake-template
      ./generator
      ./package-lock.json
      ./package.json
      ./scripts/build.ts
      ./scripts/precompiled.ts
      ./scripts/prepare.mjs
      ./spec/flakewright.schema.json
      ./tsconfig.json
    ];
  };

  npmDeps = importNpmLock {
    inherit package;
    packageLock = lock // {
      packages = lib.mapAttrs withAddress lock.packages;
    };
  };
  inherit (importNpmLock) npmConfigHook;
  npmFlags = [ "--ignore-scripts" ];
  npmBuildScript = "prepare";

  nativeBuildInputs = [
    installShellFiles
    makeWrapper
  ];
  installPhase = ''
    runHook preInstall
    mkdir -p $out/lib/flakewright/spec
    cp -r dist package.json $out/lib/flakewright
    cp spec/flakewright.schema.json $out/lib/flakewright/spec
    makeWrapper ${lib.getExe nodejs} $out/bin/flakewright \
      --add-flags $out/lib/flakewright/dist/flakewright.js
    for shell in bash zsh fish; do
      $out/bin/flakewright completion $shell > flakewright.$shell
    done
    installShellCompletion flakewright.{bash,zsh,fish}
    runHook postInstall
  '';
  doInstallCheck = true;
  installCheckPhase = ''
    test "$($out/bin/flakewright --version)" = "${package.version}"
    $out/bin/flakewright schema | cmp - $out/lib/flakewright/spec/flakewright.schema.json
  '';

  meta = {
    inherit (package) description;
    license = lib.licenses.mit;
    mainProgram = "flakewright";
    inherit (nodejs.meta) platforms;
  };
}
