import type { Facts } from "../../knowledge/packages.ts";
import type { Model, Tool } from "../../model/model.ts";
import type { Source } from "../../read/source.ts";
import { boundedNearest } from "../../report/bounded-search.ts";
import type { Fix } from "../../report/diagnostic.ts";
import { memoized } from "../../report/memoized.ts";
import { type SpecPath, valueAt } from "../../report/spec-path.ts";
import { didYouMean, quoted } from "../../report/words.ts";
import { addition, appendix, removal, replacement } from "../edits.ts";
import { type Judged, judged, packageAt } from "../judged-tools.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { isWithoutIntelMacs } from "./nixpkgs.ts";

/* Packages, compared with the policy and the systems of the spec. */

const PACKAGE_SEARCH = "https://search.nixos.org/packages";

export const packageRules: readonly Rule[] = [
  {
    code: "package-unfree",
    severity: "error",
    summary: "a package that is not free software",
    cause: "Nix refuses to evaluate the package, and every shell with it, unless the spec allows it by name.",
    example: "nixpkgs: nixos-26.05\ngroups:\n  iac:\n    packages: [vault]",
    fixed: "nixpkgs:\n  url: github:NixOS/nixpkgs/nixos-26.05\n  unfree: [vault]\ngroups:\n  iac:\n    packages: [vault]",
    source: "https://nixos.org/manual/nixpkgs/stable/#sec-allow-unfree",
    check: (context) => {
      const hidden = new Set([...meantTools(context).values()].flat());
      for (const one of judged(context)) {
        if (!needsUnfree(context.model, one)) continue;
        const name = policyName(one);
        // An unknown entry that is meant for it is `allowance-unknown`, which says the name.
        if (hidden.has(name)) continue;
        context.report({
          at: packageAt(context.source, one.tool),
          message: `\`${one.tool.package}\` is unfree (${one.licence?.licenses?.join(", ") || "its licence restricts its use"}) and not in \`nixpkgs.unfree\``,
          hint: `add \`${name}\` to \`nixpkgs.unfree\``,
          fix: () => policyFix(context),
        });
      }
    },
  },
  {
    code: "package-insecure",
    severity: "error",
    summary: "a package with known vulnerabilities",
    cause:
      "nixpkgs marks the package as insecure, usually because it gets no more security fixes. Nix refuses to evaluate it unless the spec allows exactly this version.",
    example: "nixpkgs: nixos-26.05\ngroups:\n  dev:\n    packages: [gradle_7]",
    fixed: "nixpkgs: nixos-26.05\ngroups:\n  dev:\n    packages: [gradle]",
    source: "https://nixos.org/manual/nixpkgs/stable/#sec-allow-insecure",
    check: (context) => {
      for (const one of judged(context)) {
        if (!needsInsecure(context.model, one)) continue;
        const name = insecureName(one);
        const entry = name === undefined ? "its name and version from Nix's error message" : `\`${name}\``;
        context.report({
          at: packageAt(context.source, one.tool),
          message: `\`${one.tool.package}\` has known vulnerabilities and is not in \`nixpkgs.insecure\``,
          hint: `use a maintained package, or add ${entry} to \`nixpkgs.insecure\``,
          fix: () => (name === undefined ? undefined : policyFix(context)),
        });
      }
    },
  },
  {
    code: "package-unavailable",
    certainFix: true,
    severity: "warning",
    summary: "a package that is not available on a system of the spec",
    cause:
      "nixpkgs does not build the package for the system, or marks it as broken. Shells on that system do not contain it and say so on entry. `systems` limits the package to other systems.",
    example: "systems: [x86_64-linux, aarch64-darwin]\ngroups:\n  ops:\n    packages: [iotop]",
    fixed:
      "systems: [x86_64-linux, aarch64-darwin]\ngroups:\n  ops:\n    packages:\n      - package: iotop\n        systems: [x86_64-linux]",
    source: PACKAGE_SEARCH,
    check: (context) => {
      const { model, source, report } = context;
      for (const one of judged(context)) {
        if (!one.facts || one.wrong || one.verdict.kind === "removed") continue;
        const asked = one.own?.systems ?? [];
        const { systems: available, broken } = one.facts;
        const wanted = one.tool.systems ?? model.systems;
        const missing = wanted.filter((system) => asked.includes(system) && !available.includes(system));
        if (missing.length === 0) continue;
        const left = wanted.filter((system) => !missing.includes(system));
        const why = broken ? "is marked as broken" : "is not available";
        report({
          at: packageAt(source, one.tool),
          message:
            left.length === 0
              ? `\`${one.tool.package}\` ${why} on any system of the spec`
              : `\`${one.tool.package}\` ${why} on ${missing.join(", ")}`,
          hint:
            left.length === 0
              ? "delete it, or take it from another package set with `from`"
              : `limit it to the other systems: \`systems: [${left.join(", ")}]\``,
          fix: () => (left.length === 0 ? undefined : systemsFix(source, one, left)),
        });
      }
    },
  },
  {
    code: "system-unused",
    severity: "warning",
    summary: "a tool, or a runner, for a system that the flake has no outputs for",
    cause:
      "The flake has shells and packages for the systems in `systems` only. What is limited to another system is in none of them.",
    example:
      "systems: [x86_64-linux]\ngroups:\n  k8s:\n    packages: [{ package: kubectl, systems: [x86_64-linux, aarch64-linux] }]",
    fixed: "systems: [x86_64-linux]\ngroups:\n  k8s:\n    packages: [{ package: kubectl, systems: [x86_64-linux] }]",
    check: ({ model, source, report }) => {
      const all = new Set([...model.systems, ...model.hosts.map(({ system }) => system)]);
      const hint = (system: string) => `add \`${system}\` to \`systems\` at the top of the spec, or delete it here`;
      for (const tool of [...model.groups, ...model.shells].flatMap(({ tools }) => tools))
        for (const [index, system] of (tool.systems ?? []).entries()) {
          // `system-end-of-life` reports it.
          const isGone = system === "x86_64-darwin" && isWithoutIntelMacs(model);
          if (all.has(system) || isGone) continue;
          const at = [...tool.at, "systems", index];
          const isOnly = tool.systems?.length === 1;
          const message = `the flake has no outputs for \`${system}\``;
          report({ at, message, hint: hint(system), fix: () => (isOnly ? undefined : removal(source, at)) });
        }
      for (const { at, system } of model.ci?.runners ?? [])
        if (!model.systems.includes(system))
          report({
            at,
            part: "key",
            message: `no job is for \`${system}\`: the flake has no outputs for it`,
            hint: hint(system),
            fix: () => removal(source, at),
          });
    },
  },
  {
    code: "allowance-unknown",
    severity: "warning",
    summary: "an entry of `unfree` or `insecure` that allows nothing",
    cause:
      "nixpkgs compares the entries with the whole names of packages: of `unfree` with the name or the attribute, of `insecure` with name-version. A pattern or a misspelt name allows nothing.",
    example: "nixpkgs:\n  url: github:NixOS/nixpkgs/nixos-26.05\n  unfree: [teraform]",
    fixed: "nixpkgs:\n  url: github:NixOS/nixpkgs/nixos-26.05\n  unfree: [terraform]",
    source: "https://nixos.org/manual/nixpkgs/stable/#sec-allow-unfree",
    check: (context) => {
      const { model, source, report, environment } = context;
      const list = (key: string): [SpecPath, string][] => {
        const entries = valueAt(source, ["nixpkgs", key]);
        return Array.isArray(entries)
          ? entries.flatMap((name, index): [SpecPath, string][] =>
              typeof name === "string" ? [[["nixpkgs", key, index], name]] : [],
            )
          : [];
      };
      const allowances = list("unfree");
      const facts = allowances.length > 0 ? environment.facts() : undefined;
      const isKnown = (one: string) => !facts || facts.find(one) !== undefined || facts.isPname(one);
      let meant: readonly string[] | undefined;
      const nearest = (name: string) => {
        meant ??= unfreeNames(model, facts);
        return boundedNearest(meant, name, meant);
      };
      for (const [at, name] of allowances) {
        const trimmed = name.trim();
        const tools = meantTools(context).get(name);
        // In place of the error of the tool.
        const severity = tools ? { severity: "error" as const } : {};
        if (isEvery(name)) {
          report({
            at,
            ...severity,
            message: "no package has this name",
            hint: "to allow all unfree packages, set `unfree` itself to true",
            fix: () => replacement(source, ["nixpkgs", "unfree"], "value", "true"),
          });
          continue;
        }
        if (isKnown(name) || isAttributePath(name)) continue;
        const near = isKnown(trimmed) ? [trimmed] : (tools ?? nearest(name));
        report({
          at,
          ...severity,
          message: `no package of nixpkgs has the name ${quoted([name])}`,
          hint: didYouMean(near).hint ?? "delete it, or write the name that the diagnostic of the package shows",
          fix: () => (near.length === 1 && near[0] !== undefined ? replacement(source, at, "value", near[0]) : undefined),
        });
      }
      for (const [at, name] of list("insecure"))
        if (!/^[^\s@]+-[0-9][^\s@]*$/.test(name))
          report({
            at,
            message: `${quoted([name])} is no name and version, so it allows nothing`,
            hint: "write both, as Nix's error message does: openssl-1.1.1w",
          });
    },
  },
  {
    code: "package-duplicate",
    certainFix: true,
    severity: "warning",
    summary: "a duplicate package in one list",
    cause: "The second entry has no effect, and its details are not used.",
    example: "groups:\n  k8s:\n    packages: [kubectl, jq, kubectl]",
    fixed: "groups:\n  k8s:\n    packages: [kubectl, jq]",
    check: (context) => {
      const { model, source, report } = context;
      for (const { tools } of [...model.groups, ...model.shells]) {
        const seen = new Map<string, Tool>();
        for (const tool of tools) {
          const key = `${tool.from.name} ${tool.package}`;
          const first = seen.get(key);
          if (!first) {
            seen.set(key, tool);
            continue;
          }
          report({
            at: packageAt(source, tool),
            message: `duplicate package \`${tool.package}\``,
            hint: "delete one of the two",
            related: [
              { message: `the first \`${tool.package}\` is here`, range: source.locate(packageAt(source, first), "value") },
            ],
            fix: () => removal(source, tool.at),
          });
        }
      }
    },
  },
];

