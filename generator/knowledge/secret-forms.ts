/**
 * Regular expressions for secrets. If there is a group named `secret`, only that part is secret. Each repetition before the first fixed
 * character is bounded, so that a search takes linear time.
 */
const FORMS: readonly (readonly [what: string, form: RegExp])[] = [
  [
    "a private key",
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  ],
  // A private key in base64, used instead of a public host key. A certificate starts with the same characters, see below.
  ["a private key", /(?<![A-Za-z0-9+/])LS0tLS1CRUdJT[A-Za-z0-9+/]{20,20000}={0,2}/g],
  ["an age identity", /AGE-SECRET-KEY-1[0-9A-Z]{20,80}/g],
  // A secret Ed25519 key has 64 bytes (88 characters of base64), a public one 32 bytes (44 characters).
  [
    "a secret signing key",
    /(?<![A-Za-z0-9._-])(?!sha512:)[A-Za-z0-9._-]{1,100}:(?<secret>[A-Za-z0-9+/]{86}(?:==)?)(?![A-Za-z0-9+/=])/g,
  ],
  ["a GitHub token", /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255})\b/g],
  ["a GitLab token", /\bgl(?:pat|ptt|dt|rt|cbt|soat)-[A-Za-z0-9_-]{20,255}/g],
  ["an AWS access key", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ["a Google API key", /\bAIza[0-9A-Za-z_-]{35}\b/g],
  ["a DigitalOcean token", /\bdo[opr]_v1_[a-f0-9]{64}\b/g],
  ["a HashiCorp token", /\bhv[sbr]\.[A-Za-z0-9_-]{20,300}/g],
  ["a Slack token", /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}/g],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}\b/g],
  ["a PyPI token", /\bpypi-AgEI[A-Za-z0-9_-]{20,500}/g],
  ["a Docker Hub token", /\bdckr_[ps]at_[A-Za-z0-9_-]{20,100}/g],
  ["a Tailscale key", /\btskey-[a-z]{1,20}-[A-Za-z0-9-]{10,100}/g],
  ["an API key", /\bsk-(?:ant-|proj-|live_)?[A-Za-z0-9_-]{32,300}|\b[sr]k_live_[A-Za-z0-9]{20,200}/g],
  // JSON Web Tokens, used by Cachix, Kubernetes and most clouds.
  ["a signed token", /\beyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,4000}/g],
  ["a password in a URL", /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@'"<>${}]{0,100}:(?<secret>[^\s/@'"<>${}]{1,300})@/gi],
  // Without a digit, it can be the name of an account or an organisation.
  ["a token in a URL", /\bhttps?:\/\/(?=[a-z_-]{0,300}\d)(?<secret>[A-Za-z0-9_-]{20,300})@/gi],
  [
    "a token in a URL",
    /[?&](?:access_token|private_token|auth_token|token|password|api_key|apikey|X-Amz-Signature|sig)=(?<secret>[^\s&'"<>${}]{6,500})/gi,
  ],
  ["a password", /\bmachine[ \t]+[^\s]{1,200}[ \t]+login[ \t]+[^\s]{1,200}[ \t]+password[ \t]+(?<secret>[^\s'"$]{1,200})/g],
  [
    "a password or token",
    /(?<![A-Za-z0-9_])[A-Z0-9_]{0,60}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|APIKEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY)=["']?(?<secret>[^\s'"$`(){}<>;|&/~\\][^\s'"$`(){}<>;|&\\]{7,300})/g,
  ],
];

/** The ranges of secrets in a text, sorted and without overlaps. */
export function secretsInText(text: string): SecretRange[] {
  let found: SecretRange[] = [];
  for (const [what, form] of FORMS) {
    const ofForm: SecretRange[] = [];
    // Both lists are sorted, so that one pass finds the overlaps.
    let next = 0;
    for (const match of text.matchAll(form)) {
      const inner = match.groups?.["secret"];
      const start = match.index + (inner === undefined ? 0 : match[0].lastIndexOf(inner));
      const end = start + (inner ?? match[0]).length;
      if (inner !== undefined && isPlaceholder(inner)) continue;
      if (match[0].startsWith("LS0t") && !Buffer.from(match[0], "base64").includes("PRIVATE KEY")) continue;
      while (next < found.length && (found[next]?.end ?? 0) <= start) next++;
      if (next === found.length || end <= (found[next]?.start ?? 0)) ofForm.push({ start, end, what });
    }
    if (ofForm.length > 0) found = [...found, ...ofForm].sort((a, b) => a.start - b.start);
  }
  return found;
}

/** Where a secret is in a text, and what it is, with an article. */
export interface SecretRange {
  readonly start: number;
  readonly end: number;
  readonly what: string;
}

/** Names of variables that contain a secret. A name such as `TOKEN_FILE` does not match: it contains a path. */
export const SECRET_NAME =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_KEY|SECRET_KEY|CREDENTIALS?)$/i;

/** Whether a text in the place of a secret is a placeholder. */
export function isPlaceholder(text: string): boolean {
  return (
    /^(?:true|false|yes|no|none|null|nil|off|disabled?|enabled?|dummy|test|changeme|change-me|secret|password|token|redacted|example.*|your[-_].*|x+|\*+|\.+|0+|1)$/i.test(
      text,
    ) ||
    /^[$<%/~.]/.test(text) ||
    /\$[{(]/.test(text)
  );
}
