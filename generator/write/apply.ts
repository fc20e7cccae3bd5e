import { dirname, join } from "node:path";
import type { PlannedFile } from "../output/outputs.ts";
import { hasErrors } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import { type Comparison, compare, foldersArePlain, inBatches, isDone, type KnownHashes } from "./compare.ts";
import { lock, STAGING } from "./lock.ts";
import { MANIFEST, type Manifest, manifestStamp, manifestText, readManifest } from "./manifest.ts";

/**
 * Makes the folder what the plan says, or changes nothing: everything is written beside its place first, then the manifest
 * says what is coming, then each file is renamed into place. A run that is killed anywhere leaves each file old or new, and
 * both known to the manifest. Throws Node's own error when the disk or its permissions refuse.
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
  // A killed run may have left its staging folder beside a tree that needs nothing: taking the lock clears it away.
  if (isDone(first) && (await system.kind(join(out, STAGING))) === undefined) return first;
  const release = await lock(system, out);
  try {
    // Another run may have been faster; it left another manifest.
    const stamp = await manifestStamp(system, out);
    const comparison = stamp === first.manifestStamp ? first : await compare(system, out, planned, force, known);
    if (!hasErrors(comparison.diagnostics) && !isDone(comparison)) await carryOut(system, out, comparison);
    return comparison;
  } finally {
    await release();
  }
}

async function carryOut(system: System, out: string, comparison: Comparison): Promise<void> {
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
  // Looked at again: a folder may have become a link since.
  const folders = new Map<string, Promise<boolean>>();
  await inBatches(
    writes.map((change, index) => ({ change, index })),
    async ({ change, index }) => {
      const target = join(out, change.path);
      if (!(await foldersArePlain(system, out, change.path, folders)))
        throw new Error(`${dirname(target)} became a link while it was written to`);
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
