#!/usr/bin/env bash
# Puts etc/ of this folder on a machine that is not NixOS. See --help. Runs under bash 3.2 (macOS) and later.
set -euo pipefail
umask 022
PATH=$PATH:/usr/sbin:/sbin

# From the spec.
platform='multi-cloud-k8s'
build_group='nixbld'
build_gid='30000'
build_users=('nixbld1' 'nixbld2' 'nixbld3' 'nixbld4' 'nixbld5' 'nixbld6' 'nixbld7' 'nixbld8' 'nixbld9' 'nixbld10')
build_uids=('30001' '30002' '30003' '30004' '30005' '30006' '30007' '30008' '30009' '30010')
build_roles=('AWS provider builds' 'Azure provider builds' 'GCP provider builds' 'IBM provider builds' 'DigitalOcean provider builds' 'General Kubernetes builds' 'Container runtime builds' 'Networking builds' 'Security builds' 'Monitoring builds')

usage() {
  cat <<'END'
Usage: ./apply-nix-config.sh [--dry-run] [--no-restart] [--root DIR]
       ./apply-nix-config.sh --uninstall [--dry-run] [--no-restart] [--root DIR]
       ./apply-nix-config.sh --report [--root DIR]
       ./apply-nix-config.sh --print FILE

Installs etc/ of this folder on a machine that is not NixOS: nix.conf (Determinate's Nix: nix.custom.conf), machines,
the build users. What was there before is kept below /var/lib/flakewright and comes back with --uninstall. A second run
changes nothing; a run that was interrupted is completed by the next one, or undone by --uninstall.

  --dry-run     say what would be done, and change nothing
  --uninstall   put back what was there before the first run
  --no-restart  leave a running daemon alone; it keeps the old settings until it is restarted
  --root DIR    work on the machine whose root folder is DIR (an image); nothing is restarted
  --report      what is installed here, as NAME=VALUE lines
  --print FILE  FILE (a nix.conf) as the Nix installed here understands it: settings and features that it does not
                know are left out, and named on stderr
END
}

say() { printf '%s\n' "$*"; }
note() { printf 'note: %s\n' "$*" >&2; }
fail() {
  printf 'apply-nix-config: %s\n' "$*" >&2
  exit 1
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
action=apply root='' dry=no restart=yes print=''
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run | -n) dry=yes ;;
    --uninstall) action=uninstall ;;
    --report) action=report ;;
    --no-restart) restart=no ;;
    --root | --print)
      [ $# -gt 1 ] || fail "$1 needs an argument (see --help)"
      if [ "$1" = --root ]; then root=$2; else action=print print=$2; fi
      shift
      ;;
    --help | -h) usage && exit 0 ;;
    *)
      usage >&2
      printf 'apply-nix-config: unknown argument: %s\n' "$1" >&2
      exit 2
      ;;
  esac
  shift
done
if [ -n "$root" ]; then
  root=$(cd -- "$root" && pwd -P) || fail "--root: no such folder"
  [ "$root" != / ] || root=''
fi

state=$root/var/lib/flakewright
# The files that are ours while the configuration is applied: source below etc/, place on the machine. `find_owner` sets the first.
sources=(nix/nix.conf nix/machines sysusers.d/nix-build-users.conf)
targets=(/etc/nix/nix.conf /etc/nix/machines /etc/sysusers.d/nix-build-users.conf)

exists() { [ -e "$1" ] || [ -L "$1" ]; }

