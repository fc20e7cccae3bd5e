import type { Rule } from "../rule.ts";

/* What the runner itself reports about entries of `lint`; lint/acceptances.ts finds them. */

export const acceptanceRules: readonly Rule[] = [
  {
    code: "lint-unused",
    severity: "warning",
    final: true,
    summary: "an acceptance that accepts nothing",
    cause:
      "What the entry of `lint` accepts does not occur, or not at that place: it was mended, moved, or the code or place is misspelt. Left there, it would hide the next mistake of its kind.",
    example: "trustedUsers: [root]\nlint:\n  - code: trusted-user-is-root\n    why: the platform owner administers the builders",
    fixed: "trustedUsers: [root]",
  },
  {
    code: "lint-without-why",
    severity: "error",
    final: true,
    summary: "an acceptance that gives no reason",
    cause: "Whoever reads the spec next must be able to judge whether the risk is still worth taking.",
    example: "settings:\n  sandbox: false\nlint:\n  - code: sandbox-off",
    fixed: "settings:\n  sandbox: false\nlint:\n  - code: sandbox-off\n    why: these builders have no user namespaces",
  },
];
