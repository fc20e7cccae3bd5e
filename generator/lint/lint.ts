import type { Acceptance, Model } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import type { Diagnostic, Range } from "../report/diagnostic.ts";
import { closest, judgeAcceptances } from "./acceptances.ts";
import type { Environment } from "./rule.ts";
import { RULES } from "./rules.ts";
import type { Secret } from "./secrets.ts";
/**
 * Runs the rules, and lets the spec's acceptances answer what they find. `before` is what the earlier stages said: a rule says
 * nothing more at a place that was refused already.
 */
export function lint(
  model: Model,
  source: Source,
  environment: Environment,
  before: readonly Diagnostic[],
  secrets: readonly Secret[],
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const used = new Set<Acceptance>();
  const refused = new Set(before.map((one) => rangeKey(one.range)));
  for (const rule of RULES) {
    const { code, check } = rule;
    const acceptances = rule.final ? [] : model.lint.filter((acceptance) => acceptance.code === code);
    check?.({
      model,
      source,
      environment,
      secrets,
      report({ at, part = "value", range, severity = rule.severity, message, fix, settled, final, ...more }) {
        const place = () => range?.() ?? source.locate(at, part);
        // A secret is one whatever else is wrong with the value.
        if (refused.size > 0 && code !== "secret-in-spec" && refused.has(rangeKey(place()))) return;
        const acceptance = final ? undefined : closest(acceptances, at);
        if (acceptance) used.add(acceptance);
        if (acceptance || settled) return;
        const edit = fix?.();
        found.push({ code, severity, message, file: source.file, range: place(), ...more, ...(edit ? { fix: edit } : {}) });
      },
    });
  }
  return [...found, ...judgeAcceptances(model.lint, used, source, before)];
}

const rangeKey = (range: Range): string => `${range.start}:${range.end}`;
