import type { Diagnostic, Place } from "../report/diagnostic.ts";
import { Ranges } from "./ranges.ts";

/** Codes that judge the value of a setting, which `setting-type` and `setting-unknown` have judged before. */
const OF_VALUES =
  /^(?:setting-value|jobs-exceed-build-users|calendar-event-invalid|store-elsewhere|settings-conflict|setting-runs-code|sandbox-)/;

/** Values that an earlier finding says are no such values at all: what else is wrong with them follows from that. */
export class Covered {
  readonly #before: readonly Diagnostic[];
  #reported: Ranges | undefined;
  readonly #values: Place[] = [];
  #wrong = new Ranges([]);

  /** @param before The diagnostics of the earlier stages. */
  constructor(before: readonly Diagnostic[]) {
    this.#before = before;
  }

  add(code: string, place: Place): void {
    if (code === "setting-type") this.#values.push(place);
  }

  has(code: string, place: Place): boolean {
    if (code === "setting-type") {
      // A part of the value is reported.
      this.#reported ??= new Ranges(this.#before.map(({ file, range }) => ({ file, ...range })));
      return this.#reported.hasWithin(place);
    }
    if (this.#values.length === 0 || !OF_VALUES.test(code)) return false;
    if (this.#wrong.size < this.#values.length) this.#wrong = new Ranges(this.#values);
    return this.#wrong.hasAround(place);
  }
}
