import { addition, replacement } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { type Entry, entriesOf, isOff, placeOf, type Scope, scopes, settingOf, wordsInForce } from "../settings-in-force.ts";

/* Binary caches, their public keys, and signatures. */

export const cacheRules: readonly Rule[] = [
  {
    code: "substituter-without-key",
    severity: "error",
    summary: "a cache without its public key",
    cause:
      "Nix accepts a path from a cache only if it is signed with a trusted key. Without the cache's public key, Nix rejects every path from it and builds everything itself.",
    example: "substituters:\n  - url: https://cache.nixos.org/",
    fixed:
      "substituters:\n  - url: https://cache.nixos.org/\n    publicKey: cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-trusted-public-keys",
    check: (context) => {
      const { model, source, report } = context;
      if (isOff(settingOf(model.settings, "require-sigs"))) return;
      const extraKeys = keyRing(wordsInForce(model.settings, "trusted-public-keys") ?? []);
      // Many caches sign with a key of another name: one that is of no cache of the spec can be any one's.
      const hosts = new Set(model.substituters.map((cache) => hostOf(cache.url)));
      const hasFreeKey = extraKeys.keys.some((one) => !publicKeyProblem(one) && !isKnownKey(one) && !hosts.has(signedHost(one)));
      const rings = new Map<Scope, KeyRing>();
      for (const entry of caches(context)) {
        const { at, text, key, scope, isOption } = entry;
        if (!needsKey(text)) continue;
        const host = hostOf(text);
        const known = KNOWN_KEYS[host ?? ""];
        if (isOption) {
          if (key !== undefined || signsFor(extraKeys, host, known)) continue;
          if (known === undefined && hasFreeKey) continue;
          report({
            ...placeOf(entry),
            message: `${shownUrl(text)} has no publicKey, so Nix rejects everything from it`,
            hint: known ? `add \`publicKey: ${known}\`` : "add `publicKey:` with the key that the cache publishes",
            fix: () => (known === undefined ? undefined : addition(source, at.slice(0, -1), "publicKey", known)),
          });
        } else if (scope) {
          let ring = rings.get(scope);
          if (!ring) {
            ring = keyRing(wordsInForce(scope.inForce, "trusted-public-keys") ?? [KNOWN_KEYS["cache.nixos.org"] ?? ""]);
            rings.set(scope, ring);
          }
          // Nix does not say which key belongs to which cache. A key that is not of a known cache can belong to any other cache.
          if (known ? signsFor(ring, host, known) : ring.hasUnknown) continue;
          report({
            ...placeOf(entry),
            message: `${shownUrl(text)} has no key in \`trusted-public-keys\`, so Nix rejects everything from it`,
            hint: known
              ? `add ${known} to \`trusted-public-keys\``
              : "add the key that the cache publishes to `trusted-public-keys`",
          });
        }
      }
    },
  },
  {
    code: "substituter-insecure-url",
    severity: "error",
    summary: "a cache without encryption",
    cause:
      "Anyone on the network path can see what the machine installs and can withhold updates. Signatures protect only the content.",
    example:
      "substituters:\n  - url: http://cache.example.org\n    publicKey: cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
    fixed:
      "substituters:\n  - url: https://cache.example.org\n    publicKey: cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
    check: (context) => {
      for (const entry of caches(context)) {
        const { at, text } = entry;
        const plain = /^(?:http|ftp):\/\//i.test(text) || /[?&]scheme=http(?:&|$)/i.test(text);
        if (!plain || isLoopback(text)) continue;
        context.report({
          ...placeOf(entry),
          message: `${shownUrl(text)} is not encrypted`,
          hint: "use https",
          fix: () => {
            const value = context.source.locate(at, "value");
            const start = context.source.origin(at).file.text.indexOf("http://", (entry.range?.() ?? value).start);
            const isThere = text.startsWith("http://") && start !== -1 && start <= value.end;
            return isThere ? { range: { file: value.file, start, end: start + "http".length }, text: "https" } : undefined;
          },
        });
      }
    },
  },
  {
    code: "public-key-invalid",
    severity: "error",
    final: true,
    summary: "an invalid public key of a cache",
    cause: "A public key is a name, a colon and 32 bytes in base64. Nix fails on an invalid key when it checks a signature.",
    example: "substituters:\n  - url: https://cache.example.org\n    publicKey: 6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
    fixed:
      "substituters:\n  - url: https://cache.example.org\n    publicKey: cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-trusted-public-keys",
    check: (context) => {
      for (const entry of publicKeys(context)) {
        const wrong = publicKeyProblem(entry.text);
        if (wrong)
          context.report({
            ...placeOf(entry),
            message: wrong,
            hint: "copy the whole key, `name:base64`, from the cache's documentation",
          });
      }
    },
  },
  {
    code: "signatures-off",
    severity: "error",
    summary: "paths without a valid signature are accepted",
    cause: "Anyone who controls a cache, or the network path to it, then decides which programs run on the machine.",
    example: "settings:\n  require-sigs: false",
    fixed: "settings:\n  require-sigs: true",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-require-sigs",
    check: (context) => {
      for (const scope of scopes(context.model)) {
        const setting = scope.declared.find((one) => one.name === "require-sigs");
        if (!setting || !isOff(setting)) continue;
        context.report({
          at: setting.at,
          message: `${scope.owner} accepts unsigned paths from caches`,
          hint: "delete the line, and add the public key of each cache",
          fix: () => replacement(context.source, setting.at, "value", "true"),
        });
      }
      for (const entry of caches(context))
        if (acceptsUnsigned(entry.text))
          context.report({
            ...placeOf(entry),
            message: "`trusted=true` accepts unsigned paths from this cache",
            hint: "delete the parameter, and add the public key of the cache",
          });
    },
  },
];

