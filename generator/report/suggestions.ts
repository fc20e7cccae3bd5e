import { distance } from "fastest-levenshtein";

/*
 * "Did you mean …?": suggestions for an unknown name, with one score for short lists and for all packages of nixpkgs. A suggestion has a few
 * typing mistakes, another case or other separators (`trusted_users`), the same words in another order, or is an abbreviation (`desc` for
 * `description`). No suggestion is better than a wrong one.
 */

/**
 * The kind of a candidate: one of a short list, or one of very many names, popular or rare. In a longer list, more names are similar to any
 * word, so a name must be more similar to be suggested.
 */
export type Familiarity = "listed" | "popular" | "rare";

/** A name that can be suggested. */
export interface Candidate {
  readonly name: string;
  readonly familiarity: Familiarity;
  /** The text that is suggested; the name itself if absent. */
  readonly answer?: string;
}

/** How similar a name must be. A score is a number of typing mistakes; 0 is the same name apart from case and separators. */
interface Thresholds {
  /** The number of mistakes that are allowed in a name of this length. */
  readonly mistakes: (length: number) => number;
  /** The same if the first letter differs, which is a rare mistake. */
  readonly mistakesAtFirstLetter: (length: number) => number;
  /** Added to the number of mistakes. */
  readonly penalty: number;
  /** The minimum length of an abbreviation, and the minimum part of the name's length. */
  readonly abbreviation: { readonly length: number; readonly part: number };
  /** The score of an abbreviation, or of a name with a suffix (`kubectl-1.29`). */
  readonly sameBeginning: number;
  /** The score of a name with one word that was written; undefined if such a name is not suggested. */
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

/** A name whose score is this much worse than the best one is not suggested. */
const WINDOW = 1;

/**
 * The candidates that are similar to `wrong`: at most `max`, the most likely first, the same on every machine; `[]` if none is similar.
 */
export const nearestNames = (wrong: string, candidates: Iterable<string>, max = 3): string[] =>
  new NameIndex(Array.from(candidates, (name) => ({ name, familiarity: "listed" }))).nearest(wrong, max);

/** A name, prepared for comparison. */
interface Word {
  readonly name: string;
  /** Without case and separators. */
  readonly plain: string;
  /** Its letters as a bit set, see {@link lettersOf}. */
  readonly letters: number;
}

/** An index for many searches in the same names. A search in 20,000 names takes a few milliseconds. */
export class NameIndex {
  readonly #candidates: readonly Candidate[];
  readonly #isThere: (answer: string) => boolean;
  readonly #rare: string;
  /** Prepared when a name is first compared, since most are never similar. */
  readonly #words = new Map<string, Word>();

  /**
   * @param isThere whether an answer may be given; it is asked only about similar names
   * @param rare very many more candidates, all rare: a text in which each line begins with one, before a tab. To make 20,000 strings of it
   * would take longer than the search.
   */
  constructor(candidates: Iterable<Candidate>, isThere: (answer: string) => boolean = () => true, rare = "") {
    this.#candidates = [...candidates];
    this.#isThere = isThere;
    this.#rare = rare;
  }

