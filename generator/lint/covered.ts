import type { Diagnostic, Place } from "../report/diagnostic.ts";

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

/** Ranges of one file, by where they start. */
interface Sorted {
  readonly starts: readonly number[];
  /** The largest end of a range and those before it, and the least of it and those after it. */
  readonly largest: readonly number[];
  readonly least: readonly number[];
}

/** Many ranges, each of which is found in the time of a binary search. */
class Ranges {
  readonly size: number;
  readonly #files = new Map<string, Sorted>();

  constructor(places: readonly Place[]) {
    this.size = places.length;
    const files = new Map<string, Place[]>();
    for (const place of places) {
      const list = files.get(place.file);
      if (list) list.push(place);
      else files.set(place.file, [place]);
    }
    for (const [file, list] of files) this.#files.set(file, sorted(list));
  }

  /** Whether one of them is within a place. */
  hasWithin({ file, start, end }: Place): boolean {
    const ranges = this.#files.get(file);
    return ranges !== undefined && (ranges.least[firstFrom(ranges.starts, start)] ?? Number.POSITIVE_INFINITY) <= end;
  }

  /** Whether a place is within one of them. */
  hasAround({ file, start, end }: Place): boolean {
    const ranges = this.#files.get(file);
    return ranges !== undefined && (ranges.largest[firstFrom(ranges.starts, start + 1) - 1] ?? -1) >= end;
  }
}

function sorted(places: Place[]): Sorted {
  places.sort((a, b) => a.start - b.start);
  const largest: number[] = [];
  for (const { end } of places) largest.push(Math.max(end, largest.at(-1) ?? 0));
  const least = places.map(({ end }) => end);
  for (let at = least.length - 2; at >= 0; at--) least[at] = Math.min(least[at] as number, least[at + 1] as number);
  return { starts: places.map(({ start }) => start), largest, least };
}

/** The index of the first number that is not less. */
function firstFrom(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
