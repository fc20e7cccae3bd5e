import { createHash } from "node:crypto";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { PlannedFile } from "../output/outputs.ts";
import { git } from "../system/git.ts";
import type { System } from "../system/system.ts";
import { MOST_BYTES } from "../system/tree.ts";
import { withoutReturns } from "./line-ends.ts";
import { foldersAbove, type OutputPlace, realFolder } from "./places.ts";

/**
 * The list of checksums: `sha256sum --check` lines for the files that a spec consists of and for every generated file but scaffolds and
 * the list itself. A CI machine sees drift with it, without flakewright.
 */
export const CHECKSUMS = ".flakewright.sha256";

/**
 * The list for an output folder. Its paths are relative to the root of the Git repository that the folder is in. Without a repository, as in
 * an archive, they are relative to the project's folder, or to one above it if the list that is there is the right one from there.
 * Files outside of that folder are left out: no clone has them. One that is reached through a link in it is listed by the link's name.
 *
 * @param sources The files that the spec consists of, by path.
 */
export async function checksumsFile(
  system: System,
  place: OutputPlace,
  planned: readonly PlannedFile[],
  sources: ReadonlyMap<string, Uint8Array | undefined>,
): Promise<PlannedFile> {
  const { folder } = place;
  const hashes: Hashes = new Map();
  const here = await realFolder(system, system.cwd);
  for (const [path, bytes] of sources) {
    if (!bytes) continue;
    const absolute = resolve(system.cwd, path);
    // A file that a link leads to is among the sources by both paths, the link's first.
    const real = join(await realFolder(system, dirname(absolute)), basename(absolute));
    if (hashes.has(real)) continue;
    hashes.set(real, { hash: sha256(await asInGit(system, absolute, bytes)), named: resolve(here, path) });
  }
  for (const { path, text, once } of planned) {
    if (once) continue;
    const named = join(folder, path);
    hashes.set(named, { hash: sha256(text), named });
  }
  return { path: CHECKSUMS, text: await listOf(system, place, hashes), mode: 0o644, once: false };
}

/** Real path of a file → its hash, and its path with links of folders in it. */
type Hashes = Map<string, { readonly hash: string; readonly named: string }>;

/**
 * A file's content as Git has it: with `core.autocrlf` a work tree has CRLF where the repository has LF, and the list is the same on every
 * machine. The content as it is, if Git has CRLF too or does not track the file.
 */
async function asInGit(system: System, path: string, bytes: Uint8Array): Promise<Uint8Array> {
  const content = Buffer.from(bytes);
  if (!content.includes("\r\n")) return bytes;
  // Git prints `i/lf    w/crlf  attr/text=auto` and the name: in the index, in the work tree, by the attributes.
  const listed = await git(system, dirname(path), ["ls-files", "--eol", "--", basename(path)]);
  return listed.status === 0 && listed.stdout.startsWith("i/lf ") ? withoutReturns(content) : bytes;
}

/**
 * The output folder relative to the root of its Git repository, with `/`; without a repository, relative to the project's folder. `""` is
 * that root itself.
 */
export const folderInRepository = ({ folder, project, repository }: OutputPlace): string =>
  relative(repository ?? project, folder)
    .split(sep)
    .join("/");

async function listOf(system: System, { folder, project, repository }: OutputPlace, hashes: Hashes): Promise<string> {
  if (repository !== undefined) return listFrom(repository, hashes);
  const present = (await readableText(system, join(folder, CHECKSUMS))) ?? "";
  const lists = [project, ...foldersAbove(project)].map((root) => listFrom(root, hashes));
  return lists.find((list) => list === present) ?? listFrom(project, hashes);
}

function listFrom(root: string, hashes: Hashes): string {
  const lines: (readonly [string, string])[] = [];
  for (const [absolute, { hash, named }] of hashes) {
    const path = pathBelow(root, absolute) ?? pathBelow(root, named);
    if (path !== undefined) lines.push([path, checksumLine(path, hash)]);
  }
  lines.sort(([a], [b]) => (a < b ? -1 : 1));
  return lines.map(([, line]) => `${line}\n`).join("");
}

/** The part of an absolute path after a folder, with `/`; undefined outside of the folder. Both are as `resolve` returns them. */
function pathBelow(folder: string, path: string): string | undefined {
  const start = folder.endsWith(sep) ? folder : folder + sep;
  return path.startsWith(start) ? path.slice(start.length).split(sep).join("/") : undefined;
}

/**
 * A line as GNU `sha256sum` writes it. One with an escaped name begins with a backslash (coreutils manual, "cksum output modes").
 *
 * @param hash In hexadecimal digits.
 */
export function checksumLine(path: string, hash: string): string {
  const escaped = path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `${escaped === path ? "" : "\\"}${hash}  ${escaped}`;
}

const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

async function readableText(system: System, path: string): Promise<string | undefined> {
  if ((await system.kind(path)) !== "file") return undefined;
  const read = system.readRegularFile(path, MOST_BYTES);
  return typeof read === "string" ? undefined : Buffer.from(read.bytes).toString();
}
