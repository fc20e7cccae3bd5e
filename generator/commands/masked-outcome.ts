import { secretsInText } from "../knowledge/secrets-in-text.ts";
import type { Diagnostic } from "../report/diagnostic.ts";
import { maskDiagnostics, maskText } from "../report/masking.ts";
import type { Report } from "../report/report.ts";
import type { Outcome } from "./outcome.ts";

/** Masks everything in a text that has the form of a secret. */
export const maskForms = (text: string): string => maskText(text, secretsInText(text));

/**
 * The outcome of a command as it is printed. Commands mask what the spec gives away; this is for the texts that they take from other
 * files: the output folder, a lock, a pins file, a program's answer; and for the names of files. What has the form of a secret is printed
 * nowhere.
 */
export function maskedOutcome(outcome: Outcome): Outcome {
  const { report, shown, output, data, notes, summary, isMasked } = outcome;
  const masked = maskReport(report);
  const isShown = new Set(masked.diagnostics.filter((_, at) => shown?.has(report.diagnostics[at] as Diagnostic)));
  return {
    ...outcome,
    report: masked,
    ...(shown ? { shown: isShown } : {}),
    notes: notes.map(maskForms),
    ...(summary === undefined ? {} : { summary: maskForms(summary) }),
    ...(isMasked ? {} : { output: maskForms(output), ...(data === undefined ? {} : { data: maskData(data) }) }),
  };
}

/** Whether one of these names may have a secret in it: one search of all is much faster than one of each. */
const namesToMask = (names: readonly string[]): boolean => secretsInText(names.join("\n")).length > 0;

function maskReport({ diagnostics, files, sources }: Report): Report {
  return {
    diagnostics: diagnostics.map((one) => {
      const [masked = one] = maskDiagnostics([one], maskForms);
      const { related } = masked;
      return {
        ...masked,
        file: maskForms(masked.file),
        ...(related
          ? { related: related.map((other) => ({ ...other, range: { ...other.range, file: maskForms(other.range.file) } })) }
          : {}),
      };
    }),
    files: namesToMask(files.map(({ path }) => path)) ? files.map((one) => ({ ...one, path: maskForms(one.path) })) : files,
    sources: namesToMask([...sources.keys()]) ? new Map([...sources].map(([file, text]) => [maskForms(file), text])) : sources,
  };
}

/** Every text of a result, keys too. */
function maskData(data: unknown): unknown {
  if (typeof data === "string") return maskForms(data);
  if (Array.isArray(data)) return data.map(maskData);
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [maskForms(key), maskData(value)]));
}
