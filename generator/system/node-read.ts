import { readSync } from "node:fs";

const CHUNK = 64 * 1024;

/** How long a reader waits for a program that has written nothing yet, in milliseconds. */
const PAUSE = 10;

/** A pipe to its end, or its first `most` + 1 bytes: it may have no end. Waits for a pipe that has nothing yet. */
export async function readPipe(pipe: number, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // Another program that shares a pipe or terminal may have made it non-blocking.
  while (!readWhatIsThere(pipe, most, chunks)) await new Promise((wake) => setTimeout(wake, PAUSE));
  return Buffer.concat(chunks);
}

/**
 * A file that was opened without blocking to its end, or its first `most` + 1 bytes; undefined where more is to be waited for: a file of the kernel
 * such as /proc/kmsg has no end.
 *
 * @param size How many bytes it has as far as the file system knows: 0 for many files of the kernel.
 */
export function readFile(file: number, most: number, size: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  if (!readWhatIsThere(file, most, chunks, size)) return undefined;
  const [first, ...others] = chunks;
  return first && others.length === 0 ? first : Buffer.concat(chunks);
}

/** Adds what there is to chunks that have at most `most` + 1 bytes in total. False if more is to come. */
function readWhatIsThere(file: number, most: number, chunks: Buffer[], size = 0): boolean {
  for (let left = most + 1 - chunks.reduce((sum, { length }) => sum + length, 0), first = size; left > 0; first = 0) {
    // The end of a file of the size that it says is found with room for one byte more.
    const chunk = Buffer.allocUnsafe(Math.min(first > 0 ? first + 1 : CHUNK, left));
    let length = 0;
    let more: number | undefined;
    do {
      more = readSome(file, chunk.subarray(length));
      length += more ?? 0;
    } while (more && length < chunk.length);
    if (length > 0) chunks.push(chunk.subarray(0, length));
    if (!more) return more === 0;
    left -= length;
  }
  return true;
}

/** How many bytes are read; undefined when there is none at present. */
function readSome(file: number, into: Buffer): number | undefined {
  try {
    return readSync(file, into);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") return undefined;
    // Windows says so at the end of a pipe.
    if (code === "EOF") return 0;
    throw error;
  }
}
