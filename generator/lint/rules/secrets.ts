import type { SpecPath } from "../../report/spec-path.ts";
import type { Rule } from "../rule.ts";

/* Secrets in the spec. */

export const secretRules: readonly Rule[] = [
  {
    code: "secret-in-spec",
    severity: "error",
    summary: "a password, a token or a private key",
    cause:
      "Everyone who can read the repository can read the spec, and what is generated from it is copied to the Nix store, which every account of a machine can read.",
    example: "settings:\n  access-tokens:\n    github.com: ghp_0123456789abcdefghijklmnopqrstuvwxyz",
    fixed:
      "# the line is in ~/.config/nix/nix.conf of each account that fetches private inputs, and only that account can read it",
    check: ({ secrets, report }) => {
      for (const { at, range, what } of secrets) {
        if (what === undefined) continue;
        report({
          at: at ?? [],
          range: () => range,
          message: `${at ? "the spec" : "a comment"} contains ${what}`,
          hint: secretHint(what, at),
        });
      }
    },
  },
];

function secretHint(what: string, at: SpecPath | undefined): string {
  // A token of a known form is one by its form, wherever it stands.
  if (what === "an access token" || at?.includes("access-tokens") || at?.includes("extra-access-tokens"))
    return "move the line to `~/.config/nix/nix.conf` of each account that needs it, for that account alone to read, and replace the token";
  if (what.includes("signing key"))
    return "replace the key pair, because anyone with this key can sign for the cache, and write the new public key here (`nix key convert-secret-to-public` prints it)";
  if (at?.[0] === "network")
    return "leave the account out, replace it, and give it to the daemon in a file that only root can read (ARCHITECTURE.md says which) and to people in their own http_proxy and https_proxy";
  if (what.includes("URL")) return "move it to the file of the setting `netrc-file`, and replace it";
  return "move it to a secret store or a file outside the repository, and replace it, because others may have read it";
}
