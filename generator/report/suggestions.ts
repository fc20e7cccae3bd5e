import { distance } from "fastest-levenshtein";

/*
 * "Did you mean …?": the names nearest to an unknown one. The same score serves short lists and all packages of nixpkgs. A
 * suggestion is a few typing mistakes away, written in another case or with other separators (`trusted_users`), the same words
 * in another order, or an abbreviation (`desc` for `description`). No suggestion is better than a silly one.
 */

/**
 * How likely a name is meant: an entry of a short list; among very many names, a popular one or a rare one. The more names there
 * are, the more of them are near to any word, so the nearer a name must be.
 */
export type Familiarity = "listed" | "popular" | "rare";

/** A name that may have been meant. */
export interface Candidate {
  readonly name: string;
  readonly familiarity: Familiarity;
  /** What is suggested for it; itself where absent. */
  readonly answer?: string;
}

/** How alike a name must be. Scores count as typing mistakes: 0 is the same name but for case and separators. */
interface Thresholds {
  /** Mistakes that a name of this length may hold and still be recognised. */
  readonly mistakes: (length: number) => number;
  /** The same where the first letter is another one, which people seldom mistype. */
  readonly mistakesAtFirstLetter: (length: number) => number;
  /** Added to the number of mistakes. */
  readonly penalty: number;
  /** The shortest abbreviation, and the smallest part of the name that it may be. */
  readonly abbreviation: { readonly length: number; readonly part: number };
  /** The score of a name that is abbreviated, or has something after it (`kubectl-1.29`). */
  readonly sameBeginning: number;
  /** The score of a name that is recognised by one of its words; undefined: it is not. */
  readonly sameWord: number | undefined;
}

const allowedMistakes = (length: number): number => (length < 2 ? 0 : length <= 4 ? 1 : length <= 8 ? 2 : 3);

const LISTED: Thresholds = {
  mistakes: allowedMistakes,
  mistakesAtFirstLetter: allowedMistakes,
  penalty: 0,
  abbreviation: { length: 3, part: 0 },
  sameBeginning: 3,
  sameWord: 4,
};

const THRESHOLDS: Readonly<Record<Familiarity, Thresholds>> = {
  listed: LISTED,
  popular: { ...LISTED, mistakesAtFirstLetter: () => 1, sameBeginning: 2, sameWord: undefined },
  rare: {
    mistakes: (length) => allowedMistakes(length - 1) - 1,
    mistakesAtFirstLetter: (length) => (length >= 6 ? 1 : 0),
    penalty: 0.75,
    abbreviation: { length: 4, part: 2 / 3 },
    sameBeginning: 3,
    sameWord: undefined,
  },
};

/** Names whose score is this much worse than the best one are not suggested. */
const WINDOW = 1;

/**
 * The candidates nearest to `wrong`: at most `max`, the likeliest first, the same on every machine; `[]` when none is near.
 */
export const nearestNames = (wrong: string, candidates: Iterable<string>, max = 3): string[] =>
  new NameIndex(Array.from(candidates, (name) => ({ name, familiarity: "listed" }))).nearest(wrong, max);

/** A name as it is compared. */
interface Word {
  readonly name: string;
  /** Without case and separators. */
  readonly plain: string;
  /** Its letters as a bit set, see {@link lettersOf}. */
  readonly letters: number;
}

/** Many names, to be searched again and again. Twenty thousand are searched in a few milliseconds. */
export class NameIndex {
  readonly #entries: readonly { readonly word: Word; readonly answer: string; readonly thresholds: Thresholds }[];

  constructor(candidates: Iterable<Candidate>) {
    this.#entries = Array.from(candidates, ({ name, answer = name, familiarity }) => ({
      word: wordOf(name),
      answer,
      thresholds: THRESHOLDS[familiarity],
    }));
  }

  /** The answers for the names nearest to `wrong`, as {@link nearestNames}; never `except`, which is known to be wrong. */
  nearest(wrong: string, max: number, except = wrong): string[] {
    const written = wordOf(wrong);
    const best = new Map<string, { readonly score: number; readonly shared: number }>();
    for (const { word, answer, thresholds } of this.#entries) {
      const score = unlikeness(written, word, thresholds);
      if (score === undefined || answer === except || (best.get(answer)?.score ?? Number.POSITIVE_INFINITY) <= score) continue;
      best.set(answer, { score, shared: sharedPrefix(written.plain, word.plain) });
    }
    const least = Math.min(...Array.from(best.values(), ({ score }) => score));
    return [...best]
      .filter(([, { score }]) => score < least + WINDOW)
      .sort(([a, x], [b, y]) => x.score - y.score || y.shared - x.shared || a.length - b.length || (a < b ? -1 : 1))
      .slice(0, max)
      .map(([answer]) => answer);
  }
}

