import type { Facts, Verdict } from "./packages.ts";

/* Words about what an attribute is in a state of nixpkgs, for messages and explanations. */

/** The state of nixpkgs: `nixpkgs 24.05`. */
export const nixpkgsName = (facts: Facts): string => facts.moment.name ?? `nixpkgs ${facts.release}`;

/** The same, where an index is of the spec's own nixpkgs. */
export const specsNixpkgs = (facts: Facts): string => (facts.exact ? "the spec's nixpkgs" : nixpkgsName(facts));

type Removed = Extract<Verdict, { kind: "removed" }>;

/** Since when a name is missing; undefined if it is unknown. */
export const missingSince = ({ since, goneIn }: Removed): string | undefined =>
  since ?? (goneIn === undefined ? undefined : `nixpkgs ${goneIn}, or earlier`);

/** A removal that this state of nixpkgs can have or not, as a sentence without its capital and its stop. */
export function uncertainAbsence(name: string, verdict: Removed, facts: Facts): string {
  const dated = missingSince(verdict);
  const gone = dated === undefined ? "newer nixpkgs does not have" : `since ${dated}, nixpkgs does not have`;
  return `${gone} \`${name}\`; it is unknown whether ${facts.moment.name ?? "the spec's nixpkgs"} has it`;
}

/** The tool of another package set at the top level, where it often is too; undefined if it is not. */
export function topLevelName(facts: Facts, attribute: string): string | undefined {
  const last = attribute.slice(attribute.lastIndexOf(".") + 1);
  return last !== attribute && facts.verdict(last).kind === "package" ? last : undefined;
}
