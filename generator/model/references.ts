import type { ReporterAdd } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import { nearestNames } from "../report/suggestions.ts";
import { quoted } from "../report/words.ts";

/** Things of the spec that other parts name. */
export interface References<T> {
  /** What people call one of them: `group`. */
  readonly kind: string;
  /** The key that declares them. */
  readonly key: string;
  /** Every declared name, also of what was refused: who refers to that has made no mistake. */
  readonly declared: readonly string[];
  readonly known: ReadonlyMap<string, T>;
}

/** The thing of that name. Adds `reference-unknown` when nothing declares it. */
export function refer<T>(references: References<T>, name: string, at: SpecPath, add: ReporterAdd): T | undefined {
  const { kind, key, declared, known } = references;
  const found = known.get(name);
  if (found !== undefined || declared.includes(name)) return found;
  const near = nearestNames(name, declared);
  const hint =
    near.length > 0
      ? `did you mean ${quoted(near)}?`
      : declared.length === 0
        ? `declare it under \`${key}\``
        : declared.length <= 12
          ? `\`${key}\` has ${quoted(declared)}`
          : `\`${key}\` has ${declared.length} entries and none of a similar name`;
  add("reference-unknown", at, "value", `no ${kind} is called \`${name}\``, { hint });
  return undefined;
}
