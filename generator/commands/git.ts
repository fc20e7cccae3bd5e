import { dirname, join, relative } from "node:path";
import type { System } from "../system/system.ts";

/** Whether the folder lies in a Git work tree. */
export async function inGit(system: System, folder: string): Promise<boolean> {
  for (let at = join(system.cwd, relative(system.cwd, folder)); ; at = dirname(at)) {
    if ((await system.kind(join(at, ".git"))) !== undefined) return true;
    if (dirname(at) === at) return false;
  }
}
