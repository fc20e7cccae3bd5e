/**
 * Text → a YAML scalar for a GitHub workflow, on a line indented by `indent`: several lines of printable ASCII as a literal
 * block, all else double-quoted. GitHub looks for `${{` in the values that YAML gives it, so quoting does not keep text from
 * being an expression; each `${{` becomes an expression with the value `${{`.
 */
export function yamlText(text: string, indent: number): string {
  return scalar(text.replaceAll("${{", "${{ '${{' }}"), indent);
}

/** Texts → a list on one line. */
export const yamlList = (texts: readonly string[]): string => `[${texts.map((text) => scalar(text, 0)).join(", ")}]`;

/**
 * Text → a YAML scalar for a GitLab pipeline. GitLab replaces `$[[ … ]]` in values, and no escape is documented: a bracket is written as
 * URLs escape it, since of all values only URLs can have one. A variable needs `expand: false` beside it.
 */
export const gitlabText = (text: string, indent: number): string => scalar(text.replaceAll("$[[", "$%5B["), indent);

function scalar(inert: string, indent: number): string {
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
