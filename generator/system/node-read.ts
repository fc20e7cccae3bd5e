import fs from "node:fs";

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
 */
export function readFile(file: number, most: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  return readWhatIsThere(file, most, chunks) ? Buffer.concat(chunks) : undefined;
}

/** Adds what there is to chunks that have at most `most` + 1 bytes in total. False if more is to come. */
function readWhatIsThere(file: number, most: number, chunks: Buffer[]): boolean {
  for (let left = most + 1 - chunks.reduce((sum, { length }) => sum + length, 0); left > 0; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, left));
    const length = readSome(file, chunk);
    if (length === undefined) return false;
    if (length === 0) return true;
    chunks.push(chunk.subarray(0, length));
    left -= length;
  }
  return true;
}

/** How many bytes are read; undefined when there is none at present. */
function readSome(file: number, into: Buffer): number | undefined {
  try {
    return fs.readSync(file, into);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") return undefined;
    // Windows says so at the end of a pipe.
    if (code === "EOF") return 0;
    throw error;
  }
}
