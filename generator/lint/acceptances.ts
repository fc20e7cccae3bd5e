import type { Acceptance } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import type { Diagnostic } from "../report/diagnostic.ts";
import { coversPath, dotted, type SpecPath } from "../report/spec-path.ts";
import { nearestNames } from "../report/suggestions.ts";
import { quoted } from "../report/words.ts";
import { allCodes, BY_CODE, explanationOf, isAcceptable } from "./rules.ts";

/** The acceptance with the most specific place. Of equal ones the first, so that a duplicate is reported as unused. */
export function closest(acceptances: readonly Acceptance[], at: SpecPath): Acceptance | undefined {
  let best: Acceptance | undefined;
  for (const one of acceptances)
    if (coversPath(one.place, at) && (!best || (one.place ?? "").length > (best.place ?? "").length)) best = one;
  return best;
}

/**
 * Reports `lint-unused` and `lint-without-why`.
 *
 * @param used The acceptances that suppressed a diagnostic.
 * @param before The diagnostics of the earlier stages.
 */
export function acceptanceDiagnostics(
  acceptances: readonly Acceptance[],
  used: ReadonlySet<Acceptance>,
  source: Source,
  before: readonly Diagnostic[],
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const add = (code: "lint-unused" | "lint-without-why", at: SpecPath, message: string, hint: string) => {
    const severity = BY_CODE.get(code)?.severity ?? "error";
    const range = source.locate(at, "value");
    found.push({ code, severity, message, file: range.file, range, hint });
  };
  for (const acceptance of acceptances) {
    const { at, code, place, why } = acceptance;
    if (why === undefined || why.trim() === "")
      add(
        "lint-without-why",
        why === undefined ? [...at, "code"] : [...at, "why"],
        `\`${code}\` is accepted without a reason`,
        "add `why:` with the reason",
      );
    if (used.has(acceptance)) continue;
    if (explanationOf(code) === undefined) {
      const near = nearestNames(code, allCodes());
      const hint =
        near.length > 0 ? `did you mean ${quoted(near)}?` : "delete the entry, or use the code that the diagnostic shows";
      add("lint-unused", [...at, "code"], `unknown code \`${code}\``, hint);
    } else if (!isAcceptable(code)) {
      add(
        "lint-unused",
        [...at, "code"],
        `\`${code}\` can't be accepted`,
        `fix the cause; \`flakewright explain ${code}\` describes it`,
      );
    } else if (!mayBeHidden(place, source, before)) {
      const where = place === undefined ? "" : ` at ${place}`;
      add(
        "lint-unused",
        [...at, "code"],
        `unused \`lint\` entry: \`${code}\` is not reported${where}`,
        "delete the entry, or correct its `code` or `at`",
      );
    }
  }
  return found;
}

/** Whether an earlier stage rejected the place of an acceptance. No rule checks that place then, so the acceptance may be needed. */
function mayBeHidden(place: string | undefined, source: Source, before: readonly Diagnostic[]): boolean {
  if (before.length === 0) return false;
  if (place === undefined) return true;
  const path = dotted(place)
    .split(".")
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const [key, value] = [source.locate(path, "key"), source.locate(path, "value")];
  return before.some(({ file, range }) => file === value.file && range.start <= value.end && key.start <= range.end);
}
