/* Foreign configuration may hold secrets, and a spec ends in the world-readable Nix store. */

const SECRETS: readonly RegExp[] = [
  /\b(gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|sk-[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{30,})/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY|AGE-SECRET-KEY-1/,
  // `nix-store --generate-binary-cache-key`: the secret half is 64 bytes, the public one 32.
  /(^|[\s"'])[^\s:"']+:[A-Za-z0-9+/]{86}==/,
  /^\s*#?\s*(extra-)?access-tokens\s*=\s*\S/m,
  // A password in an address; `user@host` alone is none.
  /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@$]+@/i,
];

/** Whether the text looks as if it held a token, a password in an address or the secret half of a key. */
export const holdsSecret = (text: string): boolean => SECRETS.some((pattern) => pattern.test(text));

/** A source's own comment, word for word unless it would carry a secret along. */
export const ownComment = (text: string): string => (holdsSecret(text) ? "(a comment that holds a secret is left out)" : text);
