import { cacheIdentity } from "../../knowledge/cache-address.ts";
import type { Draft, ImportedCache, Noted } from "../draft.ts";
import { holdsSecret } from "../secrets.ts";
import { type Assignments, nixDefault } from "./assignments.ts";
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

/** The first address of each cache, and remarks on those that are left out. */
export function onceEach(urls: readonly string[]): { readonly kept: readonly string[]; readonly remarks: readonly string[] } {
  const first = new Map<string, string>();
  const remarks: string[] = [];
  for (const url of urls) {
    const before = first.get(cacheIdentity(url));
    if (before === undefined) first.set(cacheIdentity(url), url);
    else remarks.push(`${withoutPassword(url).url} is left out: it is the same cache as ${withoutPassword(before).url}`);
  }
  return { kept: [...first.values()], remarks };
}

function withoutPassword(url: string): { readonly url: string; readonly notes: readonly string[] } {
  if (!holdsSecret(url)) return { url, notes: [] };
  return {
    url: url.replace(/(:\/\/)[^/@]*@/, "$1"),
    notes: ["the address held a password, which has no place in a spec: put it into the file that `netrc-file` names"],
  };
}
