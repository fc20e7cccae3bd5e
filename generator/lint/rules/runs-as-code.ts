import { posix } from "node:path";
import { withoutExtra } from "../../knowledge/setting.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { entriesOf, isOn, placeOf, type Scope, scopes, settingOf, wordOf, words, writtenName } from "../settings-in-force.ts";
import { isRestricted, mayBeTrusted } from "./ignored-settings.ts";

/* Values that a shell, the loader or Nix runs as code, or that change how these work: variables of shells, and settings. */

/** Variables whose value is run or loaded, and by what. https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html, ld.so(8) */
const RUN_BY: readonly (readonly [names: RegExp, by: string])[] = [
  [/^(?:PROMPT_COMMAND|PS[0-9])$/, "bash runs commands in its value at each prompt"],
  [/^BASH_FUNC_/, "bash defines a function from its value when it starts"],
  [/^BASH_ENV$/, "each bash script runs the file that it names"],
  [/^ENV$/, "each interactive sh runs the file that it names"],
  [/^ZDOTDIR$/, "zsh runs the files of that folder when it starts"],
  [/^LD_(?:PRELOAD|AUDIT)$/, "each program loads the libraries that it names"],
  [/^LD_LIBRARY_PATH$/, "each program, also one of another glibc, looks for its libraries there first"],
  [/^(?:DYLD|LD)_/, "it changes which code each program loads"],
  [/^GCONV_PATH$/, "each program that converts text loads libraries from there"],
  [
    /^(?:PYTHONSTARTUP|PYTHONHOME|PERL5OPT|RUBYOPT|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS)$/,
    "the interpreter runs or loads what it names",
  ],
  [
    /^(?:GIT_SSH_COMMAND|GIT_SSH|GIT_PROXY_COMMAND|GIT_EXTERNAL_DIFF|GIT_ASKPASS|GIT_EXEC_PATH|SSH_ASKPASS|GIT_CONFIG_.*)$/,
    "git or ssh runs the command that it names",
  ],
  [/^(?:LESSOPEN|LESSCLOSE|MANPAGER|SYSTEMD_PAGER)$/, "the pager runs it as a command"],
];

/** Variables that change how bash reads words, finds files or ends. */
const CHANGES_BASH: Readonly<Record<string, string>> = {
  IFS: "each script splits words at other characters",
  CDPATH: "`cd` goes to other folders and prints them, which breaks scripts",
  GLOBIGNORE: "patterns such as `*` leave files out",
  POSIXLY_CORRECT: "bash and many other programs change their behaviour",
  BASH_COMPAT: "bash behaves as an older version",
  BASH_XTRACEFD: "bash writes its trace to that file descriptor",
  EXECIGNORE: "bash does not find some programs",
  TMOUT: "an idle shell ends after that time",
};

/** Settings with which Nix runs or loads what they name. */
const SETTINGS: Readonly<Record<string, string>> = {
  "post-build-hook": "the Nix daemon runs this program as root after each build",
  "pre-build-hook": "the Nix daemon runs this program as root before each build",
  "diff-hook": "Nix runs this program with the results of builds",
  "build-hook": "the Nix daemon runs this program as root to hand out builds",
  "plugin-files": "Nix, and its daemon as root, loads these libraries",
  "external-builders": "the Nix daemon runs these programs in place of builders",
};

/** Stores that Nix uses anyway. */
const USUAL_STORES = new Set(["", "auto", "daemon", "local"]);

