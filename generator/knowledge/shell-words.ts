/* Words that shells run themselves, and programs that every dev shell has. Only those that a command can have as its name. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ""));

/** Builtins and keywords of bash: `compgen -bk`. */
export const BASH_WORDS = words(`
  alias bg bind break builtin caller case cd command compgen complete compopt continue coproc declare dirs disown do done echo elif else
  enable esac eval exec exit export false fc fg fi for function getopts hash help history if in jobs kill let local logout mapfile popd
  printf pushd pwd read readarray readonly return select set shift shopt source suspend test then time times trap true type typeset ulimit
  umask unalias unset until wait while
`);

/** Those that only zsh (`whence -m '*'`) or fish (`builtin --names`) have. */
export const OTHER_WORDS = words(`
  autoload bindkey bye chdir compadd disable echotc emulate float foreach functions getln integer limit log nocorrect noglob print pushln r
  rehash repeat sched setopt ttyctl unfunction unhash unlimit unsetopt vared whence where which zle zmodload zstyle
  abbr and argparse begin block commandline contains count emit end math not or path random set_color status string switch
`);

/** Programs of nixpkgs' stdenv (coreutils, findutils, diffutils, grep, sed, gawk, tar, gzip, make, patch), and what opens the shells. */
export const SHELL_PROGRAMS = words(`
  awk base64 basename bash bunzip2 bzip2 cat chgrp chmod chown cmp comm cp csplit cut date dd df diff diff3 dir direnv dirname du egrep env
  expand expr factor fgrep file find fmt fold gawk grep groups gunzip gzip head hostid id install join link ln logname ls make md5sum mkdir
  mkfifo mknod mktemp mv nice nix nl nohup nproc numfmt od paste patch pr printenv readlink realpath rm rmdir sed seq sh shred shuf sleep
  sort split stat stdbuf stty sum sync tac tail tar tee timeout touch tr truncate tsort tty uname unexpand uniq unlink uptime users vdir wc
  who whoami xargs xz yes zcat
`);
