import { countBefore } from "./count-before.ts";
import type { Diagnostic, Place, Range } from "./diagnostic.ts";
import { addTo } from "./lists-by-key.ts";

/** The text with each secret replaced by dots. Its length and line breaks stay the same, so offsets stay valid. */
export function maskText(text: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return text;
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    parts.push(text.slice(at, from), dotted(text.slice(from, end)));
    at = end;
  }
  return parts.join("") + text.slice(at);
}

const dotted = (text: string): string => text.replace(/[^\r\n]+/g, (line) => "•".repeat(line.length));

/** Masks the secrets, and parts of them, in a text. */
export type Mask = (text: string) => string;

/** The text of each file, with its `places` masked, and what `mask` finds wherever else it is. */
export function maskTexts(
  files: readonly { readonly file: string; readonly text: string }[],
  places: readonly Place[],
  mask: Mask | undefined,
): Map<string, string> {
  return new Map(
    files.map(({ file, text }) => {
      const masked = maskText(
        text,
        places.filter((place) => place.file === file),
      );
      return [file, mask ? mask(masked) : masked];
    }),
  );
}

/**
 * The mask of these secrets; undefined if there are none. It takes linear time, and eight to sixteen bytes for each character of the
 * secrets, also where a hostile spec of 8 MiB is nothing but secrets.
 */
export function masker(secrets: readonly string[]): Mask | undefined {
  // The secrets by the length of their parts, which is 8, or less for a shorter secret.
  const byLength = new Map<number, string[]>();
  for (const secret of new Set(secrets)) {
    const length = Math.min(PART, secret.length);
    if (length > 0) addTo(byLength, length, secret);
  }
  if (byLength.size === 0) return undefined;
  const indexes = [...byLength].map(([length, texts]) => new PartIndex(texts, length));
  return (text) => {
    const found: Range[] = [];
    for (const index of indexes) index.find(text, found);
    return maskText(text, found);
  };
}

/** Diagnostics with all secrets masked, and also parts of secrets, because messages can contain a shortened value. */
export function maskDiagnostics(diagnostics: readonly Diagnostic[], mask: Mask | undefined): readonly Diagnostic[] {
  if (!mask) return diagnostics;
  return diagnostics.map(({ hint, fix, related, ...rest }) => ({
    ...rest,
    message: mask(rest.message),
    ...(hint === undefined ? {} : { hint: mask(hint) }),
    ...(related ? { related: related.map((one) => ({ ...one, message: mask(one.message) })) } : {}),
    // A masked fix would be wrong, and an unmasked one would show the secret.
    ...(fix && mask(fix.text) === fix.text ? { fix } : {}),
  }));
}

/** A secret and its place. */
interface PlacedSecret {
  readonly range: Place;
  readonly text: string;
}

/**
 * The diagnostics without hints and fixes that are made of a secret at their place: a hint can write it in small letters, or with other
 * characters between its words, so that a mask does not find it.
 *
 * @param secrets Sorted by place within each file, without overlaps.
 */
export function withoutDerivedAdvice(
  diagnostics: readonly Diagnostic[],
  secrets: readonly PlacedSecret[],
): readonly Diagnostic[] {
  if (secrets.length === 0) return diagnostics;
  const byFile = new Map<string, PlacedSecret[]>();
  for (const one of secrets) addTo(byFile, one.range.file, one);
  return diagnostics.map((one) => {
    const { hint, fix, ...rest } = one;
    const advice = [hint ?? "", fix?.text ?? "", ...(fix?.also ?? []).map((other) => other.text)];
    const isDerived = within(byFile.get(one.file) ?? [], one.range).some(({ text }) =>
      advice.some((words) => sharesLetters(words, text)),
    );
    return isDerived ? rest : one;
  });
}

/** More would take long, and no advice is made of more. */
const MOST_WITHIN = 20;

/** The first of the secrets that overlap with a range. */
function within(secrets: readonly PlacedSecret[], { start, end }: Range): readonly PlacedSecret[] {
  const first = countBefore(secrets, ({ range }) => range.end <= start);
  return secrets.slice(first, first + MOST_WITHIN).filter(({ range }) => range.start < end);
}

/** Whether ten letters and digits in a row of a text are in a secret, however they are written. */
function sharesLetters(text: string, secret: string): boolean {
  const [letters, secretLetters] = [lettersOf(text), lettersOf(secret)];
  const length = Math.min(10, secretLetters.length);
  if (length < 6) return false;
  for (let at = 0; at + length <= letters.length; at++) if (secretLetters.includes(letters.slice(at, at + length))) return true;
  return false;
}

const lettersOf = (text: string): string =>
  text
    .slice(0, 2000)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");

/** Eight equal characters are hardly a coincidence. */
const PART = 8;

/** Of the hash of a part, which follows from that of the part before: the sum of its characters, each multiplied with a power of it. */
const FACTOR = 0x01000193;

/**
 * Every part of one length of some texts. The parts are places in the texts: a set of them as strings would take far more memory than the
 * texts.
 */
class PartIndex {
  readonly #text: string;
  readonly #length: number;
  /** A hash table with open addressing: where each part starts in the text, or -1. */
  readonly #places: Int32Array;
  /** What the first character of a part is multiplied with in its hash. */
  readonly #leaving: number;

  constructor(texts: readonly string[], length: number) {
    this.#text = texts.join("");
    this.#length = length;
    let leaving = 1;
    for (let at = 1; at < length; at++) leaving = Math.imul(leaving, FACTOR);
    this.#leaving = leaving;
    const parts = texts.reduce((sum, text) => sum + text.length - length + 1, 0);
    this.#places = new Int32Array(2 ** Math.ceil(Math.log2(2 * parts))).fill(-1);
    let offset = 0;
    for (const text of texts) {
      // The table has the places in all texts, each part being of one of them.
      this.#each(text, (at, slot) => {
        this.#places[slot] = offset + at;
      });
      offset += text.length;
    }
  }

  /** Adds the ranges of `text` that are parts to `found`. Overlapping parts are one range. */
  find(text: string, found: Range[]): void {
    let start = -1;
    let end = -1;
    this.#each(text, (at, slot) => {
      if (this.#places[slot] === -1) return;
      if (at > end) {
        if (start !== -1) found.push({ start, end });
        start = at;
      }
      end = at + this.#length;
    });
    if (start !== -1) found.push({ start, end });
  }

  /** Calls `visit` for each part of a text with its place in the table. */
  #each(text: string, visit: (at: number, slot: number) => void): void {
    const length = this.#length;
    let hash = 0;
    for (let at = 0; at < text.length; at++) {
      // What leaves the hash has been multiplied with each step.
      if (at >= length) hash = (hash - Math.imul(text.charCodeAt(at - length), this.#leaving)) | 0;
      hash = (Math.imul(hash, FACTOR) + text.charCodeAt(at)) | 0;
      if (at >= length - 1) visit(at - length + 1, this.#slot(hash, text, at - length + 1));
    }
  }

  /** The place in the table of a part of a text. */
  #slot(hash: number, text: string, start: number): number {
    const places = this.#places;
    const last = places.length - 1;
    const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    for (let at = (mixed ^ (mixed >>> 13)) & last; ; at = (at + 1) & last) {
      const place = places[at] ?? -1;
      if (place === -1 || this.#isSame(place, text, start)) return at;
    }
  }

  #isSame(place: number, text: string, start: number): boolean {
    for (let at = 0; at < this.#length; at++) if (this.#text.charCodeAt(place + at) !== text.charCodeAt(start + at)) return false;
    return true;
  }
}
