import { basename } from "node:path";
import { placeOf, reasonOf } from "../report/io-error.ts";
import { NotInTree } from "../system/tree.ts";
import { STAGING } from "../write/lock.ts";

/** Codes that say that a folder can't be the output folder at all, and not that a disk is full. */
const UNUSABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "EEXIST"]);

/** Works on the output folder. Where it can't be one, such as a file or a folder of /proc, the error says so and what to do. */
export async function inOutputFolder<T>(out: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = unusable(error);
    if (reason === undefined) throw error;
    throw new Error(`${out} can't be the output folder: ${reason}; choose another with --out`, { cause: error });
  }
}

function unusable(error: unknown): string | undefined {
  if (error instanceof NotInTree) return /replaced|removed/.test(error.message) ? error.message : "it is not a folder";
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  if (!UNUSABLE.has(code)) return undefined;
  // Only the lock is the folder's own affair. Of a file, the error says which.
  const place = placeOf(error);
  if (place !== undefined && !basename(place).startsWith(STAGING)) return undefined;
  // /proc and /dev/fd answer so to every new name.
  return code === "ENOENT" && syscall === "mkdir" ? "nothing can be created there" : reasonOf(error);
}
