import { buildGroupProblem } from "../../knowledge/accounts.ts";
import { withoutExtra } from "../../knowledge/setting.ts";
import type { Setting } from "../../model/model.ts";
import type { Rule } from "../rule.ts";
import { type Entry, entriesOf, placeOf, scopes, wordOf } from "../settings-in-force.ts";

/* Values of settings that Nix accepts and can't use. */

/** What is wrong with an entry, as the end of a sentence, and the way out. */
type Problem = readonly [why: string, hint: string];

/** Settings whose value is text for people, in which a home folder may be meant for a shell. */
const SHOWN = /^(?:bash-prompt|bash-prompt-prefix|bash-prompt-suffix|commit-lock-file-summary|user-agent-suffix)$/;

const SYSTEM = /^[a-z0-9_]+-[a-z0-9_]+$/;
const system = (word: string): Problem | undefined =>
  SYSTEM.test(word) ? undefined : ["is no system, and no build asks for it", "write a system such as aarch64-linux"];
const absolute = (word: string): Problem | undefined =>
  word.startsWith("/") ? undefined : ["is no absolute path", "write a path that begins with `/`"];
const account = (word: string): Problem | undefined =>
  /^(?:\*|@?[A-Za-z_][A-Za-z0-9_.-]*\$?)$/.test(word)
    ? undefined
    : ["is no account, and nobody is meant by it", "write an account, a group as @group, or *"];

/** What each entry of a setting must be, by the setting's current name, without `extra-`. */
const ENTRIES: Readonly<Record<string, (word: string) => Problem | undefined>> = {
  "extra-platforms": system,
  system,
  "secret-key-files": absolute,
  "trusted-users": account,
  "allowed-users": account,
  // `target=source?`, or one path for both.
  "sandbox-paths": (word) => absolute(word.replace(/^[^=]*=(?=.)/, "")) ?? absolute(word),
  "allowed-impure-host-deps": absolute,
  "allowed-uris": (word) =>
    /^[a-z][a-z0-9+.-]*:/i.test(word) || word.startsWith("/")
      ? undefined
      : ["begins no URI, so it allows nothing", "write the beginning of a URI, such as https://github.com/acme/ or github:acme/"],
  "nix-path": (word) => {
    const path = word.replace(/^[^=]*=/, "");
    return path.startsWith("/") || /^[a-z][a-z0-9+.-]*:/i.test(path)
      ? undefined
      : ["names no absolute path and no URL", "write NAME=/PATH or NAME=https://…"];
  },
  // A list of machines, or the file of one: the rest of the row is Nix's own.
  builders: (word) => {
    if (/^@(?!\/)/.test(word))
      return ["names a file by no absolute path", "write @/etc/nix/machines, or use `builders` of the spec"];
    // The daemon runs ssh as root, and an old one hands the host over as it is: `-oProxyCommand=…` is an option.
    return /^(?:[a-z+-]+:\/\/)?(?:[^/@]*@)?-[A-Za-z]/.test(word)
      ? ["names a host that begins with `-`, which ssh takes for an option", "write the name of the host"]
      : undefined;
  },
  "build-users-group": (word) => {
    const hint = "write the group of the build users: nixbld";
    const why = /^[A-Za-z_][A-Za-z0-9_-]{0,30}$/.test(word) ? buildGroupProblem(word) : "is no group";
    return why === undefined ? undefined : [why, hint];
  },
};

export const settingValueRules: readonly Rule[] = [
  {
    code: "setting-value",
    severity: "error",
    final: true,
    summary: "a value that Nix accepts and can't use",
    cause:
      "Nix checks few values when it reads nix.conf. A path that is not absolute, a word that is no system, no account and no URI, and `~` or `$HOME`, which nobody expands, have no effect, or fail at the first use.",
    example: "settings:\n  secret-key-files: [~/cache.sec]",
    fixed: "settings:\n  secret-key-files: [/etc/nix/cache.sec]",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file",
    check: ({ model, source, report }) => {
      for (const scope of scopes(model))
        for (const setting of scope.declared)
          for (const entry of entries(setting, () => entriesOf(source, setting))) {
            const [why, hint] = problemOf(setting, entry.text) ?? [];
            if (why !== undefined && hint !== undefined) report({ ...placeOf(entry), message: `\`${entry.text}\` ${why}`, hint });
          }
    },
  },
];

/** The words of a setting, for one that has words. */
function entries(setting: Setting, words: () => Entry[]): Entry[] {
  if (typeof setting.value === "object" || withoutExtra(setting.name) === "builders") return words();
  const text = wordOf(setting);
  return text === "" ? [] : [{ at: setting.at, text }];
}

function problemOf(setting: Setting, word: string): Problem | undefined {
  const name = withoutExtra(setting.name);
  if (!SHOWN.test(name) && /(?:^|=)(?:~\/|\$(?:HOME|\{HOME\}|PWD|\{PWD\}|USER|\{USER\}))/.test(word))
    return ["has `~` or a variable, and nothing in a setting is expanded", "write the whole path"];
  return Object.hasOwn(ENTRIES, name) ? ENTRIES[name]?.(word) : undefined;
}
