#!/usr/bin/env bash
# The tools of this platform on this machine: see --help. Runs under bash 3.2 (macOS) and later.
set -euo pipefail

# From the spec.
platform='everything'
keep_for='14d'
groups=('k8s' 'let')
titles=('Kubernetes Tools' 'let')
volumes=('aws')
mounts=('/volumes/aws')
volume_groups=('k8s')
# One entry a tool, group by group.
tools=('kubectl' 'helm' 'ansible' 'terraform')
tool_groups=('k8s' 'k8s' 'let' 'let')

usage() {
  cat <<'END'
Usage: ./manage-nix-packages.sh COMMAND [OPTIONS]

  status                  Nix, who owns nix.conf, the profile, the age of flake.lock, the store
  list                    the tools by group, with their versions, and what is missing here
  install [GROUP…]        make a profile of exactly these groups (all of them when none is named)
  update                  newest versions: flake.lock first, then the profile; if either fails, both stay as they were
  rollback                the profile as it was before the last change
  clean                   remove old generations and whatever nothing uses, then merge equal files

  --volume NAME           the volume's profile, on the volume, instead of this user's (for root: this machine's)
  --dry-run               clean: say what would go, and remove nothing
  --json                  status, list: for a program to read
  --flake DIR             the folder with flake.nix, if it is not the one this script is in
END
}

say() { printf '%s\n' "$*"; }
note() { printf 'note: %s\n' "$*" >&2; }
fail() {
  printf 'manage-nix-packages: %s\n' "$*" >&2
  exit 1
}
wrong_usage() {
  printf 'manage-nix-packages: %s (see --help)\n' "$*" >&2
  exit 2
}

command='' volume='' dry=no json=no
chosen=()
# As an app of the flake (`nix run .#status`) this script lies alone in a store path of the command's name, and works on the folder
# it is run in.
if [[ ${0%/*} =~ /[0-9a-z]{32}-(status|list|update|clean)$ ]]; then
  command=${BASH_REMATCH[1]}
  here=$PWD
else
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
fi
flake=$here
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --dry-run | -n) dry=yes ;;
    --json) json=yes ;;
    --volume | --flake)
      [ $# -gt 1 ] || wrong_usage "$1 needs an argument"
      if [ "$1" = --volume ]; then volume=$2; else flake=$2; fi
      shift
      ;;
    -*) wrong_usage "unknown option: $1" ;;
    *) if [ -z "$command" ]; then command=$1; else chosen+=("$1"); fi ;;
  esac
  shift
done

# The place of a word in the list that follows it; fails when it is not there.
index_of() {
  local word=$1 n=0
  shift
  while [ $# -gt 0 ]; do
    if [ "$1" = "$word" ]; then
      printf '%s\n' "$n"
      return 0
    fi
    n=$((n + 1))
    shift
  done
  return 1
}

mount=''
if [ -n "$volume" ]; then
  volume_index=$(index_of "$volume" ${volumes[@]+"${volumes[@]}"}) || wrong_usage "there is no volume $volume; there are: ${volumes[*]-}"
  mount=${mounts[volume_index]}
  profile=$mount/.nix/environment-$platform
elif [ "$(id -u)" = 0 ]; then
  profile=${NIX_STATE_DIR:-/nix/var/nix}/profiles/environment-$platform
else
  profile=${XDG_STATE_HOME:-${HOME:?}/.local/state}/nix/profiles/environment-$platform
fi

# --- Nix, and what needs none ----------------------------------------------------------------------------------------

have_nix() { command -v nix >/dev/null; }

need_nix() {
  have_nix || fail "nix is not on PATH: source ./setup-nix-environment.sh, which says how to get it"
}

# The flags make no difference to a configuration that has them; without them nothing here would work.
flake_nix() { nix --extra-experimental-features 'nix-command flakes' "$@"; }

json_text() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  text=${text//$'\r'/\\r}
  text=${text//$'\t'/\\t}
  printf '"%s"' "$text"
}

# Words -> the inside of a JSON list.
json_list() {
  local separator=''
  while [ $# -gt 0 ]; do
    printf '%s' "$separator"
    json_text "$1"
    separator=', '
    shift
  done
}

# What a profile's generation says of itself: nix/environment.nix writes one file a group, with a line a tool: name, version,
# store path; the last two are empty for a tool that this system does not have.
tool_lines() { # GENERATION GROUP
  local file=$1/share/flakewright/tools/$2
  if [ -f "$file" ]; then cat "$file"; fi
}

# The groups in a generation, in order, as `install` wrote them into Nix's manifest.
groups_in() {
  if [ -f "$1/manifest.nix" ]; then sed -n -E 's/^  \{ type = "derivation"; name = "([a-z0-9_-]+)";.*/\1/p' "$1/manifest.nix"; fi
}

generations() {
  local link
  for link in "$profile"-*-link; do
    link=${link#"$profile"-}
    link=${link%-link}
    if [[ $link =~ ^[0-9]+$ ]]; then printf '%s\n' "$link"; fi
  done | sort -n
}

current_generation() {
  local link
  link=$(readlink "$profile" 2>/dev/null) || return 0
  link=${link##*-"$platform"-}
  printf '%s\n' "${link%-link}"
}

need_mount() {
  [ -z "$volume" ] || [ -d "$mount" ] || fail "the volume $volume is not mounted at $mount"
}

# --- install, rollback, update ---------------------------------------------------------------------------------------

# Group names -> `built`, their store paths in the same order.
build_groups() {
  local group paths path
  local targets=()
  built=()
  for group in "$@"; do targets+=(".#$group"); done
  # As JSON, for Nix 2.8 has no --print-out-paths yet.
  paths=$(cd "$flake" && flake_nix build --no-link --json "${targets[@]}") || return 1
  for group in "$@"; do
    # A group's package has the group's name.
    path=$(grep -Eo "\"[^\"]*/[a-z0-9]{32}-$group\"" <<<"$paths" | head -n 1 | tr -d '"')
    [ -n "$path" ] || fail "the build of $group gave no path of that name"
    built+=("$path")
  done
}

# One folder for several groups, made by the builder that nix-env itself uses, with a manifest that `nix-env --query` can read.
# Where two groups bring the same file, the first one's is taken, as on PATH. Needs nothing of nixpkgs.
# shellcheck disable=SC2016
union='{ name, groups, paths }:
let
  words = text: builtins.filter (word: builtins.isString word && word != "") (builtins.split " " text);
  names = words groups;
  members = map builtins.storePath (words paths);
  each = function: builtins.genList (n: function n (builtins.elemAt names n) (builtins.elemAt members n)) (builtins.length names);
  entry = _: group: path: "  { type = \"derivation\"; name = \"${group}\"; system = \"builtin\"; outPath = \"${path}\"; outputs = [ \"out\" ]; out = { outPath = \"${path}\"; }; meta = { }; }\n";
in
derivation {
  inherit name;
  system = "builtin";
  builder = "builtin:buildenv";
  manifest = builtins.toFile "manifest.nix" "[\n${builtins.concatStringsSep "" (each entry)}]\n";
  derivations = each (n: _: path: [ "true" (5 + n) 1 path ]);
  preferLocalBuild = true;
  allowSubstitutes = false;
}'

# Makes a generation of the groups, the current one from then on. Steps fail one by one: under `||` bash ignores `set -e`.
set_profile() {
  local environment
  build_groups "$@" || return 1
  environment=$(
    nix-build --no-out-link --expr "$union" --argstr name "environment-$platform" --argstr groups "$*" --argstr paths "${built[*]}"
  ) || return 1
  mkdir -p "$(dirname "$profile")" || return 1
  nix-env --profile "$profile" --set "$environment"
}

install_groups() {
  local group before
  need_nix
  need_mount
  if [ -n "$volume" ]; then
    [ ${#chosen[@]} -eq 0 ] || wrong_usage "a volume has the groups that the spec gives it"
    read -ra chosen <<<"${volume_groups[volume_index]}"
  fi
  [ ${#chosen[@]} -gt 0 ] || chosen=(${groups[@]+"${groups[@]}"})
  [ ${#chosen[@]} -gt 0 ] || fail "the spec has no groups"
  for group in "${chosen[@]}"; do
    index_of "$group" ${groups[@]+"${groups[@]}"} >/dev/null || wrong_usage "there is no group $group; there are: ${groups[*]-}"
  done
  before=$(real_path "$profile")
  set_profile "${chosen[@]}" || fail "the profile stays as it was"
  changes "$before" "$profile"
  say "generation $(current_generation) of $profile: ${chosen[*]}"
}

rollback() {
  local before
  need_nix
  need_mount
  [ -L "$profile" ] || fail "there is no profile $profile yet: ./manage-nix-packages.sh install"
  before=$(real_path "$profile")
  nix-env --profile "$profile" --rollback
  changes "$before" "$profile"
  say "generation $(current_generation) of $profile"
}

real_path() { (cd "$1" 2>/dev/null && pwd -P) || true; }

# What one generation has and another has not: `kubectl 1.30.1 -> 1.31.0`.
changes() {
  local old=$1 new=$2
  {
    versions_in "$old" - old
    versions_in "$new" - new
  } | sort -u | awk -F '\t' '
    $1 == "old" { old[$2] = $3; names[$2] }
    $1 == "new" { new[$2] = $3; names[$2] }
    END {
      for (name in names) {
        if (!(name in old)) print "  " name " " new[name] " (new)"
        else if (!(name in new)) print "  " name " " old[name] " (gone)"
        else if (old[name] != new[name]) print "  " name " " old[name] " -> " new[name]
      }
    }' | sort
}

versions_in() {
  local group
  [ -n "$1" ] || return 0
  for group in $(groups_in "$1"); do tool_lines "$1" "$group" | awk -F '\t' -v word="$3" '$3 != "" { print word "\t" $1 "\t" $2 }'; done
}

update() {
  local had before lock=$flake/flake.lock
  need_nix
  [ -f "$flake/flake.nix" ] || fail "there is no flake.nix in $flake: go to the platform's folder, or name it with --flake"
  need_mount
  read -ra had <<<"$(groups_in "$profile" | tr '\n' ' ')"
  before=$(real_path "$profile")
  saved_lock=$(mktemp "${TMPDIR:-/tmp}/flake.lock.XXXXXX")
  trap restore_lock EXIT
  trap 'exit 130' INT
  trap 'exit 143' HUP TERM
  if [ -e "$lock" ]; then cp "$lock" "$saved_lock"; else rm "$saved_lock"; fi
  (cd "$flake" && flake_nix flake update) || fail "flake.lock could not be updated; it stays as it was"
  if [ ${#had[@]} -gt 0 ]; then
    set_profile "${had[@]}" || fail "the new versions could not be built; flake.lock and the profile stay as they were"
  fi
  trap - EXIT HUP INT TERM
  rm -f "$saved_lock"
  if [ ${#had[@]} -eq 0 ]; then
    say "flake.lock is up to date; there is no profile yet: ./manage-nix-packages.sh install"
    return 0
  fi
  changes "$before" "$profile"
  if [ "$before" = "$(real_path "$profile")" ]; then
    say "everything is at its newest version"
  else
    say "generation $(current_generation) of $profile: ${had[*]}"
  fi
}

restore_lock() {
  if [ -e "$saved_lock" ]; then mv -f "$saved_lock" "$flake/flake.lock"; else rm -f "$flake/flake.lock"; fi
}

# --- clean -----------------------------------------------------------------------------------------------------------

clean() {
  local n place dead
  local profiles=("$profile")
  need_nix
  need_mount
  if [ -z "$volume" ]; then
    for ((n = 0; n < ${#volumes[@]}; n++)); do
      place=${mounts[n]}/.nix/environment-$platform
      if [ -L "$place" ]; then
        profiles+=("$place")
      elif [ ! -d "${mounts[n]}" ]; then
        note "the volume ${volumes[n]} is not mounted: what only it uses counts as unused"
      fi
    done
  fi
  for place in "${profiles[@]}"; do
    [ -L "$place" ] || continue
    if [ "$dry" = yes ]; then
      nix-env --profile "$place" --delete-generations "$keep_for" --dry-run
    else
      nix-env --profile "$place" --delete-generations "$keep_for"
    fi
  done
  if [ "$dry" = yes ]; then
    dead=$(nix-store --gc --print-dead 2>/dev/null)
    printf '%s' "$dead${dead:+$'\n'}"
    say "would remove $(grep -c . <<<"$dead" || true) store paths, $(human "$(size_of_paths "$dead")")"
    return 0
  fi
  nix-store --gc
  nix-store --optimise
}

# --- status, list ----------------------------------------------------------------------------------------------------

human() {
  awk -v bytes="$1" 'BEGIN {
    if (bytes == "") { print "unknown"; exit }
    split("B KiB MiB GiB TiB", unit, " ")
    for (n = 1; bytes >= 1024 && n < 5; n++) bytes /= 1024
    printf (n == 1 ? "%d %s\n" : "%.1f %s\n"), bytes, unit[n]
  }'
}

size_of_paths() {
  if [ -n "$1" ]; then xargs nix-store --query --size <<<"$1" | awk '{ sum += $1 } END { printf "%.0f\n", sum }'; else echo 0; fi
}

# Days since the oldest input of flake.lock was made; nothing without a lock file.
lock_age() {
  [ -f "$flake/flake.lock" ] || return 0
  awk -v now="$(date +%s)" '
    /"lastModified":/ { gsub(/[^0-9]/, ""); if (oldest == "" || $0 + 0 < oldest) oldest = $0 + 0 }
    END { if (oldest != "") printf "%d\n", (now - oldest) / 86400 }' "$flake/flake.lock"
}

# VALUE of a `NAME=VALUE` line in a report.
value_of() { sed -n "s|^$1=||p" <<<"$2"; }

status() {
  local version='' owner='' conf='' drift='' report='' size='' freeable='' generation age dead count
  local had
  if have_nix; then
    version=$(nix --version)
    size=$(flake_nix path-info --all --size 2>/dev/null | awk '{ sum += $2 } END { printf "%.0f\n", sum }') || size=''
    if dead=$(nix-store --gc --print-dead 2>/dev/null); then freeable=$(size_of_paths "$dead"); fi
  fi
  if [ -x "$here/apply-nix-config.sh" ]; then
    report=$("$here/apply-nix-config.sh" --report 2>/dev/null) || report=''
    owner=$(value_of owner "$report")
    conf=$(value_of conf "$report")
    drift=$(value_of 'drift nix/nix.conf' "$report")
  fi
  read -ra had <<<"$(groups_in "$profile" | tr '\n' ' ')"
  generation=$(current_generation)
  count=$(generations | grep -c . || true)
  age=$(lock_age)
  if [ "$json" = yes ]; then
    printf '{\n  "platform": %s,\n' "$(json_text "$platform")"
    printf '  "nix": { "version": %s, "owner": %s, "conf": %s, "drift": %s },\n' \
      "$(json_or_null "${version##* }")" "$(json_or_null "$owner")" "$(json_or_null "$conf")" "$(json_or_null "$drift")"
    printf '  "profile": { "path": %s, "generation": %s, "generations": %s, "groups": [%s] },\n' \
      "$(json_text "$profile")" "${generation:-null}" "$count" "$(json_list ${had[@]+"${had[@]}"})"
    printf '  "lock": { "ageDays": %s },\n  "store": { "bytes": %s, "freeableBytes": %s }\n}\n' "${age:-null}" "${size:-null}" "${freeable:-null}"
    return 0
  fi
  say "Nix:         ${version:-not installed (source ./setup-nix-environment.sh, which says how to get it)}"
  say "nix.conf:    ${conf:-unknown}, owner: ${owner:-unknown}; difference from etc/: ${drift:-unknown}"
  if [ -n "$generation" ]; then
    say "profile:     $profile, generation $generation of $count: ${had[*]-}"
  else
    say "profile:     none yet (./manage-nix-packages.sh install)"
  fi
  if [ -n "$age" ]; then say "flake.lock:  $age days old"; else say "flake.lock:  none yet (the first install writes it)"; fi
  say "store:       $(human "$size"), of which $(human "$freeable") can be freed (./manage-nix-packages.sh clean)"
}

json_or_null() { if [ -n "$1" ]; then json_text "$1"; else printf null; fi; }

# The lines of `list`: group, tool, version, store path, state; separated by tabs.
listing() {
  local n group tool line
  local had
  had=" $(groups_in "$profile" | tr '\n' ' ') "
  for ((n = 0; n < ${#tools[@]}; n++)); do
    tool=${tools[n]} group=${tool_groups[n]}
    if [[ $had != *" $group "* ]]; then
      printf '%s\t%s\t\t\tnot installed\n' "$group" "$tool"
    else
      line=$(tool_lines "$profile" "$group" | tool=$tool awk -F '\t' '$1 == ENVIRON["tool"] { print; exit }')
      if [ -z "$line" ]; then
        printf '%s\t%s\t\t\tnew in the spec\n' "$group" "$tool"
      elif [ -z "$(cut -f 3 <<<"$line")" ]; then
        printf '%s\t%s\t\t\tmissing\n' "$group" "$tool"
      else
        printf '%s\t%s\tinstalled\n' "$group" "$line"
      fi
    fi
  done
}

list() {
  local group tool version path state last='' separator=''
  if [ "$json" = yes ]; then printf '['; fi
  while IFS= read -r line; do
    # `read` would merge neighbouring tabs.
    group=$(cut -f 1 <<<"$line") tool=$(cut -f 2 <<<"$line") version=$(cut -f 3 <<<"$line") path=$(cut -f 4 <<<"$line")
    state=$(cut -f 5 <<<"$line")
    if [ "$json" = yes ]; then
      printf '%s\n  { "group": %s, "tool": %s, "version": %s, "path": %s, "state": %s }' "$separator" \
        "$(json_text "$group")" "$(json_text "$tool")" "$(json_or_null "$version")" "$(json_or_null "$path")" "$(json_text "$state")"
      separator=,
      continue
    fi
    if [ "$group" != "$last" ]; then
      say "$group: ${titles[$(index_of "$group" "${groups[@]}")]}"
      last=$group
    fi
    case $state in
      installed) printf '  %-24s %s\n' "$tool" "$version" ;;
      missing) printf '  %-24s missing: not available on this system\n' "$tool" ;;
      *) printf '  %-24s (%s)\n' "$tool" "$state" ;;
    esac
  done < <(listing)
  if [ "$json" = yes ]; then printf '\n]\n'; fi
}

case $command in
  status) status ;;
  list) list ;;
  install) install_groups ;;
  update) update ;;
  rollback) rollback ;;
  clean) clean ;;
  '')
    usage >&2
    exit 2
    ;;
  *) wrong_usage "there is no command $command" ;;
esac
