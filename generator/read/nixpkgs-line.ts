/*
 * `search` needs one value of a spec, at every run: the flake reference of nixpkgs. Reading the YAML of a whole platform for it would take
 * longer than the search. The line of the usual form is recognised here; for any other text the reader of YAML decides.
 */

/**
 * The value of a line `nixpkgs: nixos-26.05` of the top level; undefined if there is no such line, if there are several, or if its value
 * can be anything but this plain text. The file's own value is the one in force: it replaces that of included files.
 */
export function nixpkgsLine(text: string): string | undefined {
  const lines = [...text.matchAll(/^nixpkgs:[ \t]+([A-Za-z][\w+.%?&=~]*[-:/][\w+.%?&=~:/-]*)[ \t]*(?:[ \t]#.*)?(?:\r?\n|$)/gm)];
  const [line, ...others] = lines;
  if (!line || others.length > 0 || line[1]?.endsWith(":")) return undefined;
  // Plain text goes on in lines that are indented.
  const rest = text.slice(line.index + line[0].length);
  return /^\s*[ \t]+[^\s#]/.test(rest) ? undefined : line[1];
}
