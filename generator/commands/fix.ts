import { explanationOf } from "../lint/rules.ts";
import { applyFixes } from "../report/apply-fixes.ts";
import { hasErrors } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import { type EditedTexts, overlaid, textsOf } from "./edited-spec.ts";
import { counted, type Options, type Outcome } from "./outcome.ts";
import { rewrite } from "./rewrite.ts";
import { type CompiledSpec, compileSpec, type Session } from "./session.ts";

/** A fix can lead to another one: a renamed setting may need a value of another type. */
const MOST_ROUNDS = 5;

/**
 * `check --fix`: applies the fixes that are certain to keep what the author meant to the spec and its included files; comments and
 * layout stay. A round after which the spec would no longer be YAML, or would have more errors, changes nothing.
 *
 * @returns The spec as it is now, and a sentence for each changed file, or the outcome of a spec that can't be read.
 */
export async function fixSpec(
  system: System,
  options: Options,
  session: Session,
): Promise<{ readonly compiled: CompiledSpec; readonly fixed: readonly string[] } | Outcome> {
  const counts = new Map<string, number>();
  const before = new Map<string, string>();
  let changed: EditedTexts = new Map();
  let compiled = await compileSpec(system, options, session);
  if ("status" in compiled) return compiled;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const certain = compiled.diagnostics.filter(({ code, fix }) => fix && explanationOf(code)?.certainFix);
    const texts = await textsOf(overlaid(system, changed), [...compiled.texts.keys()]);
    const fixed = applyFixes(
      texts,
      certain.flatMap(({ fix }) => fix ?? []),
    ).changed;
    if (fixed.size === 0) break;
    const errors = compiled.diagnostics.filter((one) => hasErrors([one])).length;
    const next = new Map([...changed, ...fixed]);
    const after = await compileSpec(overlaid(system, next), options, session);
    if ("status" in after || !after.model || after.diagnostics.filter((one) => hasErrors([one])).length > errors) break;
    for (const file of fixed.keys()) {
      if (!changed.has(file)) before.set(file, texts.get(file) ?? "");
      const count = certain.filter(({ fix }) => fix?.range.file === file).length;
      counts.set(file, (counts.get(file) ?? 0) + count);
    }
    changed = next;
    compiled = after;
  }
  await rewrite(system, before, changed);
  return { compiled, fixed: [...counts].map(([file, count]) => `fixed ${counted(count, "finding")} in ${file}`) };
}
