import { join } from "node:path";
import type { System } from "./system.ts";

/**
 * The folder for files that flakewright can regenerate, by the XDG base directory specification; undefined without a home folder.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function cacheFolder(system: System): string | undefined {
  const base = system.env["XDG_CACHE_HOME"] || (system.env["HOME"] && join(system.env["HOME"], ".cache"));
  return base ? join(base, "flakewright") : undefined;
}
