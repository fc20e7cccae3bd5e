import { suite } from "uvu";
import { base, codeRows, KEY, settings } from "../../support/diagnostic-rows.ts";

const test = suite("rules: addresses of caches");

const cache = (url: string) => `  - url: ${url}\n    publicKey: ${KEY}\n`;

codeRows(test, [
  ...(
    [
      ["https:/cache.example.org", "has no `https://`"],
      ["htps://cache.example.org", "has the scheme `htps`, which is none of a store"],
      ["https://cache..example.org", "names a host that has two dots in a row, or one at an end"],
      ["https://cache.example.org:99999", "has no valid port: `99999`"],
      ["https://app.cachix.org/cache/acme", "is a page of Cachix, not a cache"],
      ["cachix:acme", "is no address that Nix knows"],
      ["https://cache.example.org?priorty=10", "has the parameter `priorty`, which Nix ignores"],
      ["https://cache.example.org?priority=high", "has `priority=high`, and Nix takes no such value"],
      ["s3://Our_Bucket", "has a bucket that S3 does not allow: `Our_Bucket`"],
    ] as const
  ).map(([url, why]) => ({
    code: "substituter-url",
    says: `\`${url}\` ${why}`,
    bad: `${base}substituters:\n${cache(`⟦${url}⟧`)}`,
    good: `${base}substituters:\n${cache("https://cache.example.org?priority=10")}`,
  })),
  {
    code: "substituter-url",
    says: "`htps://cache.example.org` has the scheme `htps`, which is none of a store",
    bad: settings(`trusted-substituters: [⟦htps://cache.example.org⟧]\nextra-trusted-public-keys: ["${KEY}"]`),
    good: settings(`trusted-substituters: [https://cache.example.org]\nextra-trusted-public-keys: ["${KEY}"]`),
  },

  {
    code: "substituter-url",
    says: "`cache.example.org` is no store address: it has no scheme",
    bad: `${base}substituters:\n${cache("⟦cache.example.org⟧")}`,
    good: `${base}substituters:\n${cache("https://cache.example.org")}`,
  },
  {
    code: "substituter-url",
    says: "`cache.example.org/nix` is no store address: it has no scheme",
    bad: `${base}substituters:\n${cache("⟦cache.example.org/nix⟧")}`,
    good: `${base}substituters:\n${cache("file:///srv/nix")}`,
  },
  {
    code: "substituter-url",
    says: "this cache is listed twice",
    bad: `${base}substituters:\n${cache("https://cache.example.org")}${cache("⟦https://Cache.example.org/⟧")}`,
    good: `${base}substituters:\n${cache("https://cache.example.org/a")}${cache("https://cache.example.org/b")}`,
  },
  {
    code: "substituter-url",
    says: "this cache is listed twice",
    bad: settings(`extra-substituters: [https://cache.nixos.org, ⟦https://cache.nixos.org/⟧]`),
    good: settings(`extra-substituters: [https://cache.nixos.org]`),
  },
]);

test.run();
