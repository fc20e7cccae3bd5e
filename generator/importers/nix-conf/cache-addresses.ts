import { cacheIdentity } from "../../knowledge/cache-address.ts";
import { holdsSecret } from "../secrets.ts";

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

/** An address without its password, and a remark on that. */
export function withoutPassword(url: string): { readonly url: string; readonly notes: readonly string[] } {
  if (!holdsSecret(url)) return { url, notes: [] };
  return {
    url: url.replace(/(:\/\/)[^/@]*@/, "$1"),
    notes: ["the address held a password, which has no place in a spec: put it into the file that `netrc-file` names"],
  };
}
