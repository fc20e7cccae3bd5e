import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows, codes, settings } from "../../support/diagnostic-rows.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("rules: values that become code");

const env = (entry: string, more = ""): string =>
  `${base}shells:\n  default:\n    groups: [k8s]\n    env:\n      ${entry}\n${more}`;
const accept = (code: string, at: string): string => `lint:\n  - { code: ${code}, at: ${at}, why: meant }\n`;

codeRows(test, [
  ...(
    [
      ["PROMPT_COMMAND", "bash runs commands in its value at each prompt"],
      ["PS1", "bash runs commands in its value at each prompt"],
      ["PS4", "bash runs commands in its value at each prompt"],
      ["BASH_ENV", "each bash script runs the file that it names"],
      ["ENV", "each interactive sh runs the file that it names"],
      ["BASH_FUNC_ls", "bash defines a function from its value when it starts"],
      ["LD_PRELOAD", "each program loads the libraries that it names"],
      ["LD_LIBRARY_PATH", "each program, also one of another glibc, looks for its libraries there first"],
      ["DYLD_INSERT_LIBRARIES", "it changes which code each program loads"],
      ["PERL5OPT", "the interpreter runs or loads what it names"],
      ["GIT_SSH_COMMAND", "git or ssh runs the command that it names"],
      ["GIT_CONFIG_COUNT", "git or ssh runs the command that it names"],
      ["FPATH", "the shell takes functions from there"],
      ["DIRENV_BASH", "direnv runs what it names in each folder"],
      ["NIX_USER_CONF_FILES", "Nix runs hooks and loads plugins that it names"],
      ["VIMINIT", "vi runs the commands in it when it starts"],
      ["MAKEFILES", "make and tar run what it names"],
      ["LUA_INIT_5_4", "the interpreter runs or loads what it names"],
    ] as const
  ).map(([name, by]) => ({
    code: "variable-runs-code",
    says: `\`${name}\` is code: ${by}`,
    bad: env(`⟦${name}⟧: "x"`),
    good: env(`${name}: "x"`, accept("variable-runs-code", `shells.default.env.${name}`)),
  })),
  {
    code: "variable-runs-code",
    says: "`LD_LIBRARY_PATH` is code: each program, also one of another glibc, looks for its libraries there first",
    bad: env("⟦LD_LIBRARY_PATH⟧: { prepend: [lib] }"),
    good: env("LIBRARY_PATH: { prepend: [lib] }"),
  },
  {
    code: "variable-changes-shell",
    says: "`IFS` changes how each script in the shell works: each script splits words at other characters",
    bad: env('⟦IFS⟧: ","'),
    good: env('IFS: ","', accept("variable-changes-shell", "shells.default.env.IFS")),
  },
  ...(
    [
      ["post-build-hook", "/etc/nix/upload", "the Nix daemon runs this program as root after each build"],
      ["pre-build-hook", "/etc/nix/pre", "the Nix daemon runs this program as root before each build"],
      ["build-hook", "[/etc/nix/hook]", "the Nix daemon runs this program as root to hand out builds"],
      ["plugin-files", "[/usr/lib/plugin.so]", "Nix, and its daemon as root, loads these libraries"],
      ["allow-unsafe-native-code-during-evaluation", "true", "each Nix expression can run any program"],
      ["bash-prompt", '"$(id) >"', "bash runs the commands in it at each prompt"],
      ["bash-prompt-suffix", "'\\044(id)'", "bash runs the commands in it at each prompt"],
      ["bash-prompt", "'\\140id\\140'", "bash runs the commands in it at each prompt"],
    ] as const
  ).map(([name, value, reason]) => ({
    code: "setting-runs-code",
    says: `\`${name}\` of the system is code: ${reason}`,
    bad: settings(`⟦${name}⟧: ${value}`),
    good: settings(`${name}: ${value}`, accept("setting-runs-code", `settings.${name}`)),
  })),
  {
    code: "setting-runs-code",
    says: "`diff-hook` of the system is code: Nix runs this program with the results of builds",
    bad: settings("⟦diff-hook⟧: /etc/nix/diff\nrun-diff-hook: true"),
    good: settings("bash-prompt: '\\[\\e[1m\\]dev \\w \\$'\nplugin-files: []\nallow-unsafe-native-code-during-evaluation: false"),
  },
  {
    code: "setting-runs-code",
    says: "`accept-flake-config` of the system is code: Nix takes settings of every flake, such as hooks and caches, without asking",
    bad: settings("experimental-features: [nix-command, flakes]\n⟦accept-flake-config⟧: true"),
    good: settings("experimental-features: [nix-command, flakes]\naccept-flake-config: false"),
  },
  {
    // On a machine where another part of the spec turns it on.
    code: "setting-runs-code",
    says: "`diff-hook` of the system is code: Nix runs this program with the results of builds",
    bad: settings("⟦diff-hook⟧: /etc/nix/diff", "hosts: { box: { os: linux, settings: { run-diff-hook: true } } }\n"),
    good: settings(
      "diff-hook: /etc/nix/diff",
      `hosts: { box: { os: linux, settings: { run-diff-hook: true } } }\n${accept("setting-runs-code", "settings.diff-hook")}`,
    ),
  },
  {
    code: "setting-runs-code",
    says: "`diff-hook` of the host `box` is code: Nix runs this program with the results of builds",
    bad: settings("run-diff-hook: true", "hosts: { box: { os: linux, settings: { ⟦diff-hook⟧: /etc/nix/diff } } }\n"),
    good: settings("max-jobs: 1", "hosts: { box: { os: linux, settings: { max-jobs: 2 } } }\n"),
  },
  {
    code: "setting-runs-code",
    says: "`plugin-files` of the user `ada` is code: Nix, and its daemon as root, loads these libraries",
    bad: `${base}users:\n  ada:\n    settings:\n      ⟦plugin-files⟧: [/usr/lib/plugin.so]\n`,
    good: `${base}users:\n  ada:\n    settings:\n      cores: 2\n`,
  },
  {
    code: "store-elsewhere",
    says: "all Nix commands of the system use this store instead of the machine's",
    bad: settings("store: ⟦ssh://build.example.org⟧"),
    good: settings("store: daemon"),
  },
  {
    code: "sandbox-opened",
    says: "`/=/host` opens the sandbox of the system: `/` is the whole machine",
    bad: settings('sandbox-paths: [⟦"/=/host"⟧]'),
    good: settings("sandbox-paths: [/bin/sh=/usr/bin/dash, /dev/kvm?]"),
  },
  {
    code: "sandbox-opened",
    says: "`/host=/` opens the sandbox of the system: `/` is the whole machine",
    bad: settings("extra-sandbox-paths: { /host: ⟦/⟧ }"),
    good: settings(
      "extra-sandbox-paths: { /host: ⟦/⟧ }".replace(/[⟦⟧]/g, ""),
      accept("sandbox-opened", "settings.extra-sandbox-paths"),
    ),
  },
  {
    code: "sandbox-opened",
    says: "`/var/run/docker.sock` opens the sandbox of the system: whoever can use this socket is root on the machine",
    bad: settings("sandbox-paths: /bin/sh=/usr/bin/dash ⟦/var/run/docker.sock⟧"),
    good: settings("sandbox-paths: /bin/sh=/usr/bin/dash"),
  },
]);

