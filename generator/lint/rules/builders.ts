import { machinesProblem } from "../../knowledge/machines-file.ts";
import { valueAt } from "../../report/spec-path.ts";
import type { Rule } from "../rule.ts";

/* Remote build machines. */

export const builderRules: readonly Rule[] = [
  {
    code: "host-key-invalid",
    severity: "error",
    final: true,
    summary: "a builder's `publicHostKey` that is not a public key line in base64",
    cause:
      "Nix writes the decoded text to a known_hosts file. If it is not a public key line, every connection to the builder fails.",
    example:
      "builders:\n  - host: arm.example.net\n    publicHostKey: AAAAC3NzaC1lZDI1NTE5AAAAIEw3T0sSYyB4dkxNYXlJbnZlbnRlZEtleQAA",
    fixed:
      "builders:\n  - host: arm.example.net\n    publicHostKey: c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUV3M1Qwc1NZeUI0ZGt4TllYbEpiblpsYm5SbFpFdGxlUUFB",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-builders",
    check: ({ model, report }) => {
      for (const builder of model.builders) {
        if (builder.publicHostKey === undefined) continue;
        const at = [...builder.at, "publicHostKey"];
        const line = Buffer.from(builder.publicHostKey, "base64").toString("latin1");
        const hint = "run this on the builder: base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub";
        // A private key is reported as `secret-in-spec`.
        if (line.includes("PRIVATE KEY")) continue;
        if (/^\0\0\0[\x01-\x40](?:ssh|ecdsa|sk)-/.test(line))
          report({
            at,
            message: "this is only the key: Nix needs the whole line of the public key file, encoded in base64",
            hint,
          });
        else if (!/^(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp\d+|sk-[a-z0-9@.-]+) \S+/.test(line))
          report({ at, message: "the decoded text is not a public key line such as `ssh-ed25519 AAAA…`", hint });
      }
    },
  },
  {
    code: "builder-unwritable",
    severity: "error",
    final: true,
    summary: "a builder that /etc/nix/machines can't contain",
    cause: "/etc/nix/machines has no quoting: `#` starts a comment, `;` ends an entry and white space separates fields.",
    example: "builders:\n  - host: arm.example.net\n    sshKey: /etc/nix/key#1",
    fixed: "builders:\n  - host: arm.example.net\n    sshKey: /etc/nix/key-1",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-builders",
    check: ({ model, source, report }) => {
      for (const builder of model.builders) {
        const problem = builder.host === "" ? undefined : machinesProblem(builder);
        if (problem === undefined) continue;
        const isKey = /[\s;#]/.test(builder.sshKey ?? "");
        const isWritten = valueAt(source, [...builder.at, "sshKey"]) !== undefined;
        report({
          at: isKey && isWritten ? [...builder.at, "sshKey"] : [...builder.at, "host"],
          message: `the builder ${problem}`,
          hint: "use another name or path",
        });
      }
    },
  },
  {
    code: "builder-without-host-key",
    severity: "warning",
    summary: "a builder without a host key",
    cause:
      "The daemon connects as root and can't ask anyone to confirm a new host key. The connection fails unless root's known_hosts file has the key. Without host key checking, another machine could pretend to be the builder.",
    example: "builders:\n  - host: arm.example.net",
    fixed:
      "builders:\n  - host: arm.example.net\n    publicHostKey: c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUV3M1Qwc1NZeUI0ZGt4TllYbEpiblpsYm5SbFpFdGxlUUFB",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-builders",
    check: ({ model, source, report }) => {
      for (const builder of model.builders) {
        // The model does not have a `publicHostKey` that validation rejected, but the spec does.
        const written = (source.value as { builders?: Record<string, unknown>[] }).builders?.[Number(builder.at[1])];
        if (builder.publicHostKey !== undefined || written?.["publicHostKey"] !== undefined) continue;
        report({
          at: [...builder.at, "host"],
          message: "the builder has no `publicHostKey`, so the daemon can't verify it",
          hint: "add `publicHostKey:` with the output of this on the builder: base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub",
        });
      }
    },
  },
];
