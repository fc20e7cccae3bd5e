import type { Acceptance, Model } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import type { Diagnostic, Place, Stage } from "../report/diagnostic.ts";
import { closest, judgeAcceptances } from "./acceptances.ts";
import type { Environment } from "./rule.ts";
import { RULES } from "./rules.ts";
import type { Secret } from "./secrets.ts";

/** What the rules look at. */
export interface LintInput {
  readonly model: Model;
  readonly source: Source;
  readonly environment: Environment;
  /** What the earlier stages reported. */
  readonly before: readonly Diagnostic[];
  readonly secrets: readonly Secret[];
}

/**
 * Runs the rules, and lets the spec's acceptances answer what they find. A rule reports nothing more at a place
 * that an earlier stage has refused. The model stays as it is.
 */
export function lint({ model, source, environment, before, secrets }: LintInput): Stage<Model> {
  const found: Diagnostic[] = [];
  const used = new Set<Acceptance>();
  const refused = new Set(before.map((one) => rangeKey({ ...one.range, file: one.file })));
  for (const rule of RULES) {
    const { code, check } = rule;
    const acceptances = rule.final ? [] : model.lint.filter((acceptance) => acceptance.code === code);
    check?.({
      model,
      source,
      environment,
      secrets,
      report({ at, part = "value", range: ownPlace, severity = rule.severity, message, fix, settled, final, ...more }) {
        const place = () => ownPlace?.() ?? source.locate(at, part);
        // A secret is one whatever else is wrong with the value.
        if (refused.size > 0 && code !== "secret-in-spec" && refused.has(rangeKey(place()))) return;
        const acceptance = final ? undefined : closest(acceptances, at);
        if (acceptance) used.add(acceptance);
        if (acceptance || settled) return;
        const edit = fix?.();
        const range = place();
        found.push({ code, severity, message, file: range.file, range, ...more, ...(edit ? { fix: edit } : {}) });
      },
    });
  }
  return [model, [...found, ...judgeAcceptances(model.lint, used, source, before)]];
}

const rangeKey = ({ file, start, end }: Place): string => `${start}:${end}:${file}`;
