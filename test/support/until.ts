import { setTimeout as sleep } from "node:timers/promises";

/** Much longer than any wait in a working test. */
const GUARD_SECONDS = 300;

/** Waits until `look` returns something other than false and undefined, and returns that. After the limit, the error names `what`. */
export async function until<T>(
  what: string | (() => string),
  look: () => T | false | undefined | Promise<T | false | undefined>,
): Promise<T> {
  const end = performance.now() + GUARD_SECONDS * 1000;
  // A look may start a process: after some looks in a row the pauses grow.
  for (let pause = 10; ; pause = Math.min(200, pause * 1.3)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited too long for ${typeof what === "string" ? what : what()}`);
    await sleep(pause);
  }
}
