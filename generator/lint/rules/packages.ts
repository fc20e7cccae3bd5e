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

/* Tools against what nixpkgs has under their names. */

const PACKAGE_SEARCH = "https://search.nixos.org/packages";

interface Judged {
  readonly tool: Tool;
  /** Undefined for a package that the facts lack, and for one of another package set than nixpkgs. */
  readonly facts: PackageFacts | undefined;
  /** What says whether the package is free: an older or newer nixpkgs rarely differs in that. */
  readonly licence: PackageFacts | undefined;
  /** Why the name is not what was meant, and what was. */
  readonly wrong: { readonly why: string; readonly meant: readonly string[]; readonly exists: boolean } | undefined;
}

/** Every tool, looked up once for all rules. */
function judged(context: RuleContext): readonly Judged[] {
  let found = cache.get(context.model);
  if (!found) {
    const { model, environment } = context;
    const tools = [...model.groups.flatMap((group) => group.tools), ...model.shells.flatMap((shell) => shell.tools)];
    const facts = tools.length > 0 ? environment.facts() : undefined;
    found = tools.map((tool) => judge(tool, facts));
    cache.set(model, found);
  }
  return found;
}

const cache = new WeakMap<Model, readonly Judged[]>();

function judge(tool: Tool, facts: Facts | undefined): Judged {
  const attribute = tool.package;
  // What another package set holds is not known, but nixpkgs of any age calls its packages alike.
  const own = tool.from.name === "nixpkgs" ? facts : undefined;
  const known = own?.find(attribute);
  const isNixpkgs = own !== undefined || /nixpkgs/i.test(tool.from.url);
  const licence = known ?? (isNixpkgs && !own ? facts?.find(attribute) : undefined);
  const wrong = isNixpkgs ? wrongName(attribute, known, own) : undefined;
  return { tool, facts: known, licence, wrong };
}

/** Where the package itself is written, in the short form and in the long one. */
const packageAt = (source: Source, tool: Tool): SpecPath =>
  typeof valueAt(source, tool.at) === "string" ? tool.at : [...tool.at, "package"];

function wrongName(attribute: string, known: PackageFacts | undefined, facts: Facts | undefined): Judged["wrong"] {
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
    summary: "a name that in nixpkgs is something else, or a program's name instead of its package's",
    cause:
      "nixpkgs names packages after projects, not after the commands they install. `helm` is an audio synthesizer there, and `aws`, `az` or `wg` are programs of packages with other names.",
    example: "groups:\n  k8s:\n    packages: [helm]",
    fixed: "groups:\n  k8s:\n    packages: [kubernetes-helm]",
    source: PACKAGE_SEARCH,
    check: (context) => {
      const exact = context.environment.facts()?.exact ?? false;
      for (const { wrong, tool } of judged(context)) {
        if (!wrong) continue;
        const at = packageAt(context.source, tool);
        const [only] = wrong.meant;
        context.report({
          at,
          message: wrong.why,
          ...didYouMean(wrong.meant),
          fix: () =>
            only !== undefined && wrong.meant.length === 1 ? replacement(context.source, at, "value", only) : undefined,
          // Where the spec's own nixpkgs is known not to have it, evaluation would fail.
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
      "The name is misspelt, or the package is newer than the facts that come with flakewright (nixpkgs 24.05). With an index of the spec's own nixpkgs (`flakewright index`) the answer is certain, and this is an error.",
    example: "groups:\n  k8s:\n    packages: [kubeclt]",
    fixed: "groups:\n  k8s:\n    packages: [kubectl]",
    source: PACKAGE_SEARCH,
    check: (context) => {
      const facts = context.environment.facts();
      if (!facts) return;
      for (const { tool, facts: known, wrong } of judged(context)) {
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
            : `nixpkgs ${facts.release} has no package \`${attribute}\`; whether a newer one has, these facts don't say`,
          hint:
            near.length > 0
              ? `did you mean ${quoted(near)}?`
              : facts.exact
                ? `look for it at ${PACKAGE_SEARCH}`
                : "`flakewright index` asks the spec's own nixpkgs",
          fix: () => (only !== undefined && near.length === 1 ? replacement(context.source, at, "value", only) : undefined),
        });
      }
    },
  },
  {
    code: "package-unfree",
    severity: "error",
    summary: "a package that is not free software",
    cause: "Nix refuses to evaluate it unless the spec allows it by name, and with it the whole shell that it is in.",
    example: "nixpkgs: nixos-26.05\ngroups:\n  iac:\n    packages: [vault]",
    fixed: "nixpkgs:\n  url: github:NixOS/nixpkgs/nixos-26.05\n  unfree: [vault]\ngroups:\n  iac:\n    packages: [vault]",
    source: "https://nixos.org/manual/nixpkgs/stable/#sec-allow-unfree",
    check: (context) => {
      for (const one of judged(context)) {
        if (!needsUnfree(context.model, one)) continue;
        const name = policyName(one);
        context.report({
          at: packageAt(context.source, one.tool),
          message: `\`${one.tool.package}\` is unfree (${one.licence?.licenses?.join(", ") || "its licence restricts its use"}), and nothing allows it`,
          hint: `add \`${name}\` to \`nixpkgs.unfree\`: [${name}]`,
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
      "nixpkgs marks it insecure, mostly because it gets no more fixes. Nix refuses to evaluate it unless the spec allows that very version.",
    example: "nixpkgs: nixos-26.05\ngroups:\n  dev:\n    packages: [python2]",
    fixed: "nixpkgs: nixos-26.05\ngroups:\n  dev:\n    packages: [python3]",
    source: "https://nixos.org/manual/nixpkgs/stable/#sec-allow-insecure",
    check: (context) => {
      for (const one of judged(context)) {
        if (!needsInsecure(context.model, one)) continue;
        const name = insecureName(one);
        const entry = name === undefined ? "its name and version, as Nix's refusal prints them," : `\`${name}\``;
        context.report({
          at: packageAt(context.source, one.tool),
          message: `\`${one.tool.package}\` has known vulnerabilities, and nothing allows it`,
          hint: `use a maintained one, or add ${entry} to \`nixpkgs.insecure\``,
          fix: () => (name === undefined ? undefined : policyFix(context)),
        });
      }
    },
  },
  {
    code: "package-unavailable",
    severity: "warning",
    summary: "a package that some or all of the spec's systems can't have",
    cause:
      "nixpkgs does not build it there, or marks it broken. Shells on those systems leave it out and say so on entry; `systems` makes it deliberate.",
    example: "systems: [x86_64-linux, aarch64-darwin]\ngroups:\n  ops:\n    packages: [iotop]",
    fixed:
      "systems: [x86_64-linux, aarch64-darwin]\ngroups:\n  ops:\n    packages:\n      - package: iotop\n        systems: [x86_64-linux]",
    source: PACKAGE_SEARCH,
    check: (context) => {
      const { model, source, report, environment } = context;
      const asked = environment.facts()?.systems ?? [];
      for (const one of judged(context)) {
        if (!one.facts || one.wrong) continue;
        const { systems: available, broken } = one.facts;
        const wanted = one.tool.systems ?? model.systems;
        const missing = wanted.filter((system) => asked.includes(system) && !available.includes(system));
        if (missing.length === 0) continue;
        const left = wanted.filter((system) => !missing.includes(system));
        const why = broken ? "is marked broken" : "is not available";
        report({
          at: packageAt(source, one.tool),
          message:
            left.length === 0
              ? `\`${one.tool.package}\` ${why} on any system of the spec`
              : `\`${one.tool.package}\` ${why} on ${missing.join(", ")}`,
          hint:
            left.length === 0
              ? "take it out, or take it from another package set with `from`"
              : `say where it is wanted: \`systems: [${left.join(", ")}]\``,
          fix: () => (left.length === 0 ? undefined : systemsFix(source, one, left)),
        });
      }
    },
  },
  {
    code: "package-duplicate",
    severity: "warning",
    summary: "a package twice in one group",
    cause: "The second changes nothing; what it says beside the name is not used.",
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
            message: `\`${tool.package}\` is in this list already`,
            hint: "delete one of the two",
            related: [{ message: "it is here", range: source.locate(packageAt(source, first), "value") }],
            fix: () => removal(source, tool.at),
          });
        }
      }
    },
  },
];

