import { isAccessTokens, isNamedSecret, isPlaceholder, isSecretName, tokensOf } from "../knowledge/secret-names.ts";
import { namedSecrets, secretsInText } from "../knowledge/secrets-in-text.ts";
import { findSetting } from "../knowledge/settings.ts";
import type { Source, SourceFile } from "../read/source.ts";
import type { Place, Range } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";

/*
 * Secrets in a spec. They are reported, and compile.ts masks them in the spec's text and in all messages, so that none is printed. A
 * value that only may be one, such as a word under a misspelt `pasword: token:`, is masked and not reported.
 */

export interface Secret {
  readonly range: Place;
  /** What it is, with an article: `a GitHub token`. Undefined for a value that only its name gives away, where any value may be. */
  readonly what: string | undefined;
  /** The path of the value or key that contains it; undefined in a comment. */
  readonly at: SpecPath | undefined;
  /** The secret itself, to find it in messages; empty where it may be a sentence. It is never printed. */
  readonly text: string;
}

interface Found {
  readonly what: string | undefined;
  readonly texts: readonly string[];
}

/** What the keys above a value and its own say of it. */
interface Above {
  /** Where the path has `access-tokens` or a typo of it, and the last `settings`; -1 without one. */
  readonly tokens: number;
  readonly settings: number;
  /** Whether the name of one says that what is below it is secret. */
  readonly isNamed: boolean;
}

/** Secrets that are recognised by their place in the spec; the same text can be harmless elsewhere. */
function secretsByPlace(path: SpecPath, value: string, { tokens, settings, isNamed }: Above): Found | undefined {
  if (tokens !== -1) {
    // Text is `host=token`, perhaps several of them; a map has only the token as its value.
    const isMapEntry = typeof path[tokens + 1] === "string";
    const texts = isMapEntry ? [value].filter((token) => token.length >= 4 && !isPlaceholder(token)) : tokensOf(value);
    if (texts.length > 0) return { what: "an access token", texts };
  }
  const name = path.at(-1);
  // Without `settings`, a setting can be in its place.
  const setting = path[settings + 1];
  if (settings !== -1 && typeof setting === "string" && findSetting(setting)?.setting.name === "impure-env") {
    if (isSecretName(String(path[settings + 2])) && value !== "" && !isPlaceholder(value))
      return { what: "a password or token", texts: [value] };
  }
  const isKeyPlace = name === "publicKey" || (typeof setting === "string" && setting.endsWith("trusted-public-keys"));
  // Also a damaged copy: a text longer than a public key may contain a secret key.
  const digits = isKeyPlace ? /(?:^|:)([A-Za-z0-9+/=]{64,})$/.exec(value)?.[1] : undefined;
  if (digits) return { what: "a secret signing key", texts: [digits] };
  // Every password, however short: nothing in a proxy's address is expanded, and no word stands for one.
  const inProxy = name === "proxy" && path.at(-2) === "network" ? passwordOf(value) : undefined;
  if (inProxy !== undefined && !/^[$<]/.test(inProxy)) return { what: "a password in a URL", texts: [inProxy] };
  if (typeof name === "string" && isNamedSecret(name, value)) {
    if (path.at(-2) === "env") return { what: "a password or token", texts: [value] };
    if (!/\s/.test(value)) return { what: undefined, texts: [value] };
  }
  return isNamed && value.length >= 6 && !/\s/.test(value) && !isPlaceholder(value)
    ? { what: undefined, texts: [value] }
    : undefined;
}

/** Maps of secrets, each of which has an ordinary name. */
const SECRETS = /^(?:secrets|tokens|passwords|credentials)$/i;

/** Parts of a spec with names that its author chooses: a group may be called `token`. */
const CHOSEN = new Set(["groups", "shells", "commands", "users", "volumes", "hosts", "images", "inputs"]);

/**
 * Whether a key says that what is below it is secret, however it is written: `DB_PASSWORD: { value: … }`, `tokens: { github.com: … }`,
 * and `{ name: DB_PASSWORD, value: … }`.
 */
function namesSecrets(path: SpecPath, key: string, map: Readonly<Record<string, unknown>>): boolean {
  if (key === "value" && typeof map["name"] === "string" && isSecretName(map["name"])) return true;
  const below = map[key];
  if (typeof below !== "object" || below === null || (path.length === 1 && CHOSEN.has(String(path[0])))) return false;
  return isSecretName(key) || SECRETS.test(key);
}

/** What the keys above and this key say of what is below it: the same object where the key adds nothing, as nearly all do. */
function belowKey(path: SpecPath, key: string, map: Readonly<Record<string, unknown>>, above: Above): Above {
  const isTokens = above.tokens === -1 && path.at(-1) !== "env" && isAccessTokens(key);
  const isNamed = above.isNamed || namesSecrets(path, key, map);
  if (!isTokens && key !== "settings" && isNamed === above.isNamed) return above;
  return {
    tokens: isTokens ? path.length : above.tokens,
    settings: key === "settings" ? path.length : above.settings,
    isNamed,
  };
}

