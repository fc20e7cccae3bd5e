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

/** The text of each file, with its `places` masked. */
export const maskTexts = (files: readonly { readonly file: string; readonly text: string }[], places: readonly Place[]) =>
  new Map(
    files.map(({ file, text }) => [
      file,
      maskText(
        text,
        places.filter((place) => place.file === file),
      ),
    ]),
  );

/** A function that masks the secrets, and parts of them, in a text. */
export const masker =
  (secrets: readonly string[]) =>
  (text: string): string =>
    maskText(
      text,
      secrets.flatMap((secret) => tracesOf(secret, text)),
    );

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

/** The ranges of a text that are also part of the secret. Eight equal characters are hardly a coincidence. */
function tracesOf(secret: string, text: string): Range[] {
  const window = Math.min(8, secret.length);
  const found: Range[] = [];
  for (let start = 0; start + window <= text.length; start++)
    if (secret.includes(text.slice(start, start + window))) found.push({ start, end: start + window });
  return found;
}
