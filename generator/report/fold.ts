/**
 * A text on lines of at most `width` columns. It breaks at spaces only, and not inside of backquotes: a command is copied whole.
 *
 * @param indent Before each line but the first.
 * @param used How many columns of the first line have something else.
 */
export function folded(text: string, width: number, indent: string, used = indent.length): string {
  if (used + text.length <= width) return text;
  let out = "";
  let column = used;
  let isStart = true;
  for (const word of text.match(/(?:`[^`\n]*`|\S)+/g) ?? []) {
    if (!isStart && column + 1 + word.length > width) {
      out += `\n${indent}`;
      column = indent.length;
      isStart = true;
    }
    out += isStart ? word : ` ${word}`;
    column += word.length + (isStart ? 0 : 1);
    isStart = false;
  }
  return out;
}
