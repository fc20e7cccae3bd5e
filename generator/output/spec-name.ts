/**
 * The name of the spec in generated files: its file name, after `spec/` if it is in a folder of that name, as `init` makes it. A longer
 * path would depend on the machine, or on the folder in which flakewright runs.
 * @param path absolute or relative, with `/` or `\\`
 */
export function specName(path: string): string {
  const [name = "", folder] = path.split(/[\\/]/).reverse();
  return folder === "spec" ? `spec/${name}` : name;
}

/**
 * The name of an included file beside that of the spec: its path without the folders that it shares with the spec. Both paths are absolute,
 * without symlinks.
 */
export function includedName(root: string, path: string): string {
  const [spec, parts] = [root.split(/[\\/]/), path.split(/[\\/]/)];
  const first = parts.findIndex((part, index) => part !== spec[index]);
  const own = parts.slice(Math.max(first, 0));
  return own.length > 1 ? own.join("/") : specName(path);
}
