/*
 * The days of known commits of nixpkgs, in revisions.tsv: all revisions of the unstable channel, and the last one of each release. Each line
 * has the first 12 digits of a commit, a tab, and its day or release; the lines are sorted.
 */

/** The day (`2026-03-01`) or the release (`25.11`) of a commit; undefined if the list does not have it. */
export function listedRevision(text: string, commit: string): string | undefined {
  const at = text.indexOf(`\n${commit.slice(0, 12)}\t`);
  if (commit.length !== 40 || at === -1) return undefined;
  const start = at + 14;
  const end = text.indexOf("\n", start);
  return text.slice(start, end === -1 ? undefined : end);
}
