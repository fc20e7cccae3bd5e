/**
 * One text for each cache: scheme and host in lower case, no parameters, no slash at the end. Nix asks `https://x` and `https://x/` as
 * two caches, although they are one (NixOS's own default has a slash, most documentation has none).
 */
export const cacheIdentity = (url: string): string =>
  url
    .replace(/\?.*/s, "")
    .replace(/\/+$/, "")
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, (start) => start.toLowerCase());
