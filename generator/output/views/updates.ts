import { nixpkgsRef, pointedBy } from "../../knowledge/releases.ts";
import type { Model, Updates } from "../../model/model.ts";
import type { PlanContext } from "../context.ts";
import { FORGES } from "./forges.ts";

/** Data for the configuration of bots that keep the output current. */

type Bot = Updates["bot"];

/** The views of an output that only one bot has. */
export const whenBot =
  (bot: Bot, view: (model: Model, updates: Updates, context: PlanContext) => object) =>
  (model: Model, context: PlanContext): readonly { readonly view: object }[] =>
    model.updates?.bot === bot ? [{ view: view(model, model.updates, context) }] : [];

/** At night, and for longer periods on the first day of each. Renovate's cron schedules have no minutes. */
const SCHEDULES: Readonly<Record<Updates["every"], string>> = {
  day: "* 0-5 * * *",
  week: "* 0-5 * * 1",
  month: "* 0-5 1 * *",
};

/** All types of updates but `lockFileMaintenance`. */
const OTHER_UPDATES = ["major", "minor", "patch", "pin", "digest", "pinDigest", "rollback", "replacement"];

/** Renovate's configuration: https://docs.renovatebot.com/configuration-options/ */
export function renovateView(model: Model, { every, minimumAge }: Updates, context: PlanContext): object {
  const schedule = [SCHEDULES[every]];
  return {
    config: {
      $schema: "https://docs.renovatebot.com/renovate-schema.json",
      extends: ["config:recommended"],
      schedule,
      // Git branches and Repology have no dates: without `timestamp-optional`, Renovate waits for one forever.
      ...(minimumAge === undefined
        ? {}
        : { minimumReleaseAge: `${minimumAge} days`, minimumReleaseAgeBehaviour: "timestamp-optional" }),
      nix: { enabled: true },
      lockFileMaintenance: { enabled: true, schedule },
      customManagers: [...nixpkgsManagers(model, context), ...versionManagers(model, context)],
      packageRules: [
        {
          description: "flakewright generates these files: what is in them comes from the spec. flake.lock is Nix's.",
          matchFileNames: generatedFiles(model, context.folder),
          matchUpdateTypes: OTHER_UPDATES,
          enabled: false,
        },
      ],
    },
  };
}

/** What other managers of Renovate would change: the output folder, and the files that are copied to the repository's root. */
function generatedFiles(model: Model, folder: string): string[] {
  const copied = (model.ci?.forges ?? []).map((forge) => FORGES[forge].path);
  if (model.devcontainer) copied.push(".devcontainer/devcontainer.json");
  return folder === "" ? ["flake.nix", "template/**", ...copied] : [`${globText(folder)}/**`, ...copied];
}

/** Text → a glob for exactly it. */
const globText = (text: string): string => text.replace(/[\\*?[\]{}()!+@|]/g, "\\$&");

/** Text → a regular expression for exactly it, in the syntax of RE2. */
const regexText = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

const filePatterns = ({ specFiles }: PlanContext): string[] => specFiles.map((file) => `/(^|/)${regexText(file)}$/`);

const BRANCH = "(?<currentValue>(?:nixos|nixpkgs|release)-[0-9]{2}\\.[0-9]{2}(?:-(?:small|aarch64|darwin))?)(?:[\"'\\s#,}]|$)";

