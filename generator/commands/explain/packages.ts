import type { Facts, PackageFacts, Verdict } from "../../knowledge/packages.ts";
import { descriptionOf, toolNamed } from "../../knowledge/tool-names.ts";
import { missingSince, nixpkgsName, specsNixpkgs, topLevelName, uncertainAbsence } from "../../knowledge/verdict-words.ts";
import { factsOf, type Meaning } from "./meaning.ts";

/** The meaning of a package's name, of a program or of what people call a tool. */
export function packageMeaning(word: string, facts: Facts | undefined): Meaning | undefined {
  const found = attributeOf(word, facts);
  if (!found) return facts && absentMeaning(word, facts);
  const { attribute, why } = found;
  const about = facts?.find(attribute);
  const description = about?.description ?? descriptionOf(attribute);
  const verdict = facts?.verdict(attribute);
  const absence = facts && verdict?.kind === "removed" ? absenceOf(attribute, verdict, facts) : undefined;
  const sentences = [
    why && sentence(`${why}: write \`${attribute}\``),
    description && `${description.replace(/\.$/, "")}.`,
    absence?.text,
  ];
  return {
    kind: "package",
    title: absence?.title ?? `${attribute}: ${oldName(verdict) ?? "a package"} of nixpkgs`,
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

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/** An old name that still works. */
function oldName(verdict: Verdict | undefined): string | undefined {
  if (verdict?.kind !== "renamed") return undefined;
  const since = verdict.since === undefined ? "" : ` since ${verdict.since}`;
  return verdict.to === undefined ? `an old name of a package${since}` : `an old name of \`${verdict.to}\`${since}, a package`;
}

/** The meaning of a name that the spec's nixpkgs does not have, but another one has or had. */
function absentMeaning(word: string, facts: Facts): Meaning | undefined {
  const verdict = facts.verdict(word);
  if (verdict.kind !== "removed" && verdict.kind !== "newer") return undefined;
  if (verdict.kind === "removed") {
    const missing = factsOf({ "missing since": missingSince(verdict) });
    return { kind: "package", ...absenceOf(word, verdict, facts), facts: missing };
  }
  const since = verdict.since === undefined ? "" : `, which nixpkgs has since ${verdict.since}`;
  return { kind: "package", title: `${word}: a package newer than ${specsNixpkgs(facts)}${since}`, text: "", facts: [] };
}

/** What is said of a name that nixpkgs no longer has, certainly or perhaps. */
function absenceOf(word: string, verdict: Extract<Verdict, { kind: "removed" }>, facts: Facts): Pick<Meaning, "title" | "text"> {
  const { renamed, certain } = verdict;
  const replacement = verdict.replacement ?? topLevelName(facts, word);
  const way = replacement === undefined ? "" : renamed ? `Write \`${replacement}\`.` : `Use \`${replacement}\` instead.`;
  const name = renamed ? "an old name of a package" : "a package";
  if (!certain)
    return {
      title: `${word}: ${name} that newer nixpkgs does not have`,
      text: `${sentence(uncertainAbsence(word, verdict, facts))} ${way}`.trim(),
    };
  return { title: `${word}: ${name}${renamed ? "," : " that is"} no longer in ${specsNixpkgs(facts)}`, text: way };
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
