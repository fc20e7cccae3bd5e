import { distance } from "fastest-levenshtein";

/**
 * The candidates that somebody who wrote `wrong` may have meant: at most `max`, the likeliest first, the same on every
 * machine. Answers `[]` rather than something silly: a suggestion is a few typing mistakes away, spelt in another case or with
 * other separators (`trusted_users`), the same words in another order, or an abbreviation (`desc` for `description`).
 */
export function nearestNames(wrong: string, candidates: Iterable<string>, max = 3): string[] {
  const scored: { name: string; score: number; shared: number }[] = [];
  const plain = squash(wrong);
  for (const name of new Set(candidates)) {
    if (name === wrong) continue;
    const score = unlikeness(wrong, plain, name);
    if (score !== undefined) scored.push({ name, score, shared: sharedPrefix(plain, squash(name)) });
  }
  const best = Math.min(...scored.map((one) => one.score));
  return scored
    .filter((one) => one.score <= best + 1)
    .sort((a, b) => a.score - b.score || b.shared - a.shared || a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .slice(0, max)
    .map((one) => one.name);
}

/** How many typing mistakes a name of this length may hold and still be recognised. */
export function mistakesAllowed(length: number): number {
  if (length < 2) return 0;
  return length <= 4 ? 1 : length <= 8 ? 2 : 3;
}

/** Levenshtein's distance, two neighbouring letters swapped counting as one mistake: people type `kubeclt`. */
export function typingMistakes(a: string, b: string): number {
  const mistakes = distance(a, b);
  if (mistakes < 2 || a.length !== b.length) return mistakes;
  let at = 0;
  while (a[at] === b[at]) at++;
  const swapped = a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
  return swapped ? 1 : mistakes;
}

function unlikeness(wrong: string, plain: string, name: string): number | undefined {
  const other = squash(name);
  if (plain === "" || other === "") return undefined;
  if (plain === other) return 0;
  // A short name is judged by its own length: one mistake in `aws` may be recognised, one in `go` may be anything.
  const shorter = Math.min(plain.length, other.length);
  const allowed = mistakesAllowed(shorter);
  if (Math.abs(plain.length - other.length) <= allowed) {
    const mistakes = typingMistakes(plain, other);
    if (mistakes <= allowed && mistakes < shorter - 1) return mistakes;
  }
  if (sameWords(wrong, name)) return 1;
  if (plain.length >= 3 && other.startsWith(plain)) return 3;
  if (other.length >= 4 && other.length * 2 > plain.length && plain.startsWith(other)) return 3;
  if (plain.length >= 4 && words(name).includes(plain)) return 4;
  return undefined;
}

/** The letters that carry the name: case and separators aside. */
export const squash = (name: string): string => name.toLowerCase().replace(/[-_. ]+/g, "");

const words = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .split(/[-_. ]+/)
    .filter((word) => word !== "");

function sameWords(a: string, b: string): boolean {
  const [left, right] = [words(a), words(b)];
  return left.length > 1 && left.length === right.length && left.sort().join() === right.sort().join();
}

/** How many characters two names begin with alike. */
export function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
