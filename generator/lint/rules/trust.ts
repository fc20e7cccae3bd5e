import { posix } from "node:path";
import type { Setting } from "../../model/model.ts";
import { entryRemoval, replacement } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { type Entry, entriesOf, isOff, isOn, placeOf, type Scope, scopes, settingOf, wordOf } from "../settings-in-force.ts";
import { mayBeTrusted } from "./ignored-settings.ts";

/* Trusted users and the sandbox. */

export const trustRules: readonly Rule[] = [
  {
    code: "trusted-users-wildcard",
    severity: "error",
    summary: "every account is a trusted user",
    cause:
      "`*` makes every account of the machine, including those of daemons, a trusted user of Nix, and a trusted user can become root.",
    example: 'trustedUsers: [root, "*"]',
    fixed: "trustedUsers: [root]",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-trusted-users",
    check: (context) => {
      for (const entry of trusted(context))
        if (entry.text === "*")
          context.report({
            ...placeOf(entry),
            message: "`*` makes every account of the machine equivalent to root",
            hint: "list the accounts; to let every account use Nix, use `allowedUsers`",
            fix: () => entryRemoval(context.source, entry),
          });
    },
  },
  {
    code: "trusted-user-is-root",
    severity: "warning",
    summary: "a trusted user other than root",
    cause:
      "A trusted user can set any setting of the daemon, such as a build hook or the key of another cache, and can so become root on that machine without a password.",
    example: "trustedUsers: [root, ada]",
    fixed:
      "trustedUsers: [root, ada]\nlint:\n  - code: trusted-user-is-root\n    at: trustedUsers[1]\n    why: ada administers the builders",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-trusted-users",
    check: (context) => {
      const seen = new Set<string>();
      for (const entry of trusted(context)) {
        const { text } = entry;
        // A second one is `entry-repeated`.
        const key = `${entry.at.slice(0, -1).join(".")} ${text}`;
        if (text === "root" || text === "*" || text === "" || seen.has(key)) continue;
        seen.add(key);
        const who = text.startsWith("@") ? `every member of the group \`${text.slice(1)}\`` : `\`${text}\``;
        context.report({
          ...placeOf(entry),
          message: `trusting ${who} is equivalent to root on that machine`,
          hint: "delete the entry (shared caches belong in `substituters`), or accept it under `lint` with a reason",
          fix: () => entryRemoval(context.source, entry),
        });
      }
    },
  },
  {
    code: "sandbox-off",
    severity: "warning",
    summary: "builds without the sandbox",
    cause:
      "Without the sandbox, a build can read and use everything on the machine. It can work here and fail elsewhere, and a malicious build can read files and use the network. `relaxed` lets derivations opt out.",
    example: "settings:\n  sandbox: false",
    fixed: "settings:\n  sandbox: true",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-sandbox",
    check: ({ model, source, report }) => {
      for (const scope of scopes(model)) {
        // What the daemon ignores is no risk; `setting-ignored` reports it.
        if (scope.user !== undefined && !mayBeTrusted(model, scope.user)) continue;
        const setting = scope.declared.find((one) => one.name === "sandbox");
        if (!setting || !(isOff(setting) || setting.value === "relaxed")) continue;
        report({
          at: setting.at,
          message:
            setting.value === "relaxed"
              ? `builds of ${scope.owner} may opt out of the sandbox`
              : `builds of ${scope.owner} run without the sandbox`,
          hint: "write `sandbox: true`, or accept it under `lint` with a reason",
          fix: () => replacement(source, setting.at, "value", "true"),
        });
      }
    },
  },
  {
    code: "build-rights",
    severity: "warning",
    summary: "builds with rights that the sandbox takes from them",
    cause:
      "A build is code of somebody else. It runs as an account without rights, can't make a program that runs as another account, and has none of the groups of the daemon. Each of these settings gives one of that back; without a group of build users, builds run as root where the daemon does.",
    example: "settings:\n  filter-syscalls: false",
    fixed: "settings:\n  filter-syscalls: true",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-filter-syscalls",
    check: ({ model, source, report }) => {
      for (const scope of scopes(model)) {
        if (scope.user !== undefined && !mayBeTrusted(model, scope.user)) continue;
        for (const setting of scope.declared) {
          const [isRight, safe, what] = Object.hasOwn(RIGHTS, setting.name) ? (RIGHTS[setting.name] ?? []) : [];
          if (!isRight?.(setting, scope) || what === undefined || safe === undefined) continue;
          report({
            at: setting.at,
            message: `builds of ${scope.owner} ${what}`,
            hint: `write \`${setting.name}: ${safe}\`, or accept it under \`lint\` with a reason`,
            fix: () => replacement(source, setting.at, "value", safe),
          });
        }
      }
    },
  },
];

/** Settings that give builds rights: when, the value that does not, and what builds can then do. */
const RIGHTS: Readonly<
  Record<string, readonly [isRight: (setting: Setting, scope: Scope) => boolean, safe: string, what: string]>
> = {
  "filter-syscalls": [isOff, "true", "can make programs that run as another account (setuid) in the store"],
  "allow-new-privileges": [isOn, "false", "can become another account through setuid programs"],
  "require-drop-supplementary-groups": [isOff, "true", "may keep the groups of the daemon"],
  // https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-build-dir
  "build-dir": [
    (setting) => /^(?:\/private)?\/(?:tmp|var\/tmp|dev\/shm)(?:\/|$)/.test(posix.normalize(wordOf(setting).slice(0, 4096))),
    "/nix/var/nix/builds",
    "are in a folder where each account can write, and can change what is built",
  ],
  "start-id": [
    (setting, { inForce }) => isOn(settingOf(inForce, "auto-allocate-uids")) && Number(wordOf(setting)) < 65536,
    "872415232",
    "run as accounts of the machine",
  ],
  // With `auto-allocate-uids` no group is needed.
  "build-users-group": [
    (setting, { kind, inForce }) => kind !== "user" && wordOf(setting) === "" && !isOn(settingOf(inForce, "auto-allocate-uids")),
    "nixbld",
    "run as root where the daemon runs as root",
  ],
};

/** The accounts that a daemon of the platform trusts. A user's own nix.conf can't add any, so it is not checked. */
function* trusted({ model, source }: RuleContext): Generator<Entry> {
  for (const { at, name } of model.trustedUsers) yield { at, text: name };
  for (const scope of scopes(model)) {
    if (scope.kind === "user") continue;
    for (const setting of scope.declared) if (/^(?:extra-)?trusted-users$/.test(setting.name)) yield* entriesOf(source, setting);
  }
}
