import { DERIVED } from "../../knowledge/derived-settings.ts";
import { findSetting, settingValueProblem } from "../../knowledge/settings.ts";
import type { Model, Setting } from "../../model/model.ts";
import { valueAt } from "../../report/spec-path.ts";
import { listed, quoted } from "../../report/words.ts";
import { appendix, removal, replacement } from "../edits.ts";
import type { Rule } from "../rule.ts";
import { isAnywhereWith, isOff, isOn, type Scope, scopes, settingOf, wordOf, words, wordsInForce } from "../settings-in-force.ts";

/* Settings that are valid alone but conflict with each other. */

export const settingsConflictRules: readonly Rule[] = [
  {
    code: "user-settings-drop-features",
    severity: "error",
    summary: "a list of a user, a host or a volume that drops entries of the system's list",
    cause:
      "A list in the nix.conf of a user, a host or a volume replaces the system's list. `experimental-features = nix-command` in a user's file disables flakes for that user; `substituters` there drops every cache of the system.",
    example:
      "settings:\n  experimental-features: [nix-command, flakes]\nusers:\n  ada:\n    settings:\n      experimental-features: [nix-command]",
    fixed:
      "settings:\n  experimental-features: [nix-command, flakes]\nusers:\n  ada:\n    settings:\n      extra-experimental-features: [nix-command]",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file",
    check: ({ model, source, report }) => {
      const systems = new Map<string, readonly string[]>();
      for (const scope of scopes(model)) {
        if (scope.kind === "system") continue;
        for (const setting of scope.declared) {
          const lost = lostEntries(model, scope, setting, systems);
          if (lost.length === 0) continue;
          const names = listed(
            lost.map((name) => quoted([name])),
            MOST_NAMES,
          );
          const extra = `extra-${setting.name}`;
          const hasExtra = settingOf(scope.declared, extra) !== undefined;
          report({
            at: setting.at,
            part: "key",
            message: `this replaces the system's list: ${scope.owner} loses ${names}`,
            hint: hasExtra
              ? `repeat ${names} here, or move the entries to \`${extra}\`, which adds to the list`
              : `write \`${extra}\`, which adds to the list, or repeat ${names} here`,
            fix: () => (hasExtra ? undefined : replacement(source, setting.at, "key", extra)),
          });
        }
      }
    },
  },
  {
    code: "setting-repeated",
    severity: "warning",
    certainFix: true,
    summary: "a setting that repeats what a key of the spec declares",
    cause:
      "`substituters`, `trustedUsers`, `allowedUsers` and `buildUsers` write nix.conf settings too. Both say the same today; who changes one of them later changes nothing.",
    example: `settings:\n  max-jobs: 4\n  trusted-users: [root]\ntrustedUsers: [root]`,
    fixed: `settings:\n  max-jobs: 4\ntrustedUsers: [root]`,
    check: ({ model, source, report }) => {
      for (const setting of model.settings) {
        const part = Object.hasOwn(DERIVED, setting.name) ? DERIVED[setting.name] : undefined;
        // Where the two differ, the model has reported it.
        if (setting.at[0] !== "settings" || part === undefined || valueAt(source, [part]) === undefined) continue;
        report({
          at: setting.at,
          part: "key",
          message: `\`${part}\` declares the same \`${setting.name}\``,
          hint: "delete it here",
          fix: () => removal(source, setting.at) ?? removal(source, ["settings"]),
        });
      }
    },
  },
  {
    code: "settings-conflict",
    severity: "warning",
    summary: "two settings that conflict",
    cause:
      "Each setting is valid alone. Together, one has no effect, or the result is hardly intended: no builds, garbage collection that frees too little, or caches that are never used.",
    example: "settings:\n  sandbox-paths: [/bin/sh]\n  max-jobs: 0",
    fixed: "settings:\n  sandbox-paths: [/bin/sh]\n  max-jobs: auto",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file",
    check: ({ model, report }) => {
      for (const scope of scopes(model))
        for (const { setting: name, problem, hint } of CONFLICTS) {
          const setting = scope.declared.find((one) => one.name === name);
          const message = setting && problem(setting, scope.inForce, model);
          if (setting && message !== undefined) report({ at: setting.at, part: "key", message, hint });
        }
    },
  },
  {
    code: "keep-outputs-without-gc",
    severity: "warning",
    summary: "`keep-outputs` without garbage collection",
    cause:
      "`keep-outputs` keeps the build dependencies of everything in use. This is useful for development, but the store grows without limit unless old generations are deleted and garbage is collected.",
    example: "settings:\n  keep-outputs: true",
    fixed: "settings:\n  keep-outputs: true\ngc:\n  automatic: true",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-keep-outputs",
    check: ({ model, source, report }) => {
      const setting = settingOf(model.settings, "keep-outputs");
      if (!setting || !isOn(setting) || model.gc?.automatic || (numberOf(settingOf(model.settings, "min-free")) ?? 0) > 0) return;
      const isDeclared = (source.value as { gc?: unknown }).gc !== undefined;
      report({
        at: setting.at,
        message: "`keep-outputs` keeps all build dependencies, and nothing collects garbage: the store grows without limit",
        hint: "add `gc: { automatic: true }`, or set `min-free` so that Nix collects garbage when the disk is nearly full",
        fix: () => (isDeclared ? undefined : appendix(source, "gc:\n  automatic: true\n")),
      });
    },
  },
];

/** A setting's value as a whole number, if it is one. */
export const numberOf = (setting: Setting | undefined): number | undefined => {
  const word = wordOf(setting);
  const number = word === "" ? Number.NaN : Number(word);
  return Number.isInteger(number) ? number : undefined;
};

