import type { Facts, Verdict } from "../../knowledge/packages.ts";
import { DEFAULT_RELEASE } from "../../knowledge/releases.ts";
import { toolNamed } from "../../knowledge/tool-names.ts";
import type { Model } from "../../model/model.ts";
import { didYouMean, quoted } from "../../report/words.ts";
import { replacement } from "../edits.ts";
import { type Judged, judged, packageAt } from "../judged-tools.ts";
import type { Rule, RuleContext } from "../rule.ts";

/* Names of packages: wrong, gone, old or unknown ones. */

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
          hint: didYouMean(wrong.meant).hint ?? "if it is meant, accept it under `lint`; else delete it",
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
      "nixpkgs drops packages that nobody maintains, and old names of renamed ones after a while. Evaluation of such a name throws, and the shells would leave the tool out.",
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
    cause: "nixpkgs keeps old names for some releases. Newer ones warn at each evaluation, and then the name is gone.",
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
            judgedBy(context, own) + (to === undefined ? `look for the present name at ${PACKAGE_SEARCH}` : `write \`${to}\``),
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
      "The name is misspelt, or the package came after the spec's release. The facts that come with flakewright are of two states of nixpkgs; with an index of the spec's own (`flakewright index`) the answer is certain, and this is an error.",
    example: "groups:\n  k8s:\n    packages: [kubeclt]",
    fixed: "groups:\n  k8s:\n    packages: [kubectl]",
    source: PACKAGE_SEARCH,
    check: (context) => {
      for (const one of judged(context)) {
        const { verdict, tool, own, wrong } = one;
        if (wrong || !own || !(verdict.kind === "unknown" || verdict.kind === "newer")) continue;
        if (!own.covers(tool.package)) continue;
        const at = packageAt(context.source, tool);
        const near = verdict.kind === "newer" ? [] : own.nearest(tool.package);
        const [only] = near;
        context.report({
          at,
          severity: own.exact ? "error" : "warning",
          message: unknownMessage(one, own),
          hint: judgedBy(context, own) + unknownHint(verdict, near, own),
          // A guess is put into the file only where the name is certainly wrong.
          fix: () =>
            own.exact && only !== undefined && near.length === 1 ? replacement(context.source, at, "value", only) : undefined,
        });
      }
    },
  },
];

type Removed = Extract<Verdict, { kind: "removed" }>;

/** What a message calls the state of nixpkgs. */
const called = (facts: Facts): string => facts.moment.name ?? `nixpkgs ${facts.release}`;

function removedMessage(name: string, verdict: Removed, facts: Facts): string {
  const { since, goneIn, certain, renamed, replacement } = verdict;
  const dated = since ?? (goneIn === undefined ? undefined : `nixpkgs ${goneIn}, or earlier`);
  if (!certain) {
    const state = facts.moment.name === undefined ? "this one" : facts.moment.name;
    const gone = dated === undefined ? "newer nixpkgs no longer has" : `since ${dated}, nixpkgs no longer has`;
    return `${gone} \`${name}\`; whether ${state} has it is not known`;
  }
  const state = facts.exact ? "the spec's nixpkgs" : called(facts);
  const when = dated === undefined ? "" : ` (gone since ${dated})`;
  if (renamed && replacement !== undefined) return `${state} has \`${name}\` only by its new name, \`${replacement}\`${when}`;
  return `${state} no longer has \`${name}\`${when}`;
}

function removedHint(name: string, { renamed, replacement }: Removed, facts: Facts): string {
  if (replacement !== undefined) return renamed ? `write \`${replacement}\`` : `\`${replacement}\` takes its place`;
  // Tools of other package sets often stand at the top level too.
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (last !== name && facts.verdict(last).kind === "package") return `did you mean \`${last}\`?`;
  const meant = toolNamed(name)?.attribute;
  if (meant !== undefined && facts.verdict(meant).kind === "package") return `did you mean \`${meant}\`?`;
  return "take it out, or take it `from` an input of an older nixpkgs";
}

function unknownMessage({ tool, verdict }: Judged, facts: Facts): string {
  const name = `\`${tool.package}\``;
  if (facts.exact) return `the spec's nixpkgs has no package ${name}`;
  if (verdict.kind === "newer")
    return `${called(facts)} does not have ${name} yet${verdict.since === undefined ? "" : `: it came on ${verdict.since}`}`;
  return `no package ${name} is known in ${called(facts)}`;
}

function unknownHint(verdict: Verdict, near: readonly string[], facts: Facts): string {
  if (verdict.kind === "newer")
    return `take it \`from\` an input of a newer nixpkgs, or move \`nixpkgs\` to nixos-${DEFAULT_RELEASE}`;
  if (near.length > 0) return `did you mean ${quoted(near)}?`;
  return facts.exact ? `look for it at ${PACKAGE_SEARCH}` : "`flakewright index` asks the spec's own nixpkgs";
}

/** Says once in a spec by which nixpkgs it is judged, where its own is not known. */
function judgedBy({ model }: RuleContext, facts: Facts): string {
  if (facts.moment.name !== undefined || said.has(model)) return "";
  said.add(model);
  return `nothing says of which day this nixpkgs is, so it is judged by that of ${facts.release}: `;
}

const said = new WeakSet<Model>();
