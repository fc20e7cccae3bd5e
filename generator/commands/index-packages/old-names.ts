import type { PackageFacts } from "../../knowledge/packages.ts";
import type { Evaluator } from "./evaluator.ts";

/* Old names of packages: those that still work get the name that they have now, those that throw are recorded as gone. */

/** A name that nixpkgs keeps only to say that its package is gone. */
const GONE = { version: "", mainProgram: "", systems: [], unfree: false, broken: false, insecure: false, history: "-" } as const;

/**
 * The facts of an evaluation with the histories of its old names.
 * @param aliases the old names among all that were evaluated
 */
export async function withOldNames(
  facts: readonly PackageFacts[],
  aliases: ReadonlySet<string>,
  evaluator: Evaluator,
): Promise<PackageFacts[]> {
  const evaluated = new Set(facts.map((one) => one.attribute));
  const gone = [...aliases].filter((name) => !evaluated.has(name)).map((attribute) => ({ ...GONE, attribute }));
  const old = facts.filter((one) => aliases.has(one.attribute));
  const keys = new Set(old.map(likeness));
  const candidates = facts.filter((one) => !aliases.has(one.attribute) && keys.has(likeness(one)));
  const derivations = await derivationsOf([...old, ...candidates], evaluator);
  const present = new Map(candidates.map(({ attribute }) => [derivations.get(attribute), attribute]));
  const known = facts.map((one) => {
    if (!aliases.has(one.attribute)) return one;
    const derivation = derivations.get(one.attribute);
    const name = derivation === undefined ? undefined : present.get(derivation);
    return { ...one, history: name === undefined ? "@" : `@ =${name}` };
  });
  return [...known, ...gone];
}

/** An old name and its present one are alike in this; only among such is asked which are the same derivation. */
const likeness = ({ attribute, pname, version }: PackageFacts): string => `${setOf(attribute)} ${pname} ${version}`;

const setOf = (attribute: string): string => attribute.slice(0, Math.max(0, attribute.lastIndexOf(".")));

async function derivationsOf(facts: readonly PackageFacts[], evaluator: Evaluator): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const set of new Set(facts.map((one) => setOf(one.attribute)))) {
    const path = set === "" ? [] : set.split(".");
    const names = facts
      .filter((one) => setOf(one.attribute) === set)
      .map((one) => one.attribute.slice(set === "" ? 0 : set.length + 1));
    for (const [name, derivation] of await evaluator.derivations(path, names)) found.set([...path, name].join("."), derivation);
  }
  return found;
}
