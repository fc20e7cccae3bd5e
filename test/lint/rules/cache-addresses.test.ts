import { suite } from "uvu";
import { base, codeRows, KEY, settings } from "../../support/diagnostic-rows.ts";

const test = suite("rules: addresses of caches");

const cache = (url: string) => `  - url: ${url}\n    publicKey: ${KEY}\n`;

codeRows(test, [
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
