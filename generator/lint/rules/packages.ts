import type { Facts, PackageFacts } from "../../knowledge/packages.ts";
import { type ToolName, toolNamed } from "../../knowledge/tool-names.ts";
import type { Model, Tool } from "../../model/model.ts";
import type { Source } from "../../read/source.ts";
import type { Fix } from "../../report/diagnostic.ts";
import type { SpecPath } from "../../report/spec-path.ts";
import { valueAt } from "../../report/spec-path.ts";
import { squash } from "../../report/suggestions.ts";
import { didYouMean, quoted } from "../../report/words.ts";
import { addition, appendix, removal, replacement } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";

/* Tools, compared with the packages of nixpkgs. */

const PACKAGE_SEARCH = "https://search.nixos.org/packages";

/** A tool with what is known about its package. */
interface KnownTool {
  readonly tool: Tool;
  /** Undefined for an unknown package, and for one of another package set than nixpkgs. */
  readonly facts: PackageFacts | undefined;
  /** The facts for the licence. They can be of another nixpkgs: licences rarely differ between releases. */
  readonly licence: PackageFacts | undefined;
  /** Why the name is wrong, and the attributes that were probably meant. */
  readonly wrong: { readonly why: string; readonly meant: readonly string[]; readonly exists: boolean } | undefined;
}

/** All tools; the look-up happens once for all rules. */
function knownTools(context: RuleContext): readonly KnownTool[] {
  let found = cache.get(context.model);
  if (!found) {
    const { model, environment } = context;
    const tools = [...model.groups.flatMap((group) => group.tools), ...model.shells.flatMap((shell) => shell.tools)];
    const facts = tools.length > 0 ? environment.facts() : undefined;
    found = tools.map((tool) => knownTool(tool, facts));
    cache.set(model, found);
  }
  return found;
}

const cache = new WeakMap<Model, readonly KnownTool[]>();

function knownTool(tool: Tool, facts: Facts | undefined): KnownTool {
  const attribute = tool.package;
  // The packages of another package set are unknown, but in any release of nixpkgs most of them have the same names.
  const own = tool.from.name === "nixpkgs" ? facts : undefined;
  const known = own?.find(attribute);
  const isNixpkgs = own !== undefined || /nixpkgs/i.test(tool.from.url);
  const licence = known ?? (isNixpkgs && !own ? facts?.find(attribute) : undefined);
  const wrong = isNixpkgs ? wrongName(attribute, known, own) : undefined;
  return { tool, facts: known, licence, wrong };
}

/** The path of the attribute in the spec, for the short form and the long form of a tool. */
const packageAt = (source: Source, tool: Tool): SpecPath =>
  typeof valueAt(source, tool.at) === "string" ? tool.at : [...tool.at, "package"];

function wrongName(attribute: string, known: PackageFacts | undefined, facts: Facts | undefined): KnownTool["wrong"] {
  const named: ToolName | undefined = toolNamed(attribute);
  if (named?.kind === "other-thing") return { why: named.why, meant: [named.attribute], exists: true };
  if (known) return undefined;
  if (named) return { why: named.why, meant: [named.attribute], exists: false };
  const packages = attribute.includes(".") ? [] : (facts?.byProgram(attribute) ?? []).slice(0, 3);
  if (packages.length === 0) return undefined;
  return { why: `\`${attribute}\` is a program of ${quoted(packages)}, not a package`, meant: packages, exists: false };
}

