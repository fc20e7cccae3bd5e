import type { Rule } from "../rule.ts";

/* Entries of `lint` that are unused or give no reason. The runner reports these, see lint/acceptances.ts. */

export const acceptanceRules: readonly Rule[] = [
  {
    code: "lint-unused",
    severity: "warning",
    final: true,
    summary: "unused `lint` entry",
    cause:
      "The diagnostic that the entry accepts is not reported, or not at that place: it was fixed or moved, or the code or the place is misspelt. The entry would hide the next problem with this code.",
    example: "trustedUsers: [root]\nlint:\n  - code: trusted-user-is-root\n    why: the platform owner administers the builders",
    fixed: "trustedUsers: [root]",
  },
  {
    code: "lint-without-why",
    severity: "error",
    final: true,
    summary: "a `lint` entry without a reason",
    cause: "Readers of the spec must be able to judge whether the risk is still acceptable.",
    example: "settings:\n  sandbox: false\nlint:\n  - code: sandbox-off",
    fixed: "settings:\n  sandbox: false\nlint:\n  - code: sandbox-off\n    why: these builders have no user namespaces",
  },
];
