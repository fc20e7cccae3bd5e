import type { Facts, PackageFacts, Verdict } from "../knowledge/packages.ts";
import { nixpkgsRef } from "../knowledge/releases.ts";
import { onlyOtherThing, type ToolName, toolNamed } from "../knowledge/tool-names.ts";
import type { Model, Tool } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { valueAt } from "../report/spec-path.ts";
import { quoted } from "../report/words.ts";
import type { Environment, RuleContext } from "./rule.ts";

/* Tools against what their nixpkgs has under their names. */

/** A tool, and what is known of its package. */
export interface Judged {
  readonly tool: Tool;
  /** The facts that judge it, of its own state of nixpkgs; undefined where nothing can be said about its package set. */
  readonly own: Facts | undefined;
  readonly verdict: Verdict;
  /** Undefined for a package that the facts lack, and where nothing can be said about its package set. */
  readonly facts: PackageFacts | undefined;
  /** What says whether the package is free: an older or newer nixpkgs rarely differs in that. */
  readonly licence: PackageFacts | undefined;
  /** Why the name is not what was meant, and what was. */
  readonly wrong: { readonly why: string; readonly meant: readonly string[]; readonly exists: boolean } | undefined;
}

/** Every tool, looked up once for all rules. */
export function judged(context: RuleContext): readonly Judged[] {
  let found = cache.get(context.model);
  if (!found) {
    const { model, environment } = context;
    const tools = [...model.groups.flatMap((group) => group.tools), ...model.shells.flatMap((shell) => shell.tools)];
    found = tools.map((tool) => judge(tool, environment));
    cache.set(model, found);
  }
  return found;
}

const cache = new WeakMap<Model, readonly Judged[]>();

function judge(tool: Tool, environment: Environment): Judged {
  const attribute = tool.package;
  const isMain = tool.from.name === "nixpkgs";
  const isNixpkgs = isMain || nixpkgsRef(tool.from.url) !== undefined || /nixpkgs/i.test(tool.from.url);
  const facts = isNixpkgs ? environment.facts(tool.from) : undefined;
  // Another nixpkgs is there to hold an older package: without its date it may hold anything.
  const own = isMain || facts?.moment.name !== undefined ? facts : undefined;
  const verdict: Verdict = own?.verdict(attribute) ?? { kind: "unknown" };
  const known = own?.find(attribute);
  const licence = known ?? (own ? undefined : facts?.find(attribute));
  const wrong = isNixpkgs ? wrongName(attribute, verdict, own) : undefined;
  return { tool, own, verdict, facts: known, licence, wrong };
}

/** Where the package itself is written, in the short form and in the long one. */
export const packageAt = (source: Source, tool: Tool): SpecPath =>
  typeof valueAt(source, tool.at) === "string" ? tool.at : [...tool.at, "package"];

function wrongName(attribute: string, verdict: Verdict, facts: Facts | undefined): Judged["wrong"] {
  const named: ToolName | undefined = toolNamed(attribute);
  const isThere = verdict.kind === "package" || verdict.kind === "renamed";
  // What the nixpkgs of the spec does not have is no way out.
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