/** The name of a package for `nixpkgs.unfree`: its attribute, as everywhere in the spec. */
const policyName = ({ tool }: Judged): string => tool.package;

/** The entry of a package for `nixpkgs.insecure`; undefined if the facts don't contain its `pname` and version. */
const insecureName = ({ facts }: Judged): string | undefined =>
  facts?.pname && facts.version !== "" ? `${facts.pname}-${facts.version}` : undefined;

/** Whether an entry in `unfree` or `insecure` could make the tool appear: nothing makes one that is gone, or broken everywhere. */
const isEvaluated = ({ verdict, wrong, facts }: Judged): boolean =>
  !wrong && verdict.kind !== "removed" && !(facts?.broken && facts.systems.length === 0);

function needsUnfree(model: Model, one: Judged): boolean {
  const { unfree } = model.nixpkgs;
  if (!one.licence?.unfree || !isEvaluated(one) || unfree === true) return false;
  const names = meantBy(unfree, one.own);
  return !names.has(one.tool.package) && !(one.licence.pname && names.has(one.licence.pname));
}

function needsInsecure(model: Model, one: Judged): boolean {
  if (!one.facts?.insecure || !isEvaluated(one)) return false;
  const { version, pname } = one.facts;
  // Only the name counts, because the version can be newer than the facts. Without a `pname`, an equal version is enough.
  const { insecure } = model.nixpkgs;
  return pname ? !namesIn(insecure).has(pname) : !hasVersion(insecure, version);
}

