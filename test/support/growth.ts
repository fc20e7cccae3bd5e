import * as assert from "uvu/assert";

/*
 * How CPU time grows with the size of the input, as a ratio of two sizes measured in one run: a slow or busy machine affects both.
 * No test asserts an absolute time.
 */

/** The CPU time that this process spends in `work`, in milliseconds. */
export function cpuTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** The CPU time of `large` divided by that of `small`: the median of `rounds`, each of which runs both, after one run to warm up. */
export function cpuRatio(small: () => void, large: () => void, rounds = 5): number {
  small();
  large();
  return median(
    Array.from({ length: rounds }, () => {
      const before = cpuTime(small);
      return cpuTime(large) / Math.max(before, 0.001);
    }),
  );
}

/**
 * Asserts that 8 times the size takes at most 20 times the CPU; with quadratic growth it would take 64 times as much. At `size`
 * the fixed cost of the work must be the smaller part.
 */
export function assertLinear(what: string, work: (size: number) => void, size: number, rounds = 5): void {
  const ratio = cpuRatio(
    () => work(size),
    () => work(8 * size),
    rounds,
  );
  console.log(`${what}: 8 times the size takes ${ratio.toFixed(1)} times the CPU`);
  assert.ok(ratio < 20, `${what}: 8 times the size takes ${ratio.toFixed(1)} times the CPU`);
}
