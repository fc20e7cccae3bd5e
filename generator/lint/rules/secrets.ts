import { findSetting } from "../../knowledge/settings.ts";
import type { SpecPath } from "../../report/spec-path.ts";
import type { Rule } from "../rule.ts";

/* Secrets that somebody wrote into the spec. */

export const secretRules: readonly Rule[] = [
  {
    code: "secret-in-spec",
    severity: "error",
    summary: "a password, a token or a private key",
    cause:
      "A spec is read by everybody who reads its repository, and what is generated from it ends in the Nix store, which every account of a machine can read.",
    example: "settings:\n  access-tokens:\n    github.com: ghp_0123456789abcdefghijklmnopqrstuvwxyz",
    fixed: "# /etc/nix/tokens.conf, readable by root alone, holds the line; nix.conf includes it: !include tokens.conf",
    check: ({ secrets, report }) => {
      for (const { at, range, what } of secrets)
        report({
          at: at ?? [],
          range: () => range,
          message: `${what} has no place in a spec${at ? "" : ", not even in a comment"}`,
          hint: secretHint(what, at),
        });
    },
  },
];

function secretHint(what: string, at: SpecPath | undefined): string {
  const settingsAt = at?.lastIndexOf("settings") ?? -1;
  const setting = settingsAt === -1 ? undefined : findSetting(String(at?.[settingsAt + 1]))?.setting.name;
  if (setting === "access-tokens")
    return "put the line into a file that only root can read, outside the repository, and `!include` it; then replace the token";
  if (what.includes("signing key"))
    return `replace the key pair: whoever has this can sign for the cache. The public half (nix key convert-secret-to-public) belongs here`;
  if (what.includes("URL")) return "put it into the file that the setting `netrc-file` names; then replace it";
  return "keep it in a secret store or a file outside the repository, and replace it: it must count as known to others";
}
