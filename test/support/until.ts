import { setTimeout as sleep } from "node:timers/promises";

/** Long enough for any machine that does its work at all: what is waited for after that will not come. */
const GUARD_SECONDS = 300;

/** Waits until `look` answers something, not false or undefined, and answers that. The error after all too long says what was waited for. */
export async function until<T>(
  what: string | (() => string),
  look: () => T | false | undefined | Promise<T | false | undefined>,
): Promise<T> {
  const end = performance.now() + GUARD_SECONDS * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited in vain: ${typeof what === "string" ? what : what()}`);
    await sleep(10);
  }
}
