#!/usr/bin/env bash
# shellcheck shell=dash
#
#   source ./setup-nix-environment.sh [--volume NAME]
#
# for bash and zsh (in another POSIX shell: `. ./setup-nix-environment.sh` from this folder). Points Nix at the settings of this
# user, or of the volume, puts the profile's tools on PATH, and says what is missing. It never ends the caller's shell nor changes
# its options, so its status is always 0; $NIX_ENVIRONMENT says what is active. `nix_environment_deactivate` undoes it.

# From the spec.
_nix_environment_name='multi-cloud-k8s'
_nix_environment_mount() {
  case $1 in
    'aws') printf '%s\n' '/volumes/aws' ;;
    'azure') printf '%s\n' '/volumes/azure' ;;
    'digitalocean') printf '%s\n' '/volumes/digitalocean' ;;
    'gcp') printf '%s\n' '/volumes/gcp' ;;
    'ibm') printf '%s\n' '/volumes/ibm' ;;
    *) return 1 ;;
  esac
}
_nix_environment_volumes='aws azure digitalocean gcp ibm'

if [ -n "${ZSH_VERSION-}" ]; then
  # shellcheck disable=SC2016
  eval '_nix_environment_file=${(%):-%x}'
elif [ -n "${BASH_VERSION-}" ]; then
  # shellcheck disable=SC3028,SC2128
  _nix_environment_file=$BASH_SOURCE
else
  # A POSIX shell does not say which file it is reading.
  _nix_environment_file=./setup-nix-environment.sh
fi

# Undoes the activation, also in a shell whose parent was activated. With `keep`, stays defined.
nix_environment_deactivate() {
  if [ -n "${ZSH_VERSION-}" ]; then emulate -L sh; fi
  local rest
  if [ -n "${NIX_ENVIRONMENT-}" ]; then
    rest=":${PATH-}:"
    if [ -n "${NIX_ENVIRONMENT_PATH-}" ]; then
      case $rest in
        *":$NIX_ENVIRONMENT_PATH:"*)
          rest=${rest%%":$NIX_ENVIRONMENT_PATH:"*}:${rest#*":$NIX_ENVIRONMENT_PATH:"}
          rest=${rest#:}
          PATH=${rest%:}
          ;;
      esac
    fi
    # What was set before is kept behind a `=`, so that empty and unset differ.
    case ${NIX_ENVIRONMENT_OLD_NIX_CONF_DIR-} in
      =*) export NIX_CONF_DIR="${NIX_ENVIRONMENT_OLD_NIX_CONF_DIR#=}" ;;
      unset) unset NIX_CONF_DIR ;;
    esac
    case ${NIX_ENVIRONMENT_OLD_NIX_USER_CONF_FILES-} in
      =*) export NIX_USER_CONF_FILES="${NIX_ENVIRONMENT_OLD_NIX_USER_CONF_FILES#=}" ;;
      unset) unset NIX_USER_CONF_FILES ;;
    esac
    unset NIX_ENVIRONMENT NIX_ENVIRONMENT_PATH NIX_ENVIRONMENT_OLD_NIX_CONF_DIR NIX_ENVIRONMENT_OLD_NIX_USER_CONF_FILES
  fi
  if [ "${1-}" != 'keep' ]; then unset -f nix_environment_deactivate; fi
  return 0
}

_nix_environment_say() { printf '%s: %s\n' "$_nix_environment_name" "$*" >&2; }

# The file to point Nix at: the spec's, or a copy in the cache without what the installed Nix does not know. Fails when Nix refuses it.
_nix_environment_conf() ( # SOURCE CACHED
  command set +eu
  if ! command -v nix >/dev/null 2>&1; then
    printf '%s\n' "$1"
    return 0
  fi
  text=$("$folder/apply-nix-config.sh" --print "$1") || return 1
  if [ "$text" = "$(command cat "$1")" ]; then
    printf '%s\n' "$1"
    return 0
  fi
  command mkdir -p "${2%/*}" && printf '%s\n' "$text" >"$2.$$" && command mv -f "$2.$$" "$2" && printf '%s\n' "$2"
)

# Where Nix looks for a user's settings when nobody tells it.
_nix_environment_default_files() (
  command set +eu
  printf '%s' "${XDG_CONFIG_HOME:-${HOME-}/.config}/nix/nix.conf"
  IFS=:
  for directory in ${XDG_CONFIG_DIRS:-/etc/xdg}; do printf ':%s' "$directory/nix/nix.conf"; done
)

