import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows, settings } from "../../support/diagnostic-rows.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("rules: trust");

codeRows(test, [
  {
    code: "trusted-users-wildcard",
    says: "`*` makes every account of the machine equivalent to root",
    bad: `${base}trustedUsers: [root, ⟦"*"⟧]\n`,
    good: `${base}trustedUsers: [root]\nallowedUsers: ["*"]\n`,
  },
  {
    code: "trusted-user-is-root",
    says: "trusting `ada` is equivalent to root on that machine",
    bad: `${base}trustedUsers: [root, ⟦ada⟧]\n`,
    good: `${base}trustedUsers: [root]\nallowedUsers: [ada]\n`,
  },
  {
    code: "trusted-user-is-root",
    says: "trusting every member of the group `wheel` is equivalent to root on that machine",
    bad: settings('trusted-users: [⟦"@wheel"⟧, root]'),
    good: settings("trusted-users: [root]"),
  },
  {
    code: "trusted-user-is-root",
    says: "trusting `ada` is equivalent to root on that machine",
    bad: `${base}trustedUsers:\n  - root\n  - ⟦ada⟧ # for now\n`,
    good: `${base}trustedUsers:\n  - root\n`,
  },
  {
    code: "trusted-user-is-root",
    says: "trusting `ada` is equivalent to root on that machine",
    bad: settings("trusted-users: ⟦ada⟧ root"),
    good: settings("trusted-users: root"),
  },
  {
    code: "sandbox-off",
    says: "builds of the system run without the sandbox",
    bad: settings("sandbox: ⟦false⟧"),
    good: settings("sandbox: true"),
  },
  {
    code: "sandbox-off",
    says: "builds of the volume `aws` may opt out of the sandbox",
    bad: `${base}volumes:\n  aws:\n    mount: /volumes/aws\n    settings: { sandbox: ⟦relaxed⟧ }\n`,
    good: `${base}volumes:\n  aws:\n    mount: /volumes/aws\n    settings: { sandbox: true }\n`,
  },
  ...(
    [
      ["filter-syscalls", "false", "true", "can make programs that run as another account (setuid) in the store"],
      ["allow-new-privileges", "true", "false", "can become another account through setuid programs"],
      ["build-users-group", '""', "nixbld", "run as root where the daemon runs as root"],
    ] as const
  ).map(([name, bad, good, what]) => ({
    code: "build-rights",
    says: `builds of the system ${what}`,
    bad: settings(`${name}: ⟦${bad}⟧`),
    good: settings(`${name}: ${good}`),
  })),
  {
    code: "build-rights",
    says: "builds of the host `web` may keep the groups of the daemon",
    bad: `${base}hosts:\n  web:\n    system: x86_64-linux\n    stateVersion: "26.05"\n    settings: { require-drop-supplementary-groups: ⟦false⟧ }\n`,
    good: `${base}hosts:\n  web:\n    system: x86_64-linux\n    stateVersion: "26.05"\n    settings: { require-drop-supplementary-groups: true }\n`,
  },
]);

test("settings that only newer Nixes have", () => {
  const found = (text: string) =>
    compileText(settings(text), true).diagnostics.flatMap(({ code, message }) => (code === "build-rights" ? [message] : []));
  for (const folder of ["/tmp", "/var/tmp/", "/var/../tmp/nix", "/dev/shm", "/private/tmp"])
    assert.equal(found(`build-dir: ${folder}`), [
      "builds of the system are in a folder where each account can write, and can change what is built",
    ]);
  for (const folder of ["/nix/var/nix/builds", "/srv/tmp", "/tmpfs"]) assert.equal(found(`build-dir: ${folder}`), []);
  const uids = "experimental-features: [auto-allocate-uids]\nauto-allocate-uids: true\n";
  assert.equal(found(`${uids}start-id: 1000`), ["builds of the system run as accounts of the machine"]);
  assert.equal(found(`${uids}start-id: 900000000`), []);
  // Without `auto-allocate-uids` it does nothing.
  assert.equal(found("start-id: 1000"), []);
});

test.run();
