import { nearestNames } from "../report/suggestions.ts";
import { addressProblem, isPort } from "./internet-address.ts";

/* Addresses of binary caches that Nix can't open, or takes for something else. Tried with `nix store ping` of 2.8 and 2.34. */

/** What is wrong with an address. */
export interface StoreProblem {
  /** The end of a sentence about the address. */
  readonly why: string;
  readonly meant?: string;
  readonly hint?: string;
}

/** Schemes of stores, of all supported versions. */
const SCHEMES = [
  "https",
  "http",
  "s3",
  "ssh",
  "ssh-ng",
  "mounted-ssh-ng",
  "file",
  "local",
  "daemon",
  "unix",
  "dummy",
  "local-overlay",
];

/** Parameters that binary caches have (libstore, BinaryCacheStoreConfig and its kinds), with the form of their values. */
const NUMBER = /^-?[0-9]+$/;
const BOOLEAN = /^(?:true|false|yes|no|1|0)$/;
const WORD = /^.*$/s;
const PARAMETERS: Readonly<Record<string, RegExp>> = {
  priority: NUMBER,
  trusted: BOOLEAN,
  "want-mass-query": BOOLEAN,
  "system-features": WORD,
  "path-info-cache-size": NUMBER,
  store: WORD,
  compression: /^(?:xz|bzip2|gzip|zstd|none|br|lzip|lz4|lzma|lzop|compress|grzip|lrzip)$/,
  "compression-level": NUMBER,
  "parallel-compression": BOOLEAN,
  "local-nar-cache": WORD,
  "secret-key": WORD,
  "secret-keys": WORD,
  "write-nar-listing": BOOLEAN,
  "index-debug-info": BOOLEAN,
  // s3://
  profile: WORD,
  region: WORD,
  scheme: /^https?$/,
  endpoint: WORD,
  "buffer-size": NUMBER,
  "narinfo-compression": WORD,
  "ls-compression": WORD,
  "log-compression": WORD,
  "multipart-upload": BOOLEAN,
  "multipart-threshold": NUMBER,
  "multipart-chunk-size": NUMBER,
  "addressing-style": WORD,
  "storage-class": WORD,
  versionId: WORD,
  // https:// with a client's certificate
  "tls-certificate": WORD,
  "tls-private-key": WORD,
  // ssh://, ssh-ng://, local
  "remote-store": WORD,
  "remote-program": WORD,
  "ssh-key": WORD,
  "base64-ssh-public-host-key": WORD,
  compress: BOOLEAN,
  "max-connections": NUMBER,
  "max-connection-age": NUMBER,
  "log-fd": NUMBER,
  root: WORD,
  state: WORD,
  log: WORD,
  real: WORD,
  "require-sigs": BOOLEAN,
  "read-only": BOOLEAN,
  "build-dir": WORD,
  "lower-store": WORD,
  "upper-layer": WORD,
  "check-mount": BOOLEAN,
  "remount-hook": WORD,
};

/** What is wrong with a cache's address; undefined if Nix can open it, as far as the text says. */
export function storeProblem(url: string): StoreProblem | undefined {
  const [base = "", query = ""] = url.split(/\?(.*)/s);
  if (base.includes(",")) return { why: "has a comma, which no address has", hint: "give each cache an entry of its own" };
  if (/\$|^[a-z]+:(?:\/\/)?~/.test(base))
    return { why: "has `$` or `~`, and nothing in it is expanded", hint: "write the whole address" };
  return baseProblem(base) ?? parameterProblem(base, query);
}

