/**
 * Text → a YAML scalar for a GitHub workflow, on a line indented by `indent`: several lines of printable ASCII as a literal
 * block, all else double-quoted. GitHub looks for `${{` in whatever the YAML reader hands it, so no quoting keeps text from
 * being an expression; each `${{` becomes the expression that stands for itself.
 */
export function yamlText(text: string, indent: number): string {
  const inert = text.replaceAll("${{", "${{ '${{' }}");
  const lines = inert.split("\n");
  // A block as we write one ends in exactly one line break and begins with no blank.
  const isBlock = lines.length > 2 && lines.pop() === "" && lines[0] !== "" && lines.at(-1) !== "";
  if (!isBlock || !lines.every((line) => /^([!-~][ -~]*)?$/.test(line))) return quoted(inert);
  const pad = " ".repeat(indent + 2);
  return ["|", ...lines.map((line) => (line === "" ? "" : pad + line))].join("\n");
}

/** JSON's escapes are YAML's too; what YAML calls unprintable, or some readers take for a line break, is escaped as well. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