# Who wrote nix.conf. Sets `owner`, and `targets[0]`: the file that is ours to write.
find_owner() {
  local conf=$root/etc/nix/nix.conf
  if exists "$root/etc/NIXOS"; then
    owner=nixos
  elif [ -L "$conf" ] && case $(readlink "$conf") in /etc/static/*) true ;; *) false ;; esac; then
    owner='nix-darwin'
  elif [ -L "$conf" ] && case $(readlink "$conf") in /nix/store/*) true ;; *) false ;; esac; then
    owner='nix-store'
  elif [ -f "$conf" ] && grep -Eq '^[[:space:]]*!?include[[:space:]]+(/etc/nix/)?nix\.custom\.conf' "$conf"; then
    owner=determinate
    targets[0]=/etc/nix/nix.custom.conf
  elif [ -e "$root/var/lib/dpkg/info/nix-bin.list" ] && [ -e "$root/usr/bin/nix" ]; then
    owner=debian
  elif exists "$root/nix/var/nix/profiles/default/bin/nix"; then
    owner=upstream
  else
    owner=other
  fi
}

# --- The installed Nix: what it knows, and what it says to a configuration -------------------------------------------

# Sets `nix`, the command that runs the machine's Nix, and `show`, its name for `config show`.
find_nix() {
  local candidate
  nix=()
  if [ -n "$root" ] && chroot "$root" nix --version >/dev/null 2>&1; then
    nix=(chroot "$root" nix)
  else
    for candidate in /nix/var/nix/profiles/default/bin/nix "$(command -v nix || true)" /usr/bin/nix /usr/local/bin/nix; do
      if [ -n "$candidate" ] && [ -x "$candidate" ]; then
        nix=("$candidate")
        break
      fi
    done
  fi
  [ ${#nix[@]} -gt 0 ] || return 1
  show=(config show)
  ask_nix '' >/dev/null 2>&1 || show=(show-config)
}

# The settings that Nix ends with, given this text and nothing else.
ask_nix() {
  NIX_CONF_DIR=/nonexistent NIX_USER_CONF_FILES='' NIX_CONFIG=$1 LC_ALL=C \
    "${nix[@]}" --extra-experimental-features nix-command "${show[@]}"
}

# Text of a nix.conf -> `understood`, the same without what this Nix does not know; `left_out` names that. Fails, with Nix's words
# in `complaint`, when Nix refuses the text. Nix itself is asked, since its forks' version numbers say little.
understand() {
  local messages settings features
  understood=$1 left_out='' complaint=''
  while :; do
    if ! messages=$(ask_nix "$understood" 2>&1 >/dev/null); then
      complaint=$messages
      return 1
    fi
    settings=$(sed -n -E "s/^warning: (unknown|[Ii]gnoring) setting '([A-Za-z0-9-]+)'.*/\2/p" <<<"$messages" | sort -u)
    features=$(sed -n -E "s/^warning: unknown experimental feature '([A-Za-z0-9-]+)'.*/\1/p" <<<"$messages" | sort -u)
    if [ -z "$settings$features" ]; then
      complaint=$messages
      return 0
    fi
    # shellcheck disable=SC2086
    left_out=$(printf '%s\n' $left_out $settings $features | sort -u)
    understood=$(
      settings=$settings features=$features awk '
        BEGIN {
          count = split(ENVIRON["settings"], names); for (i = 1; i <= count; i++) unknown[names[i]]
          count = split(ENVIRON["features"], names); for (i = 1; i <= count; i++) absent[names[i]]
        }
        $2 == "=" && $1 in unknown { next }
        $2 == "=" && ($1 == "experimental-features" || $1 == "extra-experimental-features") {
          line = $1 " ="
          for (i = 3; i <= NF; i++) if (!($i in absent)) line = line " " $i
          print line
          next
        }
        { print }' <<<"$understood"
    )
  done
}

# --- Accounts -------------------------------------------------------------------------------------------------------

# A group or user, by name or id -> `entry`, the fields of its line; fails when there is none.
find_account() {
  local database=$1 key=$2 line=''
  entry=()
  if [ -z "$root" ] && command -v getent >/dev/null; then
    line=$(getent "$database" "$key") || return 1
  elif [ -f "$root/etc/$database" ]; then
    while IFS= read -r line; do
      IFS=: read -ra entry <<<"$line"
      if [ "${entry[0]-}" = "$key" ] || [ "${entry[2]-}" = "$key" ]; then return 0; fi
    done <"$root/etc/$database"
    return 1
  fi
  IFS=: read -ra entry <<<"$line"
  [ ${#entry[@]} -gt 0 ]
}

# Fields of `entry`: 0 name, 2 id; of a group 3 members; of a user 4 description, 6 shell.
user_has_id() { find_account passwd "$1" && [ "${entry[2]}" = "$2" ]; }

free_id() {
  local database=$1 id=$2
  while find_account "$database" "$id"; do id=$((id + 1)); done
  printf '%s\n' "$id"
}

# A program of the shadow suite, on the machine's own files. Its remarks (an id above SYS_UID_MAX) are shown only on failure.
shadow() {
  local program=$1 messages
  shift
  command -v "$program" >/dev/null || fail "there is no $program here: create the users of etc/sysusers.d by hand, then run this again"
  [ -z "$root" ] || set -- --prefix "$root" "$@"
  messages=$("$program" "$@" 2>&1 </dev/null) || fail "$program failed: $messages"
}

is_member() {
  find_account group "$2" || return 1
  case ,${entry[3]-}, in *,"$1",*) ;; *) return 1 ;; esac
}

