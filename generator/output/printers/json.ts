/**
 * A value as JSON, which is JSON5 too, on lines indented by `indent`. Characters that an editor may not show, and those that some readers
 * take for a line break, are escaped.
 */
export function jsonText(value: unknown, indent: number): string {
  const text = JSON.stringify(value, null, 2).replace(
    /[\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return text.replaceAll("\n", `\n${" ".repeat(indent)}`);
}
