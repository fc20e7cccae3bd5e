import { confProblem } from "../../knowledge/nix-conf.ts";
import {
  hasFeature,
  hasSetting,
  isOther,
  NEWEST_NIX,
  type Nix,
  nixName,
  otherFeatures,
  ownersOf,
  valuesFor,
} from "../../knowledge/other-nixes.ts";
import {
  allSettings,
  experimentalFeatures,
  type FoundSetting,
  findSetting,
  type NixVersion,
  settingValueProblem,
} from "../../knowledge/settings.ts";
import type { Model, Setting } from "../../model/model.ts";
import type { Source } from "../../read/source.ts";
import { boundedNearest } from "../../report/bounded-search.ts";
import { valueAt } from "../../report/spec-path.ts";
import { didYouMean } from "../../report/words.ts";
import { appendix, entryRemoval, removal, replacement } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { entriesOf, placeOf, scopes, wordsInForce, writtenName } from "../settings-in-force.ts";

/* nix.conf settings of the system, of users, of hosts and of volumes: names, types and versions. */

const MANUAL = "https://nix.dev/manual/nix/latest/command-ref/conf-file";
/** The supported versions except the newest. A setting that they lack is reported. */
const OLDER: readonly NixVersion[] = ["2.8", "2.26"];

/** All settings of the spec, each with the name in the spec and what is known about it. */
function* declared({ model }: RuleContext): Generator<{ setting: Setting; name: string; found: FoundSetting | undefined }> {
  for (const scope of scopes(model))
    for (const setting of scope.declared) {
      const name = writtenName(setting);
      yield { setting, name, found: findSetting(name) };
    }
}

let names: string[] | undefined;
const settingNames = (): string[] => {
  names ??= allSettings().flatMap(({ name, aliases, appendableIn }) => [
    name,
    ...aliases,
    ...(appendableIn.length > 0 ? [`extra-${name}`] : []),
  ]);
  return names;
};

/** The older versions, still in use on machines of the spec, that lack something, as words of a sentence; undefined if they all have it. */
function lackedBy(model: Model, versions: readonly NixVersion[]): string | undefined {
  // A NixOS machine has the Nix of its nixpkgs.
  const older = model.hosts.length > 0 && model.volumes.length === 0 ? [] : OLDER;
  const lacking = older.filter((version) => !versions.includes(version));
  return lacking.length > 0 && versions.includes("2.34") ? lacking.map((version) => `Nix ${version}`).join(" and ") : undefined;
}

