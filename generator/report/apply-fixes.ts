import { countBefore } from "./count-before.ts";
import type { Fix, Range } from "./diagnostic.ts";

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
  const accepted = new Map<string, Edits>([...texts.keys()].map((file) => [file, new Edits()]));
  let applied = 0;
  for (const fix of fixes) {
    const edits = [fix, ...(fix.also ?? [])];
    if (!edits.every(({ range, text }) => accepted.get(range.file)?.fits(range, text))) continue;
    for (const { range, text } of edits) accepted.get(range.file)?.add(range, text);
    applied++;
  }
  const changed = new Map<string, string>();
  for (const [file, text] of texts) {
    const edits = accepted.get(file)?.inOrder ?? [];
    if (edits.length === 0) continue;
    const parts: string[] = [];
    let at = 0;
    for (const { start, end, text: inserted } of edits) {
      parts.push(text.slice(at, start), inserted);
      at = end;
    }
    changed.set(file, parts.join("") + text.slice(at));
  }
  return { changed, applied };
}

interface Edit extends Range {
  readonly text: string;
}

/** Edits of one file of which no two overlap, in the order of their places; of insertions at one place, the first that was added is first. */
class Edits {
  readonly inOrder: Edit[] = [];
  readonly #keys = new Set<string>();

  /** Whether an edit is one of them, or overlaps none. Two insertions at one place do not overlap, so that several fixes can append lines. */
  fits(range: Range, text: string): boolean {
    if (this.#keys.has(keyOf(range, text))) return true;
    // Without overlaps, the last that begins before the end is also the last to end.
    const last = this.inOrder[countBefore(this.inOrder, ({ start }) => start < range.end) - 1];
    return last === undefined || last.end <= range.start;
  }

  add({ start, end }: Range, text: string): void {
    const key = keyOf({ start, end }, text);
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    // An insertion is before what is replaced at the same place.
    const at = countBefore(this.inOrder, (one) => one.start < start || (one.start === start && one.end <= end));
    this.inOrder.splice(at, 0, { start, end, text });
  }
}

const keyOf = ({ start, end }: Range, text: string): string => `${start}:${end}:${text}`;