/** What `nixpkgs.unfree` calls a package. */
const policyName = ({ licence, tool }: Judged): string => licence?.pname || tool.attribute.at(-1) || tool.package;

/** As `nixpkgs.insecure` wants it; undefined where the facts don't hold the package's own name. */
const insecureName = ({ facts }: Judged): string | undefined => (facts?.pname ? `${facts.pname}-${facts.version}` : undefined);

function needsUnfree(model: Model, one: Judged): boolean {
  const { unfree } = model.nixpkgs;
  if (!one.licence?.unfree || one.wrong || unfree === true) return false;
  return !unfree.some((entry) => isNamed(one, entry));
}

function needsInsecure(model: Model, one: Judged): boolean {
  if (!one.facts?.insecure || one.wrong) return false;
  const { version, pname } = one.facts;
  // The version may have changed since the facts were made, so the name alone decides; without one, either will do.
  const isMeant = (entry: string) =>
    isNamed(one, entry.replace(/-\d.*$/, "")) || (pname === undefined && entry.endsWith(`-${version}`));
  return !model.nixpkgs.insecure.some(isMeant);
}

/**
 * Whether a name of `nixpkgs.unfree` means the package. Facts that hold no package names, only attributes, can't tell for sure
 * (`_1password` is called `1password-cli`, `nodejs_16` `nodejs`), and then the spec is believed.
 */
function isNamed({ licence, tool }: Judged, entry: string): boolean {
  const attribute = tool.package;
  if (entry === licence?.pname || entry === attribute || entry === tool.attribute.at(-1)) return true;
  if (licence?.pname !== undefined || entry === "") return false;
  return toolNamed(entry)?.attribute === attribute || squash(attribute).startsWith(squash(entry));
}

/**
 * One edit that allows everything in the spec that needs allowing: each finding brings the same, so that applying one or all
 * comes to the same.
 */
function policyFix(context: RuleContext): Fix | undefined {
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
}

/** Says where a tool is wanted, in the form that it has. */
function systemsFix(source: Source, { tool }: Judged, systems: readonly string[]): Fix | undefined {
  const list = `[${systems.join(", ")}]`;
  if (typeof valueAt(source, tool.at) === "string")
    return replacement(source, tool.at, "value", `{ package: ${tool.package}, systems: ${list} }`);
  if (valueAt(source, [...tool.at, "systems"]) !== undefined) return replacement(source, [...tool.at, "systems"], "value", list);
  return addition(source, tool.at, "systems", list);
}
