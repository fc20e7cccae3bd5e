import { boundedNearest } from "../report/bounded-search.ts";
import type { ReporterAdd } from "../report/diagnostic.ts";
import { memoized } from "../report/memoized.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { quoted } from "../report/words.ts";

/** The entries of a key that other parts of the spec refer to by name. */
export interface References<T> {
  /** What one of them is called in a message: `group`. */
  readonly kind: string;
  /** The key that declares them. */
  readonly key: string;
  /** Every declared name, including those of rejected entries: a reference to such an entry is not an error of its own. */
  readonly declared: readonly string[];
  readonly known: ReadonlyMap<string, T>;
}

/** The entry of that name. Reports `reference-unknown` when there is none. */
export function refer<T>(
  references: References<T>,
  name: string,
  at: SpecPath,
  add: ReporterAdd,
  part: "key" | "value" = "value",
): T | undefined {
  const { kind, key, declared, known } = references;
  const found = known.get(name);
  if (found !== undefined || declaredNames(references).has(name)) return found;
  const near = boundedNearest(references, name, declared);
  const hint =
    near.length > 0
      ? `did you mean ${quoted(near)}?`
      : declared.length === 0
        ? `declare it under \`${key}\``
        : declared.length <= 12
          ? `\`${key}\` has ${quoted(declared)}`
          : `\`${key}\` has ${declared.length} entries but none with a similar name`;
  add("reference-unknown", at, part, `unknown ${kind} \`${name}\``, { hint });
  return undefined;
}

const declaredNames = memoized((references: References<unknown>): ReadonlySet<string> => new Set(references.declared));
