import type { Draft, ImportedCache, Noted } from "../draft.ts";
import { holdsSecret } from "../secrets.ts";
import { type Assignments, nixDefault } from "./assignments.ts";
import { onceEach, withoutPassword } from "./cache-addresses.ts";
import { pairKeys } from "./cache-keys.ts";

/**
 * Takes `substituters` and `trusted-public-keys` out of the settings, and gives each cache its key. Keys that are of no cache
 * stay settings.
 */
export function takeCaches(assignments: Assignments): Pick<Draft, "substituters"> {
  const urls = assignments.takeList("substituters");
  const keys = assignments.takeList("trusted-public-keys");
  const file = (urls ?? keys)?.file;
  if (file === undefined) return {};
  const about = [...(urls?.notes ?? [])];
  const { kept, remarks } = onceEach(urls?.words ?? nixDefault("substituters"));
  about.push(...remarks);
  const caches = kept.map(withoutPassword);
  const allKeys = keys?.words ?? nixDefault("trusted-public-keys");
  const publicKeys = allKeys.filter((key) => !holdsSecret(key));
  if (publicKeys.length < allKeys.length)
    about.push("one of the trusted public keys was the secret half of a key: it is left out, and should be replaced everywhere");
  const { paired, left } = pairKeys(
    caches.map(({ url }) => url),
    publicKeys,
  );
  // Keys of caches that are only trusted, or of signers without a cache: Nix adds them to those of the substituters.
  if (left.length > 0) assignments.set("extra-trusted-public-keys", { words: left, notes: keys?.notes ?? [], file });
  else about.push(...(keys?.notes ?? []));
  const substituters = caches.map(({ url, notes }, index): Noted<ImportedCache> => {
    const key = paired[index];
    return {
      value: { url, ...(key ? { publicKey: key.key } : {}) },
      notes: [...notes, ...(key?.guess ? [`paired with its key because ${key.guess}`] : [])],
    };
  });
  return { substituters: [{ notes: about }, ...substituters] };
}