function baseProblem(base: string): StoreProblem | undefined {
  if (base.startsWith("/") || ["auto", "daemon", "local", "unix", "dummy"].includes(base)) return undefined;
  if (/^[\w.+-]+-[0-9]+:[A-Za-z0-9+/]{20,}={0,2}$/.test(base))
    return { why: "is a public key", hint: "it belongs in `publicKey`; `url` is the cache's address" };
  const broken = /^(https?|s3|ssh|ssh-ng|file):?\/*/i.exec(base);
  const [, scheme = "", rest = ""] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(base) ?? [];
  const example = "write a URL such as https://cache.example.org, s3://bucket or file:///srv/cache";
  if (scheme === "") {
    // Nix takes `file:/srv/cache` as well.
    if (/^file:\//.test(base)) return undefined;
    if (broken?.[1] && /:|\/\//.test(broken[0]) && base.length > broken[0].length) {
      const path = base.slice(broken[0].length);
      const right = broken[1].toLowerCase();
      return { why: `has no \`${right}://\``, meant: `${right}://${right === "file" ? "/" : ""}${path}` };
    }
    const cachix = /^cachix:([a-z0-9-]+)$/.exec(base)?.[1];
    if (cachix !== undefined) return { why: "is no address that Nix knows", meant: `https://${cachix}.cachix.org` };
    if (/^[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:\/.*)?$/.test(base))
      return { why: "is no store address: it has no scheme", meant: `https://${base}` };
    return { why: "is no store address: it has no scheme", hint: example };
  }
  // `substituter-insecure-url` reports it.
  if (scheme === "ftp") return undefined;
  if (!SCHEMES.includes(scheme)) {
    if (SCHEMES.includes(scheme.toLowerCase()))
      return { why: "has a scheme in upper case", meant: `${scheme.toLowerCase()}://${rest}` };
    const [only, ...others] = nearestNames(scheme, ["https", "http", "s3", "ssh", "ssh-ng", "file"]);
    const why = `has the scheme \`${scheme}\`, which is none of a store`;
    // `htps` is nearest to `http`, and nobody means that one.
    if (only !== undefined)
      return { why, meant: `${[only, ...others].includes("https") || only === "http" ? "https" : only}://${rest}` };
    return { why, hint: example };
  }
  if (scheme === "file") {
    if (rest.startsWith("/")) return undefined;
    return rest === ""
      ? { why: "has no path", hint: example }
      : { why: "has a host where `file:` has none", meant: `file:///${rest}` };
  }
  if (!["https", "http", "ssh", "ssh-ng", "s3"].includes(scheme)) return undefined;
  return hostProblem(scheme, rest);
}

function hostProblem(scheme: string, rest: string): StoreProblem | undefined {
  const [authority = "", ...path] = rest.split("/");
  if (authority === "") return { why: "has no host", hint: `write \`${scheme}://HOST\`` };
  // The rules of Amazon S3 for names of buckets.
  if (scheme === "s3") {
    const isBucket = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(authority);
    return isBucket
      ? undefined
      : { why: `has a bucket that S3 does not allow: \`${authority}\``, hint: "use lower-case letters, digits, `-` and `.`" };
  }
  const [, host = "", port] = /^(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority) ?? [];
  const problem = /^\[.*\]$/.test(host) ? addressProblem(host.slice(1, -1)) : addressProblem(host);
  if (problem !== undefined) return { why: `names a host that ${problem}`, hint: "correct the host" };
  if (port !== undefined && !isPort(port))
    return { why: `has no valid port: \`${port}\``, hint: "a port is a number up to 65535" };
  if (/^(?:app\.|www\.)?cachix\.org$/i.test(host)) {
    const name = path.at(0) === "cache" ? path.at(1) : path.at(0);
    const meant =
      name !== undefined && /^[a-z0-9-]+$/.test(name)
        ? { meant: `https://${name}.cachix.org` }
        : { hint: "write https://NAME.cachix.org" };
    return { why: "is a page of Cachix, not a cache", ...meant };
  }
  if (path.at(-1) === "nix-cache-info")
    return { why: "is a file of the cache, not the cache", meant: `${scheme}://${[authority, ...path.slice(0, -1)].join("/")}` };
  return undefined;
}

function parameterProblem(base: string, query: string): StoreProblem | undefined {
  for (const part of query.split("&").filter((one) => one !== "")) {
    const [name = "", value = ""] = part.split(/=(.*)/s);
    const form = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (form === undefined) {
      const [near, ...others] = nearestNames(name, Object.keys(PARAMETERS));
      // Nix takes any other name too, and may know it in a version to come.
      if (near === undefined || others.length > 0) continue;
      const right = query.split("&").map((one) => (one === part ? `${near}=${value}` : one));
      return { why: `has the parameter \`${name}\`, which Nix ignores`, meant: `${base}?${right.join("&")}` };
    }
    if (!form.test(decoded(value)))
      return { why: `has \`${part}\`, and Nix takes no such value`, hint: `correct the value of \`${name}\`` };
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
