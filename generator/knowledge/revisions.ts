/*
 * Days of well-known commits of nixpkgs, in revisions.tsv: what the unstable channel released, and the last of each release's
 * channel. A line a commit, sorted: its first 12 digits, and the day or the release.
 */

/** The day of a commit (`2026-03-01`) or the release that it is of (`25.11`); undefined where the list does not have it. */
export function listedRevision(text: string, commit: string): string | undefined {
  const at = text.indexOf(`\n${commit.slice(0, 12)}\t`);
  if (commit.length !== 40 || at === -1) return undefined;
  const start = at + 14;
  const end = text.indexOf("\n", start);
  return text.slice(start, end === -1 ? undefined : end);
}
