import { basename, dirname, join, sep } from "node:path";
import type { System } from "../system/system.ts";

/* Where an output folder and its spec are: in which repository, in which project. */

/** The folder with all symlinks resolved, also if its last parts do not exist yet. */
export async function realFolder(system: System, folder: string): Promise<string> {
  const real = await system.realpath(folder);
  if (real !== undefined || dirname(folder) === folder) return real ?? folder;
  return join(await realFolder(system, dirname(folder)), basename(folder));
}

/** The root of the Git work tree that has the folder. */
export async function repositoryOf(system: System, folder: string): Promise<string | undefined> {
  for (const at of [folder, ...foldersAbove(folder)]) if ((await system.kind(join(at, ".git"))) !== undefined) return at;
  return undefined;
}

/** The folder of a spec, or the one above a folder `spec/`; the output folder if that is not in it. */
export async function projectFolder(system: System, spec: string, out: string): Promise<string> {
  const folder = await realFolder(system, dirname(spec));
  const project = basename(folder) === "spec" ? dirname(folder) : folder;
  return out === project || out.startsWith(join(project, sep)) ? project : out;
}

export function foldersAbove(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [] : [above, ...foldersAbove(above)];
}
