import { basename, dirname, join, relative, sep } from "node:path";
import { shellWord } from "../output/printers/shell.ts";
import { git } from "../system/git.ts";
import type { System } from "../system/system.ts";

/** The line of an ignore file that keeps Git from a path. */
export interface Ignored {
  /** As Git names it: relative to the work tree's root, or absolute for the user's own file. */
  readonly file: string;
  readonly line: number;
  readonly pattern: string;
}

/** Why Git ignores a path in the folder; undefined when it does not, when it tracks the path, and without Git. */
export async function ignoredBy(system: System, folder: string, path: string): Promise<Ignored | undefined> {
  const { status, stdout } = await git(system, folder, ["check-ignore", "-v", "--", path]);
  const [, file = "", line = "", pattern = ""] = /^(.*?):(\d+):(.*)\t/.exec(stdout) ?? [];
  return status === 0 ? { file, line: Number(line), pattern } : undefined;
}

/** What makes Nix see the files of a new output folder. */
export async function trackingNote(system: System, out: string): Promise<string> {
  const why = await ignoredBy(system, out, "flake.nix");
  if (why === undefined) return `in a Git repository Nix sees only tracked files of a flake: run git add -N ${out}`;
  const place = `\`${why.pattern}\` in line ${why.line} of ${why.file}`;
  return `Git ignores ${out} by ${place}, and Nix sees only tracked files of a flake: delete that line, then run git add -N ${out}`;
}

/**
 * A note for each folder where a clone may give one of the files CRLF (`core.autocrlf`), so that its checksum differs there; `[]` when
 * attributes prevent it, and without Git.
 */
export async function lineEndNotes(system: System, paths: readonly string[]): Promise<string[]> {
  const notes = new Map<string, string>();
  for (const path of paths) {
    const folder = dirname(path);
    // Attributes hold in the folders below, too.
    if ([...notes.keys()].some((noted) => folder === noted || folder.startsWith(join(noted, sep)))) continue;
    const { status, stdout } = await git(system, folder, ["check-attr", "-z", "text", "eol", "--", basename(path)]);
    if (status !== 0) continue;
    // Triples of file, attribute and value.
    const [, , text, , , eol] = stdout.split("\0");
    if (text === "unset" || eol === "lf") continue;
    const add = `echo '* text eol=lf' >>${shellWord(relative(system.cwd, join(folder, ".gitattributes")))}`;
    notes.set(
      folder,
      `where Git has core.autocrlf, as on Windows, a clone has other line ends, and with them another checksum, of ${relative(system.cwd, path)}: run ${add}`,
    );
  }
  return [...notes.values()];
}
