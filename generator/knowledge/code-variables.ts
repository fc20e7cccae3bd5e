/*
 * Environment variables that are code for the program that reads them, or that change how each script works. Variables that only name a
 * program of a person's choice, such as EDITOR and PAGER, and search paths that shells are made for, such as PYTHONPATH, are none.
 */

/**
 * Variables whose value is run or loaded, and by what. https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html, ld.so(8),
 * https://zsh.sourceforge.io/Doc/Release/Parameters.html, git(1), ssh(1), and the manuals of the interpreters
 */
const RUN_BY: readonly (readonly [names: RegExp, by: string])[] = [
  [/^(?:PROMPT_COMMAND|PS[0-9])$/, "bash runs commands in its value at each prompt"],
  [/^BASH_FUNC_/, "bash defines a function from its value when it starts"],
  [/^BASH_ENV$/, "each bash script runs the file that it names"],
  [/^BASH_LOADABLES_PATH$/, "bash loads commands from there"],
  [/^ENV$/, "each interactive sh runs the file that it names"],
  [/^ZDOTDIR$/, "zsh runs the files of that folder when it starts"],
  [/^(?:FPATH|fish_function_path|fish_complete_path)$/, "the shell takes functions from there"],
  [/^MODULE_PATH$/, "zsh loads modules from there"],
  [/^(?:NULLCMD|READNULLCMD)$/, "zsh runs it as a command"],
  [/^DIRENV_(?:BASH|CONFIG)$/, "direnv runs what it names in each folder"],
  [/^(?:NIX_USER_CONF_FILES|NIX_CONF_DIR|NIX_BUILD_HOOK)$/, "Nix runs hooks and loads plugins that it names"],
  [/^NIX_BUILD_SHELL$/, "nix-shell runs it in place of bash"],
  [/^LD_(?:PRELOAD|AUDIT)$/, "each program loads the libraries that it names"],
  [/^LD_LIBRARY_PATH$/, "each program, also one of another glibc, looks for its libraries there first"],
  [/^(?:(?:DYLD|LD|NIX_LD)_|NIX_LD$)/, "it changes which code each program loads"],
  [/^(?:GCONV_PATH|GETCONF_DIR)$/, "each program that converts text loads libraries from there"],
  [
    /^(?:PYTHONSTARTUP|PYTHONHOME|PYTHONBREAKPOINT|PERL5OPT|PERL5DB|RUBYOPT|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|NODE_OPTIONS|NODE_REPL_EXTERNAL_MODULE|IBM_JAVA_OPTIONS|OPENJ9_JAVA_OPTIONS|BUN_INSPECT_PRELOAD|PYTEST_PLUGINS|LUA_INIT(?:_5_[0-9])?|R_(?:PROFILE|ENVIRON)(?:_USER)?|DOTNET_STARTUP_HOOKS|CORECLR_PROFILER(?:_PATH.*)?|COR_PROFILER(?:_PATH.*)?|CAML_LD_LIBRARY_PATH)$/,
    "the interpreter runs or loads what it names",
  ],
  [/^(?:VIMINIT|GVIMINIT|EXINIT)$/, "vi runs the commands in it when it starts"],
  [/^(?:VIM|VIMRUNTIME)$/, "vim runs the scripts of that folder when it starts"],
  [/^OPENSSL_(?:CONF|ENGINES|MODULES)$/, "each program with OpenSSL loads the libraries that it names"],
  [/^(?:GCC_EXEC_PREFIX|COMPILER_PATH)$/, "the compiler runs its programs from there"],
  [/^GOCACHEPROG$/, "go runs the program that it names"],
  [/^RSYNC_CONNECT_PROG$/, "rsync runs it as a command"],
  [/^(?:MAKEFILES|TAR_OPTIONS)$/, "make and tar run what it names"],
  [
    /^(?:GIT_SSH_COMMAND|GIT_SSH|GIT_PROXY_COMMAND|GIT_EXTERNAL_DIFF|GIT_ASKPASS|GIT_EXEC_PATH|GIT_TEMPLATE_DIR|SSH_ASKPASS|SUDO_ASKPASS|SSH_SK_PROVIDER|SSH_SK_HELPER|SSH_PKCS11_HELPER|SVN_SSH|CVS_RSH|HGRCPATH|GIT_CONFIG(?:_(?!NOSYSTEM$).*)?)$/,
    "git or ssh runs the command that it names",
  ],
  [/^(?:LESSOPEN|LESSCLOSE|MANPAGER|SYSTEMD_PAGER)$/, "the pager runs it as a command"],
  [/^LESSKEY(?:IN)?(?:_SYSTEM|_CONTENT)?$/, "less takes commands from it, and variables such as LESSOPEN"],
];