/** Moves `nixpkgs` of the spec to the next release, if it is the branch of one. The managers' patterns have RE2's syntax: no lookaround. */
function nixpkgsManagers(model: Model, context: PlanContext): object[] {
  const ref = nixpkgsRef(model.nixpkgs.url);
  const pointed = ref === undefined ? undefined : pointedBy(ref);
  if (pointed?.kind !== "release" || !pointed.moves) return [];
  const url = `["']?github:[Nn]ix[Oo][Ss]/nixpkgs/${BRANCH}`;
  return [
    {
      customType: "regex",
      description: "nixpkgs of the spec",
      managerFilePatterns: filePatterns(context),
      matchStrings: [
        `(?:^|\\n)nixpkgs:[ \\t]*["']?(?:github:[Nn]ix[Oo][Ss]/nixpkgs/)?${BRANCH}`,
        // `url` in a block, after other keys and comments, or between braces.
        `(?:^|\\n)nixpkgs:[ \\t]*(?:#[^\\n]*)?\\r?\\n(?:[ \\t]+[^\\n]*\\n|[ \\t\\r]*\\n|#[^\\n]*\\n)*?[ \\t]+url:[ \\t]*${url}`,
        `(?:^|\\n)nixpkgs:[ \\t]*\\{[^}]*?\\burl:[ \\t]*${url}`,
      ],
      depNameTemplate: "nixpkgs",
      packageNameTemplate: "https://github.com/NixOS/nixpkgs",
      datasourceTemplate: "git-refs",
      versioningTemplate: "nixpkgs",
    },
  ];
}

/** The forms of a `version`, and what Renovate takes of a new one: `"1.29"` becomes `"1.30"`, not `"1.30.2"`. */
const VERSION_FORMS: readonly { readonly form: string; readonly taken?: string }[] = [
  { form: "[0-9]+", taken: "^v?(?<version>[0-9]+)" },
  { form: "[0-9]+\\.[0-9]+", taken: "^v?(?<version>[0-9]+\\.[0-9]+)" },
  { form: "[0-9]+\\.[0-9]+[.+~_-][0-9A-Za-z.+~_-]*" },
];

/** Moves each `version` of the spec. Repology knows which versions nixpkgs has: https://repology.org/repository/nix_unstable */
function versionManagers(model: Model, context: PlanContext): object[] {
  if (model.versions.length === 0) return [];
  const name = "package:[ \\t]*[\"']?(?<depName>[A-Za-z0-9_][A-Za-z0-9_'+-]*)";
  const end = "(?:[\"'\\s,}]|$)";
  const others =
    "(?:[ \\t]*(?:#[^\\n]*)?\\r?\\n[ \\t]+(?:name|description|from|systems):[^\\n]*|[ \\t]*(?:#[^\\n]*)?\\r?\\n[ \\t]*#[^\\n]*)*";
  const next = `${others}[ \\t]*(?:#[^\\n]*)?\\r?\\n[ \\t]+`;
  return VERSION_FORMS.map(({ form, taken }) => {
    const version = `version:[ \\t]*["']?(?<currentValue>${form})${end}`;
    return {
      customType: "regex",
      description: "version of a tool of the spec; `flakewright pin` finds it",
      managerFilePatterns: filePatterns(context),
      matchStrings: [
        `\\{[^{}]*?\\b${name}${end}[^{}]*?\\b${version}`,
        `\\{[^{}]*?\\b${version}[^{}]*?\\b${name}${end}`,
        `-[ \\t]+${name}["']?${next}${version}`,
        `-[ \\t]+version:[ \\t]*["']?(?<currentValue>${form})["']?${next}${name}${end}`,
      ],
      datasourceTemplate: "repology",
      packageNameTemplate: "nix_unstable/{{{depName}}}",
      versioningTemplate: "loose",
      ...(taken === undefined ? {} : { extractVersionTemplate: taken }),
    };
  });
}

const INTERVALS: Readonly<Record<Updates["every"], string>> = { day: "daily", week: "weekly", month: "monthly" };

/** Dependabot's configuration: https://docs.github.com/en/code-security/reference/supply-chain-security/dependabot-options-reference */
export function dependabotView(_model: Model, { every, minimumAge }: Updates, { folder }: PlanContext): object {
  return {
    directory: `/${folder}`,
    interval: INTERVALS[every],
    minimumAge: minimumAge === undefined ? false : String(minimumAge),
  };
}
