import { git } from "../system/git.ts";
import type { System } from "../system/system.ts";
import { hashOf, MANIFEST } from "./manifest.ts";

/*
 * A merge can bring files that another branch generated, beside a manifest that is this branch's: `-merge` in .gitattributes keeps one side of
 * it. Such a file is no edit by hand. Git knows: a manifest that somebody committed lists the content.
 */

/** A file of the output folder with the hash of its content. */
export interface Found {
  readonly path: string;
  readonly hash: string;
}

/** How many of the last commits that changed the manifest are asked. */
const MOST_COMMITS = 200;

/** How long Git may search for them, in milliseconds: the history of a large repository takes minutes. Without an answer a file is an edit. */
const SEARCH_TIMEOUT = 10_000;

/** Commits that no branch may have: the other side of a merge, and what a rebase replaces. */
const HEADS = ["HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD", "REVERT_HEAD", "ORIG_HEAD"];

/**
 * Those of the files whose content flakewright generated at some commit; none without Git. The content is in the manifest of that commit, so it
 * can't be lost by writing the file again.
 */
export async function generatedBefore<T extends Found>(
  system: System,
  out: string,
  files: readonly T[],
): Promise<ReadonlySet<T>> {
  if (files.length === 0) return new Set();
  // Most of the time some of the heads are missing.
  const query = ["rev-list", "--all", "--full-history", "--ignore-missing", `-n${MOST_COMMITS}`, ...HEADS, "--", MANIFEST];
  const list = await git(system, out, query, AbortSignal.timeout(SEARCH_TIMEOUT));
  const commits = list.stdout.split("\n").filter((line) => line !== "");
  if (list.status !== 0 || commits.length === 0) return new Set();
  const patterns = [...new Set(files.map(({ hash }) => hash))].flatMap((hash) => ["-e", hash]);
  const listed = await git(system, out, ["grep", "-hF", ...patterns, ...commits, "--", MANIFEST]);
  const pairs = new Set(
    [...listed.stdout.matchAll(/^ *"([^"\\]+)": "(sha256-[A-Za-z0-9+/=]+)",?$/gm)].map(([, path, hash]) => `${path} ${hash}`),
  );
  return new Set(files.filter(({ path, hash }) => pairs.has(`${path} ${hash}`)));
}

/**
 * Of files of a merge, those in which somebody has edited something: the file of one side is not as that side generated it, or it has changed
 * since Git merged it. `[]` where Git knows of no merge.
 *
 * @param files With whether the marks of a conflict are in the file.
 */
export async function editedInMerge(
  system: System,
  out: string,
  files: readonly (Found & { readonly isMarked: boolean })[],
): Promise<ReadonlySet<string>> {
  if (files.length === 0) return new Set();
  const [during] = await present(system, out, ["MERGE_HEAD"]);
  const sides = during ? ["HEAD", "MERGE_HEAD"] : await present(system, out, ["HEAD^1", "HEAD^2"]);
  if (sides.length < 2) return new Set();
  const hashAt = async (revision: string, path: string): Promise<string | undefined> => {
    // Not `git show` or `git diff`, for which a repository may name programs.
    const { status, stdout } = await git(system, out, ["cat-file", "blob", `${revision}:./${path}`]);
    return status === 0 ? hashOf(Buffer.from(stdout)) : undefined;
  };
  const edited = new Set<string>();
  const committed: Found[] = [];
  for (const { path, hash, isMarked } of files) {
    const merged = await hashAt(during ? ":0" : "HEAD", path);
    if (!isMarked && hash !== merged) edited.add(path);
    for (const side of sides) {
      const own = await hashAt(side, path);
      if (own !== undefined) committed.push({ path, hash: own });
    }
  }
  const generated = await generatedBefore(system, out, committed);
  for (const one of committed) if (!generated.has(one)) edited.add(one.path);
  return edited;
}

/** Those of the revisions that there are. */
async function present(system: System, out: string, revisions: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const revision of revisions)
    if ((await git(system, out, ["rev-parse", "--quiet", "--verify", `${revision}^{commit}`])).status === 0) found.push(revision);
  return found;
}
