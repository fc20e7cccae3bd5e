import { folded } from "../report/fold.ts";
import type { System } from "../system/system.ts";
import type { Meaning } from "./explain/meaning.ts";
import { meaningsOf, nearestWords } from "./explain/meanings.ts";
import { type Options, type Outcome, printed } from "./outcome.ts";
import { factsReader } from "./package-facts.ts";

/** How wide a line of the text may get, as of the help. */
const WIDTH = 80;

/** `flakewright explain WORD`: every meaning of a code, a nix.conf setting, an experimental feature, a key or a package. */
export async function explain(system: System, options: Options, word: string): Promise<Outcome> {
  const facts = (await factsReader(system, options))();
  const meanings = meaningsOf(word, facts);
  if (meanings.length > 0) return { ...printed(meanings.map(toText).join("\n")), data: { word, meanings }, isMasked: true };
  const nearest = nearestWords(word, facts);
  const guess = nearest.length > 0 ? `; did you mean ${nearest.join(", ")}?` : "";
  return {
    report: { diagnostics: [], files: [], sources: new Map() },
    output: "",
    data: { word, meanings, nearest },
    notes: [`unknown word ${word}: not a diagnostic code, nix.conf setting, package or key of the spec${guess}`],
    status: 2,
  };
}

function toText({ title, text, facts, example }: Meaning): string {
  const indented = (yaml: string) => yaml.replace(/^(?=.)/gm, "    ");
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  let out = `${title}\n`;
  if (text !== "") out += `\n  ${folded(text, WIDTH, "  ")}\n`;
  if (facts.length > 0)
    out += `\n${facts.map(([name, value]) => `  ${`${name}:`.padEnd(width + 1)} ${folded(value, WIDTH, " ".repeat(width + 4))}\n`).join("")}`;
  if (example?.wrong !== undefined) out += `\n  wrong:\n${indented(example.wrong)}\n`;
  if (example) out += `\n  right:\n${indented(example.right)}\n`;
  return out;
}