export const settingRules: readonly Rule[] = [
  {
    code: "setting-unknown",
    severity: "error",
    summary: "a nix.conf setting that no supported Nix has",
    cause:
      "Nix warns about the setting and ignores it. NixOS treats the warning as an error, so the system does not build. `build-users` was never a setting: Nix uses the members of the group `build-users-group`, and these accounts must exist.",
    example: "settings:\n  build-users: [nixbld1, nixbld2]",
    fixed: "buildUsers:\n  roles:\n    - role: aws\n    - role: azure",
    source: MANUAL,
    check: (context) => {
      for (const { setting, name, found } of declared(context)) {
        if (found) {
          if (!hasSetting(context.model.nix, found.setting)) {
            const owners = isOther(found.setting) ? found.setting.in : ["Nix"];
            context.report({ at: setting.at, part: "key", ...ofAnotherNix(context.model.nix, `setting \`${name}\``, owners) });
          }
          if (found.setting.name !== "experimental-features") continue;
          for (const entry of entriesOf(context.source, setting)) {
            const other = otherFeatures().find((feature) => feature.name === entry.text);
            const isKnown = other !== undefined || experimentalFeatures().some((feature) => feature.name === entry.text);
            if (!isKnown || hasFeature(context.model.nix, entry.text)) continue;
            const what = `experimental feature \`${entry.text}\``;
            context.report({ ...placeOf(entry), ...ofAnotherNix(context.model.nix, what, other?.in ?? ["Nix"]) });
          }
          continue;
        }
        const final = !/^[A-Za-z0-9-]+$/.test(name);
        context.report({ at: setting.at, part: "key", final, ...unknownSetting(context, setting, name) });
      }
    },
  },
  {
    code: "setting-type",
    severity: "error",
    final: true,
    summary: "a nix.conf setting with a value of the wrong type",
    cause: "Nix rejects the value and with it the whole configuration file, or reads another value than intended.",
    example: "settings:\n  keep-outputs: sometimes",
    fixed: "settings:\n  keep-outputs: true",
    source: MANUAL,
    check: (context) => {
      for (const { setting, name, found } of declared(context)) {
        if (!found) {
          // A setting of another Nix, accepted under `lint`, must still be a valid line of nix.conf.
          const unwritable = confProblem(setting.value);
          if (unwritable)
            context.report({
              at: setting.at,
              message: `\`${name}\` ${unwritable}`,
              hint: "nix.conf has no quoting: use another value",
            });
          continue;
        }
        const value = valueAt(context.source, setting.at);
        const problem = settingValueProblem(found.setting, value);
        if (problem === undefined) continue;
        const entries = badEntries(found, value);
        const hint = { hint: `\`flakewright explain ${name}\` describes the setting` };
        if (entries.length === 0) {
          const written = typeof value === "string" ? value : "";
          const meant = /^(?:yes|on)$/i.test(written) ? "true" : /^(?:no|off)$/i.test(written) ? "false" : undefined;
          const fix = () =>
            found.setting.type === "boolean" && meant ? replacement(context.source, setting.at, "value", meant) : undefined;
          context.report({ at: setting.at, message: problem, ...hint, fix });
        }
        for (const entry of entries) context.report({ at: [...setting.at, entry.index], message: entry.problem, ...hint });
      }
    },
  },
  {
    code: "setting-renamed",
    certainFix: true,
    severity: "warning",
    summary: "an old name of a setting, or a setting that newer Nix removed",
    cause:
      "Nix removes old names of settings after some time. A removed setting has no effect except a warning, which NixOS treats as an error.",
    example: "settings:\n  build-max-jobs: 4",
    fixed: "settings:\n  max-jobs: 4",
    source: MANUAL,
    check: (context) => {
      for (const { setting, name, found } of declared(context)) {
        if (!found) continue;
        const { setting: known } = found;
        // `extra-` with an old name is an old name too.
        const base = found.via === "extra" ? name.slice("extra-".length) : name;
        const today = found.via === "extra" ? `extra-${known.name}` : known.name;
        const renamed = base === known.name ? known.renamedTo : today;
        if (renamed !== undefined) {
          context.report({
            at: setting.at,
            part: "key",
            message: `\`${name}\` is an old name of \`${renamed}\``,
            hint: `write \`${renamed}\``,
            fix: () => replacement(context.source, setting.at, "key", renamed),
          });
        } else if (!isOther(known) && !known.versions.includes("2.34")) {
          context.report({
            at: setting.at,
            part: "key",
            message: known.removedIn ? `Nix ${known.removedIn} removed \`${name}\`` : `newer Nix removed \`${name}\``,
            hint: "delete it",
            fix: () => removal(context.source, setting.at),
          });
        }
      }
    },
  },
  {
    code: "setting-too-new",
    severity: "warning",
    summary: "a setting or an experimental feature that an older supported Nix lacks",
    cause:
      "Supported Debian releases have Nix 2.8 and 2.26. These versions warn about the setting and ignore it, so a machine with one of them behaves differently from the others.",
    example: "settings:\n  json-log-path: /var/log/nix.json",
    fixed:
      "settings:\n  json-log-path: /var/log/nix.json\nlint:\n  - code: setting-too-new\n    at: settings.json-log-path\n    why: every machine has Nix 2.34",
    source: MANUAL,
    check: (context) => {
      // Versions of Determinate's Nix and of Lix are others.
      if (context.model.nix !== "nix") return;
      for (const { setting, name, found } of declared(context)) {
        if (!found) continue;
        // A renamed setting is reported as `setting-renamed`; the versions of the new name count.
        if (found.setting.renamedTo !== undefined) continue;
        if (isOther(found.setting) && !found.setting.in.includes("2.34") && hasSetting("nix", found.setting)) {
          const others = found.setting.in.filter((owner) => owner !== NEWEST_NIX);
          context.report({
            at: setting.at,
            part: "key",
            message: `Nix before ${NEWEST_NIX} doesn't have the setting \`${name}\`${others.length > 0 ? `; ${ownersOf([NEWEST_NIX, ...others])} do` : ""}`,
            hint: "delete it, or accept it under `lint` if every machine has a newer Nix",
          });
        }
        const lacking = lackedBy(context.model, found.via === "extra" ? found.setting.appendableIn : found.setting.versions);
        if (lacking) {
          context.report({
            at: setting.at,
            part: "key",
            message: `${lacking} ${lacking.includes(" and ") ? "don't" : "doesn't"} have the setting \`${name}\``,
            hint: "delete it, or accept it under `lint` if every machine has a newer Nix",
          });
        }
        if (found.setting.name !== "experimental-features") continue;
        for (const entry of entriesOf(context.source, setting)) {
          const feature = experimentalFeatures().find((one) => one.name === entry.text);
          const without = feature && lackedBy(context.model, feature.versions);
          if (!without) continue;
          context.report({
            ...placeOf(entry),
            message: `${without} ${without.includes(" and ") ? "don't" : "doesn't"} have the experimental feature \`${entry.text}\``,
            hint: "delete it, or accept it under `lint` if every machine has a newer Nix",
          });
        }
      }
    },
  },
  {
    code: "feature-gone",
    certainFix: true,
    severity: "warning",
    summary: "an experimental feature that newer Nix no longer has",
    cause:
      "The feature was removed or became a regular part of Nix. Newer Nix warns about the name, and NixOS treats the warning as an error.",
    example: "settings:\n  experimental-features: [nix-command, flakes, no-url-literals]",
    fixed: "settings:\n  experimental-features: [nix-command, flakes]",
    source: "https://nix.dev/manual/nix/latest/development/experimental-features",
    check: (context) => {
      for (const { setting, found } of declared(context)) {
        if (found?.setting.name !== "experimental-features") continue;
        for (const entry of entriesOf(context.source, setting)) {
          const feature = experimentalFeatures().find((one) => one.name === entry.text);
          if (!feature || feature.versions.includes("2.34")) continue;
          const last = feature.versions.at(-1);
          context.report({
            ...placeOf(entry),
            message: `Nix 2.34 doesn't have the experimental feature \`${entry.text}\` any more${last ? ` (Nix ${last} has it)` : ""}`,
            hint: feature.replacedBy ? `write the setting \`${feature.replacedBy}\` instead` : "delete it",
            fix: () => entryRemoval(context.source, entry),
          });
        }
      }
    },
  },
  {
    code: "setting-needs-feature",
    severity: "warning",
    summary: "a setting of an experimental feature that is not enabled",
    cause:
      "Nix warns about the setting and ignores it unless `experimental-features` contains its feature. NixOS treats the warning as an error.",
    example: "settings:\n  experimental-features: [nix-command]\n  use-registries: false",
    fixed: "settings:\n  experimental-features: [nix-command, flakes]\n  use-registries: false",
    source: "https://nix.dev/manual/nix/latest/development/experimental-features",
    check: (context) => {
      for (const scope of scopes(context.model)) {
        const features = wordsInForce(scope.inForce, "experimental-features") ?? [];
        for (const setting of scope.declared) {
          const feature = findSetting(writtenName(setting))?.setting.experimentalFeature;
          if (feature === undefined || features.includes(feature)) continue;
          context.report({
            at: setting.at,
            part: "key",
            message: `\`${writtenName(setting)}\` has no effect without the experimental feature \`${feature}\``,
            hint: `add \`${feature}\` to \`experimental-features\`, or delete the setting`,
          });
        }
      }
    },
  },
];

