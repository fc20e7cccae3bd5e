import type { Programs } from "./guide.ts";

/*
 * Programs in place of those that need another machine, root or a network. Each takes only the arguments that the real one takes and
 * does what can be done here: a copy instead of a transfer, an evaluation instead of a switch. Anything else fails the test.
 */

const REFUSE = `refuse() { echo "\${0##*/}: the stand-in knows no such call: $*" >&2; exit 64; }
`;

/**
 * Nix with folders in place of inputs that need the network: `inputs` has them by the name of the input. Flakes that are not of the
 * page are programs of PATH: `nix run nixpkgs#NAME` and nix-darwin's `darwin-rebuild`.
 */
export const nixProgram = (nix: string, inputs: Readonly<Record<string, string>>): string => `${REFUSE}
declare -A inputs=(${Object.entries(inputs)
  .map(([name, path]) => `['${name}']='${path}'`)
  .join(" ")})
flags=()
while [[ \${1-} == --* && $1 != --version && $1 != --help ]]; do
  case $1 in
    --extra-experimental-features) flags+=("$1" "$2"); shift 2 ;;
    --option) flags+=("$1" "$2" "$3"); shift 3 ;;
    *) refuse "$@" ;;
  esac
done
verb=("\${1-}"); shift || true
case \${verb[0]} in flake | profile | store | key | config) verb+=("\${1-}"); shift || true ;; esac
case "\${verb[0]} \${1-}" in
  'run nixpkgs#'*) program=\${1#nixpkgs#}; shift; [[ $1 == -- ]] || refuse "$@"; shift; exec "$program" "$@" ;;
  'run github:nix-darwin/nix-darwin/nix-darwin-'*'#darwin-rebuild')
    shift; [[ $1 == -- ]] || refuse "$@"; shift; exec darwin-rebuild "$@" ;;
esac
# Only inputs that the flake has: Nix warns about any other.
folder=.
for word; do
  case $word in
    -c | --) break ;;
    -*) continue ;;
  esac
  folder=\${word%%[#?]*} folder=\${folder#path:} folder=\${folder#git+file:}
  break
done
overrides=()
if [[ \${verb[*]} != 'flake init' && \${verb[*]} != 'profile '[!i]* && -f \${folder:-.}/flake.nix ]]; then
  case \${verb[*]} in
    develop | eval | build | run | 'flake check' | 'flake lock' | 'flake archive' | 'flake show' | 'profile install')
      for name in "\${!inputs[@]}"; do
        if grep -qE "^ *(inputs\\\\.)?$name( =|\\\\.url)" "\${folder:-.}/flake.nix"; then overrides+=(--override-input "$name" "path:\${inputs[$name]}"); fi
      done ;;
  esac
fi
# Options stand in front of what a program is given.
given=()
while (($# > 0)) && [[ $1 != -c && $1 != -- ]]; do given+=("$1"); shift; done
exec '${nix}' "\${verb[@]}" "\${flags[@]}" "\${given[@]}" "\${overrides[@]}" "$@"`;

/** The flake and host of `--flake FOLDER#NAME`, evaluated: `attribute` is what a switch builds, with NAME for the host's name. */
const evaluated = (attribute: string): string => `flake=
while (($# > 0)); do
  case $1 in
    --flake) flake=$2; shift ;;
    --target-host | --build-host) [[ $2 == *@* ]] || refuse "$@"; shift ;;
    --use-remote-sudo | --sudo | --ask-sudo-password) ;;
    *) refuse "$@" ;;
  esac
  shift
done
[[ $flake == *#?* ]] || refuse "--flake $flake"
attribute='${attribute}'
nix eval "\${flake%%#*}#\${attribute//NAME/\${flake#*#}}"
echo "switched to \${flake#*#}"`;

/**
 * The programs of machines.
 *
 * @param machine The root folder of a machine (test/support/image.ts), to which `sudo ./apply-nix-config.sh` is applied.
 * @param homes A folder that has the home folder of each machine that `ssh` and `rsync` reach, by its name.
 */
