import type { Acceptance } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import { boundedNearest } from "../report/bounded-search.ts";
import type { Diagnostic } from "../report/diagnostic.ts";
import { coversPath, dotted, pathOfText, pathText, type SpecPath } from "../report/spec-path.ts";
import { nearestNames } from "../report/suggestions.ts";
import { quoted } from "../report/words.ts";
import type { Consequences } from "./consequences.ts";
import { Ranges } from "./ranges.ts";
import { allCodes, BY_CODE, explanationOf, isAcceptable } from "./rules.ts";

/** Acceptances of one code, to find one by a place. */
export type Acceptances = ReadonlyMap<string, Acceptance>;

/** The acceptances of each code. Of equal places the first counts, so that a duplicate is reported as unused. */
export function acceptancesByCode(acceptances: readonly Acceptance[]): ReadonlyMap<string, Acceptances> {
  const byCode = new Map<string, Map<string, Acceptance>>();
  for (const one of acceptances) {
    const places = byCode.get(one.code) ?? new Map<string, Acceptance>();
    byCode.set(one.code, places);
    // An empty text is the place of nothing.
    const place = one.place === "" ? "\0" : dotted(one.place ?? "");
    if (!places.has(place)) places.set(place, one);
  }
  return byCode;
}

/** The acceptance with the most specific place: `groups.k8s` covers `groups.k8s.packages[0]`, one without a place covers all. */
export function closest(acceptances: Acceptances, at: SpecPath): Acceptance | undefined {
  if (acceptances.size === 0) return undefined;
  for (let place = dotted(pathText(at)); place !== ""; place = place.slice(0, Math.max(0, place.lastIndexOf(".")))) {
    const found = acceptances.get(place);
    if (found) return found;
  }
  return acceptances.get("");
}

/** How many misspelt entries are compared with each finding. */
const MOST_MISSPELT = 20;

/** The entries with an unknown code: each is reported itself, and correcting it accepts a finding. */
export const misspelt = (acceptances: readonly Acceptance[]): readonly Acceptance[] =>
  acceptances.filter(({ code }) => explanationOf(code) === undefined).slice(0, MOST_MISSPELT);

/** Whether a misspelt entry is probably meant for a finding. */
export const isMeant = ({ code, place }: Acceptance, finding: string, at: SpecPath): boolean =>
  coversPath(place, at) && nearestNames(code, [finding]).length > 0;

/** The entries with a known code whose place is nothing of the spec. */
export const misplaced = (acceptances: readonly Acceptance[], source: Source): readonly Acceptance[] =>
  acceptances
    .filter(({ code, place }) => isAcceptable(code) && place !== undefined && pathOfText(place, source.value) === undefined)
    .slice(0, MOST_MISSPELT);

/** The place for which the one of a misplaced entry is misspelt; undefined if that is not the place of a finding, or around it. */
export function meantPlace({ code, place = "" }: Acceptance, finding: string, at: SpecPath): string | undefined {
  if (code !== finding) return undefined;
  const steps = dotted(place).split(".");
  const path = at.slice(0, steps.length);
  const wrong = steps.flatMap((step, index) => (step === String(path[index]) ? [] : [index]));
  const [index = 0] = wrong;
  const meant = path[index];
  if (wrong.length !== 1 || typeof meant !== "string") return undefined;
  return nearestNames(steps[index] ?? "", [meant]).length > 0 ? pathText(path) : undefined;
}

/** What a misspelt entry is meant for. */
export interface Meant {
  /** The place, if that is misspelt. */
  readonly place?: string | undefined;
  /** The severity of what it hides, and so of its own diagnostic. */
  readonly severity: Diagnostic["severity"];
}

/**
 * Reports `lint-unused` and `lint-without-why`.
 *
 * @param used The acceptances that suppressed a diagnostic.
 * @param before The diagnostics of the earlier stages.
 * @param consequences What validation rejected.
 * @param meant What misspelt entries are meant for.
 */
export function acceptanceDiagnostics(
  acceptances: readonly Acceptance[],
  used: ReadonlySet<Acceptance>,
  source: Source,
  before: readonly Diagnostic[],
  consequences: Consequences,
  meant: ReadonlyMap<Acceptance, Meant>,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const codes = allCodes();
  const rejected = before.length > 0 ? new Ranges(before.map(({ file, range }) => ({ file, ...range }))) : undefined;
  const add = (
    code: "lint-unused" | "lint-without-why",
    at: SpecPath,
    message: string,
    hint: string,
    severity = BY_CODE.get(code)?.severity ?? "error",
  ) => {
    const range = source.locate(at, "value");
    found.push({ code, severity, message, file: range.file, range, hint });
  };
  for (const acceptance of acceptances) {
    const { at, code, place, why } = acceptance;
    if ((why === undefined || why.trim() === "") && !consequences.hides(at))
      add(
        "lint-without-why",
        why === undefined ? [...at, "code"] : [...at, "why"],
        `\`${code}\` is accepted without a reason`,
        "add `why:` with the reason",
      );
    if (used.has(acceptance)) continue;
    if (explanationOf(code) === undefined) {
      const near = boundedNearest(codes, code, codes);
      const hint =
        near.length > 0 ? `did you mean ${quoted(near)}?` : "delete the entry, or use the code that the diagnostic shows";
      add("lint-unused", [...at, "code"], `unknown code \`${code}\``, hint, meant.get(acceptance)?.severity);
    } else if (!isAcceptable(code)) {
      add(
        "lint-unused",
        [...at, "code"],
        `\`${code}\` can't be accepted`,
        `fix the cause; \`flakewright explain ${code}\` describes it`,
      );
    } else if (!mayBeHidden(place, source, rejected, consequences)) {
      const where = place === undefined ? "" : ` at ${place}`;
      const { place: near, severity } = meant.get(acceptance) ?? {};
      add(
        "lint-unused",
        [...at, near === undefined ? "code" : "at"],
        `unused \`lint\` entry: \`${code}\` is not reported${where}`,
        near === undefined ? "delete the entry, or correct its `code` or `at`" : `did you mean ${quoted([near])}?`,
        severity,
      );
    }
  }
  return found;
}

/** Whether an earlier stage rejected the place of an acceptance. No rule checks that place then, so the acceptance may be needed. */
function mayBeHidden(
  place: string | undefined,
  source: Source,
  rejected: Ranges | undefined,
  consequences: Consequences,
): boolean {
  if (!rejected) return false;
  if (place === undefined) return true;
  const path = dotted(place)
    .split(".")
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  if (consequences.hides(path)) return true;
  const [key, value] = [source.locate(path, "key"), source.locate(path, "value")];
  return rejected.hasTouching({ file: value.file, start: key.start, end: value.end });
}