export const runsAsCodeRules: readonly Rule[] = [
  {
    code: "variable-runs-code",
    severity: "warning",
    summary: "a variable whose value is run or loaded as code",
    cause:
      "A value of `env` is data, but bash, the loader of programs or an interpreter runs or loads what these variables contain. Whoever can change the value runs code in everyone's shell, also in tools that have nothing to do with it.",
    example: "shells:\n  default:\n    groups: [k8s]\n    env: { LD_PRELOAD: /opt/lib/trace.so }",
    fixed:
      "shells:\n  default:\n    groups: [k8s]\n    env: { LD_PRELOAD: /opt/lib/trace.so }\nlint:\n  - code: variable-runs-code\n    at: shells.default.env.LD_PRELOAD\n    why: all memory of the tools is traced here",
    source: "https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html",
    check: ({ model, report }) => {
      for (const { env } of model.shells)
        for (const { at, name } of env) {
          const by = RUN_BY.find(([names]) => names.test(name))?.[1];
          if (by === undefined) continue;
          report({
            at,
            part: "key",
            message: `\`${name}\` is code: ${by}`,
            hint: "delete it, write code into `hook`, or accept it under `lint` with a reason",
          });
        }
    },
  },
  {
    code: "variable-changes-shell",
    severity: "warning",
    summary: "a variable that changes how each shell and script works",
    cause:
      "bash takes these variables from its environment, or programs read them there, so the scripts of all tools that start in the shell work differently than their authors expect.",
    example: "shells:\n  default:\n    groups: [k8s]\n    env: { CDPATH: /srv }",
    fixed: "shells:\n  default:\n    groups: [k8s]\n    hook: CDPATH=/srv",
    source: "https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html",
    check: ({ model, report }) => {
      for (const { env } of model.shells)
        for (const { at, name } of env) {
          if (!Object.hasOwn(CHANGES_BASH, name)) continue;
          report({
            at,
            part: "key",
            message: `\`${name}\` changes how each script in the shell works: ${CHANGES_BASH[name]}`,
            hint: "delete it, assign it in `hook` without `export`, or accept it under `lint` with a reason",
          });
        }
    },
  },
  {
    code: "setting-runs-code",
    severity: "warning",
    summary: "a setting with which Nix runs or loads a program",
    cause:
      "The daemon runs hooks and loads plugins as root, so whoever can change that file, or the spec, is root on each machine. `allow-unsafe-native-code-during-evaluation` lets each Nix expression run any program. bash runs commands in a prompt.",
    example: "settings:\n  post-build-hook: /etc/nix/upload",
    fixed:
      "settings:\n  post-build-hook: /etc/nix/upload\nlint:\n  - code: setting-runs-code\n    at: settings.post-build-hook\n    why: fills the cache; only root can write the file",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-post-build-hook",
    check: (context) => {
      for (const { scope, setting, name } of effective(context)) {
        const reason = codeIn(scope, name, wordOf(setting), words(setting.value).length > 0);
        if (reason === undefined) continue;
        context.report({
          at: setting.at,
          part: "key",
          message: `\`${writtenName(setting)}\` of ${scope.owner} is code: ${reason}`,
          hint: "delete it, or accept it under `lint` with a reason",
        });
      }
    },
  },
  {
    code: "store-elsewhere",
    severity: "warning",
    summary: "all commands use another store",
    cause:
      "With `store`, each Nix command of the machine builds and looks up paths in that store, and trusts what it says. Programs in another folder or on another machine can't be run here.",
    example: "settings:\n  store: ssh://build.example.org",
    fixed: "settings:\n  store: daemon",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-store",
    check: (context) => {
      for (const { scope, setting, name } of effective(context)) {
        if (name !== "store" || USUAL_STORES.has(wordOf(setting).trim())) continue;
        context.report({
          at: setting.at,
          message: `all Nix commands of ${scope.owner} use this store instead of the machine's`,
          hint: "delete it and pass `--store` to single commands, or accept it under `lint` with a reason",
        });
      }
    },
  },
  {
    code: "sandbox-opened",
    severity: "error",
    summary: "a sandbox path that opens the sandbox",
    cause:
      "Builds see the whole machine, people's files or a socket with which they become root. The sandbox then protects from nothing.",
    example: "settings:\n  extra-sandbox-paths: [/var/run/docker.sock]",
    fixed: "settings:\n  extra-sandbox-paths: [/dev/kvm]",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-sandbox-paths",
    check: (context) => {
      for (const { scope, setting, name } of effective(context)) {
        if (name !== "sandbox-paths" && name !== "allowed-impure-host-deps") continue;
        for (const entry of entriesOf(context.source, setting)) {
          const reason = entry.text
            .replace(/\?$/, "")
            .split("=")
            .map(opening)
            .find((one) => one !== undefined);
          if (reason === undefined) continue;
          context.report({
            ...placeOf(entry),
            message: `\`${entry.text}\` opens the sandbox of ${scope.owner}: ${reason}`,
            hint: "name only the files that a build needs, or accept it under `lint` with a reason",
          });
        }
      }
    },
  },
];

/** The settings that have an effect, each with its place and its name without `extra-`. `setting-ignored` reports the others. */
function* effective({ model }: RuleContext) {
  for (const scope of scopes(model))
    for (const setting of scope.declared) {
      if (scope.user !== undefined && isRestricted(setting.name) && !mayBeTrusted(model, scope.user)) continue;
      yield { scope, setting, name: withoutExtra(setting.name) };
    }
}

/** What runs with the setting; undefined when nothing does. */
function codeIn(scope: Scope, name: string, word: string, isSet: boolean): string | undefined {
  if (name === "allow-unsafe-native-code-during-evaluation")
    return isOn(settingOf(scope.declared, name)) ? "each Nix expression can run any program" : undefined;
  if (/^bash-prompt(?:-prefix|-suffix)?$/.test(name))
    return /\$\(|`/.test(word) ? "bash runs the commands in it at each prompt" : undefined;
  // Without `run-diff-hook`, `setting-no-effect` says that it does nothing.
  if (name === "diff-hook" && !isOn(settingOf(scope.inForce, "run-diff-hook"))) return undefined;
  return isSet && Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
}

/** Linux takes no longer path (PATH_MAX); `normalize` takes minutes for a million `../`. */
const LONGEST_PATH = 4096;

/** Why a path opens the sandbox, at either end; undefined if it does not. */
function opening(path: string): string | undefined {
  if (path.length > LONGEST_PATH) return undefined;
  const plain = posix.normalize(path).replace(/(?<=.)\/$/, "");
  if (plain === "/" || plain === "//") return "`/` is the whole machine";
  if (
    /(?:^|\/)(?:docker|podman|containerd|crio|buildkitd|system_bus_socket|libvirt-sock)(?:\.sock)?$/.test(plain) &&
    /\/run\//.test(plain)
  )
    return "whoever can use this socket is root on the machine";
  if (/^\/nix\/var(?:\/|$)/.test(plain)) return "builds can reach the database and the socket of Nix";
  if (/^\/(?:home|root|Users)(?:\/|$)/.test(plain)) return "builds can reach people's files";
  if (/^\/etc\/(?:shadow|gshadow|sudoers|ssh|nix|ssl\/private)(?:[-/.]|$)/.test(plain))
    return "builds can read the machine's secrets";
  if (/^\/run\/(?:secrets|keys|agenix|user)(?:[-/.]|$)/.test(plain)) return "builds can read secrets";
  if (/^\/(?:etc|var|run|var\/run|proc|sys|dev|boot|nix|nix\/store|srv|opt|mnt|media|private|System|Library)$/.test(plain))
    return `all of \`${plain}\` is in it`;
  return undefined;
}
