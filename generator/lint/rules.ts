import { CATALOGUE, type Explanation } from "../report/codes.ts";
import type { Rule } from "./rule.ts";
import { acceptanceRules } from "./rules/acceptances.ts";
import { accountRules } from "./rules/accounts.ts";
import { addressRules } from "./rules/addresses.ts";
import { buildUserRules } from "./rules/build-users.ts";
import { builderRules } from "./rules/builders.ts";
import { cacheAddressRules } from "./rules/cache-addresses.ts";
import { cacheRules } from "./rules/caches.ts";
import { ciRules } from "./rules/ci.ts";
import { hookRules } from "./rules/hooks.ts";
import { hostRules } from "./rules/hosts.ts";
import { ignoredSettingRules } from "./rules/ignored-settings.ts";
import { imageRules } from "./rules/images.ts";
import { inputRules } from "./rules/inputs.ts";
import { networkRules } from "./rules/network.ts";
import { nixpkgsRules } from "./rules/nixpkgs.ts";
import { ownFileRules } from "./rules/own-files.ts";
import { packageNameRules } from "./rules/package-names.ts";
import { packageRules } from "./rules/packages.ts";
import { policyRules } from "./rules/policy.ts";
import { repeatedEntryRules } from "./rules/repeated-entries.ts";
import { runsAsCodeRules } from "./rules/runs-as-code.ts";
import { scheduleRules } from "./rules/schedules.ts";
import { secretRules } from "./rules/secrets.ts";
import { settingValueRules } from "./rules/setting-values.ts";
import { settingRules } from "./rules/settings.ts";
import { settingsConflictRules } from "./rules/settings-conflict.ts";
import { shellRules } from "./rules/shells.ts";
import { trustRules } from "./rules/trust.ts";
import { volumeRules } from "./rules/volumes.ts";

/** The lint rules. To add one, add a row to one of these tables and a row to its test in test/lint/rules/. */
export const RULES: readonly Rule[] = [
  ...settingRules,
  ...packageNameRules,
  ...packageRules,
  ...cacheRules,
  ...cacheAddressRules,
  ...trustRules,
  ...runsAsCodeRules,
  ...secretRules,
  ...builderRules,
  ...addressRules,
  ...networkRules,
  ...settingsConflictRules,
  ...ignoredSettingRules,
  ...scheduleRules,
  ...buildUserRules,
  ...nixpkgsRules,
  ...inputRules,
  ...hostRules,
  ...ciRules,
  ...shellRules,
  ...hookRules,
  ...accountRules,
  ...volumeRules,
  ...imageRules,
  ...policyRules,
  ...ownFileRules,
  ...settingValueRules,
  ...repeatedEntryRules,
  ...acceptanceRules,
];

/** The rules by code. */
export const BY_CODE: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.code, rule]));

/** The explanation of a code, of a stage or of a rule; undefined for an unknown code. */
export function explanationOf(code: string): Explanation | undefined {
  return BY_CODE.get(code) ?? (Object.hasOwn(CATALOGUE, code) ? CATALOGUE[code as keyof typeof CATALOGUE] : undefined);
}

/** Every code, sorted. */
export const allCodes = (): string[] => [...Object.keys(CATALOGUE), ...RULES.map((rule) => rule.code)].sort();

/** Whether an entry of `lint` can accept the code. */
export const isAcceptable = (code: string): boolean => BY_CODE.has(code) && !BY_CODE.get(code)?.final;
