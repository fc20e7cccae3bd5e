import type { Diagnostic, Fix } from "../../generator/report/diagnostic.ts";

/** Applies all fixes, as an editor's "fix all" does: equal edits once, and only the first of two that overlap. */
export function applyFixes(text: string, diagnostics: readonly Diagnostic[]): string {
  const edits = new Map<string, Fix>();
  for (const { fix } of diagnostics)
    for (const edit of fix ? [fix, ...(fix.also ?? [])] : [])
      edits.set(`${edit.range.start}:${edit.range.end}:${edit.text}`, edit);
  let result = "";
  let at = 0;
  for (const { range, text: inserted } of [...edits.values()].sort((a, b) => a.range.start - b.range.start)) {
    if (range.start < at) continue;
    result += text.slice(at, range.start) + inserted;
    at = range.end;
  }
  return result + text.slice(at);
}
