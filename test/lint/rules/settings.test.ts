import { suite } from "uvu";
import { base, codeRows, settings } from "../../support/diagnostic-rows.ts";

const test = suite("rules: settings");

codeRows(test, [
  {
    code: "setting-unknown",
    says: "no version of Nix has a setting `build-users`",
    bad: settings("cores: 2\n⟦build-users⟧: [nixbld1, nixbld2]"),
    good: settings("cores: 2", "buildUsers:\n  roles:\n    - role: nixbld1\n    - role: nixbld2\n"),
  },
  {
    code: "setting-unknown",
    says: "unknown nix.conf setting `max-jbos`",
    bad: `${base}users:\n  ada:\n    settings:\n      ⟦max-jbos⟧: 2\n`,
    good: `${base}users:\n  ada:\n    settings:\n      max-jobs: 2\n`,
  },
  {
    code: "setting-unknown",
    says: "`max-jobs` does not support `extra-`",
    bad: `${base}volumes:\n  aws:\n    mount: /volumes/aws\n    settings: { ⟦extra-max-jobs⟧: 2 }\n`,
    good: `${base}volumes:\n  aws:\n    mount: /volumes/aws\n    settings: { max-jobs: 2 }\n`,
  },
  {
    code: "setting-type",
    says: "`keep-failed` must be true or false, not `sometimes`",
    bad: settings("keep-failed: ⟦sometimes⟧"),
    good: settings("keep-failed: true"),
  },
  {
    code: "setting-type",
    says: "unknown experimental feature `flaks`: did you mean `flakes`?",
    bad: settings("experimental-features: [nix-command, ⟦flaks⟧]"),
    good: settings("experimental-features: [nix-command, flakes]"),
  },
  {
    code: "setting-type",
    says: "`lazy-trees` contains `#`, which starts a comment in nix.conf",
    bad: settings('lazy-trees: ⟦"a#b"⟧', "lint:\n  - code: setting-unknown\n    why: these machines have another Nix\n"),
    good: settings("lazy-trees: true", "lint:\n  - code: setting-unknown\n    why: these machines have another Nix\n"),
  },
  {
    code: "setting-renamed",
    says: "`build-max-jobs` is an old name of `max-jobs`",
    bad: settings("⟦build-max-jobs⟧: 2"),
    good: settings("max-jobs: 2"),
  },
  {
    code: "setting-renamed",
    says: "Nix 2.13 removed `enforce-determinism`",
    bad: settings("cores: 2\n⟦enforce-determinism⟧: true"),
    good: settings("cores: 2"),
  },
  {
    code: "setting-too-new",
    says: "Nix 2.8 and Nix 2.26 don't have the setting `json-log-path`",
    bad: settings("⟦json-log-path⟧: /var/log/nix.json"),
    good: settings("log-lines: 50"),
  },
  {
    code: "setting-too-new",
    says: "Nix 2.8 and Nix 2.26 don't have the experimental feature `blake3-hashes`",
    bad: settings("experimental-features: [nix-command, ⟦blake3-hashes⟧]"),
    good: settings("experimental-features: [nix-command]"),
  },
  {
    code: "feature-gone",
    says: "Nix 2.34 doesn't have the experimental feature `no-url-literals` any more (Nix 2.26 has it)",
    bad: settings("experimental-features: [nix-command, ⟦no-url-literals⟧]"),
    good: settings("experimental-features: [nix-command]"),
  },
  {
    code: "setting-needs-feature",
    says: "`accept-flake-config` has no effect without the experimental feature `flakes`",
    bad: settings("experimental-features: [nix-command]\n⟦accept-flake-config⟧: true"),
    good: settings("experimental-features: [nix-command, flakes]\naccept-flake-config: true"),
  },
]);

test.run();