test("settings that only newer Nixes or Lix have", () => {
  const found = (text: string) =>
    compileText(text, true).diagnostics.flatMap(({ code, message }) => (code === "setting-runs-code" ? [message] : []));
  assert.equal(found(settings("upgrade-nix-store-path-url: https://example.org/nix")), [
    "`upgrade-nix-store-path-url` of the system is code: `nix upgrade-nix` installs what this address names",
  ]);
  assert.equal(found(`nix: lix\n${settings("pasta-path: /opt/pasta")}`), [
    "`pasta-path` of the system is code: the Nix daemon runs this program as root for builds with network",
  ]);
  // Nix code of the author's own, which only `nix repl` evaluates.
  assert.equal(found(`nix: lix\n${settings("repl-overlays: [/opt/overlay.nix]")}`), []);
  assert.equal(found(settings("external-builders: [{ systems: [riscv64-linux], program: /opt/qemu, args: [] }]")), [
    "`external-builders` of the system is code: the Nix daemon runs these programs in place of builders",
  ]);
  assert.equal(found(settings("external-builders: []")), []);
  // Where it is unknown, that is the finding.
  assert.equal(found(settings("pasta-path: /opt/pasta")), []);
});

/** What the rules say about a variable with a value. */
const ofVariable = (name: string, value: string) =>
  codes(compileText(env(`${name}: ${JSON.stringify(value)}`), true).diagnostics).filter((code) => code.startsWith("variable-"));

