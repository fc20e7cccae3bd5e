import { findSetting, settingValueProblem } from "../../knowledge/settings.ts";
import type { Model, Setting } from "../../model/model.ts";
import { quoted } from "../../report/words.ts";
import { appendix, replacement } from "../edits.ts";
import type { Rule } from "../rule.ts";
import { isOff, isOn, type Scope, scopes, settingOf, wordOf, words, wordsInForce } from "../settings-in-force.ts";

/* Settings that are right alone and wrong together. */

export const settingsConflictRules: readonly Rule[] = [
  {
    code: "user-settings-drop-features",
    severity: "error",
    summary: "a user's or a volume's list that silently undoes the system's",
    cause:
      "A list in a narrower nix.conf replaces the system's list, it adds nothing. `experimental-features = nix-command` in a user's file switches flakes off for that user; `substituters` there drops every cache of the system.",
    example:
      "settings:\n  experimental-features: [nix-command, flakes]\nusers:\n  ada:\n    settings:\n      experimental-features: [nix-command]",
    fixed:
      "settings:\n  experimental-features: [nix-command, flakes]\nusers:\n  ada:\n    settings:\n      extra-experimental-features: [nix-command]",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file",
    check: ({ model, source, report }) => {
      for (const scope of scopes(model)) {
        if (scope.kind === "system") continue;
        for (const setting of scope.declared) {
          const lost = lostEntries(model, scope, setting);
          if (lost.length === 0) continue;
          const extra = `extra-${setting.name}`;
          const hasExtra = settingOf(scope.declared, extra) !== undefined;
          report({
            at: setting.at,
            part: "key",
            message: `this replaces the system's list: ${scope.owner} loses ${quoted(lost)}`,
            hint: hasExtra
              ? `repeat ${quoted(lost)} here, or move the entries to \`${extra}\`, which adds`
              : `write \`${extra}\`, which adds to the list, or repeat ${quoted(lost)} here`,
            fix: () => (hasExtra ? undefined : replacement(source, setting.at, "key", extra)),
          });
        }
      }
    },
  },
  {
    code: "settings-fight",
    severity: "warning",
    summary: "two settings of which one makes the other useless",
    cause:
      "Each is right alone. Together one has no effect, or the pair does what nobody wants: no build at all, garbage collection that frees nothing, caches that are never asked.",
    example: "settings:\n  sandbox-paths: [/bin/sh]\n  max-jobs: 0",
    fixed: "settings:\n  sandbox-paths: [/bin/sh]\n  max-jobs: auto",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file",
    check: ({ model, report }) => {
      for (const scope of scopes(model))
        for (const fight of FIGHTS) {
          const setting = scope.declared.find((one) => one.name === fight.setting);
          const message = setting && fight.says(setting, scope.inForce, model);
          if (setting && message !== undefined) report({ at: setting.at, part: "key", message, hint: fight.hint });
        }
    },
  },
  {
    code: "keep-outputs-without-gc",
    severity: "warning",
    summary: "build-time dependencies are kept, and nothing collects garbage",
    cause:
      "`keep-outputs` keeps everything that was needed to build what is still in use. That is useful for development and grows without end unless old generations are deleted and garbage is collected.",
    example: "settings:\n  keep-outputs: true",
    fixed: "settings:\n  keep-outputs: true\ngc:\n  automatic: true",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-keep-outputs",
    check: ({ model, source, report }) => {
      const setting = settingOf(model.settings, "keep-outputs");
      if (!setting || !isOn(setting) || model.gc?.automatic || (numberOf(settingOf(model.settings, "min-free")) ?? 0) > 0) return;
      const isDeclared = (source.value as { gc?: unknown }).gc !== undefined;
      report({
        at: setting.at,
        message: "build-time dependencies are kept for good: the store only grows",
        hint: "add `gc: { automatic: true }`, or `min-free` so that Nix collects garbage when the disk fills up",
        fix: () => (isDeclared ? undefined : appendix(source, "gc:\n  automatic: true\n")),
      });
    },
  },
];

/* Parts of a spec that are right alone and wrong together, and what time does to a spec. */

export const numberOf = (setting: Setting | undefined): number | undefined => {
  const word = wordOf(setting);
  const number = word === "" ? Number.NaN : Number(word);
  return Number.isInteger(number) ? number : undefined;
};

