import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generated, type Ran, run } from "../support/machine.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* setup-nix-environment.sh, sourced in each shell, also with options that break careless scripts. */

const user = userInfo().username;
const volume = tempFolder();
const SPEC = `
version: 1
name: demo
groups: {}
settings: { experimental-features: [nix-command, flakes], max-jobs: 3 }
users:
  ${user}: { settings: { max-jobs: 7 } }
volumes:
  data: { mount: ${volume}, settings: { max-jobs: 5 } }
  gone: { mount: /nowhere/at/all }
`;

const SHELLS: readonly { name: string; command: readonly string[]; source: string; prelude: string; state: string }[] = [
  { name: "bash", command: ["bash", "--norc"], source: "source", prelude: "", state: "set +o; shopt -p; declare -F" },
  {
    name: "bash, strict",
    command: ["bash", "--norc"],
    source: "source",
    prelude: "set -euo pipefail; set -o noclobber -f; IFS=x; trap 'echo trapped >&2' ERR\n",
    state: "set +o; shopt -p; declare -F",
  },
  { name: "bash as sh", command: ["bash", "--posix"], source: ".", prelude: "set -eu\n", state: "set +o; declare -F" },
  { name: "zsh", command: ["zsh", "-f"], source: "source", prelude: "", state: "setopt; print -l ${(k)functions}" },
  {
    name: "zsh, strict",
    command: ["zsh", "-f"],
    source: "source",
    prelude:
      "setopt err_exit no_unset ksh_arrays sh_word_split no_function_argzero warn_create_global no_clobber rc_quotes\nalias -g keep=hijacked demo=hijacked\n",
    state: "setopt; print -l ${(k)functions}",
  },
  { name: "dash", command: ["dash"], source: ".", prelude: "", state: "set +o" },
  { name: "dash, strict", command: ["dash"], source: ".", prelude: "set -eu\n", state: "set +o" },
];

let out: string;
let state: string;
/** Environment of a shell with a profile that has one tool, and a volume's profile with another. */
let env: Record<string, string | undefined>;

const SHOW =
  'printf "%s|%s|%s|%s|%s\\n" "${NIX_ENVIRONMENT-unset}" "${NIX_CONF_DIR-unset}" "${NIX_USER_CONF_FILES-unset}" "$PATH" "$(command -v demo-tool || echo no tool)"';

function prepare(): void {
  out = generated(SPEC);
  state = tempFolder();
  const home = tempFolder();
  const root = process.getuid?.() === 0;
  const profiles = root ? join(state, "profiles") : join(home, ".local/state/nix/profiles");
  for (const bin of [join(profiles, "environment-demo/bin"), join(volume, ".nix/environment-demo/bin")]) {
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "demo-tool"), "#!/bin/sh\necho demo\n");
    chmodSync(join(bin, "demo-tool"), 0o755);
  }
  env = {
    HOME: home,
    NIX_STATE_DIR: state,
    ZDOTDIR: home,
    XDG_STATE_HOME: undefined,
    XDG_CACHE_HOME: undefined,
    XDG_CONFIG_HOME: undefined,
  };
  for (const name of ["NIX_CONF_DIR", "NIX_USER_CONF_FILES", "NIX_ENVIRONMENT", "NIX_CONFIG", "XDG_CONFIG_DIRS"])
    env[name] = undefined;
  profile = join(profiles, "environment-demo/bin");
}
let profile: string;

