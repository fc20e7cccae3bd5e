import { isMac } from "../../knowledge/nix-darwin.ts";
import { withoutExtra } from "../../knowledge/setting.ts";
import type { Model, Setting } from "../../model/model.ts";
import { valueAt } from "../../report/spec-path.ts";
import { quoted } from "../../report/words.ts";
import { removal } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { isOn, scopes, words, wordsInForce, writtenName } from "../settings-in-force.ts";

/* Settings that are valid and have no effect where the spec has them. */

/**
 * Settings of which the daemon takes no value from a user that it does not trust. Of the others it takes a few (`timeout`,
 * `max-silent-time`, …), or the user's own Nix uses them.
 * https://github.com/NixOS/nix/blob/2.34.0/src/libstore/daemon.cc, ClientSettings::apply
 */
const RESTRICTED = new Set(
  `allowed-impure-host-deps allowed-users auto-optimise-store build-dir build-hook build-users-group builders diff-hook
  extra-platforms filter-syscalls gc-reserved-space hashed-mirrors impure-env keep-build-log max-build-log-size post-build-hook
  pre-build-hook require-sigs run-diff-hook sandbox sandbox-build-dir sandbox-dev-shm-size sandbox-fallback sandbox-paths
  secret-key-files substituters system-features trusted-public-keys trusted-substituters trusted-users use-cgroups`.split(/\s+/),
);

/** Whether the daemon ignores the setting, also with `extra-`, from a user that it does not trust. */
export const isRestricted = (name: string): boolean => RESTRICTED.has(withoutExtra(name));

/** Whether the system uses or allows the cache anyway: the daemon takes such a one from each user. */
const isAllowedCache = (model: Model, url: string): boolean => {
  const plain = (text: string) => text.replace(/\/+$/, "");
  const allowed = ["substituters", "trusted-substituters"].flatMap((name) => wordsInForce(model.settings, name) ?? []);
  return allowed.some((one) => plain(one) === plain(url));
};

export const ignoredSettingRules: readonly Rule[] = [
  {
    code: "setting-ignored",
    severity: "warning",
    summary: "a setting that has no effect where it is",
    cause:
      "The Nix daemon takes caches, keys and the sandbox from its own configuration and from users that it trusts; from other users it ignores them. On macOS, `auto-optimise-store` can corrupt the store (NixOS/nix#7273), so it is left out of what macOS reads.",
    example: "trustedUsers: [root]\nusers:\n  ada:\n    settings:\n      max-silent-time: 60\n      sandbox: true",
    fixed: "trustedUsers: [root]\nusers:\n  ada:\n    settings:\n      max-silent-time: 60",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-trusted-users",
    check: (context) => {
      for (const { name, settings } of context.model.users) {
        if (mayBeTrusted(context.model, name)) continue;
        for (const setting of settings) reportRestricted(context, name, setting);
      }
      reportOptimise(context);
    },
  },
];

/** Whether the daemon trusts the user, as far as the spec says: nobody knows the members of a group. */
export function mayBeTrusted(model: Model, user: string): boolean {
  const trusted = wordsInForce(model.settings, "trusted-users") ?? ["root"];
  return trusted.some((one) => one === user || one === "*" || one.startsWith("@"));
}

function reportRestricted({ model, source, report }: RuleContext, user: string, setting: Setting): void {
  const name = withoutExtra(setting.name);
  if (!isRestricted(name)) return;
  if (name === "substituters" && words(setting.value).every((url) => isAllowedCache(model, url))) return;
  if (name === "builders" && words(setting.value).length === 0) return;
  const isOfTheDaemon = ["trusted-users", "allowed-users", "build-users-group"].includes(name);
  report({
    at: setting.at,
    part: "key",
    message: isOfTheDaemon
      ? `the daemon reads \`${writtenName(setting)}\` from the system's nix.conf alone`
      : `the daemon does not trust \`${user}\`, so it ignores \`${writtenName(setting)}\``,
    hint: isOfTheDaemon
      ? "move it to the top of the spec"
      : "move it to the top-level `settings`; a cache that users may choose goes into `trusted-substituters` there",
    fix: () => removal(source, setting.at),
  });
}

function reportOptimise({ model, source, report }: RuleContext): void {
  const macs = model.systems.filter(isMac);
  if (macs.length === 0) return;
  for (const scope of scopes(model)) {
    const setting = scope.declared.find((one) => one.name === "auto-optimise-store");
    if (!setting || !isOn(setting) || scope.kind === "user" || valueAt(source, setting.at) === undefined) continue;
    if (scope.kind === "host" && !model.hosts.some((host) => host.os === "darwin" && host.ownSettings.includes(setting)))
      continue;
    report({
      at: setting.at,
      part: "key",
      message: `\`auto-optimise-store\` can corrupt a store on macOS (${quoted(macs)}): it is left out of what macOS reads`,
      hint: "delete it, or accept this under `lint` when it is meant for the Linux machines",
    });
  }
}
