import type { Diagnostic, Place, Range } from "./diagnostic.ts";

/** The text with each secret replaced by dots. Its length and line breaks stay the same, so offsets stay valid. */
export function maskText(text: string, ranges: readonly Range[]): string {
  let masked = "";
  let at = 0;
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    masked += text.slice(at, from) + text.slice(from, end).replace(/[^\r\n]/g, "•");
    at = end;
  }
  return masked + text.slice(at);
}

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

/** The mask of these secrets; undefined if there are none. Its time grows with the text, not with the number of secrets. */
export function masker(secrets: readonly string[]): Mask | undefined {
  if (secrets.length === 0) return undefined;
  // The parts of secrets by their length, which is 8, or less for a shorter secret.
  const parts = new Map<number, Set<string>>();
  const finders: ((text: string) => Range[])[] = [];
  for (const secret of new Set(secrets)) {
    const window = Math.min(WINDOW, secret.length);
    if (window === 0) continue;
    // A set of the parts of a long text would take far more memory than the text.
    if (secret.length > MAX_INDEXED) {
      finders.push(traceFinder(secret));
      continue;
    }
    const known = parts.get(window) ?? new Set();
    parts.set(window, known);
    for (let start = 0; start + window <= secret.length; start++) known.add(secret.slice(start, start + window));
  }
  return (text) => {
    const found: Range[] = [];
    for (const [window, known] of parts)
      for (let start = 0; start + window <= text.length; start++)
        if (known.has(text.slice(start, start + window))) found.push({ start, end: start + window });
    for (const find of finders) for (const range of find(text)) found.push(range);
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

/** Eight equal characters are hardly a coincidence. */
const WINDOW = 8;

const MAX_INDEXED = 20_000;

/**
 * A function that finds the ranges of a text that are also part of a long secret. It takes linear time, and eight to sixteen bytes for each
 * character of the secret.
 */
function traceFinder(secret: string): (text: string) => Range[] {
  // A hash table of the places in the secret, with open addressing.
  const size = 2 ** Math.ceil(Math.log2(2 * secret.length));
  const places = new Int32Array(size).fill(-1);
  const slot = (from: string, start: number): number => {
    let hash = 17;
    for (let at = start; at < start + WINDOW; at++) hash = (Math.imul(hash, 31) + from.charCodeAt(at)) | 0;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    for (let at = (hash ^ (hash >>> 13)) & (size - 1); ; at = (at + 1) & (size - 1)) {
      const place = places[at] ?? -1;
      if (place === -1 || isSameWindow(secret, place, from, start)) return at;
    }
  };
  for (let start = 0; start + WINDOW <= secret.length; start++) {
    const at = slot(secret, start);
    if (places[at] === -1) places[at] = start;
  }
  return (text) => {
    const found: Range[] = [];
    for (let start = 0; start + WINDOW <= text.length; start++)
      if (places[slot(text, start)] !== -1) found.push({ start, end: start + WINDOW });
    return found;
  };
}

function isSameWindow(one: string, oneStart: number, other: string, otherStart: number): boolean {
  for (let at = 0; at < WINDOW; at++) if (one.charCodeAt(oneStart + at) !== other.charCodeAt(otherStart + at)) return false;
  return true;
}
