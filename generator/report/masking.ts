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

/** The text of each file, with its `places` masked, and the secrets wherever else they are. */
export function maskTexts(
  files: readonly { readonly file: string; readonly text: string }[],
  places: readonly Place[],
  secrets: readonly string[],
): Map<string, string> {
  const mask = secrets.length > 0 ? masker(secrets) : (text: string) => text;
  return new Map(
    files.map(({ file, text }) => [
      file,
      mask(
        maskText(
          text,
          places.filter((place) => place.file === file),
        ),
      ),
    ]),
  );
}

/** A function that masks the secrets, and parts of them, in a text. Its time grows with the text, not with the number of secrets. */
export function masker(secrets: readonly string[]): (text: string) => string {
  // The parts of secrets by their length, which is 8, or less for a shorter secret.
  const parts = new Map<number, Set<string>>();
  const long: string[] = [];
  for (const secret of new Set(secrets)) {
    const window = Math.min(WINDOW, secret.length);
    if (window === 0) continue;
    // A set of the parts of a long text would take far more memory than the text.
    if (secret.length > MAX_INDEXED) {
      long.push(secret);
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
    for (const secret of long) for (const range of tracesOf(secret, text)) found.push(range);
    return maskText(text, found);
  };
}

/** Diagnostics with all secrets masked, and also parts of secrets, because messages can contain a shortened value. */
export function maskDiagnostics(diagnostics: readonly Diagnostic[], secrets: readonly string[]): readonly Diagnostic[] {
  if (secrets.length === 0) return diagnostics;
  const mask = masker(secrets);
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

/** The ranges of a text that are also part of a long secret, in linear time and eight to sixteen bytes for each character of the secret. */
function tracesOf(secret: string, text: string): Range[] {
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
  const found: Range[] = [];
  for (let start = 0; start + WINDOW <= text.length; start++)
    if (places[slot(text, start)] !== -1) found.push({ start, end: start + WINDOW });
  return found;
}

function isSameWindow(one: string, oneStart: number, other: string, otherStart: number): boolean {
  for (let at = 0; at < WINDOW; at++) if (one.charCodeAt(oneStart + at) !== other.charCodeAt(otherStart + at)) return false;
  return true;
}
