/* Files that Git left with both sides of a merge conflict. */

const OURS = /^<{7}(?: |$)/;
const BASE = /^\|{7}(?: |$)/;
const MIDDLE = /^={7}$/;
const THEIRS = /^>{7}(?: |$)/;

/** Whether a text has the marks of a conflict, each on a line of its own. */
export function hasConflict(text: string): boolean {
  if (!text.includes("<<<<<<<")) return false;
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => OURS.test(line));
  const middle = lines.findIndex((line, index) => index > start && MIDDLE.test(line));
  return start !== -1 && middle !== -1 && lines.some((line, index) => index > middle && THEIRS.test(line));
}

/** The text of each side of a conflicted file. */
export function sidesOf(text: string): [ours: string, theirs: string] {
  const sides: [string[], string[]] = [[], []];
  let inside: "ours" | "base" | "theirs" | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (OURS.test(line)) inside = "ours";
    else if (inside && BASE.test(line)) inside = "base";
    else if (inside && MIDDLE.test(line)) inside = "theirs";
    else if (inside === "theirs" && THEIRS.test(line)) inside = undefined;
    else {
      if (inside === undefined || inside === "ours") sides[0].push(line);
      if (inside === undefined || inside === "theirs") sides[1].push(line);
    }
  }
  return [sides[0].join("\n"), sides[1].join("\n")];
}