test("options with which an interpreter runs or loads something", () => {
  for (const [name, ...values] of [
    [
      "NODE_OPTIONS",
      "--require ./evil.js",
      "-r ./evil.js",
      "--max-old-space-size=4096 --import ./x.mjs",
      "--experimental-loader=./x.mjs",
    ],
    [
      "JAVA_TOOL_OPTIONS",
      "-javaagent:x.jar",
      "-Xmx2g -agentpath:/x.so",
      "-XX:OnOutOfMemoryError=reboot",
      "@options",
      "-Xbootclasspath/a:x.jar",
    ],
    ["RUBYOPT", "-r./evil", "-W0 -I lib"],
    ["PERL5OPT", "-MEvil", "-d:Evil"],
    ["NIX_CONFIG", "post-build-hook = /x", "experimental-features = flakes\nplugin-files = /x.so", "accept-flake-config = true"],
    ["NIX_SSHOPTS", "-o ProxyCommand=x"],
    ["MAKEFLAGS", "--eval=x"],
    ["GOFLAGS", "-toolexec=/x"],
    ["ERL_FLAGS", "-eval x"],
    ["RSYNC_RSH", "sh -c x"],
    [
      "NIX_CONFIG",
      "!include /x.conf",
      "cores = 2\n include /x.conf",
      "bash-prompt = $(id)",
      "allow-unsafe-native-code-during-evaluation = true",
    ],
    ["MAKEFLAGS", "-E x", "${shell id}", "x!=id", "SHELL=/x", "-j2 .SHELLFLAGS=-x"],
    ["MAILPATH", "/var/mail/ada?$(id)", "/x?`id`"],
    ["PROMPT", "$(id) %"],
    ["RPS1", "`id`"],
    ["LESS", "+!id", "-R +!id", "-k/x", "--lesskey-src=/x"],
    ["LESSKEYIN", "/x"],
    ["LESSKEY_CONTENT", "#env"],
    ["OPENSSL_CONF", "/x.cnf"],
    ["OPENSSL_MODULES", "/x"],
    ["NIX_BUILD_SHELL", "/x"],
    ["NIX_LD", "/x"],
    ["NIX_LD_LIBRARY_PATH", "/x"],
    ["VIMRUNTIME", "/x"],
    ["MODULE_PATH", "/x"],
    ["GCC_EXEC_PREFIX", "/x/"],
    ["CFLAGS", "-O2 -fplugin=/x.so"],
    ["GOAUTH", "/x --y", "netrc; /x"],
    ["GOCACHEPROG", "/x"],
    ["GOENV", "/x"],
    ["MAVEN_OPTS", "-Xmx2g -javaagent:x.jar"],
    ["GRADLE_OPTS", "-agentpath:/x.so"],
    ["OPENJ9_JAVA_OPTIONS", "-javaagent:x.jar"],
    ["BUN_OPTIONS", "--preload ./x.ts"],
    ["RSYNC_CONNECT_PROG", "sh -c x"],
    ["GIT_ALLOW_PROTOCOL", "https:ext"],
    ["DBUS_SESSION_BUS_ADDRESS", "unixexec:path=/x"],
  ] as const)
    for (const value of values) assert.equal(ofVariable(name, value), ["variable-runs-code"], `${name}=${value}`);
});

