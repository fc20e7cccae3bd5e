import { join } from "node:path";
import type { Locked } from "../knowledge/flake-lock.ts";
import { cacheFolder } from "../system/cache-folder.ts";
import type { System } from "../system/system.ts";

/*
 * The package facts that `index` collects are cached in one file per revision of nixpkgs. A revision never changes, so its file
 * never expires.
 */

/** The folder of the index files; undefined without a home folder. */
export function indexFolder(system: System): string | undefined {
  const folder = cacheFolder(system);
  return folder && join(folder, "index");
}

/** The name of a revision's file without extension: its commit, or its narHash when it has none. */
export function indexName({ rev, narHash }: Pick<Locked, "rev" | "narHash">): string | undefined {
  if (rev !== undefined && /^[0-9a-f]{40,64}$/.test(rev)) return rev;
  return narHash?.replaceAll("/", "_").replace(/[^A-Za-z0-9_+=-]/g, "");
}

/** The index file of a revision; undefined when it was never indexed. */
export async function readIndex(system: System, locked: Pick<Locked, "rev" | "narHash">): Promise<Buffer | undefined> {
  const folder = indexFolder(system);
  const name = indexName(locked);
  if (folder === undefined || !name) return undefined;
  return system.readFile(join(folder, `${name}.tsv`));
}
