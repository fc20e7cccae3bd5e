import { basename, dirname, join, resolve, sep } from "node:path";
import type { System } from "../system/system.ts";

/** Where an output folder and its spec are. All paths are absolute. */
export interface OutputPlace {
  /** The output folder, with all symlinks resolved. */
  readonly folder: string;
  /** The folder of the project; the output folder itself without a spec, and where it is outside of the spec's project. */
  readonly project: string;
  /** The root of the Git work tree that has the output folder. */
  readonly repository: string | undefined;
  /** The spec, with symlinks of its folder resolved; undefined when it comes from standard input. */
  readonly spec: string | undefined;
}

/**
 * @param out The output folder, as the user wrote it.
 * @param spec The path of the spec; undefined when it comes from standard input.
 */
export async function placeOf(system: System, out: string, spec: string | undefined): Promise<OutputPlace> {
  const folder = await realFolder(system, resolve(system.cwd, out));
  const repository = await repositoryOf(system, folder);
  if (spec === undefined) return { folder, project: folder, repository, spec };
  const absolute = resolve(system.cwd, spec);
  const specFolder = await realFolder(system, dirname(absolute));
  return { folder, project: projectFolder(specFolder, folder), repository, spec: join(specFolder, basename(absolute)) };
}

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
function projectFolder(specFolder: string, out: string): string {
  const project = basename(specFolder) === "spec" ? dirname(specFolder) : specFolder;
  return out === project || out.startsWith(join(project, sep)) ? project : out;
}

export function foldersAbove(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [] : [above, ...foldersAbove(above)];
}
