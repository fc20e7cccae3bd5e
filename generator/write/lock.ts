import { join } from "node:path";
import type { System } from "../system/system.ts";

/** The folder that holds new files until all are written. Creating it takes the lock of the output folder. */
export const STAGING = ".flakewright.tmp";

/** How long a run waits for another run on the same folder, in milliseconds. */
const LOCK_TIMEOUT = 10_000;

/**
 * Takes the lock of the output folder and returns the function that releases it. Waits while another run holds the lock; takes
 * over a lock whose process has ended.
 */
export async function lock(system: System, out: string): Promise<() => Promise<void>> {
  const staging = join(out, STAGING);
  const owner = JSON.stringify({ pid: system.pid, hostname: system.hostname, id: system.randomId() });
  let waited = 0;
  while (!(await system.mkdirExclusive(staging))) {
    const held = (await system.readFile(join(staging, "owner")))?.toString();
    if (await isAbandoned(system, held, waited)) {
      // Several runs may find the abandoned lock at once. Renaming is atomic, so exactly one of them succeeds.
      const aside = join(out, `${STAGING}-${system.randomId()}`);
      try {
        await system.rename(staging, aside);
        await system.remove(aside);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
      continue;
    }
    if (waited >= LOCK_TIMEOUT)
      throw new Error(`another flakewright${ownerName(held)} is writing to ${out}; if not, delete ${staging}`);
    await system.sleep(20);
    waited += 20;
  }
  await system.writeFile(join(staging, "owner"), owner);
  return async () => {
    if ((await system.readFile(join(staging, "owner")))?.toString() === owner) await system.remove(staging);
  };
}

/** The lock's owner for a message; `""` when the lock has no valid one. */
function ownerName(owner: string | undefined): string {
  const [, pid, hostname] = /^\{"pid":(\d+),"hostname":"([\w.-]+)"/.exec(owner ?? "") ?? [];
  return pid ? ` (process ${pid} on ${hostname})` : "";
}

/** Whether the process that took the lock has ended. `waited` counts sleeps, in milliseconds: clocks can jump. */
async function isAbandoned(system: System, owner: string | undefined, waited: number): Promise<boolean> {
  // A run creates the folder first and writes the owner right after.
  if (owner === undefined || owner === "") return waited >= 1000;
  try {
    const { pid, hostname } = JSON.parse(owner) as { pid: number; hostname: string };
    return hostname === system.hostname && (pid === system.pid || !system.processAlive(pid));
  } catch {
    return true;
  }
}
