import { dirname, join, relative, resolve } from "node:path";
import type { System } from "../system/system.ts";

const SPEC = "spec/platform.yaml";

/** Where a run looks for the spec and the output folder. */
export interface Project {
  /** The folder that the two paths are relative to: the current one, or the one above it that has the spec. */
  readonly folder: string;
  readonly spec: string;
  readonly out: string;
}

/**
 * The spec and the output folder of a command line. Without a SPEC, spec/platform.yaml is looked for in the current folder and then
 * upwards to the root of the Git repository; paths are then relative to the folder that has it.
 *
 * @param spec SPEC as given, if any.
 * @param out The value of `--out`, if given.
 */
export async function findProject(system: System, spec: string | undefined, out: string | undefined): Promise<Project> {
  const folder = spec === undefined ? await folderWithSpec(system) : system.cwd;
  const chosen = out === undefined || folder === system.cwd ? (out ?? "out") : relative(folder, resolve(system.cwd, out)) || ".";
  return { folder, spec: spec ?? SPEC, out: chosen };
}

async function folderWithSpec(system: System): Promise<string> {
  for (let folder = system.cwd; ; folder = dirname(folder)) {
    if ((await system.kind(join(folder, SPEC))) !== undefined) return folder;
    const isRoot = (await system.kind(join(folder, ".git"))) !== undefined || dirname(folder) === folder;
    if (isRoot) return system.cwd;
  }
}

/** A path of the command line as it is from the project's folder. */
export const pathFrom = (system: System, folder: string, path: string): string =>
  folder === system.cwd || path.startsWith("/") ? path : relative(folder, resolve(system.cwd, path)) || ".";

/** The same for what may also be a flake reference: a path exists, or begins with a dot. */
export async function referenceFrom(system: System, folder: string, written: string): Promise<string> {
  const isPath = /^\.\.?(\/|$)/.test(written) || (await system.kind(written)) !== undefined;
  return isPath ? pathFrom(system, folder, written) : written;
}
