/**
 * Text → a YAML scalar for a GitHub workflow, on a line indented by `indent`: several lines of printable ASCII as a literal
 * block, all else double-quoted. GitHub looks for `${{` in the values that YAML gives it, so quoting does not keep text from
 * being an expression; each `${{` becomes an expression with the value `${{`.
 */
export function yamlText(text: string, indent: number): string {
  const inert = text.replaceAll("${{", "${{ '${{' }}");
  const lines = inert.split("\n");
  // A literal block ends in exactly one line break and does not begin with a blank.
  const isBlock = lines.length > 2 && lines.pop() === "" && lines[0] !== "" && lines.at(-1) !== "";
  if (!isBlock || !lines.every((line) => /^([!-~][ -~]*)?$/.test(line))) return quoted(inert);
  const pad = " ".repeat(indent + 2);
  return ["|", ...lines.map((line) => (line === "" ? "" : pad + line))].join("\n");
}

/** YAML has JSON's escapes. Characters that YAML calls unprintable, or that some readers take for a line break, are escaped too. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
