import type { SpawnResult, System } from "./system.ts";

/** Runs Git in a folder of somebody else's repository, whose configuration may name a program to watch files with: it does not run. */
export const git = (system: System, folder: string, args: readonly string[], signal?: AbortSignal): Promise<SpawnResult> =>
  system.spawn("git", ["-c", "core.fsmonitor=false", "-C", folder, ...args], signal ? { signal } : {});
