import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
/** Arguments of Node that start the command line: the bundle, which the runner has just built (test/run.ts). */
export const CLI = [join(ROOT, "dist/flakewright.js")];

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables of a run on top of the test's own; `undefined` takes one away. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Runs the command line as a process in `cwd`, to its end. */
export function flakewright(cwd: string, args: readonly string[], env: Environment = {}): CliResult {
  return spawnSync(process.execPath, [...CLI, ...args], { cwd, encoding: "utf8", env: { ...process.env, ...env } });
}

/** Starts it and comes back at once. */
export function startFlakewright(cwd: string, args: readonly string[], env: Environment = {}): ChildProcess {
  return spawn(process.execPath, [...CLI, ...args], { cwd, env: { ...process.env, ...env } });
}
