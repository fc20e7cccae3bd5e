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
      "Nix writes the decoded text into a known_hosts file; if it is no public key line, every connection to the builder fails.",
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
        const hint = "base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub, run on the builder, prints it";
        // A private key is reported as the secret that it is.
        if (line.includes("PRIVATE KEY")) continue;
        if (/^\0\0\0[\x01-\x40](?:ssh|ecdsa|sk)-/.test(line))
          report({ at, message: "this is the key alone; Nix wants the whole public key line, once more in base64", hint });
        else if (!/^(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp\d+|sk-[a-z0-9@.-]+) \S+/.test(line))
          report({ at, message: "decoded, this is no public key line such as `ssh-ed25519 AAAA…`", hint });
      }
    },
  },
  {
    code: "builder-unwritable",
    severity: "error",
    final: true,
    summary: "a builder that the machines file can't hold",
    cause: "/etc/nix/machines has no quoting: it cuts a line at `#`, ends an entry at `;` and splits at blanks.",
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
          hint: "give it another name or place",
        });
      }
    },
  },
  {
    code: "builder-without-host-key",
    severity: "warning",
    summary: "a builder that nobody can recognise",
    cause:
      "The daemon connects as root and has nobody to ask whether a new host key is right: unless root's known_hosts has the key already, the connection fails, and with checking switched off anybody could pose as the builder.",
    example: "builders:\n  - host: arm.example.net",
    fixed:
      "builders:\n  - host: arm.example.net\n    publicHostKey: c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUV3M1Qwc1NZeUI0ZGt4TllYbEpiblpsYm5SbFpFdGxlUUFB",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-builders",
    check: ({ model, source, report }) => {
      for (const builder of model.builders) {
        // Refused by the shape, it was there all the same.
        const written = (source.value as { builders?: Record<string, unknown>[] }).builders?.[Number(builder.at[1])];
        if (builder.publicHostKey !== undefined || written?.["publicHostKey"] !== undefined) continue;
        report({
          at: [...builder.at, "host"],
          message: "the daemon can't tell this builder from another machine: its host key is missing",
          hint: "add `publicHostKey:` with what `base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub` prints on the builder",
        });
      }
    },
  },
];
