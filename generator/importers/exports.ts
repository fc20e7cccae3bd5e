import { shellWord } from "../output/printers/shell.ts";

/* Lines of a hook for variables whose value the source expands. A spec expands nothing in its `env`. */

/** A reference to a variable: `$NAME`, `${NAME}` or, with a plain text in its place, `${NAME:-text}`. */
const REFERENCE = /\$\{([A-Za-z_]\w*)(:-[^}"\\`$]*)?\}|\$([A-Za-z_]\w*)/;
const REFERENCE_OR_SPECIAL = new RegExp(`${REFERENCE.source}|["\\\\\`$]`, "g");

/** Whether the text refers to a variable. */
export const hasReference = (text: string): boolean => REFERENCE.test(text);

/** A text in double quotes in which references are expanded and nothing else is. */
export function expandedWord(text: string): string {
  const quoted = text.replace(REFERENCE_OR_SPECIAL, (found, braced?: string, otherwise?: string, bare?: string) => {
    if (braced !== undefined) return `\${${braced}${otherwise ?? ""}}`;
    return bare === undefined ? `\\${found}` : `$${bare}`;
  });
  return `"${quoted}"`;
}

/** `export NAME="…"` in which references are expanded. */
export const exportExpanded = (name: string, value: string): string => `export ${name}=${expandedWord(value)}`;

/** Sets a variable that is unset or empty. */
export const exportDefault = (name: string, value: string): string =>
  `[ -n "\${${name}-}" ] || export ${name}=${hasReference(value) ? expandedWord(value) : shellWord(value)}`;
