import type { Diagnostic, Place, Range } from "./diagnostic.ts";

/** A text of the same length, line breaks and all, in which every secret is dots: offsets stay true. */
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

/** Each file's text, masked where `places` are in it. */
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

/** Diagnostics whose every word is free of the secrets, also of parts of them: messages quote values and cut them short. */
export function maskDiagnostics(diagnostics: readonly Diagnostic[], secrets: readonly string[]): readonly Diagnostic[] {
  if (secrets.length === 0) return diagnostics;
  const mask = (text: string) =>
    maskText(
      text,
      secrets.flatMap((secret) => tracesOf(secret, text)),
    );
  return diagnostics.map(({ hint, fix, related, ...rest }) => ({
    ...rest,
    message: mask(rest.message),
    ...(hint === undefined ? {} : { hint: mask(hint) }),
    ...(related ? { related: related.map((one) => ({ ...one, message: mask(one.message) })) } : {}),
    // A fix with dots in it would be wrong, one without would show the secret.
    ...(fix && mask(fix.text) === fix.text ? { fix } : {}),
  }));
}

/** The stretches of a text that also stand in the secret: eight characters are no accident. */
function tracesOf(secret: string, text: string): Range[] {
  const window = Math.min(8, secret.length);
  const found: Range[] = [];
  for (let start = 0; start + window <= text.length; start++)
    if (secret.includes(text.slice(start, start + window))) found.push({ start, end: start + window });
  return found;
}
