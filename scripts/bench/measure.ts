import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The resources that one process used, as the operating system counted them. */
export interface Cost {
  /** User and system time, seconds. */
  cpu: number;
  /** Peak memory, MiB. */
  memory: number;
  /** From the start of the process to its end, seconds. On a machine that does other things it says little. */
  wall: number;
}

const folder = mkdtempSync(join(tmpdir(), "flakewright-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const report = join(folder, "usage.json");

/** A module for `node --require` that writes a process's cost, at its exit, to the file that the variable names. */
export const REPORTER = join(folder, "usage.cjs");
export const REPORT_VARIABLE = "FLAKEWRIGHT_BENCH_REPORT";
writeFileSync(
  REPORTER,
  `process.on("exit", () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  require("node:fs").writeFileSync(process.env.${REPORT_VARIABLE}, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS / 1024 })); });`,
);

/** A path for temporary files, deleted at exit. */
export const scratch = (name: string): string => join(folder, name);

/**
 * Runs Node once. The process reports its own cost at exit.
 *
 * @param accepted Exit statuses that are no failure.
 */
export function cost(args: readonly string[], cwd?: string, accepted: readonly number[] = [0]): Cost {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--require", REPORTER, ...args], {
    cwd,
    env: { ...process.env, [REPORT_VARIABLE]: report },
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const wall = (performance.now() - start) / 1000;
  if (!accepted.includes(status ?? -1)) throw new Error(`node ${args.join(" ")}: status ${status}\n${stderr}`);
  return { ...JSON.parse(readFileSync(report, "utf8")), wall };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export interface Compared {
  /** Medians of the command. */
  cpu: number;
  memory: number;
  wall: number;
  /** Medians of `node -e 0`. */
  floorCpu: number;
  floorWall: number;
  floorMemory: number;
  ratio: number;
}

/** Measures a command and `node -e 0` in alternating runs, so that a change of the machine's speed affects both. */
export function againstFloor(args: readonly string[], runs: number, cwd?: string, accepted?: readonly number[]): Compared {
  cost(args, cwd, accepted);
  const ours: Cost[] = [];
  const floor: Cost[] = [];
  for (let run = 0; run < runs; run++) {
    ours.push(cost(args, cwd, accepted));
    floor.push(cost(["-e", "0"], cwd));
  }
  const cpu = median(ours.map((one) => one.cpu));
  const floorCpu = median(floor.map((one) => one.cpu));
  return {
    cpu,
    memory: median(ours.map((one) => one.memory)),
    wall: median(ours.map((one) => one.wall)),
    floorCpu,
    floorWall: median(floor.map((one) => one.wall)),
    floorMemory: median(floor.map((one) => one.memory)),
    ratio: cpu / floorCpu,
  };
}
