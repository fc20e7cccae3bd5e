import { join } from "node:path";
import type { Locked } from "../knowledge/flake-lock.ts";
import { cacheFolder } from "../system/cache-folder.ts";
import type { System } from "../system/system.ts";

/*
 * Where the facts of a nixpkgs are kept: a file for each revision, in the folder for what can be made again. A revision never
 * changes, so neither does its file.
 */

/** The folder of indexes; undefined on a machine without a home. */
export function indexFolder(system: System): string | undefined {
  const folder = cacheFolder(system);
  return folder && join(folder, "index");
}

/** The name of a revision's file, without an ending: its commit, or else the hash of its files. */
export function indexName({ rev, narHash }: Pick<Locked, "rev" | "narHash">): string | undefined {
  if (rev !== undefined && /^[0-9a-f]{40,64}$/.test(rev)) return rev;
  return narHash?.replaceAll("/", "_").replace(/[^A-Za-z0-9_+=-]/g, "");
}

/** The facts' text of a revision, if it was indexed. */
export async function readIndex(system: System, locked: Pick<Locked, "rev" | "narHash">): Promise<Buffer | undefined> {
  const folder = indexFolder(system);
  const name = indexName(locked);
  if (folder === undefined || !name) return undefined;
  return system.readFile(join(folder, `${name}.tsv`));
}
