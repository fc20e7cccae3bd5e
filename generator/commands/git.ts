import { basename, dirname, join, relative } from "node:path";
import { shellWord } from "../output/printers/shell.ts";
import type { System } from "../system/system.ts";

/** Whether the folder lies in a Git work tree. */
export async function inGit(system: System, folder: string): Promise<boolean> {
  for (let at = join(system.cwd, relative(system.cwd, folder)); ; at = dirname(at)) {
    if ((await system.kind(join(at, ".git"))) !== undefined) return true;
    if (dirname(at) === at) return false;
  }
}

/**
 * A note when a clone may give one of the files CRLF (`core.autocrlf`), so that its checksum differs there; `[]` when attributes
 * prevent it, and without Git.
 */
export async function lineEndNotes(system: System, paths: readonly string[]): Promise<string[]> {
  for (const path of paths) {
    const folder = dirname(path);
    const { status, stdout } = await system.spawn("git", ["-C", folder, "check-attr", "-z", "text", "eol", "--", basename(path)]);
    if (status !== 0) continue;
    // Triples of file, attribute and value.
    const [, , text, , , eol] = stdout.split("\0");
    if (text === "unset" || eol === "lf") continue;
    const add = `echo '* text eol=lf' >>${shellWord(relative(system.cwd, join(folder, ".gitattributes")))}`;
    return [`core.autocrlf changes the line ends, and with them the checksum, of ${relative(system.cwd, path)}: run ${add}`];
  }
  return [];
}
