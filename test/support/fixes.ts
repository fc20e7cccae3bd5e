import { applyFixes as applied } from "../../generator/report/apply-fixes.ts";
import type { Diagnostic } from "../../generator/report/diagnostic.ts";

/** A spec's only file with the fixes of all its diagnostics carried out. */
export function applyFixes(text: string, diagnostics: readonly Diagnostic[]): string {
  const fixes = diagnostics.flatMap(({ fix }) => fix ?? []);
  const file = fixes[0]?.range.file ?? "spec.yaml";
  return applied(new Map([[file, text]]), fixes).changed.get(file) ?? text;
}
