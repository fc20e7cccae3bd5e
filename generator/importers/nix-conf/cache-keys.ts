import { addTo } from "../../report/lists-by-key.ts";

/** The key found for one cache; `guess` says why when the names alone do not. */
export interface PairedKey {
  readonly key: string;
  readonly guess?: string;
}

/** Keys that caches sign with under another name than their address says. */
const SIGNERS: readonly (readonly [host: RegExp, keyName: RegExp])[] = [
  [/(^|\.)cache\.iog\.io$/, /^hydra\.iohk\.io$/],
  [/(^|\.)cache\.zw3rk\.com$/, /^loony-tools$/],
  [/(^|\.)nixcache\.reflex-frp\.org$/, /^ryantrinkle\.com-1$/],
  [/(^|\.)cache\.flox\.dev$/, /^flox-store-public-0$/],
];

/**
 * nix.conf has one list of caches and another of keys, and nothing says which belongs to which: Nix accepts any of the keys
 * for any cache. A key's name says it in most cases, and a wrong pair would change nothing but how the spec reads.
 */
export function pairKeys(
  urls: readonly string[],
  keys: readonly string[],
): { paired: (PairedKey | undefined)[]; left: string[] } {
  const paired: (PairedKey | undefined)[] = urls.map(() => undefined);
  const free = new Set(keys);
  const caches = urls.map(cacheOf);
  const byName = new Map<string, string[]>();
  const bySigner = SIGNERS.map((): string[] => []);
  const position = new Map<string, number>();
  for (const [index, key] of [...free].entries()) {
    position.set(key, index);
    addTo(byName, withoutCounter(keyName(key)), key);
    for (const [signer, [, names]] of SIGNERS.entries()) if (names.test(keyName(key))) bySigner[signer]?.push(key);
  }
  /** The first key of a list that is still free; those before it never will be again. */
  const firstFree = (list: string[] | undefined): string | undefined => {
    while (list?.[0] !== undefined && !free.has(list[0])) list.shift();
    return list?.[0];
  };
  const pass = (candidates: (cache: Cache) => readonly (string[] | undefined)[], guess?: string) => {
    for (const [index, cache] of caches.entries()) {
      if (paired[index]) continue;
      const [key] = candidates(cache)
        .flatMap((list) => firstFree(list) ?? [])
        .sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
      if (key === undefined) continue;
      paired[index] = guess === undefined ? { key } : { key, guess };
      free.delete(key);
    }
  };
  pass(({ host }) => [byName.get(host)]);
  pass(({ host }) => SIGNERS.map(([hosts], signer) => (hosts.test(host) ? bySigner[signer] : undefined)));
  pass(({ labels }) => labels.map((label) => byName.get(label)), "the key's name is part of the address");
  // A mirror of cache.nixos.org passes on what that one signed; the key may already stand at the original.
  const official = keys.find((key) => /^cache\.nixos\.org-\d+$/.test(keyName(key)));
  for (const [index, url] of urls.entries()) {
    if (paired[index] || official === undefined || !/\/nix-channels\/store\/?(\?|$)|(^|[./-])cache-nixos-org([./-]|$)/.test(url))
      continue;
    paired[index] = { key: official, guess: "it mirrors cache.nixos.org" };
    free.delete(official);
  }
  const open = paired.flatMap((pair, index) => (pair ? [] : [index]));
  const last = [...free];
  if (open.length === 1 && last.length === 1) {
    paired[open[0]!] = { key: last[0]!, guess: "both were the only ones left" };
    free.clear();
  }
  return { paired, left: [...free] };
}

interface Cache {
  readonly host: string;
  /** The host's labels and the path's segments: `attic.example.com/main` signs as `main`. */
  readonly labels: readonly string[];
}

function cacheOf(url: string): Cache {
  const [, host = "", path = ""] = /^[a-z0-9+.-]+:\/\/(?:[^/@]*@)?([^/?:]*)(?::\d+)?([^?]*)/i.exec(url) ?? [];
  const labels = host.split(".").length > 1 ? [host.replace(/\.[^.]+$/, ""), ...host.split(".").slice(0, -1)] : [host];
  return {
    host: host.toLowerCase(),
    labels: [...labels.map((label) => label.toLowerCase()), ...path.split("/").filter((part) => part !== "")],
  };
}

const keyName = (key: string): string => key.split(":", 1)[0] ?? "";
const withoutCounter = (name: string): string => name.replace(/-\d+$/, "").toLowerCase();
