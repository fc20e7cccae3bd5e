import { suite } from "uvu";
import { base, codeRows, KEY, settings } from "../../support/diagnostic-rows.ts";

const test = suite("rules: caches");

codeRows(test, [
  {
    code: "substituter-without-key",
    says: "nothing from `https://cache.nixos.org/` would be accepted: its public key is missing",
    bad: `${base}substituters:\n  - url: ⟦https://cache.nixos.org/⟧\n`,
    good: `${base}substituters:\n  - url: https://cache.nixos.org/\n    publicKey: cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=\n`,
  },
  {
    code: "substituter-without-key",
    says: "nothing from `https://cache.example.org` would be accepted: its public key is missing",
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
    says: "a public key is `name:base64`; this has no name",
    bad: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ⟦6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=⟧\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`,
  },
  {
    code: "public-key-invalid",
    says: "a public key has 32 bytes (44 digits of base64); what follows `cache.example.org-1:` has 30",
    bad: settings('trusted-public-keys: [⟦"cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDS"⟧]'),
    good: settings(`trusted-public-keys: ["${KEY}"]`),
  },
  {
    code: "public-key-invalid",
    says: "a key's name holds no white space and no `#`, which nix.conf could not carry",
    bad: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ⟦"#${KEY}"⟧\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`,
  },
  {
    code: "signatures-off",
    says: "the system takes paths from caches without a signature",
    bad: settings("require-sigs: ⟦false⟧"),
    good: settings("require-sigs: true"),
  },
  {
    code: "signatures-off",
    says: "`trusted=true` takes everything from this cache without a signature",
    bad: `${base}substituters:\n  - url: ⟦file:///srv/cache?trusted=true⟧\n`,
    good: `${base}substituters:\n  - url: file:///srv/cache\n    publicKey: ${KEY}\n`,
  },
]);

test.run();
