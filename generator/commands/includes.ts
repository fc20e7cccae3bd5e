import { dirname, isAbsolute, join, resolve } from "node:path";
import { MAX_BYTES } from "../read/source.ts";
import type { Includes } from "../read/spec.ts";
import type { System } from "../system/system.ts";
import { repositoryOf } from "../write/places.ts";

/**
 * Reads the files that the spec includes, and notes them in `filesRead`. In a Git repository, what is outside of it is not read: findings
 * show lines of a spec's files, and a stranger's pull request could name any file of the machine that checks it, directly or by a link. A
 * clone would not have such a file either. The Nix store, which everybody can read, is an exception.
 */
export async function includesOf(
  system: System,
  spec: string,
  filesRead: Map<string, Uint8Array | undefined>,
): Promise<Includes> {
  const root = (await system.realpath(spec)) ?? resolve(system.cwd, spec);
  const repository = await repositoryOf(system, dirname(root));
  const isOutside = (path: string) =>
    repository !== undefined && !`${path}/`.startsWith(`${repository.replace(/\/$/, "")}/`) && !path.startsWith("/nix/store/");
  return {
    root,
    load(written, from) {
      const file = isAbsolute(written) ? written : join(dirname(from), written);
      const read = system.readRegularFile(file, MAX_BYTES);
      const isFound = typeof read !== "string";
      filesRead.set(resolve(system.cwd, file), isFound && !isOutside(read.path) ? read.bytes : undefined);
      if (!isFound) return isOutside(resolve(system.cwd, file)) ? OUTSIDE : read;
      if (isOutside(read.path)) return OUTSIDE;
      filesRead.set(read.path, read.bytes);
      return { file, ...read };
    },
  };
}

/** Also where there is no file: whether there is one is nothing for a stranger to learn. */
const OUTSIDE = "is outside of the spec's Git repository";
