import type { SettingValue } from "../knowledge/nix-conf.ts";
import { canonicalSettingValue, findSetting } from "../knowledge/settings.ts";
import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import type { Locator, ReporterAdd } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import type { BuildUsers, Model, Setting, Substituter } from "./model.ts";
import { compare, unique } from "./order.ts";

/* nix.conf settings: those that a part of the spec declares, and what other parts of the spec add to them. */

type SettingsPart = Pruned<NonNullable<Spec["settings"]>> | undefined;

/** Settings that a part of the spec writes, and that part: `settings` may not declare them a second time. */
const DERIVED: Readonly<Record<string, string>> = {
  substituters: "substituters",
  "trusted-public-keys": "substituters",
  "trusted-users": "trustedUsers",
  "allowed-users": "allowedUsers",
  "build-users-group": "buildUsers",
};

/** The settings of one part of the spec, in its order, each by today's name. Adds `name-conflict` for one that stands twice. */
export function settingsOf(part: SettingsPart, at: SpecPath, source: Locator, add: ReporterAdd): Setting[] {
  const settings = new Map<string, Setting>();
  for (const [written, raw] of Object.entries(part ?? {})) {
    const value = settingValue(written, raw);
    if (value === undefined) continue;
    const place = [...at, written];
    const name = currentSettingName(written);
    const before = settings.get(name);
    if (before) {
      add("name-conflict", place, "key", `\`${written}\` and \`${String(before.at.at(-1))}\` are one setting`, {
        hint: "delete one of them",
        related: [{ message: `\`${String(before.at.at(-1))}\` is here`, range: source.locate(before.at, "key") }],
      });
      continue;
    }
    settings.set(name, { at: place, name, value });
  }
  return [...settings.values()];
}

/** What the parts of a spec with a key of their own say about nix.conf; undefined where the spec has no such part. */
interface SettingParts {
  readonly substituters: readonly Substituter[] | undefined;
  readonly trustedUsers: Model["trustedUsers"] | undefined;
  readonly allowedUsers: Model["allowedUsers"] | undefined;
  readonly buildUsers: BuildUsers | undefined;
}

/** The system's whole nix.conf: `settings` together with what other parts of the spec say. Adds `name-conflict`. */
export function systemSettings(declared: readonly Setting[], parts: SettingParts, source: Locator, add: ReporterAdd): Setting[] {
  const result = new Map(declared.map((setting) => [setting.name, setting]));
  const derive = (name: string, value: SettingValue, at: SpecPath) => {
    const before = result.get(name);
    if (before) {
      if (sameValue(before.value, value)) return;
      const part = DERIVED[name] ?? name;
      add("name-conflict", before.at, "key", `\`${part}\` declares \`${name}\` already`, {
        hint: `keep one of the two; \`${part}\` is checked more closely`,
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

/** Settings with others over them: what is declared in a narrower place replaces what the wider one says. */
export function settingsOver(wider: readonly Setting[], narrower: readonly Setting[]): Setting[] {
  const own = new Set(narrower.map((setting) => setting.name));
  return sortSettings([...wider.filter((setting) => !own.has(setting.name)), ...narrower]);
}

/** By name, and each `extra-NAME` right behind NAME: Nix drops one that comes before (NixOS/nix#9487). */
export function sortSettings(settings: readonly Setting[]): Setting[] {
  const order = (setting: Setting) => setting.name.replace(/^extra-(?!platforms$)(.*)$/, "$1\u0001");
  return [...settings].sort((a, b) => compare(order(a), order(b)));
}

const sameValue = (a: SettingValue, b: SettingValue): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The value in its setting's own type: `yes` of a boolean is true, and words in one text are a list. */
function settingValue(written: string, raw: unknown): SettingValue | undefined {
  const value = plainSettingValue(raw);
  const setting = findSetting(written)?.setting;
  return value === undefined || !setting ? value : canonicalSettingValue(setting, value);
}

function plainSettingValue(raw: unknown): SettingValue | undefined {
  if (typeof raw === "string" || typeof raw === "number" || typeof raw === "boolean") return raw;
  // What validation refused inside a list keeps its place there, empty: a map of the spec has no text of its own.
  const text = (part: unknown) => (typeof part === "object" || part === undefined ? "" : String(part));
  if (Array.isArray(raw)) return raw.map(text);
  if (typeof raw === "object" && raw !== null)
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, text(value)]));
  return undefined;
}

/** The name that today's Nix knows a setting by; an unknown name stays as it is, for lint to judge. */
function currentSettingName(written: string): string {
  const found = findSetting(written);
  if (!found) return written;
  return found.via === "extra" ? `extra-${found.setting.name}` : found.setting.name;
}
