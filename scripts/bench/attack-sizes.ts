import { limitsOf, MAX_BYTES } from "../../generator/read/source.ts";
import type { Attack } from "./attacks.ts";

/** The first lines of an attack are not counted in its size. */
const HEADROOM = 12 * 1024;

/**
 * The largest size at which an attack is read, in bytes: 8 MiB, or as many lines, keys and entries as a spec can have. Above it, the answer is
 * `yaml-limit` and costs next to nothing.
 */
export function largestSize({ file, text }: Attack): number {
  // An import reads 200,000 characters.
  if (file !== "spec.yaml") return 192 * 1024;
  const isRead = (size: number) => limitsOf(text(size)).full === -1;
  let [read, refused] = [0, MAX_BYTES - HEADROOM];
  if (isRead(refused)) return refused;
  while (refused - read > 1024) {
    const middle = (read + refused) >> 1;
    if (isRead(middle)) read = middle;
    else refused = middle;
  }
  return read;
}
