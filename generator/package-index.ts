import { join } from "node:path";
import type { Host } from "./host.ts";
import type { Locked } from "./lock.ts";
import { cacheFolder } from "./memo.ts";

/*
 * Where the facts of a nixpkgs are kept: a file for each revision, in the folder for what can be made again. A revision never
 * changes, so neither does its file.
 */

/** The folder of indexes; undefined on a machine without a home. */
export function indexFolder(host: Host): string | undefined {
  const folder = cacheFolder(host);
  return folder && join(folder, "index");
}

/** The name of a revision's file, without an ending: its commit, or else the hash of its files. */
export function indexName({ rev, narHash }: Pick<Locked, "rev" | "narHash">): string | undefined {
  if (rev !== undefined && /^[0-9a-f]{40,64}$/.test(rev)) return rev;
  return narHash?.replaceAll("/", "_").replace(/[^A-Za-z0-9_+=-]/g, "");
}

/** The facts' text of a revision, if it was indexed. */
export async function readIndex(host: Host, locked: Pick<Locked, "rev" | "narHash">): Promise<Buffer | undefined> {
  const folder = indexFolder(host);
  const name = indexName(locked);
  if (folder === undefined || !name) return undefined;
  return host.readFile(join(folder, `${name}.tsv`));
}