/** A Java machine's options: memory, properties and what modules may do. `-XX:OnError=…` runs a command, `-XX:Flags=…` reads more of them. */
const PLAIN_JAVA =
  /^-(?:X(?:m[sxn]|ss)\d+[kKmMgG]?|X(?:share|int|mixed|comp|log|verify|rs)\b.*|D(?!java\.(?:system\.class\.loader|security\.manager))[\w.-]+(?:=.*)?|XX:(?!On|Flags|VMOptionsFile|.*Hook).+|e[as].*|d[as].*|server|client|verbose.*|-add-(?:opens|exports|reads|modules)(?:=.*)?|-enable-(?:preview|native-access=.*))$/;

/** Options with which such a variable runs nothing, each word of its value for itself. */
const ORDINARY: readonly (readonly [names: RegExp, words: RegExp])[] = [
  [/^(?:JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|(?:JDK|IBM|OPENJ9)_JAVA_OPTIONS)$/, PLAIN_JAVA],
  [/^OPENSSL_CONF$/, /^\/dev\/null$/],
  [
    /^NODE_OPTIONS$/,
    /^--(?:max-|no-|trace-|enable-source-maps|use-|openssl-(?:legacy-provider|shared-config)|unhandled-rejections|disable-|stack-trace-limit|dns-result-order|preserve-symlinks|tls-|throw-deprecation|pending-deprecation|expose-gc|experimental-(?!loader|config|default-config)|network-family|heapsnapshot|report-)[\w.=:-]*$/,
  ],
  [/^RUBYOPT$/, /^(?:-w|-W(?::[\w-]+|\d)?|-E[\w:-]+|-K\w|--(?:yjit|jit|enable|disable)[\w.=:-]*)$/],
  [/^PERL5OPT$/, /^-(?:[wWX]+|C\w*)$/],
];

/** In place of a value that is only known when the shell starts: it is a path then. */
const SOME_PATH = "/path";