# --- The journal: what --uninstall undoes ----------------------------------------------------------------------------

journalled() { [ -f "$state/journal" ] && grep -q "^$1 $2 " "$state/journal"; }

# Written before the deed, so that a run killed between the two is undone too.
journal() {
  grep -Fqx "$1 $2 $3" "$state/journal" || printf '%s %s %s\n' "$1" "$2" "$3" >>"$state/journal"
}

# Keeps the machine's files as they were before the first run. Complete or absent: made aside, then renamed.
keep_originals() {
  local n
  [ ! -d "$state" ] || return 0
  rm -rf "$state.new"
  mkdir -p "$state.new/before"
  for n in 0 1 2; do
    if exists "$root${targets[n]}"; then cp -pPR "$root${targets[n]}" "$state.new/before/$n"; else : >"$state.new/before/$n.absent"; fi
    printf '%s\n' "${targets[n]}" >"$state.new/before/$n.path"
  done
  : >"$state.new/journal"
  printf '%s\n' "$platform" >"$state.new/platform"
  mv "$state.new" "$state"
}

# What a killed run may have left beside its work.
sweep() {
  local target
  rm -rf "$state.done" "$state.new"
  for target in "${targets[@]}"; do rm -f "$root$target.flakewright-new"; done
}

# Says what is done, and does it unless this is a dry run.
act() {
  say "$1"
  shift
  [ "$dry" = yes ] || "$@"
}

make_directory() {
  [ -d "$root$1" ] || {
    journal directory "$1" -
    mkdir -p "$root$1"
  }
}

# Text -> file, whole or not at all.
put() {
  local text=$1 target=$2
  make_directory "$(dirname "$target")"
  printf '%s\n' "$text" >"$root$target.flakewright-new"
  chmod 0644 "$root$target.flakewright-new"
  mv -f "$root$target.flakewright-new" "$root$target"
}

# Puts back the file that was at place number $1.
restore() {
  local before=$state/before/$1 target
  target=$(cat "$before.path")
  if [ -e "$before.absent" ]; then
    rm -f "$root$target"
  else
    rm -rf "$root$target.flakewright-new"
    cp -pPR "$before" "$root$target.flakewright-new"
    mv -f "$root$target.flakewright-new" "$root$target"
  fi
}

is_original() {
  local before=$state/before/$1 target
  target=$root$(cat "$before.path")
  if [ -e "$before.absent" ]; then
    if exists "$target"; then return 1; fi
  elif [ -L "$before" ]; then
    [ -L "$target" ] && [ "$(readlink "$before")" = "$(readlink "$target")" ]
  else
    [ ! -L "$target" ] && cmp -s "$before" "$target"
  fi
}

# --- The daemon -----------------------------------------------------------------------------------------------------

