import type { SpawnResult, System } from "./system.ts";

/*
 * Git in a folder of somebody else's repository. What a pull request brings can hold the configuration of a repository of its own: files of the
 * names HEAD, config, objects and refs make any folder a bare one. It may name programs: one that watches files, and one that fetches the
 * objects which a partial clone lacks (`git-fetch` with the transport `ext::`).
 */

/** Settings that no configuration of a repository overrides. `safe.bareRepository` is known to Git 2.38 and later. */
const SETTINGS = ["core.fsmonitor=false", "safe.bareRepository=explicit", "protocol.allow=never"];

/** Nothing is fetched: this wins over `protocol.ext.allow` of a repository. Lazy fetching itself can be turned off since Git 2.45. */
const ENV = { GIT_ALLOW_PROTOCOL: "", GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };

/** Runs Git in a folder; no program that the repository's configuration names runs. */
export const git = (system: System, folder: string, args: readonly string[], signal?: AbortSignal): Promise<SpawnResult> =>
  system.spawn("git", [...SETTINGS.flatMap((one) => ["-c", one]), "-C", folder, ...args], {
    env: ENV,
    ...(signal ? { signal } : {}),
  });
