/**
 * Regular expressions for secrets. If there is a group named `secret`, only that part is secret. Each repetition before the first fixed
 * character is bounded, so that a search takes linear time. Each secret has one of the `parts`: the search for these is much faster.
 */
const FORMS: readonly (readonly [what: string, parts: readonly string[], form: RegExp])[] = [
  [
    "a private key",
    ["PRIVATE KEY"],
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  ],
  // A private key in base64, used instead of a public host key. A certificate starts with the same characters, see below.
  ["a private key", ["LS0tLS1CRUdJT"], /(?<![A-Za-z0-9])LS0tLS1CRUdJT[A-Za-z0-9+/]{20,20000}={0,2}/g],
  ["an age identity", ["AGE-SECRET-KEY-1"], /AGE-SECRET-KEY-1[0-9A-Z]{20,80}/g],
  // A secret Ed25519 key has 64 bytes (88 characters of base64), a public one 32 bytes (44 characters).
  [
    "a secret signing key",
    [":"],
    /(?<![A-Za-z0-9._-])(?!sha512:)[A-Za-z0-9._-]{1,100}:(?<secret>[A-Za-z0-9+/]{86}(?:==)?)(?![A-Za-z0-9+/=])/g,
  ],
  ["a GitHub token", ["gh", "github_pat_"], /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255})\b/g],
  ["a GitLab token", ["gl"], /\bgl(?:pat|ptt|dt|rt|cbt|soat)-[A-Za-z0-9_-]{20,255}/g],
  ["an AWS access key", ["AKIA", "ASIA"], /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ["a Google API key", ["AIza"], /\bAIza[0-9A-Za-z_-]{35}\b/g],
  ["a DigitalOcean token", ["_v1_"], /\bdo[opr]_v1_[a-f0-9]{64}\b/g],
  ["a HashiCorp token", ["hv"], /\bhv[sbr]\.[A-Za-z0-9_-]{20,300}/g],
  ["a Slack token", ["xox"], /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}/g],
  ["an npm token", ["npm_"], /\bnpm_[A-Za-z0-9]{36}\b/g],
  ["a PyPI token", ["pypi-AgEI"], /\bpypi-AgEI[A-Za-z0-9_-]{20,500}/g],
  ["a Docker Hub token", ["dckr_"], /\bdckr_[ps]at_[A-Za-z0-9_-]{20,100}/g],
  ["a Hugging Face token", ["hf_"], /\bhf_[A-Za-z0-9]{30,100}\b/g],
  ["a Grafana token", ["gl"], /\bgl(?:sa|c)_[A-Za-z0-9_+/=]{30,300}/g],
  ["a SendGrid key", ["SG."], /\bSG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{30,60}/g],
  ["a Terraform token", [".atlasv1."], /\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,100}/g],
  ["an Atlassian token", ["ATATT3"], /\bATATT3[A-Za-z0-9_=-]{30,300}/g],
  ["a Databricks token", ["dapi"], /\bdapi[0-9a-f]{32}\b/g],
  ["a Doppler token", ["dp."], /\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{30,100}/g],
  ["a Shopify token", ["shp"], /\bshp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}\b/g],
  ["a RubyGems key", ["rubygems_"], /\brubygems_[a-f0-9]{48}\b/g],
  ["a crates.io token", ["cio"], /\bcio[A-Za-z0-9]{32}\b/g],
  ["a Pulumi token", ["pul-"], /\bpul-[a-f0-9]{40}\b/g],
  ["a Postman key", ["PMAK-"], /\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b/g],
  ["a New Relic key", ["NRAK-"], /\bNRAK-[A-Z0-9]{27}\b/g],
  ["a Sentry token", ["sntry"], /\bsntry[su]_[A-Za-z0-9_=+/-]{40,400}/g],
  ["a SonarQube token", ["sq"], /\bsq[apu]_[a-f0-9]{40}\b/g],
  ["a Supabase token", ["sbp_"], /\bsbp_[a-f0-9]{40}\b/g],
  ["a Telegram token", [":AA"], /(?<![A-Za-z0-9])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/g],
  ["an Azure key", ["AccountKey="], /\bAccountKey=(?<secret>[A-Za-z0-9+/]{60,100}={0,2})/g],
  ["a webhook's address", ["hooks.slack.com"], /\bhttps:\/\/hooks\.slack\.com\/services\/(?<secret>[A-Za-z0-9/]{20,100})/g],
  ["a token in a header", ["Bearer", "Basic"], /\b(?:Bearer|Basic)[ \t]{1,4}(?<secret>[A-Za-z0-9+/._~=-]{16,2000})/g],
  ["a Tailscale key", ["tskey-"], /\btskey-[a-z]{1,20}-[A-Za-z0-9-]{10,100}/g],
  ["an API key", ["sk-", "k_live_"], /\bsk-(?:ant-|proj-|live_)?[A-Za-z0-9_-]{32,300}|\b[sr]k_live_[A-Za-z0-9]{20,200}/g],
  // JSON Web Tokens, used by Cachix, Kubernetes and most clouds.
  ["a signed token", ["eyJ"], /\beyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,4000}/g],
  ["a password in a URL", ["@"], /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@'"<>${}]{0,100}:(?<secret>[^\s/@'"<>${}]{1,300})@/gi],
  // Without a digit, it can be the name of an account or an organisation.
  ["a token in a URL", ["@"], /\bhttps?:\/\/(?=[a-z_-]{0,300}\d)(?<secret>[A-Za-z0-9_-]{20,300})@/gi],
  [
    "a token in a URL",
    ["="],
    /[?&](?:access_token|private_token|auth_token|token|password|api_key|apikey|X-Amz-Signature|sig)=(?<secret>[^\s&'"<>${}]{6,500})/gi,
  ],
  [
    "a password",
    ["machine"],
    /\bmachine[ \t]+[^\s]{1,200}[ \t]+login[ \t]+[^\s]{1,200}[ \t]+password[ \t]+(?<secret>[^\s'"$]{1,200})/g,
  ],
  [
    "a password or token",
    ["="],
    /(?<![A-Za-z0-9_])[A-Z0-9_]{0,60}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|APIKEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY)=["']?(?<secret>[^\s'"$`(){}<>;|&/~\\][^\s'"$`(){}<>;|&\\]{7,300})/g,
  ],
];

/** The ranges of secrets in a text, sorted and without overlaps. */
export function secretsInText(text: string): SecretRange[] {
  let found: SecretRange[] = [];
  for (const [what, parts, form] of FORMS) {
    if (!parts.some((part) => text.includes(part))) continue;
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

const SECRET_WORDS =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PASS|SECRET|TOKEN|JWT|APIKEY|(?:API|AUTH|PRIVATE|ACCESS|SECRET|ENCRYPTION|MASTER)_?KEY|CREDENTIALS?)$/;

/** How a name ends that is worth a look: the whole expression would take long for each name of a large spec. */
const SECRET_END = /(?:pass|word|wd|phrase|secret|token|jwt|key|credentials?)$/i;

/**
 * Whether a variable or key of that name has a secret as its value: `DB_PASSWORD`, `github-token`, `apiKey`. A name such as `TOKEN_FILE`
 * has not: its value is a path.
 */
export function isSecretName(name: string): boolean {
  if (name.length > 200 || !SECRET_END.test(name)) return false;
  // publicKey and sshKey are no secrets: only the words of the list are.
  return SECRET_WORDS.test(
    name
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .replace(/[-. ]/g, "_")
      .toUpperCase(),
  );
}

/** Whether the name is `access-tokens`, `extra-access-tokens`, or one of them with a slip of the finger. */
export function isAccessTokens(name: string): boolean {
  if (name.length < 9 || name.length > 25) return false;
  const plain = name
    .toLowerCase()
    .replace(/[^a-z]/g, "")
    .replace(/^extra/, "");
  // Most names of a spec end here.
  if (Math.abs(plain.length - 12) > 2 || !/acc|ess|tok|ens/.test(plain)) return false;
  return plain === "accesstokens" || nearEnough(plain, "accesstokens");
}

/** Whether two letters at most are wrong, missing or too many, or changed places. */
function nearEnough(written: string, meant: string): boolean {
  let rows: number[][] = [Array.from({ length: meant.length + 1 }, (_, at) => at)];
  for (let at = 1; at <= written.length; at++) {
    const [above = [], before = []] = rows;
    const row = [at];
    for (let to = 1; to <= meant.length; to++) {
      const isSame = written[at - 1] === meant[to - 1];
      const isSwapped = at > 1 && to > 1 && written[at - 1] === meant[to - 2] && written[at - 2] === meant[to - 1];
      row.push(
        Math.min(
          (above[to] ?? 0) + 1,
          (row[to - 1] ?? 0) + 1,
          (above[to - 1] ?? 0) + (isSame ? 0 : 1),
          isSwapped ? (before[to - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    rows = [row, above];
  }
  return (rows[0]?.at(-1) ?? 3) <= 2;
}

/** The tokens in a value of `access-tokens`: `host=token`, perhaps several. A text without `=` may be a token that lost its host. */
export const tokensOf = (value: string): string[] =>
  value
    .split(/\s+/)
    .map((word) => word.slice(word.indexOf("=") + 1))
    .filter((token) => token.length >= 4 && !isPlaceholder(token));

/** A name and what separates it from its value, in YAML, JSON, TOML, nix.conf or a shell's text. */
const ENTRY = /(?<![A-Za-z0-9_.-])(["']?)([A-Za-z][A-Za-z0-9_.-]{2,80})\1[ \t]{0,20}(?::(?!\/\/)|=)[ \t]{0,20}/g;

/** A value in quotes or a single word. */
const VALUE = /"((?:[^"\\\n]|\\.){1,2000})"|'([^'\n]{1,2000})'|([^\s"'#,;{}[\]()<>|&`$][^\s"',;{}[\]()<>|&`]{5,2000})/y;

/**
 * The ranges of values that a name before them gives away, in a text whose structure is not known: `password: …`, `"apiKey": "…"`,
 * `github_token = …`, whatever the value looks like; after `access-tokens` or a slip of it, all of the line and of indented lines that
 * follow. In linear time.
 */
export function namedSecrets(text: string): SecretRange[] {
  const found: SecretRange[] = [];
  ENTRY.lastIndex = 0;
  for (let match = ENTRY.exec(text); match; match = ENTRY.exec(text)) {
    const name = match[2] ?? "";
    const start = match.index + match[0].length;
    if (isAccessTokens(name)) {
      const end = blockEnd(text, match.index, start);
      for (const word of text.slice(start, end).matchAll(/[^\s"',;{}[\]]{4,}/g)) {
        const from = start + word.index + word[0].indexOf("=") + 1;
        const to = start + word.index + word[0].length;
        if (to - from >= 4 && !isPlaceholder(text.slice(from, to))) found.push({ start: from, end: to, what: "an access token" });
      }
      ENTRY.lastIndex = Math.max(end, ENTRY.lastIndex);
    } else if (isSecretName(name)) {
      VALUE.lastIndex = start;
      const value = VALUE.exec(text);
      const inner = value && (value[1] ?? value[2] ?? value[3]);
      if (!value || !inner || inner.length < 6 || isPlaceholder(inner)) continue;
      const from = start + value[0].indexOf(inner);
      found.push({ start: from, end: from + inner.length, what: "a password or token" });
      ENTRY.lastIndex = start + value[0].length;
    }
  }
  return found;
}

/** The ranges of everything in a text of any structure that looks like a secret, by its form or by its name; they can overlap. */
export const allSecrets = (text: string): SecretRange[] => [...secretsInText(text), ...namedSecrets(text)];

/** The places of what looks like a secret in files, each with its text. */
export const secretPlaces = (
  files: readonly { readonly file: string; readonly text: string }[],
): { readonly file: string; readonly start: number; readonly end: number; readonly text: string }[] =>
  files.flatMap(({ file, text }) =>
    allSecrets(text).map(({ start, end }) => ({ file, start, end, text: text.slice(start, end) })),
  );

/** Where the value of a key ends: at the end of its line, or of the lines below it that are indented further. */
function blockEnd(text: string, key: number, start: number): number {
  const lineStart = text.lastIndexOf("\n", key) + 1;
  const indent = /[ \t]*/y.exec(text.slice(lineStart, lineStart + 200))?.[0].length ?? 0;
  const lineEnd = (at: number) => {
    const newline = text.indexOf("\n", at);
    return newline === -1 ? text.length : newline;
  };
  let end = lineEnd(start);
  for (;;) {
    const next = text.slice(end + 1, end + 1 + 200);
    const space = /^[ \t]*/.exec(next)?.[0].length ?? 0;
    const isBelow = space > indent || (space === indent && /^[ \t]*- /.test(next));
    if (end >= text.length || !isBelow) return end;
    end = lineEnd(end + 1);
  }
}

/** Whether a value under a name that gives it away is a secret. */
export const isNamedSecret = (name: string, value: string): boolean =>
  (value.length >= 6 && isSecretName(name) && !isPlaceholder(value)) || (isAccessTokens(name) && tokensOf(value).length > 0);

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
