import { countBefore } from "../report/count-before.ts";
import type { Place } from "../report/diagnostic.ts";
import { addTo } from "../report/lists-by-key.ts";

/** Ranges of one file, by where they start. */
interface Sorted {
  readonly starts: readonly number[];
  /** The largest end of a range and those before it, and the least of it and those after it. */
  readonly largest: readonly number[];
  readonly least: readonly number[];
}

/** Many ranges, each of which is found in the time of a binary search. */
export class Ranges {
  readonly size: number;
  readonly #files = new Map<string, Sorted>();

  constructor(places: readonly Place[]) {
    this.size = places.length;
    const files = new Map<string, Place[]>();
    for (const place of places) addTo(files, place.file, place);
    for (const [file, list] of files) this.#files.set(file, sorted(list));
  }

  /** Whether one of them is within a place. */
  hasWithin({ file, start, end }: Place): boolean {
    const ranges = this.#files.get(file);
    return (
      ranges !== undefined && (ranges.least[countBefore(ranges.starts, (one) => one < start)] ?? Number.POSITIVE_INFINITY) <= end
    );
  }

  /** Whether one of them overlaps with a place, or ends or begins where that begins or ends. */
  hasTouching({ file, start, end }: Place): boolean {
    const ranges = this.#files.get(file);
    return ranges !== undefined && (ranges.largest[countBefore(ranges.starts, (one) => one <= end) - 1] ?? -1) >= start;
  }

  /** Whether a place is within one of them. */
  hasAround({ file, start, end }: Place): boolean {
    const ranges = this.#files.get(file);
    return ranges !== undefined && (ranges.largest[countBefore(ranges.starts, (one) => one <= start) - 1] ?? -1) >= end;
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