test("variables that run nothing of their own accord", () => {
  for (const [name, ...values] of [
    ["NODE_OPTIONS", "--max-old-space-size=4096 --enable-source-maps", "--openssl-legacy-provider", "--no-warnings"],
    ["JAVA_TOOL_OPTIONS", "-Dfile.encoding=UTF-8 -Xmx2g -XX:+UseG1GC", "--add-opens=java.base/java.lang=ALL-UNNAMED -ea"],
    ["RUBYOPT", "-W:no-deprecated", "--yjit"],
    ["NIX_CONFIG", "experimental-features = nix-command flakes", "accept-flake-config = false\npost-build-hook ="],
    ["NIX_REMOTE", "daemon", ""],
    ["MAKEFLAGS", "-j8", "-j8 --no-print-directory PREFIX=/usr"],
    ["MAILPATH", "/var/mail/ada?You have mail"],
    ["PROMPT", "%n@%m %# "],
    ["OPENSSL_CONF", "/dev/null"],
    ["CFLAGS", "-O2 -Wall -I/usr/include"],
    ["GOAUTH", "off", "netrc; git /srv/x"],
    ["GOENV", "off"],
    ["JAVA_OPTS", "-Xmx2g -Dx=y"],
    ["GIT_ALLOW_PROTOCOL", "https:ssh"],
    ["DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1000/bus"],
    ["GOFLAGS", "-mod=vendor -trimpath"],
    ["ERL_AFLAGS", "-kernel shell_history enabled"],
    ["GIT_CONFIG_NOSYSTEM", "1"],
    ["EDITOR", "vim", "code --wait"],
    ["VISUAL", "vim"],
    ["PAGER", "less -R"],
    ["GIT_EDITOR", "vim"],
    ["GIT_PAGER", "delta"],
    ["BROWSER", "firefox"],
    ["PYTHONPATH", "lib"],
    ["PYTHONDONTWRITEBYTECODE", "1"],
    ["NODE_ENV", "production"],
    ["NODE_PATH", "lib"],
    ["PERL5LIB", "lib"],
    ["JAVA_HOME", "/opt/jdk"],
    ["MAVEN_OPTS", "-Xmx2g"],
    ["CC", "clang"],
    ["RUSTC_WRAPPER", "sccache"],
    ["LESS", "-R", "-FRX +G", "+/begin"],
    ["LS_COLORS", "di=1"],
    ["LC_ALL", "C.UTF-8"],
    ["HISTCONTROL", "ignoreboth"],
    ["NIX_PATH", "nixpkgs=flake:nixpkgs"],
    ["SSH_AUTH_SOCK", "/run/x"],
    ["GIT_AUTHOR_NAME", "Ada"],
    ["DIRENV_LOG_FORMAT", ""],
  ] as const)
    for (const value of values) assert.equal(ofVariable(name, value), [], `${name}=${value}`);
});

test("a variable that takes the tools or files from a shell", () => {
  for (const [name, value] of [
    ["HOME", "/srv/x"],
    ["PWD", "/srv/x"],
    ["GIT_OBJECT_DIRECTORY", "/x"],
    ["NIX_STORE_DIR", "/x"],
    ["NIX_REMOTE", "ssh://build.example.org"],
  ] as const)
    assert.equal(ofVariable(name, value), ["variable-changes-shell"], name);
  // A path below the project's root is as good as one in the text.
  assert.equal(codes(compileText(env("GOENV: { path: go.env }"), true).diagnostics), ["variable-runs-code"]);
});

test("a path opens the sandbox in each spelling", () => {
  for (const path of [
    "/",
    "//",
    "/.",
    "/etc/..",
    "/?",
    "/home",
    "/home/ada",
    "/root/.ssh",
    "/etc/",
    "/proc",
    "/nix/var/nix/daemon-socket/socket",
    "/run/podman/podman.sock",
    "/run/secrets/key",
    "/proc/1/root",
    "/dev/sda1",
    "/dev/nvme0n1p2",
    "/dev/mem",
    "/dev/root",
    "/dev/nbd0p1",
    "/dev/zvol/tank/x",
    "/proc/thread-self/root",
    "/var/lib/docker/volumes",
    "/private/etc",
    "/private/var/root",
    "/run/systemd/private",
    "/var/lib/incus/unix.socket",
    "/etc/krb5.keytab",
    "/tmp",
    "/var/home/ada",
    "/System/Volumes/Data/Users/ada",
    "/System/Volumes/Data",
    "/sysroot",
    "/srv/docker.sock",
    "/run/libvirt",
    "/run/snapd.socket",
    "/etc/rancher/k3s/k3s.yaml",
    "/etc/letsencrypt",
    "/var/lib/vault",
  ])
    assert.equal(codes(compileText(settings(`extra-sandbox-paths: ["${path}"]`), true).diagnostics), ["sandbox-opened"], path);
  for (const path of [
    "/bin/sh",
    "/dev/kvm",
    "/etc/resolv.conf",
    "/sys/devices",
    "/proc/cpuinfo",
    "/etc/ssl/certs",
    "/opt/licences",
    "/usr/share/docker",
    "/var/lib/vaults",
  ])
    assert.equal(codes(compileText(settings(`extra-sandbox-paths: ["${path}"]`), true).diagnostics), [], path);
});

test("variables that bash protects are refused", () => {
  for (const name of ["SHELLOPTS", "BASHOPTS"])
    assert.equal(codes(compileText(env(`${name}: x`), true).diagnostics), ["name-conflict"], name);
});

test("white space that no editor shows is refused at the end of a prompt", () => {
  for (const space of ["\\u00a0", "\\u2003", "\\u3000", "\\ufeff"])
    assert.equal(codes(compileText(settings(`bash-prompt: "dev ${space}"`), true).diagnostics), ["setting-type"], space);
});

test.run();
