import { posix } from "node:path";
import { whatChanges, whatRuns } from "../../knowledge/code-variables.ts";
import { hasSetting, isOther } from "../../knowledge/other-nixes.ts";
import { withoutExtra } from "../../knowledge/setting.ts";
import { findSetting } from "../../knowledge/settings.ts";
import type { Model, Setting } from "../../model/model.ts";
import type { Rule, RuleContext } from "../rule.ts";
import {
  entriesOf,
  isAnywhereWith,
  isOn,
  placeOf,
  type Scope,
  scopes,
  settingOf,
  wordOf,
  words,
  wordsInForce,
  writtenName,
} from "../settings-in-force.ts";
import { isRestricted, mayBeTrusted } from "./ignored-settings.ts";

/* Values that a shell, the loader or Nix runs as code, or that change how these work: variables of shells, and settings. */

/** Settings with which Nix runs or loads what they name. */
const SETTINGS: Readonly<Record<string, string>> = {
  "post-build-hook": "the Nix daemon runs this program as root after each build",
  "pre-build-hook": "the Nix daemon runs this program as root before each build",
  "diff-hook": "Nix runs this program with the results of builds",
  "build-hook": "the Nix daemon runs this program as root to hand out builds",
  "plugin-files": "Nix, and its daemon as root, loads these libraries",
  "external-builders": "the Nix daemon runs these programs in place of builders",
  "upgrade-nix-store-path-url": "`nix upgrade-nix` installs what this address names",
  // Of Lix.
  "pasta-path": "the Nix daemon runs this program as root for builds with network",
};

