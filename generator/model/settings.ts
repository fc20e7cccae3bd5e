import { DERIVED } from "../knowledge/derived-settings.ts";
import type { SettingValue } from "../knowledge/nix-conf.ts";
import { withoutExtra } from "../knowledge/setting.ts";
import { canonicalSettingValue, findSetting } from "../knowledge/settings.ts";
import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import type { Locator, ReporterAdd } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import type { BuildUsers, Model, Setting, Substituter } from "./model.ts";
import { compare, unique } from "./order.ts";

/* nix.conf settings: those under a `settings` key, and those that come from other keys of the spec. */

type SettingsPart = Pruned<NonNullable<Spec["settings"]>> | undefined;

/** The settings of one `settings` key, in its order, each with its current name. Reports `name-conflict` for a duplicate. */
export function settingsOf(part: SettingsPart, at: SpecPath, source: Locator, add: ReporterAdd): Setting[] {
  const settings = new Map<string, Setting>();
  for (const [written, raw] of Object.entries(part ?? {})) {
    const value = settingValue(written, raw);
    if (value === undefined) continue;
    const place = [...at, written];
    const name = currentSettingName(written);
    const before = settings.get(name);
    if (before) {
      add("name-conflict", place, "key", `\`${written}\` and \`${String(before.at.at(-1))}\` are two names of the same setting`, {
        hint: "delete one of them",
        related: [{ message: `\`${String(before.at.at(-1))}\` is here`, range: source.locate(before.at, "key") }],
      });
      continue;
    }
    settings.set(name, { at: place, name, value });
  }
  return [...settings.values()];
}

/** The other keys that set nix.conf settings; undefined when the spec does not have the key. */
interface SettingParts {
  readonly substituters: readonly Substituter[] | undefined;
  readonly trustedUsers: Model["trustedUsers"] | undefined;
  readonly allowedUsers: Model["allowedUsers"] | undefined;
  readonly buildUsers: BuildUsers | undefined;
}

/** The system's whole nix.conf: `settings` and the settings from other keys. Reports `name-conflict`. */
export function systemSettings(declared: readonly Setting[], parts: SettingParts, source: Locator, add: ReporterAdd): Setting[] {
  const result = new Map(declared.map((setting) => [setting.name, setting]));
  const derive = (name: string, value: SettingValue, at: SpecPath) => {
    const before = result.get(name);
    if (before) {
      if (sameValue(before.value, value)) return;
      const part = Object.hasOwn(DERIVED, name) ? (DERIVED[name] ?? name) : name;
      add("name-conflict", before.at, "key", `\`${part}\` already sets \`${name}\``, {
        hint: `delete one of the two; \`${part}\` has more checks`,
        related: [{ message: `\`${part}\` is here`, range: source.locate(at, "key") }],
      });
      return;
    }
    result.set(name, { at, name, value });
  };
  const { substituters, trustedUsers, allowedUsers, buildUsers } = parts;
  if (substituters) {
    derive("substituters", unique(substituters.map((cache) => cache.url)), ["substituters"]);
    derive("trusted-public-keys", unique(substituters.flatMap((cache) => cache.publicKey ?? [])), ["substituters"]);
  }
  if (trustedUsers) derive("trusted-users", unique(trustedUsers.map((user) => user.name)), ["trustedUsers"]);
  if (allowedUsers) derive("allowed-users", unique(allowedUsers.map((user) => user.name)), ["allowedUsers"]);
  if (buildUsers) derive("build-users-group", buildUsers.group, buildUsers.at);
  return sortSettings([...result.values()]);
}

/** The settings of a wider scope, overridden by those of a narrower one. */
export function settingsOver(wider: readonly Setting[], narrower: readonly Setting[]): readonly Setting[] {
  // One list for all machines without settings of their own.
  if (narrower.length === 0) return wider;
  const own = new Set(narrower.map((setting) => setting.name));
  return sortSettings([...wider.filter((setting) => !own.has(setting.name)), ...narrower]);
}

/** Sorts by name, with `extra-NAME` directly after NAME: Nix ignores an `extra-NAME` before NAME (NixOS/nix#9487). */
export function sortSettings(settings: readonly Setting[]): Setting[] {
  const order = ({ name }: Setting) => {
    const plain = withoutExtra(name);
    return plain === name ? name : `${plain}\u0001`;
  };
  return [...settings].sort((a, b) => compare(order(a), order(b)));
}

const sameValue = (a: SettingValue, b: SettingValue): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The value in the type of its setting: `yes` for a boolean is true, and words in one text are a list. */
function settingValue(written: string, raw: unknown): SettingValue | undefined {
  const value = plainSettingValue(raw);
  const setting = findSetting(written)?.setting;
  return value === undefined || !setting ? value : canonicalSettingValue(setting, value);
}

function plainSettingValue(raw: unknown): SettingValue | undefined {
  if (typeof raw === "string" || typeof raw === "number" || typeof raw === "boolean") return raw;
  // A rejected item of a list becomes an empty text, so that the others keep their index.
  const text = (part: unknown) => (typeof part === "object" || part === undefined ? "" : String(part));
  if (Array.isArray(raw)) return raw.map(text);
  if (typeof raw === "object" && raw !== null)
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, text(value)]));
  return undefined;
}

/** The current name of a setting. An unknown name is returned unchanged; lint reports it. */
function currentSettingName(written: string): string {
  const found = findSetting(written);
  if (!found) return written;
  return found.via === "extra" ? `extra-${found.setting.name}` : found.setting.name;
}
