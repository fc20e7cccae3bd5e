import type { Diagnostic, Range } from "./diagnostics.ts";
import { findSetting } from "./knowledge/settings.ts";
import type { Source, SpecPath } from "./source.ts";

/*
 * Secrets that somebody wrote into a spec, and how to keep them from being shown. Everything flakewright prints about a spec goes
 * through here: the text that code frames are cut from is masked, and so is every message, whoever wrote it.
 */

export interface Secret {
  readonly range: Range;
  /** What it is, with its article: `a GitHub token`. */
  readonly what: string;
  /** Where in the spec it stands; undefined in a comment. */
  readonly at: SpecPath | undefined;
  /** The secret's own characters, to be recognised in messages. Never to be printed. */
  readonly text: string;
}

/**
 * Forms that nothing but a secret has; where there is a group named `secret`, that part alone is one. Every repetition before the first fixed
 * character is bounded, so that no input takes more than linear time.
 */
const FORMS: readonly (readonly [what: string, form: RegExp])[] = [
  [
    "a private key",
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  ],
  // The same in base64, where it was taken for a public host key; a certificate begins alike.
  ["a private key", /(?<![A-Za-z0-9+/])LS0tLS1CRUdJT[A-Za-z0-9+/]{20,20000}={0,2}/g],
  ["an age identity", /AGE-SECRET-KEY-1[0-9A-Z]{20,80}/g],
  // Ed25519's secret half is 64 bytes, the public one 32: 88 digits of base64 against 44.
  [
    "the secret half of a signing key",
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
  // Cachix, Kubernetes and most clouds hand out these.
  ["a signed token", /\beyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,4000}/g],
  ["a password in a URL", /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@'"<>${}]{0,100}:(?<secret>[^\s/@'"<>${}]{1,300})@/gi],
  // A digit sets a token apart from an account or organisation of a long name.
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

/** Every stretch of a text that has a secret's form, in order; none overlaps another. */
export function secretsInText(text: string): { start: number; end: number; what: string }[] {
  const found: { start: number; end: number; what: string }[] = [];
  for (const [what, form] of FORMS) {
    for (const match of text.matchAll(form)) {
      const inner = match.groups?.["secret"];
      const start = match.index + (inner === undefined ? 0 : match[0].lastIndexOf(inner));
      const end = start + (inner ?? match[0]).length;
      if (inner !== undefined && isPlaceholder(inner)) continue;
      if (match[0].startsWith("LS0t") && !Buffer.from(match[0], "base64").includes("PRIVATE KEY")) continue;
      if (!found.some((other) => start < other.end && other.start < end)) found.push({ start, end, what });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Names of variables whose value is a secret, unless the variable says where the secret is: `TOKEN_FILE`. */
const SECRET_NAME =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_KEY|SECRET_KEY|CREDENTIALS?)$/i;

/** Words that stand where a secret would, without being one. */
function isPlaceholder(text: string): boolean {
  return (
    /^(?:true|false|yes|no|none|null|nil|off|disabled?|enabled?|dummy|test|changeme|change-me|secret|password|token|redacted|example.*|your[-_].*|x+|\*+|\.+|0+|1)$/i.test(
      text,
    ) ||
    /^[$<%/~.]/.test(text) ||
    /\$[{(]/.test(text)
  );
}

/** What a value is by its place: the same words could be harmless elsewhere. */
function secretByPlace(path: SpecPath, value: string): { what: string; text: string } | undefined {
  const settingsAt = path.lastIndexOf("settings");
  if (settingsAt !== -1 && typeof path[settingsAt + 1] === "string") {
    const setting = findSetting(String(path[settingsAt + 1]))?.setting.name;
    if (setting === "access-tokens") {
      // `host=token`, alone or several in one text; as a map the token stands by itself.
      const isMapEntry = typeof path[settingsAt + 2] === "string";
      const token = isMapEntry ? value : /=(\S+)/.exec(value)?.[1];
      if (token && !isPlaceholder(token)) return { what: "an access token", text: token };
    }
    if (setting === "impure-env" && SECRET_NAME.test(String(path[settingsAt + 2])) && value !== "" && !isPlaceholder(value))
      return { what: "a password or token", text: value };
  }
  const isKeyPlace = path.at(-1) === "publicKey" || /trusted-public-keys$/.test(String(path[settingsAt + 1]));
  // Also one that was copied badly: whatever is longer than a public key may hold a secret one.
  const digits = isKeyPlace ? /(?:^|:)([A-Za-z0-9+/=]{64,})$/.exec(value)?.[1] : undefined;
  if (digits) return { what: "the secret half of a signing key", text: digits };
  if (path.at(-2) === "env" && SECRET_NAME.test(String(path.at(-1))) && value.length >= 6 && !isPlaceholder(value))
    return { what: "a password or token", text: value };
  return undefined;
}

/** Every secret of a spec: in values, in keys, and in comments, where Git would still publish it. */
export function findSecrets(source: Source): Secret[] {
  const secrets: Secret[] = [];
  const overlaps = (range: Range) => secrets.some((one) => range.start < one.range.end && one.range.start < range.end);
  const add = (at: SpecPath, part: "key" | "value", what: string, text: string) => {
    const node = source.locate(at, part);
    // Written as it is read, the secret's own place is known; escaped or folded, it is the whole text's.
    const offset = source.text.slice(node.start, node.end).indexOf(text);
    const range = offset === -1 ? node : { start: node.start + offset, end: node.start + offset + text.length };
    if (!overlaps(range)) secrets.push({ range, what, at, text });
  };
  const inString = (at: SpecPath, part: "key" | "value", text: string) => {
    for (const { start, end, what } of secretsInText(text)) add([...at], part, what, text.slice(start, end));
  };
  // Nearly every spec has none, and its text tells so much sooner than each string by itself. What is escaped, or a form with spaces in it
  // that is folded over lines, only the strings show: all of them at once, for no form spans a line break but a private key's, which
  // begins on its own line.
  const inText = secretsInText(source.text);
  const suspicious =
    inText.length > 0 ||
    (/\\|''|machine|BEGIN/.test(source.text) && secretsInText(stringsOf(source.value).join("\n")).length > 0);
  const path: (string | number)[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === "string") {
      if (value.length < 6) return;
      if (suspicious) inString(path, "value", value);
      const found = secretByPlace(path, value);
      if (found) add([...path], "value", found.what, found.text);
    } else if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        path.push(index);
        walk(value[index]);
        path.pop();
      }
    } else if (typeof value === "object" && value !== null) {
      for (const key of Object.keys(value)) {
        path.push(key);
        if (suspicious && key.length >= 6) inString(path, "key", key);
        walk((value as Record<string, unknown>)[key]);
        path.pop();
      }
    }
  };
  walk(source.value);
  for (const { start, end, what } of inText) {
    const range = { start, end };
    if (!overlaps(range)) secrets.push({ range, what, at: undefined, text: source.text.slice(start, end) });
  }
  return secrets.sort((a, b) => a.range.start - b.range.start);
}

/** Every string of a value, keys included. */
function stringsOf(value: unknown, strings: string[] = []): string[] {
  if (typeof value === "string") strings.push(value);
  else if (Array.isArray(value)) for (const item of value) stringsOf(item, strings);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      strings.push(key);
      stringsOf(item, strings);
    }
  }
  return strings;
}

/** A text of the same length, line breaks and all, in which every secret is dots: offsets stay true. */
export function maskText(text: string, ranges: readonly Range[]): string {
  let masked = "";
  let at = 0;
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    masked += text.slice(at, from) + text.slice(from, end).replace(/[^\r\n]/g, "•");
    at = end;
  }
  return masked + text.slice(at);
}

/** Diagnostics whose every word is free of the secrets, also of parts of them: messages quote values and cut them short. */
export function maskDiagnostics(diagnostics: readonly Diagnostic[], secrets: readonly string[]): readonly Diagnostic[] {
  if (secrets.length === 0) return diagnostics;
  const mask = (text: string) =>
    maskText(
      text,
      secrets.flatMap((secret) => tracesOf(secret, text)),
    );
  return diagnostics.map(({ hint, fix, related, ...rest }) => ({
    ...rest,
    message: mask(rest.message),
    ...(hint === undefined ? {} : { hint: mask(hint) }),
    ...(related ? { related: related.map((one) => ({ ...one, message: mask(one.message) })) } : {}),
    // A fix with dots in it would be wrong, one without would show the secret.
    ...(fix && mask(fix.text) === fix.text ? { fix } : {}),
  }));
}

/** The stretches of a text that also stand in the secret: eight characters are no accident. */
function tracesOf(secret: string, text: string): Range[] {
  const window = Math.min(8, secret.length);
  const found: Range[] = [];
  for (let start = 0; start + window <= text.length; start++)
    if (secret.includes(text.slice(start, start + window))) found.push({ start, end: start + window });
  return found;
}