_nix_environment_activate() {
  if [ -n "${ZSH_VERSION-}" ]; then emulate -L sh; fi
  local folder volume='' mount='' user profile shared conf cache added=''
  case ${1-} in
    --volume)
      volume=${2-}
      if ! mount=$(_nix_environment_mount "$volume"); then
        _nix_environment_say "there is no volume '$volume'; there are: $_nix_environment_volumes"
        return 0
      fi
      ;;
    --help | -h)
      printf '%s\n' "source ./setup-nix-environment.sh [--volume NAME]     volumes: $_nix_environment_volumes" \
        "nix_environment_deactivate                            undoes it"
      return 0
      ;;
    ?*)
      # A script that sources this without arguments passes its own on, so only a person is told.
      case $- in *i*) _nix_environment_say "not understood: $1 (see --help)" ;; esac
      ;;
  esac
  folder=$(CDPATH='' command cd -- "$(command dirname -- "$_nix_environment_file")" && command pwd -P) || return 0
  if ! [ -f "$folder/setup-nix-environment.sh" ]; then
    _nix_environment_say "go to the folder of setup-nix-environment.sh first: this shell does not say where a sourced file lies"
    return 0
  fi
  nix_environment_deactivate 'keep'

  user=$(command id -un 2>/dev/null) || user=''
  cache=${XDG_CACHE_HOME:-${HOME-}/.cache}/flakewright/$_nix_environment_name
  shared=${NIX_STATE_DIR:-/nix/var/nix}/profiles/environment-$_nix_environment_name
  if [ -n "$volume" ]; then
    profile=$mount/.nix/environment-$_nix_environment_name
    NIX_ENVIRONMENT=$_nix_environment_name/$volume
  else
    profile=${XDG_STATE_HOME:-${HOME-}/.local/state}/nix/profiles/environment-$_nix_environment_name
    if [ "$(command id -u)" = 0 ]; then profile=$shared; fi
    NIX_ENVIRONMENT=$_nix_environment_name
  fi
  export NIX_ENVIRONMENT

  if ! command -v nix >/dev/null 2>&1; then
    if [ -e /nix/var/nix/profiles/default/etc/profile.d/nix-daemon.sh ]; then
      _nix_environment_say "Nix is installed but not on PATH: . /nix/var/nix/profiles/default/etc/profile.d/nix-daemon.sh"
    elif command -v apt-get >/dev/null 2>&1; then
      _nix_environment_say "Nix is missing: sudo apt-get install nix-setup-systemd (or see https://nixos.org/download)"
    else
      _nix_environment_say "Nix is missing: see https://nixos.org/download"
    fi
  elif [ -d /nix/var/nix/daemon-socket ] && ! [ -x /nix/var/nix/daemon-socket ]; then
    _nix_environment_say "you may not reach Nix's daemon: sudo adduser $user nix-users, then log in again"
  fi

  # Settings. A volume's file is the whole configuration; a user's comes before the files that Nix reads anyway.
  if [ -n "$volume" ]; then
    [ -d "$mount" ] || _nix_environment_say "the volume $volume is not mounted at $mount"
    if conf=$(_nix_environment_conf "$folder/volumes/$volume/nix.conf" "$cache/volumes/$volume/nix.conf"); then
      if [ -n "${NIX_CONF_DIR+set}" ]; then NIX_ENVIRONMENT_OLD_NIX_CONF_DIR="=$NIX_CONF_DIR"; else NIX_ENVIRONMENT_OLD_NIX_CONF_DIR='unset'; fi
      export NIX_ENVIRONMENT_OLD_NIX_CONF_DIR NIX_CONF_DIR="${conf%/*}"
      _nix_environment_set_files ''
    fi
  elif [ -n "$user" ] && [ -f "$folder/users/$user/nix.conf" ]; then
    if ! conf=$(_nix_environment_conf "$folder/users/$user/nix.conf" "$cache/users/$user/nix.conf"); then
      _nix_environment_say "the settings of $user are not used: Nix refuses them"
    else
      case $conf in
        *:*) _nix_environment_say "the settings of $user are not used: Nix can't read a file whose path has a colon: $conf" ;;
        *) _nix_environment_set_files "$conf:${NIX_USER_CONF_FILES-$(_nix_environment_default_files)}" ;;
      esac
    fi
  fi

  # Tools: this user's profile, and behind it the machine's, which root installs.
  if [ -e "$profile/bin" ]; then
    added=$profile/bin
  elif [ -n "$volume" ]; then
    _nix_environment_say "no tools on the volume yet: ./manage-nix-packages.sh install --volume $volume"
  elif ! [ -e "$shared/bin" ]; then
    _nix_environment_say "no tools yet: ./manage-nix-packages.sh install"
  fi
  if [ -z "$volume" ] && [ "$shared" != "$profile" ] && [ -e "$shared/bin" ]; then added=${added:+$added:}$shared/bin; fi
  if [ -n "$added" ]; then
    export NIX_ENVIRONMENT_PATH="$added"
    export PATH="$added${PATH:+:$PATH}"
  fi
  return 0
}

_nix_environment_set_files() {
  if [ -n "${NIX_USER_CONF_FILES+set}" ]; then
    NIX_ENVIRONMENT_OLD_NIX_USER_CONF_FILES="=$NIX_USER_CONF_FILES"
  else
    NIX_ENVIRONMENT_OLD_NIX_USER_CONF_FILES='unset'
  fi
  export NIX_ENVIRONMENT_OLD_NIX_USER_CONF_FILES NIX_USER_CONF_FILES="$1"
}

# shellcheck disable=SC3028,SC2128
if [ -n "${BASH_VERSION-}" ] && [ "$BASH_SOURCE" = "$0" ]; then
  printf '%s\n' "This file changes the shell that reads it, so it has to be sourced: source $0" >&2
else
  _nix_environment_activate "$@"
fi
unset -f _nix_environment_activate _nix_environment_conf _nix_environment_default_files _nix_environment_mount \
  _nix_environment_say _nix_environment_set_files
unset _nix_environment_name _nix_environment_file _nix_environment_volumes
