import type { Facts, Verdict } from "../../knowledge/packages.ts";
import { DEFAULT_RELEASE } from "../../knowledge/releases.ts";
import { toolNamed } from "../../knowledge/tool-names.ts";
import { missingSince, nixpkgsName, specsNixpkgs, topLevelName, uncertainAbsence } from "../../knowledge/verdict-words.ts";
import type { Model } from "../../model/model.ts";
import { didYouMean, quoted } from "../../report/words.ts";
import { replacement } from "../edits.ts";
import { type Judged, judged, packageAt } from "../judged-tools.ts";
import type { Rule, RuleContext } from "../rule.ts";

/* Names of packages that are wrong, removed, old or unknown. */

const PACKAGE_SEARCH = "https://search.nixos.org/packages";
const ALIASES = "https://github.com/NixOS/nixpkgs/blob/master/pkgs/top-level/aliases.nix";

export const packageNameRules: readonly Rule[] = [
  {
    code: "package-wrong-name",
    severity: "warning",
    summary: "a name that is another package in nixpkgs, or the name of a program instead of its package",
    cause:
      "nixpkgs names packages after projects, not after the commands that they install: `helm` is an audio synthesizer, and `aws`, `az` and `wg` are programs of packages with other names.",
    example: "groups:\n  k8s:\n    packages: [helm]",
    fixed: "groups:\n  k8s:\n    packages: [kubernetes-helm]",
    source: PACKAGE_SEARCH,
    check: (context) => {
      for (const { wrong, tool, own } of judged(context)) {
        if (!wrong) continue;
        const at = packageAt(context.source, tool);
        const [only] = wrong.meant;
        context.report({
          at,
          message: wrong.why,
          hint: didYouMean(wrong.meant).hint ?? "if you mean this package, accept it under `lint`; otherwise delete it",
          fix: () =>
            only !== undefined && wrong.meant.length === 1 ? replacement(context.source, at, "value", only) : undefined,
          // An index of the spec's own nixpkgs shows that evaluation would fail.
          ...(own?.exact && !wrong.exists ? { severity: "error" as const } : {}),
        });
      }
    },
  },
  {
    code: "package-removed",
    severity: "error",
    summary: "a package that the spec's nixpkgs no longer has",
    cause:
      "nixpkgs removes packages without a maintainer and, after some time, old names of renamed packages. Evaluation of such a name fails, so shells would not contain the tool.",
    example: "nixpkgs: nixos-26.05\ngroups:\n  logs:\n    packages: [promtail]",
    fixed: "nixpkgs: nixos-26.05\ngroups:\n  logs:\n    packages: [grafana-alloy]",
    source: ALIASES,
    check: (context) => {
      for (const { verdict, tool, own, wrong } of judged(context)) {
        if (verdict.kind !== "removed" || wrong || !own) continue;
        const at = packageAt(context.source, tool);
        const { certain, renamed, replacement: to } = verdict;
        context.report({
          at,
          severity: certain ? "error" : "warning",
          message: removedMessage(tool.package, verdict, own),
          hint: judgedBy(context, own) + removedHint(tool.package, verdict, own),
          fix: () => (certain && renamed && to !== undefined ? replacement(context.source, at, "value", to) : undefined),
        });
      }
    },
  },
  {
    code: "package-renamed",
    certainFix: true,
    severity: "warning",
    summary: "an old name of a package, which still works",
    cause:
      "nixpkgs keeps the old name of a package for some releases. Later releases warn at each evaluation, and then remove the name.",
    example: "nixpkgs: nixos-26.05\ngroups:\n  net:\n    packages: [nettools]",
    fixed: "nixpkgs: nixos-26.05\ngroups:\n  net:\n    packages: [net-tools]",
    source: ALIASES,
    check: (context) => {
      for (const { verdict, tool, own, wrong } of judged(context)) {
        if (verdict.kind !== "renamed" || wrong || !own) continue;
        const { to, since, certain } = verdict;
        const at = packageAt(context.source, tool);
        const name = to === undefined ? "another package" : `\`${to}\``;
        context.report({
          at,
          message: `\`${tool.package}\` is an old name of ${name}${since === undefined ? "" : ` since ${since}`}`,
          hint:
            judgedBy(context, own) + (to === undefined ? `search for its current name at ${PACKAGE_SEARCH}` : `write \`${to}\``),
          fix: () => (certain && to !== undefined ? replacement(context.source, at, "value", to) : undefined),
        });
      }
    },
  },
  {
    code: "package-unknown",
    severity: "warning",
    summary: "an attribute that nixpkgs does not have",
    cause:
      "The name is misspelt, or the package is newer than the spec's release. flakewright's own list of packages does not have every state of nixpkgs; after `flakewright index`, which lists the packages of the spec's own nixpkgs, this is an error.",
    example: "groups:\n  k8s:\n    packages: [kubeclt]",
    fixed: "groups:\n  k8s:\n    packages: [kubectl]",
    source: PACKAGE_SEARCH,
    check: (context) => {
      let searches = 0;
      for (const one of judged(context)) {
        const { verdict, tool, own, wrong } = one;
        if (wrong || !own) continue;
        const withVersion = /^([A-Za-z][\w-]*)((?:\.\d+)+)$/.exec(tool.package);
        if (withVersion) {
          const [, name = "", version = ""] = withVersion;
          context.report({
            at: packageAt(context.source, tool),
            message: `unknown package \`${tool.package}\`: a version is no part of an attribute path`,
            hint: versionHint(name, version.slice(1), own),
          });
          continue;
        }
        const part = partOf(tool.package, own);
        if (part !== undefined) {
          const at = packageAt(context.source, tool);
          context.report({
            at,
            message: `\`${tool.package}\` is no package`,
            hint: `write \`${part}\``,
            fix: () => replacement(context.source, at, "value", part),
          });
          continue;
        }
        if (!(verdict.kind === "unknown" || verdict.kind === "newer")) continue;
        if (!own.covers(tool.package)) continue;
        const at = packageAt(context.source, tool);
        const near = verdict.kind === "newer" || ++searches > MOST_SEARCHES ? [] : own.nearest(tool.package);
        const [only] = near;
        context.report({
          at,
          severity: own.exact ? "error" : "warning",
          message: unknownMessage(one, own),
          hint: judgedBy(context, own) + unknownHint(verdict, near, own),
          // A suggestion becomes a fix only if the name is certainly wrong.
          fix: () =>
            own.exact && only !== undefined && near.length === 1 ? replacement(context.source, at, "value", only) : undefined,
        });
      }
    },
  },
];

