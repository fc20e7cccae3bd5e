import { suite } from "uvu";
import * as assert from "uvu/assert";
import { codeRows, codes, settings } from "../../support/diagnostic-rows.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("rules: values of settings");

codeRows(
  test,
  (
    [
      ["secret-key-files: [⟦~/cache.sec⟧]", "`~/cache.sec` has `~` or a variable, and nothing in a setting is expanded"],
      ["secret-key-files: [⟦cache.sec⟧]", "`cache.sec` is no absolute path"],
      ["extra-platforms: [⟦aarch64_linux⟧]", "`aarch64_linux` is no system, and no build asks for it"],
      ['allowed-users: [⟦"%wheel"⟧]', "`%wheel` is no account, and nobody is meant by it"],
      ["sandbox-paths: [⟦bin/sh⟧]", "`bin/sh` is no absolute path"],
      ["sandbox-paths: { /bin/sh: ⟦bin/dash⟧ }", "`/bin/sh=bin/dash` is no absolute path"],
      ["extra-sandbox-paths:\n    /dev/kvm: /dev/kvm\n    bin/sh: ⟦/usr/bin/dash⟧", "`bin/sh=/usr/bin/dash` is no absolute path"],
      ["allowed-uris: [⟦github.com/acme⟧]", "`github.com/acme` begins no URI, so it allows nothing"],
      [
        'builders: "⟦ssh://-oProxyCommand=x⟧ x86_64-linux - 4"',
        "`ssh://-oProxyCommand=x` names a host that begins with `-`, which ssh takes for an option",
      ],
      ["build-users-group: ⟦wheel⟧", "`wheel` is a group of the system: its rights would go to every build"],
      ["nix-path: [⟦nixpkgs⟧]", "`nixpkgs` names no absolute path and no URL"],
    ] as const
  ).map(([line, says]) => ({
    code: "setting-value",
    says,
    bad: settings(line),
    good: settings(
      'secret-key-files: [/etc/nix/cache.sec]\nextra-platforms: [i686-linux]\nallowed-users: ["@wheel", "*"]\nsandbox-paths: ["/bin/sh=/usr/bin/dash?"]\nallowed-uris: ["github:acme/"]\nnix-path: ["nixpkgs=flake:nixpkgs", /etc/nix]',
    ),
  })),
);

test("a prompt may show the folder", () => {
  assert.equal(
    codes(compileText(settings("experimental-features: [nix-command, flakes]\nbash-prompt: ~/x")).diagnostics).filter(
      (code) => code === "setting-value",
    ),
    [],
  );
});

test.run();