# The process that listens for connections; not those that serve one, nor a container's. Linux only.
daemon_process() {
  local listening process name socket
  [ -r /proc/net/unix ] || return 0
  listening=" $(awk '$4 == "00010000" { printf "socket:[%s] ", $7 }' /proc/net/unix)"
  for process in /proc/[0-9]*; do
    read -r name 2>/dev/null <"$process/comm" || continue
    case $name in nix-daemon | nix) ;; *) continue ;; esac
    # The daemon has a mount namespace of its own, so what tells a container's is the process namespace.
    [ "$(readlink "$process/ns/pid")" = "$(readlink /proc/self/ns/pid)" ] || continue
    for socket in "$process"/fd/*; do
      case $listening in *" $(readlink "$socket") "*) printf '%s\n' "${process#/proc/}" && return 0 ;; esac
    done
  done
}

# Builds under way go on: each connection has a process of its own that outlives the one that listens.
restart_daemon() {
  local process program waited=0 word command=() environment=()
  if [ -d /run/systemd/system ]; then
    systemctl is-active --quiet nix-daemon.service || return 0
    say "restarting nix-daemon.service"
    systemctl restart nix-daemon.service
    return 0
  elif [ "$(uname -s)" = Darwin ]; then
    for word in org.nixos.nix-daemon systems.determinate.nix-daemon; do
      launchctl print "system/$word" >/dev/null 2>&1 || continue
      say "restarting $word"
      launchctl kickstart -k "system/$word"
    done
    return 0
  fi
  process=$(daemon_process)
  [ -n "$process" ] || return 0
  while IFS= read -r -d '' word; do command+=("$word"); done <"/proc/$process/cmdline"
  while IFS= read -r -d '' word; do environment+=("$word"); done <"/proc/$process/environ"
  program=$(readlink "/proc/$process/exe")
  say "restarting the daemon (process $process)"
  kill -TERM "$process"
  while kill -0 "$process" 2>/dev/null; do
    [ $waited -lt 100 ] || fail "the daemon (process $process) does not stop: restart it yourself"
    waited=$((waited + 1))
    sleep 0.1
  done
  # As it was started: the same arguments (Nix goes by the first, its name) and environment. A program that was upgraded since
  # then reads as `… (deleted)`.
  # shellcheck disable=SC2016
  (
    cd /
    exec env -i ${environment[@]+"${environment[@]}"} setsid bash -c 'exec -a "$1" "$0" "${@:2}"' "${program% (deleted)}" "${command[@]}"
  ) </dev/null >/dev/null 2>&1 &
}

# The mark outlives a killed run: the next one still knows that the daemon has old settings.
finish_restart() {
  [ -e "$state/restart" ] || return 0
  if [ -n "$root" ]; then
    :
  elif [ "$restart" = yes ]; then
    restart_daemon
  else
    note "the running daemon keeps its old settings until it is restarted"
  fi
  rm -f "$state/restart"
}

# --- Commands -------------------------------------------------------------------------------------------------------

check_machine() {
  case $owner in
    nixos) fail "this is NixOS: import nixosModules.default of the flake instead" ;;
    nix-darwin) fail "nix-darwin owns nix.conf here: import darwinModules.default of the flake instead" ;;
    nix-store) fail "/etc/nix/nix.conf is a link into the Nix store: whatever made it would undo this; change it there" ;;
  esac
  [ "$dry" = yes ] || [ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "only root can do this: sudo $0 (or see it with --dry-run)"
}

apply_group() {
  local id=$build_gid
  if find_account group "$build_group"; then
    [ "${entry[2]}" = "$id" ] || note "group $build_group exists with gid ${entry[2]}, not $id: adopted as it is"
    return 0
  fi
  if find_account group "$id"; then
    id=$(free_id group "$id")
    note "gid $build_gid belongs to ${entry[0]}: $build_group gets $id"
  fi
  act "create group $build_group (gid $id)" create_group "$id"
}

create_group() {
  journal group "$build_group" "$1"
  shadow groupadd --system --gid "$1" "$build_group"
}

apply_user() { # NAME UID ROLE
  local user=$1 id=$2 role=$3 gecos
  if ! find_account passwd "$user"; then
    if find_account passwd "$id"; then
      id=$(free_id passwd $((build_uids[${#build_uids[@]} - 1] + 1)))
      note "uid $2 belongs to ${entry[0]}: $user gets $id"
    fi
    act "create user $user (uid $id): $role" create_user "$user" "$id" "$role"
    return 0
  fi
  case ${entry[6]-} in
    */nologin | */false) ;;
    *) fail "user $user can log in (${entry[6]-with the default shell}), so it is no build user: rename it, then run this again" ;;
  esac
  gecos=${entry[4]}
  [ "${entry[2]}" = "$id" ] || adopted="$adopted $user (${entry[2]}, not $id)"
  [ "$gecos" = "$role" ] || act "name $user: $role" name_role "$user" "$gecos" "$role"
  is_member "$user" "$build_group" || act "make $user a member of $build_group" join_group "$user"
}

