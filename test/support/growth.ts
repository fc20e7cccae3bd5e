import * as assert from "uvu/assert";

/*
 * How work grows, as a ratio of two sizes in one run: what a machine is slow at, or busy with, slows both. No test asserts how long
 * anything takes.
 */

/** The CPU time that this process spends on some work, in milliseconds. */
export function cpuTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** How many times the CPU of `small` `large` takes: the median of some rounds, each of which does both. Both are warm. */
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
 * Work on 8 times as much takes at most 8 × 2.5 times the CPU; were it quadratic, it would take 64 times as much. `size` must be
 * so large that a fixed cost of the work is the smaller part of it.
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
