/**
 * Text → one word that bash 3.2 and later, zsh and dash read as exactly that text. Always quoted: zsh's global aliases expand bare
 * words. Runs of `'` are escaped without an empty pair of quotes between them, since
 * under zsh's RC_QUOTES `''` inside quotes is one `'`. NUL can't be in a word at all; the spec language has no NUL.
 */
export function shellWord(value: string): string {
  if (!value.includes("'")) return `'${value}'`;
  return value
    .split(/('+)/)
    .filter((part) => part !== "")
    .map((part) => (part.startsWith("'") ? part.replaceAll("'", "\\'") : `'${part}'`))
    .join("");
}

/** Texts → the inside of `( … )` of a bash or zsh array, or the arguments of a command. */
export const shellArray = (values: readonly string[]): string => values.map(shellWord).join(" ");

/** A shell word for a command that people read: in quotes only where it needs them. */
export const readableWord = (text: string): string => (/^[\w@%+=:,./~-]+$/.test(text) ? text : shellWord(text));