for (const shell of SHELLS) {
  const test = suite(`setup-nix-environment.sh in ${shell.name}`);
  const inShell = needs(test, [shell.command[0]!, "nix"]);
  test.before(prepare);
  const posix = shell.command[0] === "dash";

  const sh = (script: string, more: Record<string, string | undefined> = {}): Promise<Ran> =>
    run([...shell.command, "-s"], { cwd: out, env: { ...env, ...more }, input: `${shell.prelude}${script}\necho alive\n` });
  const good = async (script: string, more?: Record<string, string | undefined>): Promise<string[]> => {
    const ran = await sh(script, more);
    assert.is(ran.status, 0, ran.stderr);
    assert.is(ran.stderr, "");
    const said = ran.stdout.trimEnd().split("\n");
    assert.is(said.pop(), "alive");
    return said;
  };
  // dash passes no arguments to a sourced file: the file sees the shell's own.
  const source = (...args: string[]): string =>
    posix && args.length > 0
      ? `set -- ${args.join(" ")}\n. ./setup-nix-environment.sh\nset --`
      : [shell.source, "./setup-nix-environment.sh", ...args].join(" ");

  inShell("makes Nix read the user's settings and adds the tools to PATH", async () => {
    const [line] = await good(`${source()}\n${SHOW}`);
    const [active, confDir, files, path, found] = line!.split("|");
    assert.is(active, "demo");
    assert.is(confDir, "unset");
    assert.is(files, `${out}/users/${user}/nix.conf:${env.HOME}/.config/nix/nix.conf:/etc/xdg/nix/nix.conf`);
    assert.is(path, `${profile}:${process.env.PATH}`);
    assert.is(found, join(profile, "demo-tool"));
    const said = await good(
      `${source()}\nnix --extra-experimental-features nix-command show-config 2>/dev/null | grep "^max-jobs" || nix config show max-jobs`,
    );
    assert.match(said[0]!, /\b7$/);
  });

  inShell("sourcing it twice changes nothing more, and deactivating restores everything", async () => {
    const said = await good(
      [
        shell.state,
        "echo ----",
        SHOW,
        source(),
        source(),
        SHOW,
        "nix_environment_deactivate",
        SHOW,
        "echo ----",
        shell.state,
        "echo ----",
        "env",
      ].join("\n"),
    );
    const [before, middle, after, left] = said.join("\n").split("\n----\n");
    assert.is(after, before);
    const [first, activated, last] = middle!.split("\n");
    assert.is(last, first);
    assert.is(activated!.split(profile).length, 3, "once in PATH and once as the path of the tool");
    assert.not.match(left!, /NIX_ENVIRONMENT|NIX_USER_CONF_FILES/);
  });

  inShell("options and earlier variables are kept", async () => {
    const more = { NIX_USER_CONF_FILES: "/a:/b", NIX_CONF_DIR: "/etc/mine" };
    const said = await good(
      [
        shell.state.replace(/; (declare -F|print.*)$/, ""),
        "echo ----",
        source(),
        SHOW,
        source("--volume", "data"),
        SHOW,
        "nix_environment_deactivate",
        SHOW,
        "echo ----",
        shell.state.replace(/; (declare -F|print.*)$/, ""),
      ].join("\n"),
      more,
    );
    const [before, middle, after] = said.join("\n").split("\n----\n");
    assert.is(after, before);
    const [userLine, volumeLine, restored] = middle!.split("\n");
    assert.ok(userLine!.startsWith(`demo|/etc/mine|${out}/users/${user}/nix.conf:/a:/b|`), userLine);
    assert.ok(volumeLine!.startsWith(`demo/data|${out}/volumes/data||${volume}/.nix/environment-demo/bin:`), volumeLine);
    assert.is(restored, `unset|/etc/mine|/a:/b|${process.env.PATH}|no tool`);
  });

  inShell("a volume's file is the whole configuration", async () => {
    mkdirSync(join(env.HOME!, ".config/nix"), { recursive: true });
    writeFileSync(join(env.HOME!, ".config/nix/nix.conf"), "max-jobs = 9\n");
    const said = await good(
      `${source("--volume", "data")}\nnix --extra-experimental-features nix-command show-config 2>/dev/null | grep "^max-jobs" || nix config show max-jobs`,
    );
    assert.match(said[0]!, /\b5$/);
  });

  inShell("a child shell can deactivate it, too", async () => {
    const said = await good(
      `${source()}\n${shell.command.join(" ")} -c '${shell.source} ./setup-nix-environment.sh; nix_environment_deactivate; ${SHOW.replaceAll("'", "")}'`,
    );
    assert.is(said.at(-1), `unset|unset|unset|${process.env.PATH}|no tool`);
  });

  inShell("what is missing is reported with the way to get it, and the shell does not exit", async () => {
    const volumeGone = await sh(`${source("--volume", "gone")}\n${SHOW}`);
    assert.match(volumeGone.stderr, /the volume gone is not mounted at \/nowhere\/at\/all/);
    assert.match(volumeGone.stderr, /manage-nix-packages\.sh install --volume gone/);
    assert.match(volumeGone.stdout, /^demo\/gone\|.*\nalive\n$/);
    const unknown = await sh(source("--volume", "nope"));
    assert.match(unknown.stderr, /there is no volume 'nope'; there are: data gone/);
    assert.is(unknown.stdout, "alive\n");
    const bin = tempFolder();
    const bare = await run(
      [
        "sh",
        "-c",
        'for program in id dirname cat; do ln -s "$(command -v "$program")" "$0/"; done; exec "$(command -v "$1")" -c "$2"',
        bin,
        shell.command[0]!,
        `${shell.prelude}PATH=${bin}; ${source()}\necho alive`,
      ],
      { cwd: out, env },
    );
    assert.match(bare.stderr, /Nix is (missing: (sudo apt-get|see)|installed but not on PATH)/);
    assert.is(bare.stdout, "alive\n");
  });

  inShell("it ignores the arguments of the script that sources it", async () => {
    const said = await good(`set -- prod --force\n${shell.source} ./setup-nix-environment.sh\nprintf '%s ' "$@"; echo; ${SHOW}`);
    assert.is(said[0], "prod --force ");
    assert.match(said[1]!, /^demo\|/);
  });

  test.run();
}

