import type { Acceptance, Model } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import { type Diagnostic, MOST_LISTED, type Place, Rest, type Stage } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import {
  acceptanceDiagnostics,
  acceptancesByCode,
  closest,
  isMeant,
  type Meant,
  meantPlace,
  misplaced,
  misspelt,
} from "./acceptances.ts";
import type { Consequences } from "./consequences.ts";
import { Covered } from "./covered.ts";
import type { Environment } from "./rule.ts";
import { RULES } from "./rules.ts";
import type { Secret } from "./secrets.ts";

/** The input of the rules. */
export interface LintInput {
  readonly model: Model;
  readonly source: Source;
  readonly environment: Environment;
  /** The diagnostics of the earlier stages. */
  readonly before: readonly Diagnostic[];
  /** What follows from the parts that validation rejected. */
  readonly consequences: Consequences;
  readonly secrets: readonly Secret[];
}

/**
 * Runs the rules and suppresses what the spec accepts under `lint`. At a place where an earlier stage reported a diagnostic, only
 * `secret-in-spec` is reported. The model is returned unchanged.
 */
export function lint({ model, source, environment, before, consequences, secrets }: LintInput): Stage<Model> {
  const found: Diagnostic[] = [];
  const covered = new Covered(before);
  const used = new Set<Acceptance>();
  const rejected = new Set(before.map((one) => rangeKey({ ...one.range, file: one.file })));
  const accepted = acceptancesByCode(model.lint);
  const unknown = misspelt(model.lint);
  const elsewhere = misplaced(model.lint, source);
  const meant = new Map<Acceptance, Meant>();
  /** Whether an entry with a misspelt code or place is meant for a finding, which that entry's own diagnostic then stands for. */
  const isMisspelt = (code: string, at: SpecPath, severity: Diagnostic["severity"]): boolean => {
    const entry = unknown.find((one) => isMeant(one, code, at)) ?? elsewhere.find((one) => meantPlace(one, code, at));
    if (!entry) return false;
    const before = meant.get(entry);
    const place = before?.place ?? meantPlace(entry, code, at);
    meant.set(entry, { place, severity: before?.severity === "error" ? "error" : severity });
    return true;
  };
  for (const rule of RULES) {
    const { code, check } = rule;
    const acceptances = rule.final ? undefined : accepted.get(code);
    let listed = 0;
    const rest = new Rest();
    check?.({
      model,
      source,
      environment,
      secrets,
      report({ at, part = "value", range: ownPlace, severity = rule.severity, message, fix, settled, final, ...more }) {
        const place = () => ownPlace?.() ?? source.locate(at, part);
        // A secret is reported even if the value has another error.
        if (rejected.size > 0 && code !== "secret-in-spec" && rejected.has(rangeKey(place()))) return;
        if (code !== "secret-in-spec" && consequences.has(code, at)) return;
        const acceptance = final || !acceptances ? undefined : closest(acceptances, at);
        if (acceptance) used.add(acceptance);
        if (acceptance || settled) return;
        const isAcceptable = !rule.final && !final;
        if (isAcceptable && severity === "warning" && consequences.hidesAcceptances) return;
        if (isAcceptable && isMisspelt(code, at, severity)) return;
        const range = place();
        if (covered.has(code, range)) return;
        const finding = { code, severity, message, file: range.file, range };
        if (++listed > MOST_LISTED) {
          rest.add(finding);
          return;
        }
        const edit = fix?.();
        found.push({ ...finding, ...more, ...(edit ? { fix: edit } : {}) });
        covered.add(code, range);
      },
    });
    found.push(...rest.diagnostics());
  }
  return [model, [...found, ...acceptanceDiagnostics(model.lint, used, source, before, consequences, meant)]];
}

const rangeKey = ({ file, start, end }: Place): string => `${start}:${end}:${file}`;