create_user() {
  journal user "$1" "$2"
  shadow useradd --system --no-log-init --no-create-home --home-dir /var/empty --shell "$(nologin)" --uid "$2" \
    --no-user-group --gid "$build_group" --groups "$build_group" --comment "$3" "$1"
}

name_role() {
  # The first entry is what was there before any of our runs.
  journalled user "$1" || journalled gecos "$1" || journal gecos "$1" "$2"
  shadow usermod --comment "$3" "$1"
}

join_group() {
  journalled user "$1" || journal member "$1" "$build_group"
  shadow usermod --append --groups "$build_group" "$1"
}

nologin() {
  local shell
  for shell in /usr/sbin/nologin /sbin/nologin; do
    if exists "$root$shell"; then
      printf '%s\n' "$shell"
      return 0
    fi
  done
  printf '/bin/false\n'
}

# Users of an earlier spec, created here, that this one has no longer.
retire_users() {
  local kind user rest
  [ -f "$state/journal" ] || return 0
  while read -r kind user rest; do
    [ "$kind" = user ] || continue
    case " ${build_users[*]-} " in *" $user "*) continue ;; esac
    if find_account passwd "$user"; then act "remove user $user (uid $rest), which the spec has no longer" shadow userdel "$user"; fi
  done <"$state/journal"
}

apply_users() {
  local n others adopted='' more=''
  if [ -z "$build_group" ]; then
    return 0
  elif [ -z "$root" ] && [ "$(uname -s)" = Darwin ]; then
    note "on macOS the build users are those of Nix's installer (_nixbld1, …): left as they are"
    return 0
  fi
  apply_group
  for ((n = 0; n < ${#build_users[@]}; n++)); do apply_user "${build_users[n]}" "${build_uids[n]}" "${build_roles[n]}"; done
  [ -z "$adopted" ] || note "users that exist with other ids than the spec's are adopted as they are:$adopted"
  find_account group "$build_group" || return 0
  IFS=, read -ra entry <<<"${entry[3]-}"
  for others in ${entry[@]+"${entry[@]}"}; do
    case " ${build_users[*]} " in *" $others "*) ;; *) more="$more $others" ;; esac
  done
  [ -z "$more" ] || note "more members of $build_group than the spec's, and builds may run as them too:$more"
}

mark_restart() { : >"$state/restart"; }

apply_files() {
  local n source target text
  for n in 0 1 2; do
    source=$here/etc/${sources[n]} target=${targets[n]}
    if [ $n = 2 ] && ! exists "$root/usr/bin/systemd-sysusers" && ! exists "$root/bin/systemd-sysusers"; then continue; fi
    if [ ! -f "$source" ]; then
      # An earlier spec had it.
      if [ -d "$state" ] && ! is_original $n; then
        act "put back $target, which the spec has no longer" restore $n
        [ "$dry" = yes ] || mark_restart
      fi
      continue
    fi
    text=$(cat "$source")
    [ $n != 0 ] || text=$understood
    if [ -f "$root$target" ] && [ "$(cat "$root$target")" = "$text" ]; then continue; fi
    [ ! -d "$root$target" ] || fail "$target is a folder"
    say "write $target"
    if [ "$dry" = yes ]; then
      local current=/dev/null
      [ ! -f "$root$target" ] || current=$root$target
      diff -u "$current" - <<<"$text" | sed -e 's/^/    /' -e '1,2d' || true
    else
      mark_restart
      put "$text" "$target"
    fi
  done
}

# The whole configuration as the daemon will read it: Determinate's own nix.conf comes before the user's part.
whole_configuration() {
  if [ "$owner" = determinate ]; then grep -Ev '^[[:space:]]*!?include[[:space:]]' "$root/etc/nix/nix.conf" || true; fi
  printf '%s\n' "$understood"
}

validate() {
  local name own
  understood=''
  [ -f "$here/etc/nix/nix.conf" ] || return 0
  find_nix || fail "there is no Nix here that could check the configuration; install it first: Debian and Ubuntu: apt install nix-setup-systemd; others: https://nixos.org/download"
  understand "$(cat "$here/etc/nix/nix.conf")" || fail "the installed Nix ($("${nix[@]}" --version)) refuses the configuration; nothing was changed:
$complaint"
  for name in $left_out; do note "$("${nix[@]}" --version) would ignore $name: left out"; done
  [ -z "$complaint" ] || note "Nix says: $complaint"
  if [ "$owner" = determinate ]; then
    own=$understood
    understand "$(whole_configuration)" || fail "the installed Nix refuses the configuration together with Determinate's own; nothing was changed:
$complaint"
    understood=$own
  fi
}

apply() {
  check_machine
  validate
  if [ "$dry" = no ]; then
    sweep
    keep_originals
  fi
  apply_users
  apply_files
  retire_users
  if [ "$dry" = yes ]; then
    say "(dry run: nothing was changed)"
    return 0
  fi
  finish_restart
  say "this machine has the Nix configuration of $platform"
  if [ "$owner" = debian ] && find_account group nix-users; then
    note "Debian lets only root and members of the group nix-users reach the daemon: adduser USER nix-users"
  fi
}

uninstall() {
  local n kind name rest
  check_machine
  [ "$dry" = yes ] || sweep
  if [ ! -d "$state" ]; then
    say "nothing of flakewright is installed here"
    return 0
  fi
  for n in 0 1 2; do
    is_original $n && continue
    [ "$dry" = yes ] || mark_restart
    act "put back $(cat "$state/before/$n.path")" restore $n
  done
  [ "$dry" = yes ] || finish_restart
  # Memberships, names and users first; a group can go when its users have.
  while read -r kind name rest; do
    case $kind in
      user) if user_has_id "$name" "$rest"; then act "remove user $name" shadow userdel "$name"; fi ;;
      gecos) if find_account passwd "$name"; then act "name $name: $rest" shadow usermod --comment "$rest" "$name"; fi ;;
      member) if is_member "$name" "$rest"; then act "take $name out of $rest" leave_group "$name" "$rest"; fi ;;
    esac
  done <"$state/journal"
  while read -r kind name rest; do
    case $kind in
      group) if find_account group "$name" && [ "${entry[2]}" = "$rest" ]; then act "remove group $name" shadow groupdel "$name"; fi ;;
      directory) if [ -d "$root$name" ]; then act "remove folder $name" rmdir_if_empty "$root$name"; fi ;;
    esac
  done <"$state/journal"
  if [ "$dry" = yes ]; then
    say "(dry run: nothing was changed)"
    return 0
  fi
  mv "$state" "$state.done"
  rm -rf "$state.done"
  say "this machine is as it was before"
}