export const machinePrograms = (machine: string, homes: string): Programs => ({
  sudo: `${REFUSE}
case $1 in
  -*) refuse "$@" ;;
  # A file below /etc is one of the machine.
  ssh-keygen | cat) exec "\${@/#\\/etc\\//${machine}/etc/}" ;;
  */apply-nix-config.sh) program=$1; shift; exec "$program" --root '${machine}' "$@" ;;
esac
exec "$@"`,
  "apt-get": `${REFUSE}
[[ $1 == install && $2 == --yes && $# -gt 2 && $* != *' -'[!-]* ]] || refuse "$@"`,
  adduser: `${REFUSE}
[[ $# == 2 ]] && grep -q "^$2:" '${machine}/etc/group' || refuse "$@"`,
  systemctl: `${REFUSE}
case "$*" in 'daemon-reload' | 'restart nix-daemon' | 'restart nix-daemon.service') ;; *) refuse "$@" ;; esac`,
  "nixos-rebuild": `${REFUSE}
case $1 in switch | boot | test | build | dry-activate) shift ;; *) refuse "$@" ;; esac
${evaluated("nixosConfigurations.NAME.config.system.build.toplevel.drvPath")}`,
  // The tests' nix-darwin is a stub: that a Mac's system evaluates is a matter of test/nix/.
  "darwin-rebuild": `${REFUSE}
case $1 in switch | build | check) shift ;; *) refuse "$@" ;; esac
${evaluated("darwinConfigurations.NAME.system")}`,
  colmena: `${REFUSE}
case $1 in apply | build) shift ;; *) refuse "$@" ;; esac
[[ $1 == --on && $2 == @?* && $# == 2 ]] || refuse "$@"
nodes=$(nix eval --json .#colmenaHive.deploymentConfig) || exit 1
[[ $nodes == *'"'"\${2#@}"'"'* ]] || { echo "no node has the tag \${2#@}: $nodes"; exit 1; }
echo "All done!"`,
  "nixos-generate-config": `${REFUSE}
[[ $* == --show-hardware-config ]] || refuse "$@"
echo '{ lib, modulesPath, ... }:
{
  fileSystems."/" = { device = "/dev/disk/by-uuid/8c4f4c4b-4f0e-4f0b-8d2c-1f1d2b1f6c11"; fsType = "ext4"; };
  swapDevices = [ ];
  nixpkgs.hostPlatform = lib.mkDefault "x86_64-linux";
}'`,
  ssh: `${REFUSE}
[[ $1 != -t ]] || shift
host=\${1#*@}; shift
[[ -d '${homes}'/$host && $# -gt 0 ]] || refuse "$host" "$@"
export HOME='${homes}'/$host
cd "$HOME" && exec bash -c "$*"`,
  rsync: `${REFUSE}
[[ $# == 3 && $1 == -a && $2 == */ && $3 == *:*/ ]] || refuse "$@"
to='${homes}'/\${3%%:*}/\${3#*:}
[[ -d '${homes}'/\${3%%:*} ]] || refuse "$@"
mkdir -p "$to" && cp -a "$2." "$to"`,
});

/** A container runtime and skopeo, which read the image that they are given. */
export const imagePrograms: Programs = {
  docker: `${REFUSE}
[[ $* == load ]] || refuse "$@"
echo "Loaded image: $(tar --extract --to-stdout manifest.json | grep -o '"RepoTags": *\\["[^"]*' | sed 's/.*"//')"`,
  skopeo: `${REFUSE}
[[ $# == 3 && $1 == copy && $2 == docker-archive:/dev/stdin && $3 == docker://*/*:* ]] || refuse "$@"
tar --list | grep -qx manifest.json && echo "Writing manifest to image destination"`,
};

/**
 * npm for a checkout that is a copy of this one: nothing is downloaded, and `npm ci` leaves the build to `npm pack`.
 *
 * @param npm The real npm.
 * @param modules The installed packages, which `npm ci` links.
 * @param prefix Where `npm install -g` installs.
 */
export const npmProgram = (npm: string, modules: string, prefix: string): string => `${REFUSE}
case "$*" in
  ci)
    '${process.execPath}' -e 'const [a, b] = ["package.json", "package-lock.json"].map((name) => JSON.parse(require("fs").readFileSync(name)));
      for (const kind of ["dependencies", "devDependencies"])
        if (JSON.stringify(a[kind]) !== JSON.stringify(b.packages[""][kind])) throw Error("package-lock.json is not of package.json: " + kind)' || exit 1
    ln -sfn '${modules}' node_modules ;;
  start | pack | 'run '*) exec '${npm}' "$@" ;;
  'install -g --ignore-scripts ./'*.tgz) exec '${npm}' "$@" --prefix '${prefix}' --offline --no-audit --no-fund ;;
  *) refuse "$@" ;;
esac`;

/** GitHub's program, as far as a release is verified with it. */
export const ghProgram = `${REFUSE}
[[ $# == 5 && $1 == attestation && $2 == verify && -f $3 && $4 == --repo && $5 == */* ]] || refuse "$@"`;

/** nix-darwin, as far as a flake asks it for a system: its host's module is read. */
export const NIX_DARWIN = {
  "flake.nix": `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";
  outputs = _: {
    lib.darwinSystem = { modules, ... }: { system = "darwin-system-of-\${toString (builtins.length modules)}-modules"; };
  };
}
`,
};
