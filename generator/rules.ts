import { CATALOGUE, type Diagnostic, type Explanation } from "./diagnostics.ts";
import type { Facts } from "./knowledge/packages.ts";
import type { Model } from "./model.ts";
import type { Source, SpecPath } from "./source.ts";

/** What lint knows beyond the spec. */
export interface Environment {
  /** Whether a flake.lock stands in the output folder. */
  readonly locked: boolean;
  /** Facts on packages, read when first asked for; undefined when they could not be. */
  readonly facts: () => Facts | undefined;
}

export interface Finding extends Pick<Diagnostic, "hint" | "fix" | "related"> {
  readonly at: SpecPath;
  readonly part?: "key" | "value";
  readonly message: string;
  /** True where something outside the spec has settled it, such as a lock file: not shown, yet an acceptance of it is not unused. */
  readonly settled?: boolean;
}

export interface RuleContext {
  readonly model: Model;
  readonly source: Source;
  readonly environment: Environment;
  report(finding: Finding): void;
}

export interface Rule extends Explanation {
  readonly code: string;
  /** Absent for a code that the runner itself reports. */
  readonly check?: (context: RuleContext) => void;
}

/** The lint rules. A new one is a row here and a row in test/rules.test.ts. */
export const RULES: readonly Rule[] = [];

/** What a code means; the stages' own codes and the rules'. */
export function explanationOf(code: string): Explanation | undefined {
  return RULES.find((rule) => rule.code === code) ?? CATALOGUE[code as keyof typeof CATALOGUE];
}

/** Every code, sorted. */
export const allCodes = (): string[] => [...Object.keys(CATALOGUE), ...RULES.map((rule) => rule.code)].sort();

/**
 * Runs the rules. `before` is what the earlier stages said: a rule says nothing more at a place that was refused already.
 */
export function lint(model: Model, source: Source, environment: Environment, before: readonly Diagnostic[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const refused = new Set(before.map((d) => `${d.range.start}:${d.range.end}`));
  for (const { code, severity, check } of RULES) {
    check?.({
      model,
      source,
      environment,
      report({ at, part = "value", message, settled, ...more }) {
        const range = source.locate(at, part);
        if (settled || refused.has(`${range.start}:${range.end}`)) return;
        found.push({ code, severity, message, file: source.file, range, ...more });
      },
    });
  }
  return found;
}
