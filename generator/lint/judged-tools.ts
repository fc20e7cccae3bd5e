import type { Facts, PackageFacts, Verdict } from "../knowledge/packages.ts";
import { nixpkgsRef } from "../knowledge/releases.ts";
import { onlyOtherThing, type ToolName, toolNamed } from "../knowledge/tool-names.ts";
import type { PackageSet, Tool } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import { memoized } from "../report/memoized.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { valueAt } from "../report/spec-path.ts";
import { quoted } from "../report/words.ts";
import type { Environment, RuleContext } from "./rule.ts";

/* Tools, compared with the packages of their nixpkgs. */

/** A tool with what is known about its package. */
export interface Judged {
  readonly tool: Tool;
  /** The facts of its own state of nixpkgs; undefined if its package set is unknown. */
  readonly own: Facts | undefined;
  readonly verdict: Verdict;
  /** Undefined for an unknown package, and for one of an unknown package set. */
  readonly facts: PackageFacts | undefined;
  /** The facts for the licence. They can be of another nixpkgs: licences rarely differ between releases. */
  readonly licence: PackageFacts | undefined;
  /** Why the name is wrong, and the attributes that were probably meant. */
  readonly wrong: { readonly why: string; readonly meant: readonly string[]; readonly exists: boolean } | undefined;
}

/** All tools; the look-up happens once for all rules. */
export const judged = memoized(
  ({ model, environment }: RuleContext): readonly Judged[] => {
    const tools = [...model.groups.flatMap((group) => group.tools), ...model.shells.flatMap((shell) => shell.tools)];
    const sets = new Map<PackageSet, KnownSet>();
    return tools.map((tool) => {
      const set = sets.get(tool.from) ?? knownSet(tool.from, environment);
      sets.set(tool.from, set);
      return judge(tool, set);
    });
  },
  ({ model }) => model,
);

/** What is known about an input that tools come from; its address can be as long as all of them. */
interface KnownSet {
  readonly isMain: boolean;
  readonly isNixpkgs: boolean;
  readonly facts: Facts | undefined;
}

function knownSet(set: PackageSet, environment: Environment): KnownSet {
  const isMain = set.name === "nixpkgs";
  const isNixpkgs = isMain || nixpkgsRef(set.url) !== undefined || /nixpkgs/i.test(set.url);
  return { isMain, isNixpkgs, facts: isNixpkgs ? environment.facts(set) : undefined };
}

function judge(tool: Tool, { isMain, isNixpkgs, facts }: KnownSet): Judged {
  const attribute = tool.package;
  // Another nixpkgs is often an old one, for an older version. If its date is unknown, its packages are unknown too.
  const own = isMain || facts?.moment.name !== undefined ? facts : undefined;
  const verdict: Verdict = own?.verdict(attribute) ?? { kind: "unknown" };
  const known = own?.find(attribute);
  const licence = known ?? (own ? undefined : facts?.find(attribute));
  const wrong = isNixpkgs ? wrongName(attribute, verdict, own) : undefined;
  return { tool, own, verdict, facts: known, licence, wrong };
}

/** The path of the attribute in the spec, for the short form and the long form of a tool. */
export const packageAt = (source: Source, tool: Tool): SpecPath =>
  typeof valueAt(source, tool.at) === "string" ? tool.at : [...tool.at, "package"];

function wrongName(attribute: string, verdict: Verdict, facts: Facts | undefined): Judged["wrong"] {
  const named: ToolName | undefined = toolNamed(attribute);
  const isThere = verdict.kind === "package" || verdict.kind === "renamed";
  // A package that the spec's nixpkgs does not have is not suggested.
  const meant = named && !["removed", "newer"].includes(facts?.verdict(named.attribute).kind ?? "") ? [named.attribute] : [];
  if (named?.kind === "other-thing" && (isThere || !facts)) return { why: named.why, meant, exists: true };
  const other = onlyOtherThing(attribute);
  if (other !== undefined && isThere) return { why: other, meant: [], exists: true };
  if (isThere || verdict.kind === "removed") return undefined;
  if (named && meant.length > 0) return { why: named.why, meant, exists: false };
  const packages = attribute.includes(".") ? [] : (facts?.byProgram(attribute) ?? []).slice(0, 3);
  if (packages.length === 0) return undefined;
  return { why: `\`${attribute}\` is a program of ${quoted(packages)}, not a package`, meant: packages, exists: false };
}