/** Variables that are code only with some values. */
const RUN_IF: readonly (readonly [names: RegExp, values: RegExp, by: string])[] = [
  [
    /^NIX_CONFIG$/,
    /(?:-hook|plugin-files|external-builders|pasta-path|repl-overlays|upgrade-nix-store-path-url)[ \t]*=[ \t]*[^\s#]|(?:accept-flake-config|allow-unsafe-native-code-during-evaluation)[ \t]*=[ \t]*(?:true|yes|1)|^[ \t]*!?include[ \t]|^[ \t]*bash-prompt[a-z-]*[ \t]*=.*(?:\$\(|`)/m,
    "Nix runs or loads what these settings name",
  ],
  [
    /^NIX_SSHOPTS$/,
    /(?:Proxy|Local)Command|KnownHostsCommand|PKCS11Provider|SecurityKeyProvider|-F/i,
    "ssh runs the commands in it",
  ],
  [/^(?:GNU)?MAKEFLAGS$/, /--eval|(?:^|\s)-[fE]|\$[({]|!=|(?:^|\s)\.?SHELL(?:FLAGS)?\s?[:?+]*=/, "make runs the code in it"],
  [/^GOFLAGS$/, /-(?:toolexec|exec|overlay|modfile)\b/, "go runs the program that it names"],
  // `off`, `netrc` and `git FOLDER` are built in; `go env -w` keeps such variables in a file.
  [/^GOAUTH$/, /(?:^|;)\s*(?!off\b|netrc\b|git\b)[^\s;]/, "go runs the command that it names"],
  [/^GOENV$/, /^(?!off$)./, "go takes GOFLAGS, CC and others from the file that it names"],
  [
    /^(?:[A-Z0-9]+_)?(?:JAVA|JVM|MAVEN|GRADLE|SBT|ANT|SCALA|LEIN|KAFKA|CATALINA)_(?:JVM_)?OPTS$/,
    /-(?:javaagent|agentpath|agentlib)\b|-XX:On|-Xbootclasspath/,
    "the interpreter runs or loads what it names",
  ],
  [/^BUN_OPTIONS$/, /(?:^|\s)(?:-r|--require|--preload|--import)\b/, "the interpreter runs or loads what it names"],
  [
    /^(?:(?:CGO_)?(?:C|CXX|CPP|LD)FLAGS|NIX_(?:CFLAGS_COMPILE|LDFLAGS)\w*)$/,
    /-f(?:pass-)?plugin=|-wrapper\b|-Xclang\s+-load\b/,
    "the compiler loads the libraries that it names",
  ],
  [/^MAILPATH$/, /\$\(|`/, "bash runs the commands in it when mail comes"],
  [/^(?:PROMPT[234]?|RPROMPT2?|RPS[12]|SPROMPT)$/, /\$\(|`/, "zsh runs the commands in it at each prompt"],
  [/^LESS$/, /(?:^|\s|\$)\+{1,2}[^\s/?&]{0,40}[!#|]|(?:^|\s)-k|--lesskey/, "less runs the commands in it"],
  [/^DBUS_(?:SESSION_BUS|SYSTEM_BUS|STARTER)_ADDRESS$/, /\bunixexec:/, "programs that use D-Bus run the command in it"],
  [/^GIT_ALLOW_PROTOCOL$/, /(?:^|:)ext(?:$|:)/, "git runs the command in an `ext::` address"],
  [/^(?:ERL_[AZ]?FLAGS|ELIXIR_ERL_OPTIONS)$/, /-(?:eval|run|s|pa|pz|config|boot)\b/, "Erlang runs the code in it"],
  [/^RSYNC_RSH$/, /^(?!ssh$)/, "rsync runs it as a command"],
];

/**
 * What runs or loads the value of a variable, as a sentence; undefined if nothing does.
 *
 * @param value The text; undefined where it is only known when the shell starts.
 */
export function whatRuns(name: string, value: string | undefined): string | undefined {
  const by = RUN_BY.find(([names]) => names.test(name))?.[1];
  if (by === undefined) return RUN_IF.find(([names, values]) => names.test(name) && values.test(value ?? SOME_PATH))?.[2];
  const words = ORDINARY.find(([names]) => names.test(name))?.[1];
  const isOrdinary = words && value?.split(/\s+/).every((word) => word === "" || words.test(word));
  return isOrdinary ? undefined : by;
}

/** Variables that change how bash reads words, finds files or ends, or how other programs that read them work. */
const CHANGES_SHELL: Readonly<Record<string, string>> = {
  IFS: "each script splits words at other characters",
  CDPATH: "`cd` goes to other folders and prints them, which breaks scripts",
  GLOBIGNORE: "patterns such as `*` leave files out",
  GLOBSORT: "patterns such as `*` give files in another order",
  POSIXLY_CORRECT: "bash and many other programs change their behaviour",
  BASH_COMPAT: "bash behaves as an older version",
  BASH_XTRACEFD: "bash writes its trace to that file descriptor",
  EXECIGNORE: "bash does not find some programs",
  FUNCNEST: "functions that call others stop at that depth",
  TMOUT: "an idle shell ends after that time",
  GLIBC_TUNABLES: "each program's memory and start work differently",
  GIT_DIR: "each git command works on that repository",
  GIT_WORK_TREE: "each git command works on that folder",
  GIT_INDEX_FILE: "each git command works on that index",
  GIT_COMMON_DIR: "each git command works on that repository",
  GIT_OBJECT_DIRECTORY: "each git command keeps its objects there",
  GIT_NAMESPACE: "each git command works on other references",
  HOME: "each program looks for its own files there",
  PWD: "each program takes it for the current folder",
  NIX_STORE_DIR: "each nix command works on another store",
  NIX_STATE_DIR: "each nix command works with another database",
  NIX_DAEMON_SOCKET_PATH: "each nix command talks to another daemon",
  DIRENV_DIFF: "direnv keeps there what it has to undo",
  DIRENV_DIR: "direnv keeps there where it is",
  DIRENV_FILE: "direnv keeps there what it has read",
  DIRENV_WATCHES: "direnv keeps there what it watches",
};

/** The same with some values alone. */
const CHANGES_IF: readonly (readonly [name: string, values: RegExp, how: string])[] = [
  ["NIX_REMOTE", /^(?!(?:auto|daemon|local)?$)/, "each nix command works on another store"],
];

/**
 * How a variable changes each script, as a sentence; undefined if it does not.
 *
 * @param value The text; undefined where it is only known when the shell starts.
 */
export function whatChanges(name: string, value: string | undefined): string | undefined {
  if (Object.hasOwn(CHANGES_SHELL, name)) return CHANGES_SHELL[name];
  return CHANGES_IF.find(([one, values]) => one === name && values.test(value ?? SOME_PATH))?.[2];
}
