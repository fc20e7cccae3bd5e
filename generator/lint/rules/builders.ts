import { machinesProblem } from "../../knowledge/machines-file.ts";
import { type SpecPath, valueAt } from "../../report/spec-path.ts";
import { nearestNames } from "../../report/suggestions.ts";
import { quoted } from "../../report/words.ts";
import { replacement } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { entriesOf, placeOf, scopes } from "../settings-in-force.ts";

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
    code: "ssh-key-path",
    severity: "error",
    summary: "a path that is not the one of a private key",
    cause:
      "ssh needs the private key; the file that ends in .pub is the public one. ssh expands `%` and `${…}` in the path of a key, so that it looks for another file.",
    example: "builders:\n  - host: arm.example.net\n    sshKey: /etc/nix/builder_ed25519.pub",
    fixed: "builders:\n  - host: arm.example.net\n    sshKey: /etc/nix/builder_ed25519",
    source: "https://man.openbsd.org/ssh_config#IdentityFile",
    check: ({ model, source, report }) => {
      for (const builder of model.builders) {
        const at = [...builder.at, "sshKey"];
        const key = builder.sshKey ?? "";
        if (key.endsWith(".pub")) {
          const right = key.slice(0, -4);
          report({
            at,
            message: "this is the path of a public key, and ssh needs the private one",
            hint: `write \`${right}\``,
            fix: () => replacement(source, at, "value", right),
          });
        } else if (/%|\$\{/.test(key))
          report({
            severity: "warning",
            at,
            message: "ssh expands `%` and `${…}` in the path of a key",
            hint: "give the file another name",
          });
        else if (key.endsWith("/")) report({ at, message: "this is a folder, and a key is a file", hint: "name the file in it" });
        else if (key.startsWith("/nix/store/"))
          report({
            at,
            message: "everyone can read the Nix store, so no private key is in it",
            hint: "keep the key in a file that only root reads",
          });
      }
    },
  },
  {
    code: "feature-unknown",
    severity: "warning",
    summary: "a system feature that is almost a known one",
    cause:
      "A build asks for features by name, such as big-parallel or kvm. A machine with a feature of another name never gets these builds, and Nix says nothing.",
    example: "builders:\n  - host: arm.example.net\n    features: [big_parallel]",
    fixed: "builders:\n  - host: arm.example.net\n    features: [big-parallel]",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-system-features",
    check: (context) => {
      const { source, report } = context;
      for (const { place, name, at } of features(context)) {
        const near = nearFeature(name);
        if (near === undefined) continue;
        report({
          ...place,
          message: `no build asks for the feature ${quoted([name])}`,
          hint: `did you mean ${quoted([near])}?`,
          fix: () => (at ? replacement(source, at, "value", near) : undefined),
        });
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

/** Features that builds of nixpkgs and Nix itself ask for. */
const FEATURES = ["kvm", "big-parallel", "nixos-test", "benchmark", "recursive-nix", "ca-derivations", "uid-range", "apple-virt"];

/** The feature that a misspelt name means; undefined for a known one, and for one of the author's own. */
function nearFeature(name: string): string | undefined {
  if (FEATURES.includes(name)) return undefined;
  const flat = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const same = FEATURES.find((feature) => flat(feature) === flat(name).replace(/(?<=nixostest)s$/, ""));
  return same ?? (name.length > 4 ? nearestNames(name, FEATURES)[0] : undefined);
}

interface Feature {
  readonly place: ReturnType<typeof placeOf>;
  readonly name: string;
  /** The path of the whole value, if it is one. */
  readonly at?: SpecPath;
}

function* features({ model, source }: RuleContext): Generator<Feature> {
  for (const builder of model.builders)
    for (const key of ["features", "mandatoryFeatures"] as const)
      for (const [index, name] of builder[key].entries()) {
        const at = [...builder.at, key, index];
        yield { place: { at }, name, at };
      }
  for (const scope of scopes(model))
    for (const setting of scope.declared)
      if (/^(?:extra-)?system-features$/.test(setting.name))
        for (const entry of entriesOf(source, setting)) yield { place: placeOf(entry), name: entry.text };
}
