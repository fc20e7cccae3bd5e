import { suite } from "uvu";
import { base, codeRows, settings } from "../../support/diagnostic-rows.ts";

const test = suite("rules: build users");

codeRows(test, [
  {
    code: "jobs-exceed-build-users",
    says: "`max-jobs` is 8, but there are only 2 build users",
    bad: settings("max-jobs: ⟦8⟧", "buildUsers:\n  roles:\n    - role: aws\n    - role: gcp\n"),
    good: settings("max-jobs: 2", "buildUsers:\n  roles:\n    - role: aws\n    - role: gcp\n"),
  },
  {
    code: "jobs-exceed-build-users",
    says: "`max-jobs` is 8, but there is only one build user",
    bad: settings(
      "max-jobs: ⟦8⟧",
      "buildUsers:\n  roles:\n    - role: aws\nhosts:\n  box: { stateVersion: '26.05', settings: { max-jobs: 9 } }\n  bax: { stateVersion: '26.05', settings: { max-jobs: 1 } }\nusers: { ada: { settings: { max-jobs: 4 } } }\n",
    ),
    good: settings("max-jobs: 1", "buildUsers:\n  roles:\n    - role: aws\n"),
  },
  {
    code: "build-users-auto-allocated",
    says: "`auto-allocate-uids` makes Nix ignore the declared build users",
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
    says: "there are no roles, so the group `nixbld` has no members and every build fails",
    bad: `${base}buildUsers:\n  roles: ⟦[]⟧\n`,
    good: `${base}buildUsers:\n  roles: [{ role: aws }]\n`,
  },
  {
    code: "uid-conflict",
    says: "the uids 995–1000 overlap the range 0–999, reserved for system accounts",
    bad: `${base}buildUsers:\n  firstUid: ⟦995⟧\n  roles: [{ role: a }, { role: b }, { role: c }, { role: d }, { role: e }, { role: f }]\n`,
    good: `${base}buildUsers:\n  firstUid: 30001\n  roles: [{ role: a }, { role: b }]\n`,
  },
  {
    code: "uid-conflict",
    says: "the gid 30000 is reserved for NixOS's group `nixbld`",
    bad: `${base}buildUsers:\n  group: ⟦builders⟧\n  roles: [{ role: a }]\n`,
    good: `${base}buildUsers:\n  group: builders\n  gid: 31000\n  roles: [{ role: a }]\n`,
  },
  {
    code: "uid-conflict",
    says: "the gid 65534 is in the range 65534–65535, reserved for `nobody` and the kernel's `no user`",
    bad: `${base}buildUsers:\n  gid: ⟦65534⟧\n  roles: [{ role: a }]\n`,
    good: `${base}buildUsers:\n  gid: 30000\n  roles: [{ role: a }]\n`,
  },
  {
    code: "uid-conflict",
    says: "the uid 304 is in the range 301–304, reserved for macOS since version 15",
    bad: `${base}systems: [aarch64-darwin]\nbuildUsers:\n  firstUid: ⟦304⟧\n  gid: 350\n  roles: [{ role: a }]\n`,
    good: `${base}systems: [aarch64-darwin]\nbuildUsers:\n  firstUid: 351\n  gid: 350\n  roles: [{ role: a }]\n`,
  },
  {
    code: "uid-conflict",
    says: "the uids 4294967293–4294967294 overlap the range 2147483648–4294967295, which some programs read as negative numbers",
    bad: `${base}buildUsers:\n  firstUid: ⟦4294967293⟧\n  roles: [{ role: a }, { role: b }]\n`,
    good: `${base}buildUsers:\n  firstUid: 40000\n  roles: [{ role: a }, { role: b }]\n`,
  },
  {
    code: "uid-conflict",
    says: "the gid 30000 is reserved for NixOS's group `nixbld`",
    bad: `${base}buildUsers:\n  group: builders\n  gid: ⟦30000⟧\n  roles: [{ role: a }]\n`,
    good: `${base}buildUsers:\n  group: builders\n  gid: 31000\n  roles: [{ role: a }]\n`,
  },
]);

test.run();
