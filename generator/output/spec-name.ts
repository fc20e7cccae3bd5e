/**
 * What generated files call their spec: its file name, behind `spec/` where it lies in a folder of that name, as `init` makes it. Longer
 * paths would be other ones on each machine, and in each folder that flakewright is run in.
 * @param path absolute or relative, with `/` or `\\`
 */
export function specName(path: string): string {
  const [name = "", folder] = path.split(/[\\/]/).reverse();
  return folder === "spec" ? `spec/${name}` : name;
}