/** The password in an address: from the first colon of the host's part to its last `@`. */
function passwordOf(address: string): string | undefined {
  const host = /^(?:[^/]*\/\/)?([^/]*)/.exec(address)?.[1] ?? "";
  const [colon, at] = [host.indexOf(":"), host.lastIndexOf("@")];
  return colon !== -1 && at > colon + 1 ? host.slice(colon + 1, at) : undefined;
}

/** All secrets of a spec, file by file: in values, in keys, and in comments, which Git publishes too. */
export const findSecrets = (source: Source): Secret[] => source.files.flatMap((file) => secretsInFile(source, file));

function secretsInFile(source: Source, file: SourceFile): Secret[] {
  const secrets: Secret[] = [];
  const { text: whole } = file;
  // One byte for each character: a list of ranges would be searched once for each secret.
  let covered: Uint8Array | undefined;
  const overlaps = ({ start, end }: Range) => covered?.subarray(start, end).includes(1) ?? false;
  const push = (secret: Secret) => {
    covered ??= new Uint8Array(whole.length);
    covered.fill(1, secret.range.start, secret.range.end);
    secrets.push(secret);
  };
  const add = (path: SpecPath, node: Place, what: string | undefined, text: string, from = node.start): number => {
    // With escapes or folded lines, the spec's text does not contain the secret as it is read: the range is then the whole value.
    const offset = whole.slice(from, node.end).indexOf(text);
    const range = offset === -1 ? node : { ...node, start: from + offset, end: from + offset + text.length };
    if (!overlaps(range)) push({ range, what, at: source.pathOf({ file, path }) ?? path, text });
    return offset === -1 ? from : range.end;
  };
  const inString = (at: SpecPath, part: "key" | "value", text: string) => {
    let node: Place | undefined;
    let from: number | undefined;
    for (const { start, end, what } of secretsInText(text)) {
      node ??= file.locate(at, part);
      from = add([...at], node, what, text.slice(start, end), from);
    }
  };
  // A search in the whole text is much faster than one in each string, and nearly all specs have no secret. Secrets with escapes, or with
  // spaces where a line is folded, occur only in the strings. These are searched as one text: only a private key contains line breaks, and
  // it starts on a line of its own.
  const inText = secretsInText(whole);
  const suspicious = inText.length > 0 || (isAcrossLines(whole) && secretsInText(stringsOf(file.value).join("\n")).length > 0);
  const path: (string | number)[] = [];
  const walk = (value: unknown, above: Above): void => {
    if (typeof value === "string") {
      if (value.length < 4) return;
      if (suspicious) inString(path, "value", value);
      const found = secretsByPlace(path, value, above);
      let from: number | undefined;
      for (const text of found?.texts ?? []) from = add([...path], file.locate(path, "value"), found?.what, text, from);
    } else if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        path.push(index);
        walk(value[index], above);
        path.pop();
      }
    } else if (typeof value === "object" && value !== null) {
      const map = value as Readonly<Record<string, unknown>>;
      for (const key of Object.keys(map)) {
        const below = belowKey(path, key, map, above);
        path.push(key);
        if (suspicious && key.length >= 6) inString(path, "key", key);
        walk(map[key], below);
        path.pop();
      }
    }
  };
  walk(file.value, { tokens: -1, settings: -1, isNamed: false });
  for (const { start, end, what } of inText) {
    const range = { file: file.file, start, end };
    if (!overlaps(range)) push({ range, what, at: undefined, text: whole.slice(start, end) });
  }
  // Names in comments, and in what the reader left out, such as the second of two equal keys.
  for (const { start, end } of namedSecrets(whole)) {
    const range = { file: file.file, start, end };
    const text = whole.slice(start, end);
    if (!overlaps(range)) push({ range, what: undefined, at: undefined, text: isOpaque(text) ? text : "" });
  }
  return secrets.sort((a, b) => a.range.start - b.range.start);
}

/** What forms with a space have in them, and escapes. */
const ACROSS_LINES =
  /\\|''|BEGIN|password\s|(?:vault|cargo)\s+login|authtoken|--[a-z]|-(?:token|(?:store|key)?pass)|sudo -S|chpasswd|access-tokens|config set|[Bb]earer|Basic|uthorization|ookie|[Aa][Ww][Ss][A-Za-z_]{0,20}[Kk][Ee][Yy]|(?:Private|Preshared)Key/;

/** Commands that take a password behind an option of one letter. */
const COMMAND = /curl|login|sshpass|mysql|mariadb|7z|redis-cli|mongo|ldap|sqlcmd|unzip|twine/;
const OPTION = /(?<!\w)-[apPuw]/;

const isAcrossLines = (text: string): boolean => ACROSS_LINES.test(text) || (COMMAND.test(text) && OPTION.test(text));

/** Whether a text that only its name gives away is no sentence: words of "password: see the handbook" are in many messages. */
const isOpaque = (text: string): boolean => !/\s/.test(text) && (text.length >= 12 || /[^A-Za-z]/.test(text));

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