/** More names in a sentence tell a reader nothing. */
const MOST_NAMES = 20;

/**
 * The entries of the system's list that a user, a host or a volume does not have because its own list replaces that list.
 *
 * @param systems The valid entries of the system's lists, as far as they are known, by name.
 */
function lostEntries(model: Model, scope: Scope, setting: Setting, systems: Map<string, readonly string[]>): string[] {
  const known = findSetting(setting.name);
  if (!known || known.via === "extra" || known.setting.appendableIn.length === 0) return [];
  if (known.setting.type !== "list" && known.setting.type !== "map") return [];
  // The daemon does not read a user's nix.conf, so these settings have no effect there.
  if (scope.kind === "user" && /^(?:trusted|allowed)-users$/.test(setting.name)) return [];
  const plain = (entry: string) => (setting.name.endsWith("substituters") ? entry.replace(/\/+$/, "") : entry);
  const own = new Set(wordsInForce(scope.declared, setting.name)?.map(plain));
  // An invalid entry of the system's list is reported in that list.
  const valid =
    systems.get(setting.name) ??
    [...new Set(wordsInForce(model.settings, setting.name) ?? [])].filter(
      (entry) => settingValueProblem(known.setting, [entry]) === undefined,
    );
  systems.set(setting.name, valid);
  const lost = valid.filter((entry) => !own.has(plain(entry)));
  // Only the keys of a map: its values can be secrets.
  return known.setting.type === "map" ? lost.map((entry) => entry.replace(/=.*/s, "")) : lost;
}

/** A setting that can conflict with others. */
interface Conflict {
  readonly setting: string;
  /** The message if there is a conflict. */
  readonly problem: (setting: Setting, inForce: readonly Setting[], model: Model) => string | undefined;
  readonly hint: string;
}

const hasBuilders = (inForce: readonly Setting[], model: Model): boolean =>
  model.builders.length > 0 || words(settingOf(inForce, "builders")?.value).length > 0;

const sandboxPaths = (setting: Setting, inForce: readonly Setting[]): string | undefined =>
  words(setting.value).length > 0 && isOff(settingOf(inForce, "sandbox"))
    ? `\`${setting.name}\` has no effect: the sandbox is disabled`
    : undefined;

const CONFLICTS: readonly Conflict[] = [
  {
    setting: "max-jobs",
    problem: (setting, inForce, model) =>
      numberOf(setting) === 0 && !hasBuilders(inForce, model)
        ? "`max-jobs: 0` disables builds on this machine, and there are no `builders`"
        : undefined,
    hint: "add `builders`, or set `max-jobs` to at least 1",
  },
  {
    setting: "ssl-cert-file",
    problem: (_setting, _inForce, model) =>
      model.network?.caBundle === undefined ? undefined : "`ssl-cert-file` replaces `network.caBundle` in Nix, and in Nix alone",
    hint: "delete it: `network.caBundle` is for Nix, too",
  },
  {
    setting: "max-free",
    problem: (setting, inForce) => {
      const [most, least] = [numberOf(setting), numberOf(settingOf(inForce, "min-free"))];
      return most !== undefined && least !== undefined && most < least
        ? `\`max-free\` (${most} bytes) is less than \`min-free\` (${least} bytes)`
        : undefined;
    },
    hint: "garbage collection starts below `min-free` and stops at `max-free`: make `max-free` the greater one",
  },
  {
    setting: "substitute",
    problem: (setting, _inForce, model) =>
      isOff(setting) && model.substituters.length > 0 ? "`substitute: false` makes Nix ignore all `substituters`" : undefined,
    hint: "delete one of the two",
  },
  { setting: "sandbox-paths", problem: sandboxPaths, hint: "delete one of the two" },
  { setting: "extra-sandbox-paths", problem: sandboxPaths, hint: "delete one of the two" },
  {
    setting: "builders-use-substitutes",
    problem: (setting, inForce, model) =>
      isOn(setting) && !hasBuilders(inForce, model)
        ? "`builders-use-substitutes` has no effect: there are no `builders`"
        : undefined,
    hint: "add `builders`, or delete the line",
  },
  {
    setting: "diff-hook",
    problem: (setting, _inForce, model) =>
      words(setting.value).length > 0 && !isAnywhereWith(model, setting, "run-diff-hook", isOn)
        ? "`diff-hook` has no effect without `run-diff-hook: true`"
        : undefined,
    hint: "add `run-diff-hook: true`, and Nix runs the program; or delete the line",
  },
  {
    setting: "run-diff-hook",
    problem: (setting, _inForce, model) =>
      isOn(setting) && !isAnywhereWith(model, setting, "diff-hook", (hook) => words(hook?.value).length > 0)
        ? "`run-diff-hook` has no effect without `diff-hook`"
        : undefined,
    hint: "delete the line, or name the program that Nix is to run as `diff-hook`",
  },
  {
    setting: "nix-path",
    problem: (setting, inForce) =>
      words(setting.value).length > 0 && isOn(settingOf(inForce, "pure-eval"))
        ? "`nix-path` has no effect with `pure-eval: true`"
        : undefined,
    hint: "delete one of the two",
  },
  {
    setting: "max-silent-time",
    problem: (setting, inForce) => {
      const [silent, whole] = [numberOf(setting) ?? 0, numberOf(settingOf(inForce, "timeout")) ?? 0];
      return silent > whole && whole > 0
        ? `\`max-silent-time\` (${silent} s) has no effect: \`timeout\` stops every build after ${whole} s`
        : undefined;
    },
    hint: "make `timeout` greater than `max-silent-time`",
  },
];