export const packageRules: readonly Rule[] = [
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
      const exact = context.environment.facts()?.exact ?? false;
      for (const { wrong, tool } of knownTools(context)) {
        if (!wrong) continue;
        const at = packageAt(context.source, tool);
        const [only] = wrong.meant;
        context.report({
          at,
          message: wrong.why,
          ...didYouMean(wrong.meant),
          fix: () =>
            only !== undefined && wrong.meant.length === 1 ? replacement(context.source, at, "value", only) : undefined,
          // An index of the spec's own nixpkgs shows that evaluation would fail.
          ...(exact && !wrong.exists && tool.from.name === "nixpkgs" ? { severity: "error" as const } : {}),
        });
      }
    },
  },
  {
    code: "package-unknown",
    severity: "warning",
    summary: "an attribute that nixpkgs does not have",
    cause:
      "The name is misspelt, or the package is newer than flakewright's list of packages (nixpkgs 24.05). After `flakewright index`, which lists the packages of the spec's own nixpkgs, this is an error.",
    example: "groups:\n  k8s:\n    packages: [kubeclt]",
    fixed: "groups:\n  k8s:\n    packages: [kubectl]",
    source: PACKAGE_SEARCH,
    check: (context) => {
      const facts = context.environment.facts();
      if (!facts) return;
      for (const { tool, facts: known, wrong } of knownTools(context)) {
        const attribute = tool.package;
        if (known || wrong || tool.from.name !== "nixpkgs" || !facts.covers(attribute)) continue;
        const at = packageAt(context.source, tool);
        const near = facts.nearest(attribute);
        const [only] = near;
        context.report({
          at,
          severity: facts.exact ? "error" : "warning",
          message: facts.exact
            ? `the spec's nixpkgs has no package \`${attribute}\``
            : `nixpkgs ${facts.release} has no package \`${attribute}\`; a newer release may have it`,
          hint:
            near.length > 0
              ? `did you mean ${quoted(near)}?`
              : facts.exact
                ? `search for it at ${PACKAGE_SEARCH}`
                : "run `flakewright index` to check the spec's own nixpkgs",
          fix: () => (only !== undefined && near.length === 1 ? replacement(context.source, at, "value", only) : undefined),
        });
      }
    },
  },
  {
    code: "package-unfree",
    severity: "error",
    summary: "a package that is not free software",
    cause: "Nix refuses to evaluate the package, and every shell with it, unless the spec allows it by name.",
    example: "nixpkgs: nixos-26.05\ngroups:\n  iac:\n    packages: [vault]",
    fixed: "nixpkgs:\n  url: github:NixOS/nixpkgs/nixos-26.05\n  unfree: [vault]\ngroups:\n  iac:\n    packages: [vault]",
    source: "https://nixos.org/manual/nixpkgs/stable/#sec-allow-unfree",
    check: (context) => {
      for (const one of knownTools(context)) {
        if (!needsUnfree(context.model, one)) continue;
        const name = policyName(one);
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
    example: "nixpkgs: nixos-26.05\ngroups:\n  dev:\n    packages: [python2]",
    fixed: "nixpkgs: nixos-26.05\ngroups:\n  dev:\n    packages: [python3]",
    source: "https://nixos.org/manual/nixpkgs/stable/#sec-allow-insecure",
    check: (context) => {
      for (const one of knownTools(context)) {
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
      const { model, source, report, environment } = context;
      const asked = environment.facts()?.systems ?? [];
      for (const one of knownTools(context)) {
        if (!one.facts || one.wrong) continue;
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

/** The name of a package for `nixpkgs.unfree`. */
const policyName = ({ licence, tool }: KnownTool): string => licence?.pname || tool.attribute.at(-1) || tool.package;

/** The entry of a package for `nixpkgs.insecure`; undefined if the facts don't contain the package's `pname`. */
const insecureName = ({ facts }: KnownTool): string | undefined => (facts?.pname ? `${facts.pname}-${facts.version}` : undefined);

function needsUnfree(model: Model, one: KnownTool): boolean {
  const { unfree } = model.nixpkgs;
  if (!one.licence?.unfree || one.wrong || unfree === true) return false;
  return !unfree.some((entry) => isNamed(one, entry));
}

function needsInsecure(model: Model, one: KnownTool): boolean {
  if (!one.facts?.insecure || one.wrong) return false;
  const { version, pname } = one.facts;
  // Only the name counts, because the version can be newer than the facts. Without a `pname`, an equal version is enough.
  const isMeant = (entry: string) =>
    isNamed(one, entry.replace(/-\d.*$/, "")) || (pname === undefined && entry.endsWith(`-${version}`));
  return !model.nixpkgs.insecure.some(isMeant);
}

/**
 * Whether an entry of `nixpkgs.unfree` is the name of the package. Facts without a `pname` have only the attribute, which can differ (the
 * `pname` of `_1password` is `1password-cli`, that of `nodejs_16` is `nodejs`). Then a similar name is accepted.
 */
function isNamed({ licence, tool }: KnownTool, entry: string): boolean {
  const attribute = tool.package;
  if (entry === licence?.pname || entry === attribute || entry === tool.attribute.at(-1)) return true;
  if (licence?.pname !== undefined || entry === "") return false;
  return toolNamed(entry)?.attribute === attribute || squash(attribute).startsWith(squash(entry));
}

/**
 * One edit that allows all unfree and insecure packages of the spec. All findings have the same edit, so that applying one of them or all
 * gives the same result.
 */
function policyFix(context: RuleContext): Fix | undefined {
  const { model, source } = context;
  const all = knownTools(context);
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
}

/** An edit that limits a tool to some systems, in the short form or the long form. */
function systemsFix(source: Source, { tool }: KnownTool, systems: readonly string[]): Fix | undefined {
  const list = `[${systems.join(", ")}]`;
  if (typeof valueAt(source, tool.at) === "string")
    return replacement(source, tool.at, "value", `{ package: ${tool.package}, systems: ${list} }`);
  if (valueAt(source, [...tool.at, "systems"]) !== undefined) return replacement(source, [...tool.at, "systems"], "value", list);
  return addition(source, tool.at, "systems", list);
}
