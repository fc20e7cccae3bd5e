/**
 * Whether the text may contain a part: whether it contains each three characters of it. A character that is not ASCII counts as some ASCII
 * character. One pass over a long text replaces a search for each of many parts.
 */
export function trigramsOf(text: string): (part: string) => boolean {
  const bits = new Int32Array(2 ** 16);
  let last = 0;
  const next = (of: string, at: number) => ((last << 7) | (of.charCodeAt(at) & 127)) & 0x1fffff;
  for (let at = 0; at < text.length; at++) {
    last = next(text, at);
    bits[last >> 5] = (bits[last >> 5] ?? 0) | (1 << (last & 31));
  }
  return (part) => {
    for (let at = 0; at < part.length; at++) {
      last = next(part, at);
      if (at >= 2 && (((bits[last >> 5] ?? 0) >> (last & 31)) & 1) === 0) return false;
    }
    return true;
  };
}
