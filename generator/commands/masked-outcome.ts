import { secretsInText } from "../knowledge/secret-forms.ts";
import { maskDiagnostics, maskText } from "../report/masking.ts";
import type { Outcome } from "./outcome.ts";

/** Masks everything in a text that has the form of a secret. */
const maskForms = (text: string): string => maskText(text, secretsInText(text));

/**
 * The outcome of a command as it is printed. Commands mask what the spec gives away; this is for the texts that they take from other
 * files: the output folder, a lock, a pins file, a program's answer. What has the form of a secret is printed nowhere.
 */
export function maskedOutcome(outcome: Outcome): Outcome {
  const { report, shown, output, data, notes, summary, isOwnText } = outcome;
  const diagnostics = report.diagnostics.map((one) => maskDiagnostics([one], maskForms)[0] ?? one);
  const isShown = new Set(diagnostics.filter((_, at) => shown?.has(report.diagnostics[at] as (typeof diagnostics)[number])));
  return {
    ...outcome,
    report: { ...report, diagnostics },
    ...(shown ? { shown: isShown } : {}),
    notes: notes.map(maskForms),
    ...(summary === undefined ? {} : { summary: maskForms(summary) }),
    ...(isOwnText ? {} : { output: maskForms(output), ...(data === undefined ? {} : { data: maskData(data) }) }),
  };
}

/** Every text of a result, keys too. */
function maskData(data: unknown): unknown {
  if (typeof data === "string") return maskForms(data);
  if (Array.isArray(data)) return data.map(maskData);
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [maskForms(key), maskData(value)]));
}
