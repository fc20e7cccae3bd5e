/* What stands between the values of a YAML file: white space, comments, commas. Offsets are in UTF-16 code units. */

/** The start of the line of an offset. */
export const lineStart = (text: string, offset: number): number => (offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1);

/** The end of the line of an offset, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  if (newline === -1) return text.length;
  return newline > offset && text[newline - 1] === "\r" ? newline - 1 : newline;
}

/** The start of the line after the one of an offset; the end of the text after the last. */
export function nextLine(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  return newline === -1 ? text.length : newline + 1;
}

/** The line break that a file has. */
export const lineBreak = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");

/** Where the white space before an offset begins. From the offset on: a search for `\s*$` reads the whole text each time. */
export function spaceBefore(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && /\s/.test(text[at - 1] ?? "")) at--;
  return at;
}

/** Where the white space after an offset ends. */
export function spaceAfter(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && /\s/.test(text[at] ?? "")) at++;
  return at;
}

/** Where the white space and the comments after an offset end, which is behind a value. */
export function gapAfter(text: string, offset: number): number {
  let at = spaceAfter(text, offset);
  // After a value or a comma, a comment has white space before it.
  while (text[at] === "#") at = spaceAfter(text, lineEnd(text, at));
  return at;
}

/** Where the spaces and tabs after an offset end. */
export function blanksAfter(text: string, offset: number): number {
  let at = offset;
  while (text[at] === " " || text[at] === "\t") at++;
  return at;
}

/** Whether nothing but white space and a comment is left of the line. */
export function endsLine(text: string, offset: number): boolean {
  const at = blanksAfter(text, offset);
  return at >= text.length || /[#\r\n]/.test(text[at] ?? "");
}

/**
 * The start of the first line from `offset` on that is not a comment in a column from `column` on. Such comments after an entry are its
 * own: often a part of it that is commented out.
 */
export function afterOwnComments(text: string, offset: number, column: number): number {
  let at = offset;
  for (let next = at; next < text.length; next = nextLine(text, next)) {
    const [, space = "", mark] = /^([ \t]*)(#)?/.exec(text.slice(next, lineEnd(text, next))) ?? [];
    if (mark !== undefined && space.length >= column) at = nextLine(text, next);
    // A blank line may be followed by more of them.
    else if (mark !== undefined || space.length < lineEnd(text, next) - next) break;
  }
  return at;
}
