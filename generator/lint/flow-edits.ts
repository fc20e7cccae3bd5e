import type { Fix, Place, Range } from "../report/diagnostic.ts";
import { blanksAfter, endsLine, gapAfter, lineBreak, lineEnd, lineStart, nextLine } from "./around.ts";

/* Edits of lists and maps in brackets, which can go over several lines and have comments. */

/** A list or map in brackets, and where its entries are: from an item or a key to the end of its value. */
export interface Flow {
  readonly file: string;
  readonly text: string;
  /** From the opening to behind the closing bracket. */
  readonly whole: Range;
  readonly entries: readonly Range[];
}

const edit = (file: string, start: number, end: number, text = ""): Fix => ({
  range: { file, start, end } satisfies Place,
  text,
});

/** Adds entries at the end: after the last one, or on lines of their own where the entries are on such lines. */
export function flowInsertion({ file, text, whole, entries }: Flow, added: readonly string[]): Fix {
  const last = entries.at(-1);
  const joined = added.join(", ");
  if (!last) {
    const inside = text.slice(whole.start + 1, whole.end - 1);
    if (inside.trim() === "") {
      const space = text[whole.start] === "{" ? " " : "";
      return edit(file, whole.start + 1, whole.end - 1, `${space}${joined}${space}`);
    }
    // Only comments: the entries follow them.
    const closing = lineStart(text, whole.end - 1);
    const indentation = /^[ \t]*/.exec(text.slice(closing))?.[0] ?? "";
    return edit(file, closing, closing, added.map((one) => `${indentation}  ${one},${lineBreak(text)}`).join(""));
  }
  const gap = gapAfter(text, last.end);
  const comma = text[gap] === "," ? gap : undefined;
  const after = comma === undefined ? last.end : comma + 1;
  if (!endsLine(text, after)) return edit(file, last.end, last.end, `, ${joined}`);
  // A comment at the end of the line stays with what it is about.
  const start = lineStart(text, last.start);
  const indentation = (/^[ \t]*/.exec(text.slice(start, last.start))?.[0] ?? "") + (start <= whole.start ? "  " : "");
  const at = lineEnd(text, after);
  const lines = added.map((one) => lineBreak(text) + indentation + one).join(",");
  if (comma !== undefined) return edit(file, at, at, `${lines},`);
  return { ...edit(file, last.end, last.end, ","), also: [edit(file, at, at, lines)] };
}

/** Deletes an entry with a comma, or its whole line; comments of other entries stay. The only entry leaves empty brackets. */
export function flowRemoval({ file, text, whole, entries }: Flow, index: number): Fix | undefined {
  const entry = entries[index];
  if (!entry) return undefined;
  const gap = gapAfter(text, entry.end);
  const comma = text[gap] === "," ? gap : undefined;
  const end = comma === undefined ? entry.end : comma + 1;
  const before = entries[index - 1];
  const commaBefore = before && gapAfter(text, before.end);
  const isLast = index === entries.length - 1;
  const start = lineStart(text, entry.start);
  const isFirstOfLine = start > whole.start && /^\s*$/.test(text.slice(start, entry.start));
  // A comma in a line of its own belongs to the next entry's line.
  const isOneLine = comma === undefined || !text.slice(entry.end, comma).includes("\n");
  if (isFirstOfLine && isOneLine && endsLine(text, end)) {
    const line = edit(file, start, nextLine(text, end));
    // The comma before the last entry goes, unless the last entry had one too.
    if (!isLast || comma !== undefined || commaBefore === undefined) return line;
    return { ...line, also: [edit(file, commaBefore, commaBefore + 1)] };
  }
  if (before && commaBefore !== undefined) {
    if (text.slice(before.end, entry.start).includes("#")) {
      const behind = isLast || comma === undefined ? end : blanksAfter(text, end);
      const own = edit(file, entry.start, behind);
      return isLast && comma === undefined ? { ...own, also: [edit(file, commaBefore, commaBefore + 1)] } : own;
    }
    return edit(file, before.end, entry.end);
  }
  if (!isLast)
    return comma === undefined ? undefined : edit(file, entry.start, endsLine(text, end) ? end : blanksAfter(text, end));
  // The only entry, perhaps with a comma.
  const inside = text.slice(whole.start + 1, entry.start) + text.slice(end, whole.end - 1);
  return inside.trim() === "" ? edit(file, whole.start + 1, whole.end - 1) : edit(file, entry.start, end);
}
