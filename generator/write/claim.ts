import type { System } from "../system/system.ts";
import { lock } from "./lock.ts";
import { hashOf, MANIFEST, manifestText, readManifest } from "./manifest.ts";

/**
 * Makes a generated file of the output folder, as it is now, one that flakewright wrote: its hash goes into the manifest. For an edit that
 * the spec has taken over. Does nothing where the manifest does not list the file.
 *
 * @param planned The paths that the spec generates.
 */
export async function claim(system: System, out: string, path: string, planned: ReadonlySet<string>): Promise<void> {
  const tree = await system.openTree(out);
  if (!tree) return;
  try {
    const { staging, release } = await lock(system, tree, out);
    try {
      const [claims] = await readManifest(tree, out, planned);
      const content = await tree.read(path);
      if (!content || !claims.files.has(path)) return;
      const files = new Map([...claims.files, [path, hashOf(content)] as const]);
      await staging.write(
        MANIFEST,
        manifestText(files, claims.pending.size > 0 ? claims.pending : undefined, claims.origin),
        0o644,
      );
      await tree.overwrite({ tree: staging, name: MANIFEST }, MANIFEST);
    } finally {
      await release();
    }
  } finally {
    tree.close();
  }
}
