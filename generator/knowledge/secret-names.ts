/*
 * Names that say that their value is a secret: `DB_PASSWORD`, `access-tokens`; and what stands in such a place without being one.
 */

/** What a name can have behind its words: what the secret is for. */
const PURPOSES = "PRODUCTION PROD STAGING STAGE DEVELOPMENT DEV TESTING TEST QA UAT CI LIVE LOCAL OLD NEW BACKUP".split(" ");

/** The same as an expression, with the separator before it. */
export const PURPOSE = `(?:_(?:${PURPOSES.join("|")}))`;

/** The last words of such a name. Those of the first line also without an underscore before them: `PGPASSWORD`, `clientsecret`. */
const SECRET_WORDS = new RegExp(
  `(?:${[
    "(?:PASSWORDS?|PASSWD|PASSPHRASE|PASSCODE|SECRET|TOKEN|API_?KEYS?)",
    "(?:^|_)(?:ADMIN|DB|FTP|KEY|LDAP|MAIL|MYSQL|PG|ROOT|SMTP|STORE|USER)(?:PASS|PWD)",
    "(?:^|_)(?:PASS|PW|JWT|CREDENTIALS?|BEARER|MNEMONIC|PSK|(?:RECOVERY|SEED)_PHRASE)",
    "(?:^|_)(?:ACCESS|ACCOUNT|APP|AUTH|DECRYPTION|DEPLOY|ENCRYPTION|FERNET|HMAC|LICENSE|MASTER|PRESHARED|PRIVATE|RECOVERY|SECRET|SERVICE_ROLE|SESSION|SHARED|SIGNING|STORAGE|SUBSCRIPTION|UNSEAL)_?KEY",
    "(?:^|_)(?:SECRET_KEY_BASE|SSHPASS|REDISCLI_AUTH|NPM_CONFIG__AUTH|BW_SESSION|VAULT_SECRET_ID|(?:BASIC|COMPOSER|HTTP|NPM)_AUTH)",
    "_(?:PWD|COOKIE)",
    "(?:^|_)(?:ADO|AZDO|DEVOPS|DEVOPS_EXT|GH|GITEA|GITHUB|GITLAB)_PAT",
    "^_AUTH",
  ].join("|")})$`,
);

/** How a name ends that is worth a look: the whole expression would take long for each name of a large spec, and its start long for any spec. */
const SECRET_END =
  /(?:pass|passcode|words?|wd|pw|phrase|secret|token|jwt|(?<!public[-_. ]?)keys?|credentials?|bearer|cookie|mnemonic|psk|base|auth|pat|session|_id)$/i;

/** A number at the end of a name, and its last word: with a separator before it, or a capital letter. */
const NUMBER_END = /[-_. ]?[0-9]{1,2}$/;
const LAST_WORD = /[-_. ]?([A-Za-z][a-z]*|[A-Z]+)$/;

/** `DB_PASSWORD` of `DB_PASSWORD_PROD_2`. */
function withoutPurpose(name: string): string {
  const bare = name.replace(NUMBER_END, "");
  const last = LAST_WORD.exec(bare);
  return last && PURPOSES.includes(last[1]?.toUpperCase() ?? "") ? bare.slice(0, last.index) : bare;
}

/**
 * Names of which a part is the name of a host, a registry or an account: Terraform's `TF_TOKEN_app_terraform_io`, Poetry's
 * `POETRY_PYPI_TOKEN_INTERNAL`, 1Password's `OP_SESSION_acme`.
 */
const SECRET_BEGINNING = /^(?:TF_TOKEN_|POETRY_PYPI_TOKEN_|OP_SESSION_)./s;

/**
 * Whether a variable or key of that name has a secret as its value: `DB_PASSWORD`, `github-token`, `apiKey`. A name such as `TOKEN_FILE`
 * has not: its value is a path.
 */
export function isSecretName(name: string): boolean {
  if (name.length > 200) return false;
  if (SECRET_BEGINNING.test(name)) return true;
  // Most names of a spec are one word.
  const bare = /^[a-z]+$/.test(name) ? name : withoutPurpose(name);
  if (!SECRET_END.test(bare)) return false;
  // publicKey and sshKey are no secrets: only the words of the list are.
  return SECRET_WORDS.test(
    bare
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .replace(/[-. ]/g, "_")
      .toUpperCase(),
  );
}

/** Whether the name is `access-tokens`, `extra-access-tokens`, or a typo of one of them. */
export function isAccessTokens(name: string): boolean {
  // Most names of a spec end here.
  if (name.length < 9 || name.length > 25 || !/[^a-z]|acc|ess|tok|ens/i.test(name)) return false;
  const plain = name
    .toLowerCase()
    .replace(/[^a-z]/g, "")
    .replace(/^extra/, "");
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

/** Whether a value under a name that gives it away is a secret. */
export const isNamedSecret = (name: string, value: string): boolean =>
  (value.length >= 6 && isSecretName(name) && !isPlaceholder(value)) || (isAccessTokens(name) && tokensOf(value).length > 0);

/** Words that stand for a secret, or for none. */
const NO_SECRET =
  /^(?:true|false|yes|no|none|null|nil|undefined|unset|off|disabled?|enabled?|required|optional|auto|prompt|dummy|test|changeme|change[-_]me|replace[-_]?me.*|todo|placeholder|secret|password|token|redacted|example.*|your[-_ ].*|insert[-_ ].*|x+|\*+|\.+|\u2022+|0+|1)$/i;

/** Whether a text in the place of a secret is a placeholder, a variable or the path of a file. */
export function isPlaceholder(text: string): boolean {
  if (NO_SECRET.test(text) || /\$[{(]/.test(text)) return true;
  // `$HOME`, `%TOKEN%`, `%(token)s`, `<your token>`, `{{ token }}`; but `$2y$…` is a hash.
  return /^\$[A-Za-z_]|^%(?:[A-Za-z_]+%|[({])|^<[^<>]*>?$|^\{\{|^\{[a-z_]{1,40}\}$/.test(text) || isPath(text);
}

/** `/run/secrets/x`, `~/.token`, `./x`; not 40 characters of base64 that happen to begin with `/`. */
const isPath = (text: string): boolean =>
  /^(?:\/|~[a-z]*(?:\/|$)|\.{1,2}(?:\/|[a-z]))/.test(text) &&
  !(/^\/[A-Za-z0-9+/]{15,}={0,2}$/.test(text) && text.split("/").some((part) => part.length >= 10 && isMixed(part)));

/** Whether a text has small and capital letters and digits, as what a machine made up has. */
export const isMixed = (text: string): boolean => /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text);
