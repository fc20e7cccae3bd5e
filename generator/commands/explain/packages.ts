import type { Facts, PackageFacts } from "../../knowledge/packages.ts";
import { toolCompletions, toolNamed } from "../../knowledge/tool-names.ts";
import { missingSince, nixpkgsName, specsNixpkgs, topLevelName } from "../../knowledge/verdict-words.ts";
import { factsOf, type Meaning } from "./meaning.ts";

/** The meaning of a package's name, of a program or of what people call a tool. */
export function packageMeaning(word: string, facts: Facts | undefined): Meaning | undefined {
  const found = attributeOf(word, facts);
  if (!found) return facts && absentMeaning(word, facts);
  const { attribute, why } = found;
  const about = facts?.find(attribute);
  const description = about?.description ?? toolCompletions().find((tool) => tool.attribute === attribute)?.description;
  const sentences = [
    why && `${why.charAt(0).toUpperCase()}${why.slice(1)}: write \`${attribute}\`.`,
    description && `${description.replace(/\.$/, "")}.`,
  ];
  return {
    kind: "package",
    title: `${attribute}: ${oldName(facts, attribute) ?? "a package"} of nixpkgs`,
    text: sentences.filter(Boolean).join(" "),
    facts: factsOf({
      version: about?.version,
      program: about?.mainProgram,
      licence: about && (about.licenses?.join(", ") || (about.unfree ? "unfree" : "free")),
      systems: about && (about.systems.join(", ") || "none"),
      note: about && notes(about),
      "known from": facts && (facts.exact ? "the index of the spec's nixpkgs" : nixpkgsName(facts)),
    }),
  };
}

/** An old name that still works. */
function oldName(facts: Facts | undefined, attribute: string): string | undefined {
  const verdict = facts?.verdict(attribute);
  if (verdict?.kind !== "renamed") return undefined;
  const since = verdict.since === undefined ? "" : ` since ${verdict.since}`;
  return verdict.to === undefined ? `an old name of a package${since}` : `an old name of \`${verdict.to}\`${since}, a package`;
}

/** The meaning of a name that the spec's nixpkgs does not have, but another one has or had. */
function absentMeaning(word: string, facts: Facts): Meaning | undefined {
  const verdict = facts.verdict(word);
  if (verdict.kind !== "removed" && verdict.kind !== "newer") return undefined;
  const nixpkgs = specsNixpkgs(facts);
  if (verdict.kind === "newer") {
    const since = verdict.since === undefined ? "" : `, which nixpkgs has since ${verdict.since}`;
    return { kind: "package", title: `${word}: a package newer than ${nixpkgs}${since}`, text: "", facts: [] };
  }
  const { renamed } = verdict;
  const replacement = verdict.replacement ?? topLevelName(facts, word);
  const way = replacement === undefined ? "" : renamed ? `Write \`${replacement}\`.` : `Use \`${replacement}\` instead.`;
  return {
    kind: "package",
    title: `${word}: ${renamed ? "an old name of a package, no longer" : "a package that is no longer"} in ${nixpkgs}`,
    text: way,
    facts: factsOf({ "missing since": missingSince(verdict) }),
  };
}

/** The attribute that a word means, and why it is another one than the word, as half a sentence. */
function attributeOf(word: string, facts: Facts | undefined): { attribute: string; why?: string } | undefined {
  const tool = toolNamed(word);
  const isAttribute = facts?.find(word) !== undefined;
  if (tool && (tool.kind === "other-thing" || !isAttribute)) return { attribute: tool.attribute, why: tool.why };
  if (isAttribute) return { attribute: word };
  const owners = facts?.byProgram(word) ?? [];
  const [attribute] = owners;
  return attribute === undefined ? undefined : { attribute, why: `\`${word}\` is a program of ${owners.slice(0, 3).join(", ")}` };
}

/** What stands in the way of using a package. */
function notes({ attribute, unfree, insecure, broken }: PackageFacts): string {
  return [
    unfree && `unfree: needs \`nixpkgs.unfree: [${attribute}]\``,
    insecure && "insecure: needs `nixpkgs.insecure`",
    broken && "marked broken",
  ]
    .filter(Boolean)
    .join("; ");
}
