import { suite } from "uvu";
import { base, codeRows, HOST_KEY, KEY, settings } from "../../support/diagnostic-rows.ts";

const test = suite("rules: settings in conflict");

codeRows(test, [
  {
    code: "user-settings-drop-features",
    says: "this replaces the system's list: the user `ada` loses `flakes`",
    bad: settings(
      "experimental-features: [nix-command, flakes]",
      "users:\n  ada:\n    settings:\n      ⟦experimental-features⟧: [nix-command]\n",
    ),
    good: settings(
      "experimental-features: [nix-command, flakes]",
      "users:\n  ada:\n    settings:\n      experimental-features: [nix-command, flakes]\n",
    ),
  },
  {
    code: "user-settings-drop-features",
    says: "this replaces the system's list: the volume `aws` loses `https://cache.example.org`",
    bad: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\nvolumes:\n  aws:\n    mount: /volumes/aws\n    settings:\n      ⟦substituters⟧: [file:///volumes/cache]\n`,
    good: `${base}substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\nvolumes:\n  aws:\n    mount: /volumes/aws\n    settings:\n      substituters: [file:///volumes/cache, https://cache.example.org/]\n`,
  },
  {
    code: "setting-repeated",
    says: "`trustedUsers` declares the same `trusted-users`",
    bad: settings("max-jobs: 1\n⟦trusted-users⟧: [root]", "trustedUsers: [root]\n"),
    good: settings("max-jobs: 1", "trustedUsers: [root]\n"),
  },
  {
    code: "keep-outputs-without-gc",
    says: "`keep-outputs` keeps all build dependencies, and nothing collects garbage: the store grows without limit",
    bad: settings("keep-outputs: ⟦true⟧"),
    good: settings("keep-outputs: true", "gc: { automatic: true }\n"),
  },
  {
    code: "settings-conflict",
    says: "`max-jobs: 0` disables builds on this machine, and there are no `builders`",
    bad: settings("⟦max-jobs⟧: 0"),
    good: settings("max-jobs: 0", `builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n`),
  },
  {
    code: "settings-conflict",
    says: "`max-free` (1000 bytes) is less than `min-free` (2000 bytes)",
    bad: settings("min-free: 2000\n⟦max-free⟧: 1000"),
    good: settings("min-free: 1000\nmax-free: 2000"),
  },
  {
    code: "settings-conflict",
    says: "`substitute: false` makes Nix ignore all `substituters`",
    bad: settings("⟦substitute⟧: false", `substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`),
    good: settings("substitute: true", `substituters:\n  - url: https://cache.example.org\n    publicKey: ${KEY}\n`),
  },
  {
    code: "settings-conflict",
    says: "`sandbox-paths` has no effect: the sandbox is disabled",
    bad: settings("sandbox: false\n⟦sandbox-paths⟧: [/bin/sh]", "lint: [{ code: sandbox-off, why: no user namespaces }]\n"),
    good: settings("sandbox: true\nsandbox-paths: [/bin/sh]"),
  },
  {
    code: "settings-conflict",
    says: "`extra-sandbox-paths` has no effect: the sandbox is disabled",
    bad: settings("sandbox: false\n⟦extra-sandbox-paths⟧: [/bin/sh]", "lint: [{ code: sandbox-off, why: no user namespaces }]\n"),
    good: settings("sandbox: true\nextra-sandbox-paths: [/bin/sh]"),
  },
  {
    code: "settings-conflict",
    says: "`builders-use-substitutes` has no effect: there are no `builders`",
    bad: settings("⟦builders-use-substitutes⟧: true"),
    good: settings("builders-use-substitutes: true\nbuilders: ssh://arm.example.net"),
  },
  {
    code: "settings-conflict",
    says: "`diff-hook` has no effect without `run-diff-hook: true`",
    bad: settings("⟦diff-hook⟧: /etc/nix/diff"),
    good: settings(
      "diff-hook: /etc/nix/diff\nrun-diff-hook: true",
      "lint: [{ code: setting-runs-code, why: compares builds }]\n",
    ),
  },
  {
    code: "settings-conflict",
    says: "`run-diff-hook` has no effect without `diff-hook`",
    bad: settings("⟦run-diff-hook⟧: true"),
    good: settings("run-diff-hook: false"),
  },
  {
    code: "settings-conflict",
    says: "`run-diff-hook` has no effect without `diff-hook`",
    bad: settings('⟦run-diff-hook⟧: true\ndiff-hook: ""', "hosts: { box: { os: linux, settings: { max-jobs: 2 } } }\n"),
    good: settings('run-diff-hook: false\ndiff-hook: ""'),
  },
  {
    code: "settings-conflict",
    says: "`nix-path` has no effect with `pure-eval: true`",
    bad: settings("pure-eval: true\n⟦nix-path⟧: [nixpkgs=/srv/nixpkgs]"),
    good: settings("nix-path: [nixpkgs=/srv/nixpkgs]"),
  },
  {
    code: "settings-conflict",
    says: "`max-silent-time` (600 s) has no effect: `timeout` stops every build after 60 s",
    bad: settings("timeout: 60\n⟦max-silent-time⟧: 600"),
    good: settings("timeout: 600\nmax-silent-time: 60"),
  },
  {
    code: "settings-conflict",
    says: "`ssl-cert-file` replaces `network.caBundle` in Nix, and in Nix alone",
    bad: settings(
      "⟦ssl-cert-file⟧: /etc/ssl/other.pem",
      "network: { caBundle: /etc/ssl/company.pem }\nlint: [{ code: setting-too-new, why: every machine has 2.26 }]\n",
    ),
    good: settings("cores: 2", "network: { caBundle: /etc/ssl/company.pem }\n"),
  },
]);

test.run();