/** Well-known caches and their public keys, by host. */
const KNOWN_KEYS: Readonly<Record<string, string>> = {
  "cache.nixos.org": "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
  "nix-community.cachix.org": "nix-community.cachix.org-1:mB9FSh9qf2dCimDSUo8Zy7bkq5CX+/rkCWyvRCYg3Fs=",
};

const isKnownKey = (key: string): boolean => Object.values(KNOWN_KEYS).includes(key);

/** Every URL of a cache. `isOption` is true for `substituters`, where the key is next to the URL. */
function* caches({ model, source }: RuleContext): Generator<Entry & { scope?: Scope; key?: string; isOption: boolean }> {
  for (const cache of model.substituters)
    yield {
      at: [...cache.at, "url"],
      text: cache.url,
      isOption: true,
      ...(cache.publicKey === undefined ? {} : { key: cache.publicKey }),
    };
  for (const scope of scopes(model))
    for (const name of ["substituters", "extra-substituters", "trusted-substituters", "extra-trusted-substituters"]) {
      const setting = scope.declared.find((one) => one.name === name);
      if (setting) for (const entry of entriesOf(source, setting)) yield { ...entry, scope, isOption: false };
    }
}

function* publicKeys({ model, source }: RuleContext): Generator<Entry> {
  for (const cache of model.substituters)
    if (cache.publicKey !== undefined) yield { at: [...cache.at, "publicKey"], text: cache.publicKey };
  for (const scope of scopes(model))
    for (const setting of scope.declared)
      if (/^(?:extra-)?trusted-public-keys$/.test(setting.name)) yield* entriesOf(source, setting);
}

const hostOf = (url: string): string | undefined =>
  /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?]+)/i.exec(url)?.[1]?.toLowerCase();

const isLoopback = (url: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostOf(url) ?? "");

/** Whether Nix checks signatures of paths from this store. It does not for a store on this machine or the daemon. */
const needsKey = (url: string): boolean => /^(?:https?|s3|ftp|file|ssh|ssh-ng):/i.test(url) && !acceptsUnsigned(url);

/** `?trusted=true` makes Nix accept everything from a store. */
const acceptsUnsigned = (url: string): boolean => /[?&]trusted=(?:true|1|yes)(?:&|$)/i.test(decoded(url));

/** Nix decodes names and values of parameters: `%74rusted=1` is `trusted=1`. */
const decoded = (url: string): string =>
  url.replace(/%([2-7][0-9a-f])/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

/** The host that a key's name contains: `cache.example.org-1` is a key of cache.example.org. */
const signedHost = (key: string): string => key.slice(0, key.indexOf(":")).replace(/-\d+$/, "").toLowerCase();

/** Keys by what they sign: a spec can have tens of thousands of caches and keys, too many to compare each with each. */
interface KeyRing {
  readonly keys: readonly string[];
  readonly texts: ReadonlySet<string>;
  readonly hosts: ReadonlySet<string>;
  /** Whether one is not of a known cache. */
  readonly hasUnknown: boolean;
}

const keyRing = (keys: readonly string[]): KeyRing => ({
  keys,
  texts: new Set(keys),
  hosts: new Set(keys.map(signedHost)),
  hasUnknown: keys.some((one) => !isKnownKey(one)),
});

const signsFor = ({ texts, hosts }: KeyRing, host: string | undefined, known: string | undefined): boolean =>
  (known !== undefined && texts.has(known)) || (host !== undefined && hosts.has(host));

/** A URL without the parts that can contain a password. */
const shownUrl = (url: string): string => `\`${url.replace(/\/\/[^/@]*@/, "//…@").replace(/\?.*/, "")}\``;

/** What is wrong with a cache's public key. Undefined for a secret key, which is reported as `secret-in-spec`. */
function publicKeyProblem(key: string): string | undefined {
  const colon = key.indexOf(":");
  if (colon === -1) return "invalid public key: `name:` before the base64 text is missing";
  const [name, base64] = [key.slice(0, colon), key.slice(colon + 1)];
  if (name === "") return "invalid public key: the name before `:` is empty";
  if (/[^\x21-\x7e]|#/.test(name))
    return "invalid public key: the name contains white space, `#` or a character that is not ASCII";
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return `invalid public key: the text after \`${name}:\` is not base64`;
  const bytes = Buffer.from(base64, "base64").length;
  if (base64.length >= 64) return undefined;
  if (bytes !== 32 || base64.length % 4 !== 0)
    return `invalid public key: the text after \`${name}:\` has ${bytes} bytes instead of 32 (44 characters of base64)`;
  return undefined;
}
