import fs from "node:fs";

const CHUNK = 64 * 1024;

/** How long a reader waits for a program that has written nothing yet, in milliseconds. */
const PAUSE = 10;

/** An open file to its end, or its first `most` + 1 bytes: it may have no end. Waits for a pipe that has nothing yet. */
export async function readAtMost(file: number, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let left = most + 1; left > 0; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, left));
    const length = readSome(file, chunk);
    if (length === 0) break;
    if (length === undefined) {
      // Another program that shares a pipe or terminal has made it non-blocking.
      await new Promise((wake) => setTimeout(wake, PAUSE));
      continue;
    }
    chunks.push(chunk.subarray(0, length));
    left -= length;
  }
  return Buffer.concat(chunks);
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