const knownVersions = memoized((_insecure: readonly string[]) => new Map<string, boolean>());

/** Whether an entry of `insecure` ends in a version. Each version is searched once: many tools can have it. */
function hasVersion(insecure: readonly string[], version: string): boolean {
  const known = knownVersions(insecure);
  const found = known.get(version) ?? insecure.some((entry) => entry.endsWith(`-${version}`));
  known.set(version, found);
  return found;
}

/** The names in entries of `insecure`, without their versions. */
const namesIn = memoized(
  (insecure: readonly string[]): ReadonlySet<string> => new Set(insecure.map((entry) => entry.replace(/-\d.*$/, ""))),
);

const knownMeanings = memoized((_unfree: readonly string[]) => new Map<Facts | undefined, ReadonlySet<string>>());

/**
 * The attributes and `pname`s that entries of `nixpkgs.unfree` mean; nix/nixpkgs-config.nix allows both. Found once for each nixpkgs: a spec
 * can have as many entries as tools.
 */
function meantBy(unfree: readonly string[], facts: Facts | undefined): ReadonlySet<string> {
  const known = knownMeanings(unfree);
  const found = known.get(facts) ?? new Set(unfree.flatMap((entry) => [entry, ...(facts?.pnames(entry) ?? [])]));
  known.set(facts, found);
  return found;
}

/**
 * One edit that allows all unfree and insecure packages of the spec. All findings have the same edit, so that applying one of them or all
 * gives the same result.
 */
