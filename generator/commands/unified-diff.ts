import { createTwoFilesPatch } from "diff";

/** The search for the least number of changed lines takes the square of it: with this many, a third of a second. */
const MOST_CHANGES = 2000;

const CONTEXT = 3;

/**
 * A unified diff of two texts with its two lines of names. Where more lines differ than can be searched in good time, it is one hunk from the first to
 * the last of them.
 */
export function unifiedDiff(from: string, to: string, before: string, after: string): string {
  const headerOptions = { includeIndex: false, includeUnderline: false, includeFileHeaders: true };
  // Of a new or deleted file there is nothing to search.
  const isWhole = before === "" || after === "";
  const patch = isWhole
    ? undefined
    : createTwoFilesPatch(from, to, before, after, undefined, undefined, {
        headerOptions,
        maxEditLength: MOST_CHANGES,
      });
  return patch ?? `--- ${from}\n+++ ${to}\n${oneHunk(linesOf(before), linesOf(after))}`;
}

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function oneHunk(old: readonly string[], now: readonly string[]): string {
  const least = Math.min(old.length, now.length);
  let same = 0;
  while (same < least && old[same] === now[same]) same++;
  let end = 0;
  while (end < least - same && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  const start = Math.max(0, same - CONTEXT);
  const shown = Math.max(0, end - CONTEXT);
  const range = (lines: readonly string[]) => {
    const count = lines.length - shown - start;
    return `${count === 0 ? start : start + 1},${count}`;
  };
  return [
    `@@ -${range(old)} +${range(now)} @@\n`,
    ...old.slice(start, same).map(marked(" ")),
    ...old.slice(same, old.length - end).map(marked("-")),
    ...now.slice(same, now.length - end).map(marked("+")),
    ...now.slice(now.length - end, now.length - shown).map(marked(" ")),
  ].join("");
}

const marked = (mark: string) => (line: string) =>
  `${mark}${line}${line.endsWith("\n") ? "" : "\n\\ No newline at end of file\n"}`;