  /** The answers for the names that are most similar to `wrong`, as in {@link nearestNames}, without `except`. */
  nearest(wrong: string, max: number, except = wrong): string[] {
    const written = wordOf(wrong);
    const best = new Map<string, { readonly score: number; readonly shared: number }>();
    // A name of several words can be another one's in another order.
    const starts = new Set([...written.plain.slice(0, 2), ...wordsOf(wrong).map((word) => word[0] as string)]);
    const compare = (name: string, answer: string, thresholds: Thresholds): void => {
      if (thresholds.sameWord === undefined && !mayBeSimilar(written, starts, name)) return;
      const word = this.#wordOf(name);
      const score = unlikeness(written, word, thresholds);
      if (score === undefined || answer === except || (best.get(answer)?.score ?? Number.POSITIVE_INFINITY) <= score) return;
      if (!best.has(answer) && !this.#isThere(answer)) return;
      best.set(answer, { score, shared: sharedPrefix(written.plain, word.plain) });
    };
    for (const { name, answer = name, familiarity } of this.#candidates) compare(name, answer, THRESHOLDS[familiarity]);
    for (const name of this.#rareNames(starts)) compare(name, name, THRESHOLDS.rare);
    const least = Math.min(...Array.from(best.values(), ({ score }) => score));
    return [...best]
      .filter(([, { score }]) => score < least + WINDOW)
      .sort(([a, x], [b, y]) => x.score - y.score || y.shared - x.shared || a.length - b.length || (a < b ? -1 : 1))
      .slice(0, max)
      .map(([answer]) => answer);
  }

  /** The rare names of which one of the first two letters is among these: see {@link mayBeSimilar}. */
  #rareNames(starts: ReadonlySet<string>): readonly string[] {
    if (starts.size === 0 || this.#rare === "") return [];
    const letters = [...starts].map((letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`).join("");
    return this.#rare.match(new RegExp(`^[-_. ]*(?:[^\\t\\n][-_. ]*)?[${letters}][^\\t\\n]*`, "gimu")) ?? [];
  }

  #wordOf(name: string): Word {
    const known = this.#words.get(name);
    if (known) return known;
    const word = wordOf(name);
    this.#words.set(name, word);
    return word;
  }
}

/** At most as many mistakes as any threshold allows. */
const MOST_MISTAKES = 3;

/**
 * A cheap test that no similar name fails, where a common word is not enough: one name begins with the other, or they have about the same
 * length and letters. One of its first two letters is one of the written first two, or begins one of the written words.
 */
function mayBeSimilar({ plain, letters }: Word, starts: ReadonlySet<string>, name: string): boolean {
  let [length, shared, set] = [0, 0, 0];
  let isSimilarStart = false;
  for (let at = 0; at < name.length; at++) {
    let code = name.charCodeAt(at);
    if (code === HYPHEN || code === UNDERSCORE || code === DOT || code === SPACE) continue;
    if (code > ASCII) return true;
    if (code >= UPPER_A && code <= UPPER_Z) code += 32;
    if (length < 2) isSimilarStart ||= starts.has(String.fromCharCode(code));
    if (length === 1 && !isSimilarStart) return false;
    if (shared === length && code === plain.charCodeAt(length)) shared++;
    if (shared === plain.length) return true;
    length++;
    set |= 1 << (code & 31);
    if (shared < length && length > plain.length + MOST_MISTAKES) return false;
  }
  if (shared === length) return true;
  return plain.length - length <= MOST_MISTAKES && countBits(set ^ letters) <= 2 * MOST_MISTAKES;
}

const [SPACE, HYPHEN, DOT, UPPER_A, UPPER_Z, UNDERSCORE, ASCII] = [32, 45, 46, 65, 90, 95, 127];

/** The score of a name; undefined if it is not similar enough. */
function unlikeness(wrong: Word, word: Word, thresholds: Thresholds): number | undefined {
  if (wrong.plain === word.plain) return wrong.plain === "" ? undefined : 0;
  const mistakes = mistakesBetween(wrong, word, thresholds);
  return mistakes === undefined ? relatedScore(wrong, word, thresholds) : mistakes + thresholds.penalty;
}

/** The number of typing mistakes between two names; another order of the words counts as one. Undefined if there are too many. */
function mistakesBetween(wrong: Word, word: Word, { mistakes, mistakesAtFirstLetter }: Thresholds): number | undefined {
  // The shorter name decides: with one mistake, `aws` can be recognised, but `go` can't.
  const shorter = Math.min(wrong.plain.length, word.plain.length);
  const allowed = mistakes(shorter);
  if (wrong.plain.length === word.plain.length && wrong.letters === word.letters && haveSameWords(wrong.name, word.name))
    return 1;
  // Cheap tests before the distance is computed: one mistake changes at most two members of the set of letters.
  if (allowed < 1 || Math.abs(wrong.plain.length - word.plain.length) > allowed) return undefined;
  if (countBits(wrong.letters ^ word.letters) > 2 * allowed) return undefined;
  const count = typingMistakes(wrong.plain, word.plain);
  if (count > allowed || count >= shorter - 1) return undefined;
  const isSameFirst = wrong.plain[0] === word.plain[0] || (count === 1 && wrong.plain[0] === word.plain[1]);
  return isSameFirst || count <= mistakesAtFirstLetter(shorter) ? count : undefined;
}

/** The score of a name that has a word or its beginning in common with the written one. */
function relatedScore(wrong: Word, word: Word, { abbreviation, sameBeginning, sameWord }: Thresholds): number | undefined {
  const [written, plain] = [wrong.plain, word.plain];
  const isLongEnough = written.length >= abbreviation.length && written.length > plain.length * abbreviation.part;
  if (isLongEnough && plain.startsWith(written)) return sameBeginning;
  if (plain.length >= 4 && plain.length * 2 > written.length && written.startsWith(plain)) return sameBeginning;
  // To look for the text first is cheap: few names of a list have it.
  const mayHaveWord = written.length >= 4 && sameWord !== undefined && plain.includes(written);
  return mayHaveWord && wordsOf(word.name).includes(written) ? sameWord : undefined;
}

/** The Levenshtein distance, except that two swapped neighbouring letters count as one mistake: `kubeclt`. */
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

/** A name in lower case without separators. */
export const squash = (name: string): string => {
  // Most names have nothing to take out, and a regular expression for each of 28,000 would be felt.
  const isPlain = !name.includes("-") && !name.includes("_") && !name.includes(".") && !name.includes(" ");
  return isPlain ? name.toLowerCase() : name.toLowerCase().replace(/[-_. ]+/g, "");
};

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

/** The length of the common beginning of two names. */
function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** The set of a name's characters as bits: one for each of a to z; another character shares a bit with a letter. */
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
