import type { Facts } from "../knowledge/packages.ts";
import { isWellKnown, TOOL_NAMES, toolCompletions } from "../knowledge/tool-names.ts";
import type { System } from "../system/system.ts";
import { type Options, type Outcome, printed, refused } from "./outcome.ts";
import { factsReader, nixpkgsOf } from "./package-facts.ts";
import { textTable } from "./text-table.ts";

/** As many as a person reads. */
const MOST = 20;

interface Hit {
  readonly attribute: string;
  readonly rank: number;
  /** What people call it, where that is what was found. */
  readonly called?: string;
}

/** `search WORD`: packages of the spec's nixpkgs by attribute, by program, and by what people call them and say of them. */
export async function search(system: System, options: Options, word: string): Promise<Outcome> {
  const facts = await factsOf(system, options);
  if (!facts) return refused("there are no package facts", 3);
  const hits = find(word, facts);
  if (hits.length === 0) {
    const near = facts.nearest(word);
    const note = `nothing is called ${word}${near.length > 0 ? `; did you mean ${near.join(", ")}?` : ""}`;
    return { ...printed(""), data: { word, packages: [], nearest: near }, notes: [note], status: 1 };
  }
  const shown = hits.slice(0, MOST).map(({ attribute, called }) => {
    const found = facts.find(attribute);
    return {
      attribute,
      version: found?.version ?? "",
      licence: found?.licenses?.join(" ") || (found?.unfree ? "unfree" : ""),
      program: found?.mainProgram ?? "",
      called: called ?? "",
    };
  });
  const more = hits.length > MOST ? [`${hits.length - MOST} more; a longer word finds fewer`] : [];
  return { ...printed(table(shown)), data: { word, packages: shown }, notes: more };
}

/** The facts of the spec's nixpkgs; without a spec, those that come with flakewright. */
async function factsOf(system: System, options: Options): Promise<Facts | undefined> {
  const facts = await factsReader(system, options);
  return facts(await nixpkgsOf(system, options));
}

/** Hits, the likeliest first: exactly this, what people call it, well-known names that begin so, others, names and descriptions that hold it. */
function find(word: string, facts: Facts): Hit[] {
  const words = word.toLowerCase().split(/\s+/).filter(Boolean);
  const whole = words.join(" ");
  const [first = ""] = words;
  const hits = new Map<string, Hit>();
  const add = (attribute: string, rank: number, called?: string): void => {
    const before = hits.get(attribute);
    if (before && before.rank <= rank) return;
    hits.set(attribute, { attribute, rank, ...(called === undefined ? {} : { called }) });
  };
  /** What people call a package; this nixpkgs may not have it. */
  const addTool: typeof add = (attribute, rank, called) => {
    if (facts.find(attribute)) add(attribute, rank, called);
  };
  for (const { called, attribute, kind } of TOOL_NAMES) {
    const name = called.toLowerCase();
    // What nixpkgs has under the name may be another thing: what people mean comes first.
    if (name === whole) addTool(attribute, kind === "other-thing" ? -1 : 1, called);
    else if (name.startsWith(whole)) addTool(attribute, 3, called);
  }
  for (const { attribute, called, description } of toolCompletions()) {
    const text = `${attribute} ${called} ${description}`.toLowerCase();
    // One or two letters are in nearly every description: only whole words count.
    const matched = words.filter((one) => (one.length < 3 ? text.split(/[^a-z0-9]+/).includes(one) : text.includes(one))).length;
    if (matched > 0) addTool(attribute, 5 + 2 * (words.length - matched), called === attribute ? undefined : called);
  }
  // Of several words, each may be part of a name.
  if (words.length > 1)
    for (const one of words.filter((each) => each.length >= 4))
      for (const { attribute } of facts.containing(one)) if (isWellKnown(attribute)) add(attribute, 8);
  if (words.length === 1)
    for (const { attribute, mainProgram } of facts.containing(first)) {
      const name = attribute.toLowerCase();
      if (name === first) add(attribute, 0);
      else if (mainProgram.toLowerCase() === first) add(attribute, 1, mainProgram);
      else if (name.startsWith(first)) add(attribute, isWellKnown(attribute) ? 2 : 4);
      else if (first.length >= 3 && name.includes(first)) add(attribute, isWellKnown(attribute) ? 4 : 6);
    }
  return [...hits.values()].sort(
    (a, b) => a.rank - b.rank || a.attribute.length - b.attribute.length || (a.attribute < b.attribute ? -1 : 1),
  );
}

function table(rows: readonly Readonly<Record<"attribute" | "version" | "licence" | "program" | "called", string>>[]): string {
  return textTable(
    ["attribute", "version", "licence", "program"],
    rows.map(({ attribute, version, licence, program, called }) => [
      attribute,
      version,
      licence,
      [program, called ? `(called ${called})` : ""].filter(Boolean).join(" "),
    ]),
  );
}
