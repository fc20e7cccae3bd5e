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
    for (const secret of long) found.push(...tracesOf(secret, text));
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

/** The ranges of a text that are also part of a long secret. */
function tracesOf(secret: string, text: string): Range[] {
  const found: Range[] = [];
  for (let start = 0; start + WINDOW <= text.length; start++)
    if (secret.includes(text.slice(start, start + WINDOW))) found.push({ start, end: start + WINDOW });
  return found;
}