/** Attributes of every package that are no packages. */
const ATTRIBUTES = new Set(
  "name pname version src meta type system outPath drvPath drvAttrs outputName outputs override overrideAttrs overrideDerivation passthru tests args builder".split(
    " ",
  ),
);

/** The package that a path means that leads to a package set first, or into a package; undefined for any other path. */
function partOf(path: string, facts: Facts): string | undefined {
  const inside = /^(?:nixpkgs|pkgs|legacyPackages\.[^.]+|packages\.[^.]+)\.(.+)$/.exec(path)?.[1];
  if (inside !== undefined) return facts.find(inside) ? inside : undefined;
  const dot = path.lastIndexOf(".");
  const [whole, last] = [path.slice(0, dot), path.slice(dot + 1)];
  return dot > 0 && ATTRIBUTES.has(last) && facts.find(whole) ? whole : undefined;
}

/** A search takes some milliseconds. More unknown names than these are no typing mistakes, but another release or another list. */
const MOST_SEARCHES = 50;

type Removed = Extract<Verdict, { kind: "removed" }>;

function removedMessage(name: string, verdict: Removed, facts: Facts): string {
  const { certain, renamed, replacement } = verdict;
  if (!certain) return uncertainAbsence(name, verdict, facts);
  const dated = missingSince(verdict);
  const state = specsNixpkgs(facts);
  const when = dated === undefined ? "" : ` (missing since ${dated})`;
  if (renamed && replacement !== undefined)
    return `in ${state}, \`${name}\` is called \`${replacement}\`${dated === undefined ? "" : ` (old name missing since ${dated})`}`;
  return `${state} no longer has \`${name}\`${when}`;
}

function removedHint(name: string, { renamed, replacement }: Removed, facts: Facts): string {
  if (replacement !== undefined) return renamed ? `write \`${replacement}\`` : `use \`${replacement}\` instead`;
  const last = topLevelName(facts, name);
  if (last !== undefined) return `did you mean \`${last}\`?`;
  const meant = toolNamed(name)?.attribute;
  if (meant !== undefined && facts.verdict(meant).kind === "package") return `did you mean \`${meant}\`?`;
  return "delete it, or take it `from` an input with an older nixpkgs";
}

function unknownMessage({ tool, verdict }: Judged, facts: Facts): string {
  const name = `\`${tool.package}\``;
  if (facts.exact) return `the spec's nixpkgs has no package ${name}`;
  if (verdict.kind === "newer")
    return `${nixpkgsName(facts)} does not have ${name} yet${verdict.since === undefined ? "" : `: it was added on ${verdict.since}`}`;
  return `unknown package ${name} in ${nixpkgsName(facts)}`;
}

function unknownHint(verdict: Verdict, near: readonly string[], facts: Facts): string {
  if (verdict.kind === "newer")
    return `take it \`from\` an input with a newer nixpkgs, or move \`nixpkgs\` to nixos-${DEFAULT_RELEASE}`;
  if (near.length > 0) return `did you mean ${quoted(near)}?`;
  return facts.exact ? `search for it at ${PACKAGE_SEARCH}` : "run `flakewright index` to check the spec's own nixpkgs";
}

/** Packages of a version have it in their name: `python311`, `nodejs_20`, `go_1_22`. */
function versionHint(name: string, version: string, facts: Facts): string {
  const names = ["", "_"].flatMap((mark) => ["", "_"].map((dot) => `${name}${mark}${version.replaceAll(".", dot)}`));
  const found = [...new Set(names)].filter((one) => facts.verdict(one).kind === "package");
  return found.length > 0 ? `did you mean ${quoted(found)}?` : `write \`{ package: ${name}, version: "${version}" }\``;
}

/** A sentence about the nixpkgs that packages are compared with, if the state of the spec's own is unknown. Only once for each spec. */
function judgedBy({ model }: RuleContext, facts: Facts): string {
  if (facts.moment.name !== undefined || said.has(model)) return "";
  said.add(model);
  return `the date of this nixpkgs is unknown, so nixpkgs ${facts.release} is assumed: `;
}

const said = new WeakSet<Model>();
