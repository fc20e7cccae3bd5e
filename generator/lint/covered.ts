import type { Diagnostic, Place } from "../report/diagnostic.ts";

/** Codes that judge the value of a setting, which `setting-type` and `setting-unknown` have judged before. */
const OF_VALUES =
  /^(?:setting-value|jobs-exceed-build-users|calendar-event-invalid|store-elsewhere|settings-conflict|setting-runs-code|sandbox-)/;

/** Values that an earlier finding says are no such values at all: what else is wrong with them follows from that. */
export class Covered {
  readonly #before: readonly Diagnostic[];
  readonly #values: Place[] = [];

  /** @param before The diagnostics of the earlier stages. */
  constructor(before: readonly Diagnostic[]) {
    this.#before = before;
  }

  add(code: string, place: Place): void {
    if (code === "setting-type") this.#values.push(place);
  }

  has(code: string, place: Place): boolean {
    // A part of the value is reported.
    if (code === "setting-type") return this.#before.some(({ file, range }) => isWithin({ file, ...range }, place));
    return OF_VALUES.test(code) && this.#values.some((value) => isWithin(place, value));
  }
}

const isWithin = (inner: Place, outer: Place): boolean =>
  inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
