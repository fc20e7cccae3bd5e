import type { Diagnostic } from "../report/diagnostic.ts";
import { listed } from "../report/words.ts";

/** The message of a diagnostic about several files of the output folder, by code. */
const GROUP_MESSAGES: Readonly<Record<string, (count: number) => string>> = {
  "output-drift": (count) => `${count} files differ from what the spec generates`,
  "output-edited": (count) => `${count} files were edited after flakewright wrote them`,
  "output-foreign": (count) => `${count} files that flakewright did not write are where outputs belong`,
};

/** Replaces diagnostics of one code in several files of the output folder by one with a list of the files. */
export function grouped(diagnostics: readonly Diagnostic[], out: string): Diagnostic[] {
  const result: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const one of diagnostics) {
    const message = GROUP_MESSAGES[one.code];
    const same = diagnostics.filter(({ code }) => code === one.code);
    if (!message || same.length === 1) result.push(one);
    else if (!seen.has(one.code)) {
      seen.add(one.code);
      result.push({ ...one, file: out, message: `${message(same.length)}: ${listed(same.map(({ file }) => file))}` });
    }
  }
  return result;
}
