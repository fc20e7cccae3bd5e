import { suite } from "uvu";
import { base, codeRows, HOST_KEY } from "../../support/diagnostic-rows.ts";

const test = suite("rules: remote builders");

codeRows(test, [
  {
    code: "host-key-invalid",
    says: "this is the key alone; Nix wants the whole public key line, once more in base64",
    bad: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ⟦AAAAC3NzaC1lZDI1NTE5AAAAIEw3T0sSYyB4dkxNYXlJbnZlbnRlZEtleQAA⟧\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n`,
  },
  {
    code: "host-key-invalid",
    says: "decoded, this is no public key line such as `ssh-ed25519 AAAA…`",
    bad: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ⟦bm90aGluZw==⟧\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n`,
  },
  {
    code: "builder-unwritable",
    says: "the builder holds a blank, `;` or `#`, which the machines file can't",
    bad: `${base}builders:\n  - host: arm.example.net\n    sshKey: ⟦/etc/nix/key#1⟧\n    publicHostKey: ${HOST_KEY}\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    sshKey: /etc/nix/key-1\n    publicHostKey: ${HOST_KEY}\n`,
  },
  {
    code: "builder-without-host-key",
    says: "the daemon can't tell this builder from another machine: its host key is missing",
    bad: `${base}builders:\n  - host: ⟦arm.example.net⟧\n`,
    good: `${base}builders:\n  - host: arm.example.net\n    publicHostKey: ${HOST_KEY}\n`,
  },
]);

test.run();