const policyFix = memoized(
  (context: RuleContext): Fix | undefined => {
    const { model, source } = context;
    const all = judged(context);
    const { unfree, insecure, written, url } = model.nixpkgs;
    const unfreeNames = [...(unfree === true ? [] : unfree), ...all.filter((one) => needsUnfree(model, one)).map(policyName)];
    const insecureNames = [
      ...insecure,
      ...all.filter((one) => needsInsecure(model, one)).flatMap((one) => insecureName(one) ?? []),
    ];
    const list = (names: readonly string[]) => `[${[...new Set(names)].join(", ")}]`;
    const parts: [key: string, value: string][] = [];
    if (unfree !== true && unfreeNames.length > unfree.length) parts.push(["unfree", list(unfreeNames)]);
    if (insecureNames.length > insecure.length) parts.push(["insecure", list(insecureNames)]);
    const declared = valueAt(source, ["nixpkgs"]);
    if (declared === undefined)
      return appendix(source, `nixpkgs:\n  url: ${url}\n${parts.map(([key, value]) => `  ${key}: ${value}\n`).join("")}`);
    if (typeof declared === "string") {
      const pairs = parts.map(([key, value]) => `, ${key}: ${value}`).join("");
      return written === declared ? replacement(source, ["nixpkgs"], "value", `{ url: "${url}"${pairs} }`) : undefined;
    }
    const edits = parts.flatMap(([key, value]) => {
      const isThere = valueAt(source, ["nixpkgs", key]) !== undefined;
      return (isThere ? replacement(source, ["nixpkgs", key], "value", value) : addition(source, ["nixpkgs"], key, value)) ?? [];
    });
    const [first, ...also] = edits;
    return first && also.length > 0 ? { ...first, also } : first;
  },
  ({ model }) => model,
);

/** An edit that limits a tool to some systems, in the short form or the long form. */
function systemsFix(source: Source, { tool }: Judged, systems: readonly string[]): Fix | undefined {
  const list = `[${systems.join(", ")}]`;
  if (typeof valueAt(source, tool.at) === "string")
    return replacement(source, tool.at, "value", `{ package: ${tool.package}, systems: ${list} }`);
  if (valueAt(source, [...tool.at, "systems"]) !== undefined) return replacement(source, [...tool.at, "systems"], "value", list);
  return addition(source, tool.at, "systems", list);
}

/** Names that an entry of `unfree` can mean: those of the spec's tools, and of all unfree packages. */
function unfreeNames(model: Model, facts: Facts | undefined): string[] {
  const tools = [...model.groups, ...model.shells].flatMap((one) => one.tools.map((tool) => tool.package));
  return [...new Set([...tools, ...(facts?.unfree() ?? [])])];
}

/** Whether an entry of `unfree` is meant for every package. */
const isEvery = (entry: string): boolean => /^(?:\*|all|true)$/.test(entry.trim());

/**
 * The unfree tools of the spec for which entries of `unfree` are probably meant that allow nothing, by the entry: those of a similar name,
 * or the only one that is left for the only entry that is left. Each name is searched once among all of them.
 */
const meantTools = memoized(
  (context: RuleContext): ReadonlyMap<string, readonly string[]> => {
    const { model, source, environment } = context;
    const entries = valueAt(source, ["nixpkgs", "unfree"]);
    const facts = environment.facts();
    const isWrong = (entry: string) =>
      isEvery(entry) || (facts?.find(entry) === undefined && facts?.isPname(entry) === false && !isAttributePath(entry));
    const wrong = (Array.isArray(entries) ? entries : []).filter(
      (entry): entry is string => typeof entry === "string" && isWrong(entry),
    );
    const tools = wrong.length > 0 ? judged(context).filter((one) => needsUnfree(model, one)) : [];
    const names = [...new Set(tools.map(policyName))];
    const found = new Map(
      wrong
        .map((entry) => [entry, isEvery(entry) ? names : boundedNearest(names, entry, names)] as const)
        .filter(([, one]) => one.length > 0),
    );
    const [entry, ...others] = wrong.filter((one) => !found.has(one));
    const taken = new Set([...found.values()].flat());
    const left = names.filter((name) => !taken.has(name));
    if (entry !== undefined && others.length === 0 && left.length === 1) found.set(entry, left);
    return found;
  },
  ({ model }) => model,
);

/** Whether an entry of `unfree` is a path of attributes, which the facts do not have. */
const isAttributePath = (entry: string): boolean => entry === entry.trim() && entry.includes(".");
