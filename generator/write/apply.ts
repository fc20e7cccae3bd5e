import { dirname, join } from "node:path";
import type { PlannedFile } from "../output/outputs.ts";
import { hasErrors } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import { type Comparison, compare, foldersArePlain, inBatches, isUpToDate, type KnownHashes } from "./compare.ts";
import { lock, STAGING } from "./lock.ts";
import { MANIFEST, type Manifest, manifestStamp, manifestText, readManifest } from "./manifest.ts";

/**
 * Writes the planned files, or changes nothing when `compare` finds an error. All new content goes to a staging folder first. Then
 * the manifest lists the coming hashes under `pending`, and each file is renamed into place. When a run is killed, each file is
 * either old or new, and the manifest knows both hashes. Throws Node's own error for a full disk or missing permissions.
 */
export async function apply(
  system: System,
  out: string,
  planned: readonly PlannedFile[],
  force: boolean,
  known: KnownHashes = new Map(),
): Promise<Comparison> {
  const first = await compare(system, out, planned, force, known);
  if (hasErrors(first.diagnostics)) return first;
  // A killed run may have left its staging folder although the files are up to date: taking the lock removes it.
  if (isUpToDate(first) && (await system.kind(join(out, STAGING))) === undefined) return first;
  const release = await lock(system, out);
  try {
    // Another run may have written in the meantime; then the manifest has another stamp.
    const stamp = await manifestStamp(system, out);
    const comparison = stamp === first.manifestStamp ? first : await compare(system, out, planned, force, known);
    if (!hasErrors(comparison.diagnostics) && !isUpToDate(comparison)) await writeChanges(system, out, comparison);
    return comparison;
  } finally {
    await release();
  }
}

async function writeChanges(system: System, out: string, comparison: Comparison): Promise<void> {
  const [old] = await readManifest(system, out);
  const staging = join(out, STAGING);
  const writes = comparison.changes.filter((change) => change.change === "created" || change.change === "updated");
  const removals = comparison.changes.filter((change) => change.change === "removed");
  const replaceManifest = async (manifest: Manifest) => {
    await system.writeFile(join(staging, "manifest"), manifestText(manifest));
    await system.rename(join(staging, "manifest"), join(out, MANIFEST));
  };
  await inBatches(
    writes.map((change, index) => ({ change, index })),
    ({ change, index }) => system.writeFile(join(staging, String(index)), change.bytes ?? change.after ?? "", change.mode),
  );
  const pending = Object.fromEntries(
    writes.filter((change) => !change.once).map(({ path }) => [path, comparison.manifest.files[path] ?? ""]),
  );
  const before = { ...old.pending, ...old.files };
  if (writes.length + removals.length > 0) await replaceManifest({ version: 1, files: before, pending });
  for (const folder of new Set(writes.map((change) => dirname(change.path))))
    if (folder !== ".") await system.mkdir(join(out, folder));
  // Checked again right before the rename: a folder may have become a link since the comparison.
  const folders = new Map<string, Promise<boolean>>();
  await inBatches(
    writes.map((change, index) => ({ change, index })),
    async ({ change, index }) => {
      const target = join(out, change.path);
      if (!(await foldersArePlain(system, out, change.path, folders)))
        throw new Error(`${dirname(target)} was replaced by a link during the run; nothing is written through a link`);
      if (change.once && (await system.kind(target)) !== undefined) return;
      await system.rename(join(staging, String(index)), target);
    },
  );
  for (const { path } of removals) {
    await system.remove(join(out, path));
    await removeEmptyFolders(system, out, dirname(path));
  }
  await replaceManifest(comparison.manifest);
}

async function removeEmptyFolders(system: System, out: string, folder: string): Promise<void> {
  if (folder === "." || (await system.list(join(out, folder))).length > 0) return;
  await system.remove(join(out, folder));
  await removeEmptyFolders(system, out, dirname(folder));
}