/** Message and hint for a setting or a feature that the spec's Nix lacks and others have. */
function ofAnotherNix(nix: Nix, what: string, owners: readonly string[]) {
  const values = valuesFor(owners);
  const whose = owners.includes("Nix")
    ? "other Nixes have it"
    : `${ownersOf(owners)} has it`.replace(/ and (.*) has/, " and $1 have");
  const set = values.length > 0 ? `set \`nix: ${values.join("` or `nix: ")}\` if the machines run that, or ` : "";
  return {
    message: `${nixName(nix)} has no ${what}; ${whose}`,
    hint: `${set}${set === "" ? "delete it, or accept it under `lint`" : "accept it under `lint`"}`,
  };
}

/** Message, hint and fix for a setting that Nix does not have. */
function unknownSetting({ source, model }: RuleContext, setting: Setting, name: string) {
  if (/^(?:extra-)?build-users$/.test(name)) {
    const users = entriesOf(source, setting).map((entry) => entry.text);
    const roles = users.filter((user) => /^[a-z_][a-z0-9_-]*$/.test(user)).map((user) => `    - role: ${user}\n`);
    const declares = !model.buildUsers && roles.length > 0 && new Set(roles).size === roles.length;
    return {
      message: `no version of Nix has a setting \`${name}\``,
      hint: "delete the line, and declare a role for each user under `buildUsers`",
      fix: () => {
        const fix = removal(source, setting.at);
        return fix && declares ? { ...fix, also: [appendRoles(source, roles)] } : fix;
      },
    };
  }
  const base = /^extra-(.+)$/.exec(name)?.[1];
  const known = base === undefined ? undefined : findSetting(base);
  if (base !== undefined && known) {
    return {
      message: `\`${base}\` does not support \`extra-\``,
      hint: `write \`${base}\``,
      fix: () => replacement(source, setting.at, "key", base),
    };
  }
  const near = boundedNearest(source, name, settingNames());
  const [only] = near;
  // Only an unambiguous suggestion becomes a fix.
  const fix = () => (only !== undefined && near.length === 1 ? replacement(source, setting.at, "key", only) : undefined);
  return { message: `unknown nix.conf setting \`${name}\``, ...didYouMean(near), fix };
}

const appendRoles = (source: Source, roles: readonly string[]) => appendix(source, `buildUsers:\n  roles:\n${roles.join("")}`);

/** The invalid entries of a list; each is reported at its own place. */
function badEntries(found: FoundSetting, value: unknown): { index: number; problem: string }[] {
  if (!Array.isArray(value) || found.setting.type !== "list" || found.setting.form === "program" || found.setting.form === "json")
    return [];
  return value.flatMap((entry, index) => {
    const problem = settingValueProblem(found.setting, [entry]);
    return problem === undefined ? [] : [{ index, problem: problem.replace(/^entry 1 of/, `entry ${index + 1} of`) }];
  });
}