const test = suite("setup-nix-environment.sh");
test.before(prepare);

needs(test, ["nix"])("settings that this Nix does not know are left out of a copy and reported", async () => {
  const file = join(out, `users/${user}/nix.conf`);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, `${text}no-such-setting = 1\n`);
  const ran = await run(["bash", "-c", 'source ./setup-nix-environment.sh; cat "${NIX_USER_CONF_FILES%%:*}"'], { cwd: out, env });
  assert.match(ran.stderr, /would ignore no-such-setting/);
  assert.is(ran.stdout, text);
  writeFileSync(file, "max-jobs = many\n");
  const refused = await run(["bash", "-c", 'source ./setup-nix-environment.sh; echo "${NIX_USER_CONF_FILES-unset}"'], {
    cwd: out,
    env,
  });
  assert.match(refused.stderr, /not used: Nix refuses them/);
  assert.is(refused.stdout, "unset\n");
  writeFileSync(file, text);
});

test("executed instead of sourced, it says how to source it", async () => {
  const ran = await run(["./setup-nix-environment.sh"], { cwd: out, env });
  assert.match(ran.stderr, /has to be sourced/);
});

needs(test, ["shellcheck"])("shellcheck has no warning about the scripts", async () => {
  const ran = await run(["shellcheck", "setup-nix-environment.sh", "manage-nix-packages.sh", "apply-nix-config.sh"], {
    cwd: out,
  });
  assert.is(ran.stdout, "");
  assert.is(ran.status, 0);
});

test("the scripts use nothing newer than bash 3.2", () => {
  // Debian has no bash 3.2. These are features of later versions that the scripts could use by mistake.
  const newer =
    /\bmapfile\b|\breadarray\b|declare -[gAn]|local -n|\$\{[a-zA-Z_]+(\^|,|@)|\|&|&>>|\[\[? -v |\bcoproc\b|printf '?%\(|;;&|;&|\bwait -n\b|\$\{[a-z]+\[-[0-9]+\]\}|\$EPOCH|BASHPID/;
  for (const name of ["setup-nix-environment.sh", "manage-nix-packages.sh", "apply-nix-config.sh"]) {
    for (const line of readFileSync(join(out, name), "utf8").split("\n")) assert.not.match(line, newer, `${name}: ${line}`);
  }
});

test.run();
