import { dirname } from "node:path";
import type { PlannedFile } from "../output/outputs.ts";
import { hasErrors } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import type { Tree } from "../system/tree.ts";
import { type Comparison, compareTree, compareUnlocked, inBatches, isUpToDate, type KnownHashes } from "./compare.ts";
import { lock, STAGING } from "./lock.ts";
import { type Hashes, MANIFEST, manifestText } from "./manifest.ts";
import type { Origin } from "./origin.ts";
import { Transaction } from "./transaction.ts";

/**
 * Writes the planned files, or changes nothing when the comparison finds an error. Under the lock the folder is compared again and all new
 * content goes to a staging folder. Then the manifest lists the coming hashes under `pending`, and each file is put in its place,
 * if what is there is still what was compared; else all is put back. When a run is killed, each file is either old or new, and
 * the manifest knows both hashes. Throws Node's own error for a full disk or missing permissions.
 */
export async function apply(
  system: System,
  out: string,
  planned: readonly PlannedFile[],
  force: boolean,
  known: KnownHashes = new Map(),
  origin?: Origin,
): Promise<Comparison> {
  const { comparison: first, isReliable } = await compareUnlocked(system, out, planned, force, known, origin);
  if (isReliable && hasErrors(first.diagnostics)) return first;
  // A killed run may have left its staging folder although the files are up to date: taking the lock removes it.
  if (isReliable && isUpToDate(first) && !(await system.list(out)).some((name) => name.startsWith(STAGING))) return first;
  await system.mkdir(out);
  const tree = await system.openTree(out);
  if (!tree) throw new Error(`${out} was removed during the run`);
  try {
    const { staging, isHeld, release } = await lock(system, tree, out);
    try {
      const comparison = await compareTree(system, tree, out, planned, force, known, origin);
      if (hasErrors(comparison.diagnostics) || isUpToDate(comparison)) return comparison;
      return await writeChanges(tree, staging, out, comparison, force);
    } catch (error) {
      if (await isHeld().catch(() => false)) throw error;
      throw new Error(`another flakewright took over ${out} while this one was stopped; run it again`);
    } finally {
      await release();
    }
  } finally {
    tree.close();
  }
}

async function writeChanges(tree: Tree, staging: Tree, out: string, comparison: Comparison, force: boolean): Promise<Comparison> {
  const { changes, claims, files, origin } = comparison;
  const writes = changes.filter((change) => change.change === "created" || change.change === "updated");
  const removals = changes.filter((change) => change.change === "removed");
  let manifests = 0;
  const writeManifest = async (hashes: Hashes, pending?: Hashes) => {
    const name = `manifest-${manifests++}`;
    await staging.write(name, manifestText(hashes, pending, origin), 0o644);
    await tree.overwrite({ tree: staging, name }, MANIFEST);
  };
  await inBatches(
    writes.map((change, index) => ({ change, index })),
    ({ change, index }) => staging.write(`new-${index}`, change.bytes ?? change.after ?? "", change.mode),
  );
  // The found hashes and not the listed ones: a killed run may have left a file that only its `pending` had.
  const before = new Map(claims.files);
  for (const { path, found, once } of changes) if (found !== undefined && !once) before.set(path, found);
  const pending = new Map(writes.flatMap(({ path, once }) => (once ? [] : [[path, files.get(path) ?? ""] as const])));
  if (changes.some(({ change }) => change !== "unchanged")) await writeManifest(before, pending);

  const transaction = new Transaction(tree, staging, out, claims, force);
  try {
    for (const [index, change] of writes.entries()) await transaction.write(change, `new-${index}`, `old-${index}`);
    for (const [index, change] of removals.entries()) await transaction.remove(change, `gone-${index}`);
    await transaction.verify();
  } catch (error) {
    // A full disk, for one. Putting back is done as far as it goes: the manifest has both hashes of each file.
    await transaction.undo().catch(() => {});
    throw error;
  }
  if (transaction.diagnostics.length > 0) {
    await transaction.undo();
    await writeManifest(before);
    return { ...comparison, diagnostics: transaction.diagnostics };
  }
  for (const { path } of removals) await removeEmptyFolders(tree, dirname(path));
  await writeManifest(files);
  return comparison;
}

async function removeEmptyFolders(tree: Tree, folder: string): Promise<void> {
  if (folder === "." || !(await tree.removeFolder(folder))) return;
  await removeEmptyFolders(tree, dirname(folder));
}
