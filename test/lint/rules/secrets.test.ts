import { suite } from "uvu";
import { base, codeRows, KEY, settings } from "../../support/diagnostic-rows.ts";

/** 64 bytes, as `nix key generate-secret` prints them. */
const SECRET_HALF = `${"A".repeat(43)}b${"C".repeat(42)}==`;

const test = suite("rules: secrets");

codeRows(test, [
  {
    code: "secret-in-spec",
    says: "the spec contains an access token",
    bad: settings("access-tokens: { github.com: ⟦0123456789abcdef⟧ }"),
    good: settings("cores: 2"),
  },
  {
    code: "secret-in-spec",
    says: "the spec contains a secret signing key",
    bad: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: cache.example.org-1:⟦${SECRET_HALF}⟧\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`,
  },
  {
    code: "secret-in-spec",
    says: "the spec contains a password in a URL",
    bad: `${base}substituters:\n  - url: https://ada:⟦correct-horse⟧@cache.example.org\n    publicKey: ${KEY}\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`,
  },
  {
    code: "secret-in-spec",
    says: "a comment contains a GitHub token",
    bad: `${base}# for later: ⟦ghp_0123456789abcdefghijklmnopqrstuvwxyz⟧\n`,
    good: `${base}# for later: where the token is kept\n`,
  },
  {
    code: "secret-in-spec",
    says: "the spec contains a password or token",
    bad: `${base}shells:\n  k8s:\n    hook: |\n      export VAULT_TOKEN=⟦abcdefghijklmno⟧\n`,
    good: `${base}shells:\n  k8s:\n    hook: |\n      export VAULT_TOKEN="$(cat ~/.vault-token)"\n`,
  },
  {
    code: "secret-in-spec",
    says: "the spec contains a password or token",
    bad: `${base}shells:\n  k8s:\n    env: { DB_PASSWORD: ⟦correct-horse⟧ }\n`,
    good: `${base}shells:\n  k8s:\n    env: { DB_PASSWORD_FILE: /run/secrets/db, DB_PASSWORD: "" }\n`,
  },
]);

test.run();
