/**
 * The name of the spec in generated files: its file name, after `spec/` if it is in a folder of that name, as `init` makes it. A longer
 * path would depend on the machine, or on the folder in which flakewright runs.
 * @param path absolute or relative, with `/` or `\\`
 */
export function specName(path: string): string {
  const [name = "", folder] = path.split(/[\\/]/).reverse();
  return folder === "spec" ? `spec/${name}` : name;
}
