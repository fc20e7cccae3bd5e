import { limitsOf, MAX_BYTES } from "../../generator/read/source.ts";
import { type Attack, isImport, isSpec } from "./attacks.ts";

/** The first lines of an attack are not counted in its size. */
const HEADROOM = 12 * 1024;

/** The sizes that each attack is measured at, in bytes; the last is as much as a spec of 8 MiB has. */
export const NAMED_SIZES: readonly number[] = [64 * 1024, 256 * 1024, 1024 * 1024, MAX_BYTES - HEADROOM];

/** An import reads 200,000 characters. */
export const IMPORTED = 192 * 1024;

/**
 * The largest size at which an attack is read, in bytes: 8 MiB, or as many lines, keys and entries as a spec can have. Above it, the answer is
 * `yaml-limit` and costs next to nothing.
 */
export function largestSize(attack: Attack): number {
  if (isImport(attack)) return IMPORTED;
  const whole = MAX_BYTES - HEADROOM;
  // A file that is included counts like the spec; of any other, all is read.
  if (!isSpec(attack) && attack.file !== "base.yaml") return whole;
  const isRead = (size: number) => limitsOf(attack.text(size)).full === -1;
  let [read, refused] = [0, whole];
  if (isRead(refused)) return refused;
  while (refused - read > 1024) {
    const middle = (read + refused) >> 1;
    if (isRead(middle)) read = middle;
    else refused = middle;
  }
  return read;
}
