import { currentLicense } from "../../knowledge/licenses.ts";
import type { Facts } from "../../knowledge/packages.ts";
import { sizeText } from "../../knowledge/sizes.ts";
import type { Tool } from "../../model/model.ts";
import { boundedNearest } from "../../report/bounded-search.ts";
import { didYouMean, quoted } from "../../report/words.ts";
import { packageAt } from "../judged-tools.ts";
import type { Rule } from "../rule.ts";

/* What `policy` of the spec says: the age of nixpkgs, licences of tools, sizes of groups. */

const DAY = 86_400_000;

export const policyRules: readonly Rule[] = [
  {
    code: "policy-age",
    severity: "error",
    summary: "an older nixpkgs than the policy allows",
    cause:
      "flake.lock pins a commit of nixpkgs, and a fixed commit gets no security updates. `policy.nixpkgs.maxAge` says how old it may be on the day of the check.",
    example: "# out/flake.lock: nixpkgs of 2026-05-01, on 2026-09-01\npolicy: { nixpkgs: { maxAge: 60d } }",
    fixed: "# nix flake update --flake ./out, and commit flake.lock",
    check: ({ model, environment, report }) => {
      const limit = model.policy?.maxAge;
      const { today, nixpkgsDay } = environment;
      if (!limit || today === undefined || nixpkgsDay === undefined) return;
      const age = Math.floor((Date.parse(today) - Date.parse(nixpkgsDay)) / DAY);
      if (!(age > limit.days)) return;
      const isCommit = /[0-9a-f]{40}/.test(model.nixpkgs.url);
      report({
        at: limit.at,
        message: `nixpkgs is of ${nixpkgsDay}, ${age} days old: the policy allows ${limit.days}`,
        hint: isCommit
          ? "name a newer commit under `nixpkgs`"
          : "run `nix flake update` in the output folder and commit flake.lock",
      });
    },
  },
  {
    code: "policy-license",
    severity: "error",
    summary: "a tool with a licence that the policy denies",
    cause:
      "`policy.licenses.deny` has the licence of the tool. The licences are those of the spec's release of nixpkgs; the flake's check `licenses` asks nixpkgs itself.",
    example: "groups:\n  db: { packages: [mongodb] }\npolicy: { licenses: { deny: [SSPL-1.0] } }",
    fixed: "groups:\n  db: { packages: [ferretdb] }\npolicy: { licenses: { deny: [SSPL-1.0] } }",
    source: "https://spdx.org/licenses",
    check: ({ model, source, environment, report }) => {
      const denied = model.policy?.denied ?? [];
      if (denied.length === 0) return;
      const byLicense = new Map(denied.map((one) => [one.license, one]));
      for (const tool of [...model.groups, ...model.shells].flatMap((part) => part.tools)) {
        const licenses = licensesOf(tool, environment.facts(tool.from));
        const found = [...licenses].flatMap((license) => byLicense.get(license) ?? []);
        if (found.length === 0) continue;
        report({
          at: packageAt(source, tool),
          message: `the policy denies the licence of \`${tool.package}\`, ${found.map(({ license }) => license).join(", ")}`,
          related: found.map(({ at }) => ({ message: "denied here", range: source.locate(at, "value") })),
          hint: "use another tool, or accept it under `lint` with the reason",
        });
      }
    },
  },
  {
    code: "policy-license-unknown",
    severity: "warning",
    summary: "a denied licence that no package has",
    cause: "nixpkgs names licences by SPDX's identifiers. One that no package has is probably misspelt, and denies nothing.",
    example: "policy: { licenses: { deny: [AGPL-3] } }",
    fixed: "policy: { licenses: { deny: [AGPL-3.0-only] } }",
    source: "https://spdx.org/licenses",
    check: ({ model, environment, report }) => {
      const denied = model.policy?.denied ?? [];
      const facts = denied.length > 0 ? environment.facts() : undefined;
      if (!facts) return;
      const known = new Set([...facts.licenses()].map(currentLicense));
      // Facts without a column of licences.
      if (known.size === 0) return;
      const names = [...known];
      for (const { at, written, license } of denied) {
        if (known.has(license) || license.includes(" WITH ")) continue;
        // `GPL` and `GPLv3` are GPL-3.0-only, and no misspelt NGPL.
        const family = written.toLowerCase().replace(/[- ]?v?(?=\d|$)/, "-");
        const versions = names
          .filter((one) => one.toLowerCase().startsWith(family) && /-\d/.test(one))
          .sort((a, b) => versionIn(b) - versionIn(a) || (a < b ? -1 : 1));
        const near = versions.length > 0 ? versions : boundedNearest(names, written, names);
        const longer = near.length > 0 ? near : names.filter((one) => one.toLowerCase().startsWith(written.toLowerCase()));
        report({
          at,
          message: `no package of nixpkgs has the licence \`${written}\``,
          hint:
            didYouMean(longer.slice(0, 3)).hint ??
            `write an identifier of https://spdx.org/licenses, such as ${quoted(["AGPL-3.0-only"])}`,
        });
      }
    },
  },
  {
    code: "policy-closure",
    severity: "error",
    summary: "a group that is larger than the policy allows",
    cause:
      "The size is that of the group's tools and everything that they need at run time, as NAME.sizes.json beside the spec has it. Sizes of another flake.lock are not judged; the flake's check `closure-GROUP` builds and measures.",
    example: "# spec/platform.sizes.json: 3 GiB\npolicy: { closure: { k8s: 2GiB } }",
    fixed: "policy: { closure: { k8s: 4GiB } }",
    check: ({ model, environment, report }) => {
      const { sizes } = environment;
      for (const { at, group, written, bytes } of sizes ? (model.policy?.budgets ?? []) : []) {
        const size = sizes?.closure.get(group.name) ?? 0;
        if (size <= bytes) continue;
        report({
          at,
          message: `\`${group.name}\` has ${sizeText(size)} with everything that it needs (${sizes?.system}): the policy allows ${written}`,
          // Until then the old sizes would keep `generate` from writing the flake that measures.
          hint: "raise the limit; or remove tools from the group, delete the sizes file beside the spec, generate, and measure again with `nix build .#closure-sizes` in the output folder",
        });
      }
    },
  },
];

function licensesOf(tool: Tool, facts: Facts | undefined): ReadonlySet<string> {
  // The facts are about nixpkgs.
  if (tool.from.kind === "flake") return new Set();
  return new Set((facts?.find(tool.package)?.licenses ?? []).map(currentLicense));
}

/** The version in a licence's name: 3 of `GPL-3.0-only`. */
const versionIn = (license: string): number => Number.parseFloat(/-(\d+(?:\.\d+)?)/.exec(license)?.[1] ?? "0");