/** What the system has in a list and the narrower scope does not, once the latter is read; `[]` where nothing is lost. */
function lostEntries(model: Model, scope: Scope, setting: Setting): string[] {
  const known = findSetting(setting.name);
  if (!known || known.via === "extra" || known.setting.appendableIn.length === 0) return [];
  if (known.setting.type !== "list" && known.setting.type !== "map") return [];
  // The daemon alone decides whom it trusts; it reads no user's file for that.
  if (scope.kind === "user" && /^(?:trusted|allowed)-users$/.test(setting.name)) return [];
  const plain = (entry: string) => (setting.name.endsWith("substituters") ? entry.replace(/\/+$/, "") : entry);
  const own = new Set(wordsInForce(scope.declared, setting.name)?.map(plain));
  const lost = [...new Set(wordsInForce(model.settings, setting.name) ?? [])].filter(
    // What the system has wrong is told there.
    (entry) => !own.has(plain(entry)) && settingValueProblem(known.setting, [entry]) === undefined,
  );
  // A map's values may be secrets; its keys say what is lost.
  return known.setting.type === "map" ? lost.map((entry) => entry.replace(/=.*/s, "")) : lost;
}

interface Fight {
  readonly setting: string;
  readonly says: (setting: Setting, inForce: readonly Setting[], model: Model) => string | undefined;
  readonly hint: string;
}

const hasBuilders = (inForce: readonly Setting[], model: Model): boolean =>
  model.builders.length > 0 || words(settingOf(inForce, "builders")?.value).length > 0;

const FIGHTS: readonly Fight[] = [
  {
    setting: "max-jobs",
    says: (setting, inForce, model) =>
      numberOf(setting) === 0 && !hasBuilders(inForce, model)
        ? "no build runs here, and no builder is declared: nothing can be built"
        : undefined,
    hint: "declare `builders`, or let this machine build",
  },
  {
    setting: "max-free",
    says: (setting, inForce) => {
      const [most, least] = [numberOf(setting), numberOf(settingOf(inForce, "min-free"))];
      return most !== undefined && least !== undefined && most < least
        ? `garbage collection stops at ${most} bytes, before it reaches \`min-free\``
        : undefined;
    },
    hint: "`min-free` is where collection begins and `max-free` where it stops: the second must be larger",
  },
  {
    setting: "substitute",
    says: (setting, _inForce, model) =>
      isOff(setting) && model.substituters.length > 0 ? "no cache is ever asked, although `substituters` lists some" : undefined,
    hint: "delete one of the two",
  },
  {
    setting: "sandbox-paths",
    says: (setting, inForce) =>
      words(setting.value).length > 0 && isOff(settingOf(inForce, "sandbox"))
        ? "paths are let into a sandbox that is switched off"
        : undefined,
    hint: "delete one of the two",
  },
  {
    setting: "extra-sandbox-paths",
    says: (setting, inForce) =>
      words(setting.value).length > 0 && isOff(settingOf(inForce, "sandbox"))
        ? "paths are let into a sandbox that is switched off"
        : undefined,
    hint: "delete one of the two",
  },
  {
    setting: "builders-use-substitutes",
    says: (setting, inForce, model) =>
      isOn(setting) && !hasBuilders(inForce, model) ? "this is about remote builders, and none is declared" : undefined,
    hint: "declare `builders`, or delete the line",
  },
  {
    setting: "diff-hook",
    says: (setting, inForce) =>
      words(setting.value).length > 0 && !isOn(settingOf(inForce, "run-diff-hook"))
        ? "the hook never runs without `run-diff-hook: true`"
        : undefined,
    hint: "add `run-diff-hook: true`",
  },
  {
    setting: "nix-path",
    says: (setting, inForce) =>
      words(setting.value).length > 0 && isOn(settingOf(inForce, "pure-eval"))
        ? "`pure-eval` makes Nix ignore the search path"
        : undefined,
    hint: "delete one of the two",
  },
  {
    setting: "max-silent-time",
    says: (setting, inForce) => {
      const [silent, whole] = [numberOf(setting) ?? 0, numberOf(settingOf(inForce, "timeout")) ?? 0];
      return silent > whole && whole > 0
        ? `a build is ended after ${whole} s (\`timeout\`), before it can be silent for ${silent}`
        : undefined;
    },
    hint: "make `timeout` the longer one",
  },
];
