import { suite } from "uvu";
import { base, codeRows, KEY, settings } from "../../support/diagnostic-rows.ts";

const test = suite("rules: caches");

codeRows(test, [
  {
    code: "substituter-without-key",
    says: "`https://cache.example.net` has no publicKey, so Nix rejects everything from it",
    bad: `${base}substituters:\n  - url: ⟦https://cache.example.net⟧\n  - { url: "https://cache.example.org", publicKey: "${KEY}" }\n`,
    // A cache may sign with a key of another name: one that is of no other cache counts.
    good: `${base}substituters:\n  - url: https://cache.example.net\n  - { url: "https://cache.example.org", publicKey: "${KEY}" }\nsettings:\n  extra-trusted-public-keys: ["signer-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="]\n`,
  },
  {
    code: "substituter-without-key",
    says: "`https://cache.nixos.org/` has no publicKey, so Nix rejects everything from it",
    bad: `${base}substituters:\n  - url: ⟦https://cache.nixos.org/⟧\n`,
    good: `${base}substituters:\n  - url: https://cache.nixos.org/\n    publicKey: cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=\n`,
  },
  {
    code: "substituter-without-key",
    says: "`https://cache.example.org` has no key in `trusted-public-keys`, so Nix rejects everything from it",
    bad: settings("extra-substituters: [⟦https://cache.example.org⟧]"),
    good: settings(`extra-substituters: [https://cache.example.org]\nextra-trusted-public-keys: ["${KEY}"]`),
  },
  {
    code: "substituter-insecure-url",
    says: "`http://cache.example.org` is not encrypted",
    bad: `${base}substituters:\n  - url: ⟦http://cache.example.org⟧\n    publicKey: ${KEY}\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n  - url: http://localhost:5000\n    publicKey: ${KEY}\n`,
  },
  {
    code: "substituter-insecure-url",
    says: "`s3://cache` is not encrypted",
    bad: `${base}substituters:\n  - url: ⟦s3://cache?scheme=http⟧\n    publicKey: ${KEY}\n`,
    good: `${base}substituters:\n  - url: s3://cache?scheme=https\n    publicKey: ${KEY}\n`,
  },
  {
    code: "public-key-invalid",
    says: "invalid public key: `name:` before the base64 text is missing",
    bad: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ⟦6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=⟧\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`,
  },
  {
    code: "public-key-invalid",
    says: "invalid public key: the text after `cache.example.org-1:` has 30 bytes instead of 32 (44 characters of base64)",
    bad: settings('trusted-public-keys: [⟦"cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDS"⟧]'),
    good: settings(`trusted-public-keys: ["${KEY}"]`),
  },
  {
    code: "public-key-invalid",
    says: "invalid public key: the name contains white space, `#` or a character that is not ASCII",
    bad: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ⟦"#${KEY}"⟧\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`,
  },
  {
    code: "signatures-off",
    says: "the system accepts unsigned paths from caches",
    bad: settings("require-sigs: ⟦false⟧"),
    good: settings("require-sigs: true"),
  },
  {
    code: "signatures-off",
    says: "`trusted=true` accepts unsigned paths from this cache",
    bad: `${base}substituters:\n  - url: ⟦file:///srv/cache?trusted=true⟧\n`,
    good: `${base}substituters:\n  - url: file:///srv/cache\n    publicKey: ${KEY}\n`,
  },
  ...["%74rusted=true", "priority=1&trusted=%31"].map((query) => ({
    // Nix decodes a parameter's name and value.
    code: "signatures-off",
    says: "`trusted=true` accepts unsigned paths from this cache",
    bad: `${base}substituters:\n  - url: ⟦file:///srv/cache?${query}⟧\n`,
    good: `${base}substituters:\n  - url: file:///srv/cache?priority=1\n    publicKey: ${KEY}\n`,
  })),
]);

test.run();
