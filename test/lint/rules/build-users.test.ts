import { suite } from "uvu";
import { base, codeRows, settings } from "../../support/diagnostic-rows.ts";

const test = suite("rules: build users");

codeRows(test, [
  {
    code: "jobs-exceed-build-users",
    says: "8 builds at once, but 2 build users",
    bad: settings("max-jobs: ⟦8⟧", "buildUsers:\n  roles:\n    - role: aws\n    - role: gcp\n"),
    good: settings("max-jobs: 2", "buildUsers:\n  roles:\n    - role: aws\n    - role: gcp\n"),
  },
  {
    code: "build-users-auto-allocated",
    says: "Nix allocates ids by itself, so the declared build users are never used",
    bad: settings(
      "experimental-features: [auto-allocate-uids]\nauto-allocate-uids: ⟦true⟧",
      "buildUsers:\n  roles:\n    - role: aws\nlint:\n  - code: setting-too-new\n    why: every machine has Nix 2.26\n",
    ),
    good: settings(
      "experimental-features: [auto-allocate-uids]\nauto-allocate-uids: false",
      "buildUsers:\n  roles:\n    - role: aws\nlint:\n  - code: setting-too-new\n    why: every machine has Nix 2.26\n",
    ),
  },
  {
    code: "build-users-empty",
    says: "no build user is declared, so the group `nixbld` has no members and every build fails",
    bad: `${base}buildUsers:\n  roles: ⟦[]⟧\n`,
    good: `${base}buildUsers:\n  roles: [{ role: aws }]\n`,
  },
  {
    code: "uid-conflict",
    says: "995–1000 reach into ids that belong to system accounts (0–999)",
    bad: `${base}buildUsers:\n  firstUid: ⟦995⟧\n  roles: [{ role: a }, { role: b }, { role: c }, { role: d }, { role: e }, { role: f }]\n`,
    good: `${base}buildUsers:\n  firstUid: 30001\n  roles: [{ role: a }, { role: b }]\n`,
  },
  {
    code: "uid-conflict",
    says: "30000 is the gid of NixOS's own group `nixbld`, so another group can't have it",
    bad: `${base}buildUsers:\n  group: ⟦builders⟧\n  roles: [{ role: a }]\n`,
    good: `${base}buildUsers:\n  group: builders\n  gid: 31000\n  roles: [{ role: a }]\n`,
  },
  {
    code: "uid-conflict",
    says: "the gid 65534 belongs to `nobody` and the kernel's `no user` (65534–65535)",
    bad: `${base}buildUsers:\n  gid: ⟦65534⟧\n  roles: [{ role: a }]\n`,
    good: `${base}buildUsers:\n  gid: 30000\n  roles: [{ role: a }]\n`,
  },
  {
    code: "uid-conflict",
    says: "304 belongs to macOS since version 15 (301–304)",
    bad: `${base}systems: [aarch64-darwin]\nbuildUsers:\n  firstUid: ⟦304⟧\n  gid: 350\n  roles: [{ role: a }]\n`,
    good: `${base}systems: [aarch64-darwin]\nbuildUsers:\n  firstUid: 351\n  gid: 350\n  roles: [{ role: a }]\n`,
  },
  {
    code: "uid-conflict",
    says: "4294967293–4294967294 reach into ids that belong to nobody: programs that read ids as signed numbers fail (2147483648–4294967295)",
    bad: `${base}buildUsers:\n  firstUid: ⟦4294967293⟧\n  roles: [{ role: a }, { role: b }]\n`,
    good: `${base}buildUsers:\n  firstUid: 40000\n  roles: [{ role: a }, { role: b }]\n`,
  },
  {
    code: "uid-conflict",
    says: "30000 is the gid of NixOS's own group `nixbld`, so another group can't have it",
    bad: `${base}buildUsers:\n  group: builders\n  gid: ⟦30000⟧\n  roles: [{ role: a }]\n`,
    good: `${base}buildUsers:\n  group: builders\n  gid: 31000\n  roles: [{ role: a }]\n`,
  },
]);

test.run();
