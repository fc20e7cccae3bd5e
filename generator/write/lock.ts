import { join } from "node:path";
import type { System } from "../system/system.ts";

/** Holds new files until all of them are there; its creation is the lock of the output folder. */
export const STAGING = ".flakewright.tmp";

/** How long a run waits for another one on the same folder, in milliseconds. */
const PATIENCE = 10_000;

/** Takes the folder's lock, or waits for it; a lock whose owner is dead is taken over. Answers with its release. */
export async function lock(system: System, out: string): Promise<() => Promise<void>> {
  const staging = join(out, STAGING);
  const owner = JSON.stringify({ pid: system.pid, hostname: system.hostname, id: system.randomId() });
  let waited = 0;
  while (!(await system.mkdirExclusive(staging))) {
    const held = (await system.readFile(join(staging, "owner")))?.toString();
    if (await isAbandoned(system, held, waited)) {
      // Renaming is atomic: of several that see the dead owner, one gets the folder.
      const aside = join(out, `${STAGING}-${system.randomId()}`);
      try {
        await system.rename(staging, aside);
        await system.remove(aside);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
      continue;
    }
    if (waited >= PATIENCE)
      throw new Error(`another flakewright is writing to ${out} (${held ?? "unknown"}); if none is, delete ${staging}`);
    await system.sleep(20);
    waited += 20;
  }
  await system.writeFile(join(staging, "owner"), owner);
  return async () => {
    if ((await system.readFile(join(staging, "owner")))?.toString() === owner) await system.remove(staging);
  };
}

/** Whether the lock's owner is gone. Waiting is counted, not read off a clock. */
async function isAbandoned(system: System, owner: string | undefined, waited: number): Promise<boolean> {
  // Between making the folder and writing the owner there is a moment without one.
  if (owner === undefined || owner === "") return waited >= 1000;
  try {
    const { pid, hostname } = JSON.parse(owner) as { pid: number; hostname: string };
    return hostname === system.hostname && (pid === system.pid || !system.processAlive(pid));
  } catch {
    return true;
  }
}