/** How many typing mistakes a name is away; undefined when it is not meant. */
function unlikeness(wrong: Word, word: Word, thresholds: Thresholds): number | undefined {
  if (wrong.plain === word.plain) return wrong.plain === "" ? undefined : 0;
  const mistakes = mistakesBetween(wrong, word, thresholds);
  return mistakes === undefined ? relatedScore(wrong, word, thresholds) : mistakes + thresholds.penalty;
}

/** The typing mistakes in which two names differ; words in another order count as one. Undefined when they are too many. */
function mistakesBetween(wrong: Word, word: Word, { mistakes, mistakesAtFirstLetter }: Thresholds): number | undefined {
  // A short name is judged by its own length: one mistake in `aws` may be recognised, one in `go` may be anything.
  const shorter = Math.min(wrong.plain.length, word.plain.length);
  const allowed = mistakes(shorter);
  if (wrong.plain.length === word.plain.length && wrong.letters === word.letters && haveSameWords(wrong.name, word.name))
    return 1;
  // What can't be near is sorted out before its distance is counted: one mistake changes at most two members of the set of letters.
  if (allowed < 1 || Math.abs(wrong.plain.length - word.plain.length) > allowed) return undefined;
  if (countBits(wrong.letters ^ word.letters) > 2 * allowed) return undefined;
  const count = typingMistakes(wrong.plain, word.plain);
  if (count > allowed || count >= shorter - 1) return undefined;
  const isSameFirst = wrong.plain[0] === word.plain[0] || (count === 1 && wrong.plain[0] === word.plain[1]);
  return isSameFirst || count <= mistakesAtFirstLetter(shorter) ? count : undefined;
}

/** The score of a name that has words or a beginning in common with what was written. */
function relatedScore(wrong: Word, word: Word, { abbreviation, sameBeginning, sameWord }: Thresholds): number | undefined {
  const [written, plain] = [wrong.plain, word.plain];
  const isLongEnough = written.length >= abbreviation.length && written.length > plain.length * abbreviation.part;
  if (isLongEnough && plain.startsWith(written)) return sameBeginning;
  if (plain.length >= 4 && plain.length * 2 > written.length && written.startsWith(plain)) return sameBeginning;
  return written.length >= 4 && sameWord !== undefined && wordsOf(word.name).includes(written) ? sameWord : undefined;
}

/** Levenshtein's distance, two neighbouring letters swapped counting as one mistake: people type `kubeclt`. */
function typingMistakes(a: string, b: string): number {
  const mistakes = distance(a, b);
  if (mistakes < 2 || a.length !== b.length) return mistakes;
  let at = 0;
  while (a[at] === b[at]) at++;
  const swapped = a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
  return swapped ? 1 : mistakes;
}

function wordOf(name: string): Word {
  const plain = squash(name);
  return { name, plain, letters: lettersOf(plain) };
}

/** The letters that carry the name: case and separators aside. */
export const squash = (name: string): string => name.toLowerCase().replace(/[-_. ]+/g, "");

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .split(/[-_. ]+/)
    .filter((word) => word !== "");

function haveSameWords(a: string, b: string): boolean {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  return left.length > 1 && left.length === right.length && left.sort().join() === right.sort().join();
}

/** How many characters two names begin with alike. */
function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** The characters of a name as bits: one each for a to z; other characters share theirs with a letter. */
function lettersOf(plain: string): number {
  let set = 0;
  for (let index = 0; index < plain.length; index++) set |= 1 << (plain.charCodeAt(index) & 31);
  return set;
}

function countBits(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}