rmdir_if_empty() { rmdir "$1" 2>/dev/null || note "$1 has other files now: left"; }

leave_group() {
  if [ -n "$root" ]; then set -- --root "$root" -d "$1" "$2"; else set -- -d "$1" "$2"; fi
  gpasswd "$@" >/dev/null
}

report() {
  local n
  printf 'owner=%s\n' "$owner"
  printf 'conf=%s\n' "${targets[0]}"
  if [ -d "$state" ]; then printf 'applied=%s\n' "$(cat "$state/platform")"; else printf 'applied=\n'; fi
  understood='' left_out=''
  [ ! -f "$here/etc/nix/nix.conf" ] || understood=$(cat "$here/etc/nix/nix.conf")
  if find_nix; then understand "$understood" || true; fi
  for n in 0 1; do
    printf 'drift %s=' "${sources[n]}"
    if [ ! -f "$here/etc/${sources[n]}" ]; then
      printf 'not in the spec\n'
    elif [ ! -f "$root${targets[n]}" ]; then
      printf 'absent\n'
    elif [ "$(cat "$root${targets[n]}")" = "$(if [ $n = 0 ]; then printf '%s' "$understood"; else cat "$here/etc/${sources[n]}"; fi)" ]; then
      printf 'none\n'
    else
      printf 'differs\n'
    fi
  done
}

print_understood() {
  local name
  [ -f "$print" ] || fail "--print: no such file: $print"
  find_nix || fail "--print: there is no Nix here to ask"
  understand "$(cat -- "$print")" || fail "the installed Nix refuses $print:
$complaint"
  for name in $left_out; do note "$("${nix[@]}" --version) would ignore $name: left out"; done
  printf '%s\n' "$understood"
}

find_owner
case $action in
  apply) apply ;;
  uninstall) uninstall ;;
  report) report ;;
  print) print_understood ;;
esac
