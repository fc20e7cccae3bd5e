/** Text → inline Markdown that renders as exactly that text, on one line. CommonMark lets `\` escape any ASCII punctuation. */
export function markdownText(text: string): string {
  if (/^[A-Za-z](?:[A-Za-z0-9.,:;()'"/-]| (?! |$))*$/.test(text)) return text;
  return text
    .replace(/[\s]+/g, " ")
    .trim()
    .replace(/[\\`*{}[\]<>#!|~&]|_(?![A-Za-z0-9])|(?<![A-Za-z0-9])_/g, "\\$&")
    .replace(/^([-=+]|\d+[.)])/, (start) => (/^\d/.test(start) ? start.replace(/[.)]$/, "\\$&") : `\\${start}`));
}

/** Text as code: the fence is longer than any run of backticks inside. */
export function markdownCode(text: string): string {
  const line = text.replace(/[\s]+/g, " ").trim();
  if (line === "") return "` `";
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}