/** Settings with paths of the machine that builds see; the last one is of Lix. */
const SANDBOX_PATHS: ReadonlySet<string> = new Set([
  "sandbox-paths",
  "allowed-impure-host-deps",
  "builtin-builder-sandbox-paths",
]);

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
        for (const { at, name, value } of env) {
          const by = whatRuns(name, value.kind === "text" ? value.text : undefined);
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
        for (const { at, name, value } of env) {
          const how = whatChanges(name, value.kind === "text" ? value.text : undefined);
          if (how !== undefined)
            report({
              at,
              part: "key",
              message: `\`${name}\` changes how each script in the shell works: ${how}`,
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
      "The daemon runs hooks and loads plugins as root, so whoever can change that file, or the spec, is root on each machine. `allow-unsafe-native-code-during-evaluation` lets each Nix expression run any program, and `accept-flake-config` lets each flake set such settings. bash runs commands in a prompt.",
    example: "settings:\n  post-build-hook: /etc/nix/upload",
    fixed:
      "settings:\n  post-build-hook: /etc/nix/upload\nlint:\n  - code: setting-runs-code\n    at: settings.post-build-hook\n    why: fills the cache; only root can write the file",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-post-build-hook",
    check: (context) => {
      for (const { scope, setting, name } of effective(context)) {
        const reason = codeIn(context.model, scope, setting, name);
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
        if (!SANDBOX_PATHS.has(name)) continue;
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
      // What this Nix lacks is `setting-unknown`.
      const known = findSetting(setting.name)?.setting;
      if (known && isOther(known) && !hasSetting(model.nix, known)) continue;
      if (scope.user !== undefined && isRestricted(setting.name) && !mayBeTrusted(model, scope.user)) continue;
      yield { scope, setting, name: withoutExtra(setting.name) };
    }
}

/** What runs with the setting; undefined when nothing does. */
function codeIn(model: Model, scope: Scope, setting: Setting, name: string): string | undefined {
  if (name === "allow-unsafe-native-code-during-evaluation")
    return isOn(settingOf(scope.declared, name)) ? "each Nix expression can run any program" : undefined;
  if (name === "accept-flake-config")
    // Without the feature, `setting-needs-feature` says that it does nothing.
    return isOn(setting) && wordsInForce(scope.inForce, "experimental-features")?.includes("flakes")
      ? "Nix takes settings of every flake, such as hooks and caches, without asking"
      : undefined;
  if (/^bash-prompt(?:-prefix|-suffix)?$/.test(name))
    return /\$\(|`/.test(withoutOctal(wordOf(setting))) ? "bash runs the commands in it at each prompt" : undefined;
  // Where `run-diff-hook` is on nowhere, `settings-conflict` says that it does nothing.
  if (name === "diff-hook" && !isAnywhereWith(model, setting, "run-diff-hook", isOn)) return undefined;
  // The list of `external-builders` is JSON in the model.
  if (words(setting.value).every((word) => word === "[]")) return undefined;
  return Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
}

/** A prompt as bash reads it before it runs what is in it: `\044(id)` is `$(id)`. */
const withoutOctal = (prompt: string): string =>
  prompt.replace(/\\([0-7]{1,3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** Linux takes no longer path (PATH_MAX); `normalize` takes minutes for a million `../`. */
const LONGEST_PATH = 4096;

/** Why a path opens the sandbox, at either end; undefined if it does not. */
function opening(path: string): string | undefined {
  if (path.length > LONGEST_PATH) return undefined;
  // macOS has the folders `/etc`, `/tmp` and `/var` in `/private`, and all that is written on a volume of its own.
  const plain = posix
    .normalize(path)
    .replace(/(?<=.)\/$/, "")
    .replace(/^\/System\/Volumes\/Data(?=\/|$)/, "")
    .replace(/^\/private(?=\/(?:etc|tmp|var)(?:\/|$))/, "");
  if (["/", "//", "", "/sysroot"].includes(plain)) return "`/` is the whole machine";
  if (
    /\/(?:docker|podman|containerd|crio|buildkitd)\.sock$/.test(plain) ||
    (/\/(?:docker|podman|containerd|crio|buildkitd|system_bus_socket|libvirt(?:-sock)?)$/.test(plain) && /\/run\//.test(plain)) ||
    /^\/(?:var\/)?run\/(?:dbus|systemd)(?:\/(?:private|system_bus_socket))?$/.test(plain) ||
    /\/(?:snapd|(?:lxd|incus)(?:\/unix)?)\.socket$/.test(plain)
  )
    return "whoever can use this socket is root on the machine";
  if (/^\/nix\/var(?:\/|$)/.test(plain)) return "builds can reach the database and the socket of Nix";
  if (/^\/(?:(?:var\/|usr\/)?home|root|Users|var\/(?:root|roothome))(?:\/|$)/.test(plain))
    return "builds can reach people's files";
  if (
    /^\/etc\/(?:shadow|gshadow|sudoers|ssh|nix|ssl\/private|pki\/tls\/private|krb5\.keytab|kubernetes|rancher|wireguard|letsencrypt)(?:[-/.]|$)/.test(
      plain,
    ) ||
    /^\/var\/lib\/(?:docker|containers|containerd|kubelet|libvirt|lxd|incus|rancher|vault|tailscale|acme|secrets|private)(?:\/|$)/.test(
      plain,
    )
  )
    return "builds can read the machine's secrets";
  if (/^\/(?:var\/)?run\/(?:secrets|keys|agenix|user)(?:[-/.]|$)/.test(plain)) return "builds can read secrets";
  if (/^\/proc\/(?:\d+|self|thread-self|kcore|sys)(?:\/|$)/.test(plain)) return "builds can reach processes outside the sandbox";
  if (
    /^\/dev\/(?:mem|kmem|port|(?:sd|hd|vd|xvd)[a-z]\d*|(?:nvme|mmcblk|md|dm-|loop|r?disk|nbd|rbd|drbd|bcache|pmem|zd)\d+\w*|dasd[a-z]+\d*|root|zvol|mapper|disk|block)(?:\/|$)/.test(
      plain,
    )
  )
    return "builds can read and write whole disks or the memory";
  if (
    /^\/(?:etc|var|run|var\/(?:run|lib|tmp|spool)|proc|sys|dev|boot|nix|nix\/store|srv|opt|mnt|media|tmp|private|System|Library)$/.test(
      plain,
    )
  )
    return `all of \`${plain}\` is in it`;
  return undefined;
}
