import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows, HOST_KEY } from "../../support/diagnostic-rows.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("rules: remote builders");

codeRows(test, [
  {
    code: "ssh-key-path",
    says: "this is the path of a public key, and ssh needs the private one",
    bad: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n    sshKey: ⟦/etc/nix/key.pub⟧\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n    sshKey: /etc/nix/key\n`,
  },
  ...(
    [
      ["big_parallel", "big-parallel"],
      ["KVM", "kvm"],
      ["nixos-tests", "nixos-test"],
    ] as const
  ).map(([name, good]) => ({
    code: "feature-unknown",
    says: `no build asks for the feature \`${name}\``,
    bad: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n    features: [⟦${name}⟧]\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n    features: [${good}, gccarch-znver3, our-licence]\n`,
  })),

  {
    code: "host-key-invalid",
    says: "this is only the key: Nix needs the whole line of the public key file, encoded in base64",
    bad: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ⟦AAAAC3NzaC1lZDI1NTE5AAAAIEw3T0sSYyB4dkxNYXlJbnZlbnRlZEtleQAA⟧\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n`,
  },
  {
    code: "host-key-invalid",
    says: "the decoded text is not a public key line such as `ssh-ed25519 AAAA…`",
    bad: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ⟦bm90aGluZw==⟧\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n`,
  },
  {
    code: "builder-unwritable",
    says: "the builder contains white space, `;` or `#`, which /etc/nix/machines can't contain",
    bad: `${base}builders:\n  - host: arm.example.net\n    sshKey: ⟦/etc/nix/key#1⟧\n    publicHostKey: ${HOST_KEY}\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    sshKey: /etc/nix/key-1\n    publicHostKey: ${HOST_KEY}\n`,
  },
  {
    code: "builder-without-host-key",
    says: "the builder has no `publicHostKey`, so the daemon can't verify it",
    bad: `${base}builders:\n  - host: ⟦arm.example.net⟧\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n`,
  },
]);

test("a key whose path ssh expands is a warning", () => {
  const spec = `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n    sshKey: /etc/nix/%h\n`;
  const { diagnostics, files } = compileText(spec);
  assert.equal(
    diagnostics.map(({ code, severity }) => [code, severity]),
    [["ssh-key-path", "warning"]],
  );
  assert.ok(files);
});

test.run();
