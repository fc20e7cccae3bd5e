import type { Fix } from "./diagnostic.ts";

/**
 * Applies fixes. Each fix is applied completely or not at all. Equal edits are applied once; of two overlapping fixes, only the first one.
 *
 * @param texts The text of each file, by its name in diagnostics.
 * @returns The changed files, and the number of applied fixes.
 */
export function applyFixes(
  texts: ReadonlyMap<string, string>,
  fixes: readonly Fix[],
): { readonly changed: ReadonlyMap<string, string>; readonly applied: number } {
  const accepted = new Map<string, Fix>();
  let applied = 0;
  for (const fix of fixes) {
    const edits = [fix, ...(fix.also ?? [])];
    const isNew = (edit: Fix) => !accepted.has(keyOf(edit));
    if (edits.some((edit) => !texts.has(edit.range.file))) continue;
    if (edits.some((edit) => isNew(edit) && [...accepted.values()].some((other) => overlap(edit, other)))) continue;
    for (const edit of edits) accepted.set(keyOf(edit), edit);
    applied++;
  }
  const changed = new Map<string, string>();
  for (const [file, text] of texts) {
    const edits = [...accepted.values()].filter((edit) => edit.range.file === file).sort((a, b) => a.range.start - b.range.start);
    if (edits.length === 0) continue;
    let result = "";
    let at = 0;
    for (const { range, text: inserted } of edits) {
      result += text.slice(at, range.start) + inserted;
      at = range.end;
    }
    changed.set(file, result + text.slice(at));
  }
  return { changed, applied };
}

const keyOf = ({ range, text }: Fix): string => `${range.file}\0${range.start}:${range.end}:${text}`;

/** Whether two edits overlap. Two insertions at one place do not, so that several fixes can append lines. */
const overlap = (a: Fix, b: Fix): boolean =>
  a.range.file === b.range.file && a.range.start < b.range.end && b.range.start < a.range.end;
