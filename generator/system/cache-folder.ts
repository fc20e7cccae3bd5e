import { join } from "node:path";
import type { System } from "./system.ts";

/** Where flakewright keeps what it can make again, after the XDG base directory specification; undefined on a machine without a home. */
export function cacheFolder(system: System): string | undefined {
  const base = system.env["XDG_CACHE_HOME"] || (system.env["HOME"] && join(system.env["HOME"], ".cache"));
  return base ? join(base, "flakewright") : undefined;
}
