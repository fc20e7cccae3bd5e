import type { Facts, PackageFacts } from "../../knowledge/packages.ts";
import { toolCompletions, toolNamed } from "../../knowledge/tool-names.ts";
import { factsOf, type Meaning } from "./meaning.ts";

/** The meaning of a package's name, of a program or of what people call a tool. */
export function packageMeaning(word: string, facts: Facts | undefined): Meaning | undefined {
  const found = attributeOf(word, facts);
  if (!found) return undefined;
  const { attribute, why } = found;
  const about = facts?.find(attribute);
  const description = about?.description ?? toolCompletions().find((tool) => tool.attribute === attribute)?.description;
  const sentences = [
    why && `${why.charAt(0).toUpperCase()}${why.slice(1)}: write \`${attribute}\`.`,
    description && `${description.replace(/\.$/, "")}.`,
  ];
  return {
    kind: "package",
    title: `${attribute}: a package of nixpkgs`,
    text: sentences.filter(Boolean).join(" "),
    facts: factsOf({
      version: about?.version,
      program: about?.mainProgram,
      licence: about && (about.licenses?.join(", ") || (about.unfree ? "unfree" : "free")),
      systems: about && (about.systems.join(", ") || "none"),
      note: about && notes(about),
      "known from":
        facts && (facts.exact ? "the index of the spec's nixpkgs" : (facts.moment.name ?? `nixpkgs ${facts.release}`)),
    }),
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
