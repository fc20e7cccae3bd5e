import { addition, replacement } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { type Entry, entriesOf, isOff, placeOf, type Scope, scopes, settingOf, wordsInForce } from "../settings-in-force.ts";

/* Binary caches, the keys they sign with, and signatures. */

export const cacheRules: readonly Rule[] = [
  {
    code: "substituter-without-key",
    severity: "error",
    summary: "a cache whose signing key is not trusted",
    cause:
      "Nix takes a path from a cache only when a trusted public key has signed it. Without the key every download from there is refused, and everything is built here.",
    example: "substituters:\n  - url: https://cache.nixos.org/",
    fixed:
      "substituters:\n  - url: https://cache.nixos.org/\n    publicKey: cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-trusted-public-keys",
    check: (context) => {
      const { model, source, report } = context;
      if (isOff(settingOf(model.settings, "require-sigs"))) return;
      const extraKeys = wordsInForce(model.settings, "trusted-public-keys") ?? [];
      for (const entry of caches(context)) {
        const { at, text, key, scope, isOption } = entry;
        if (!needsKey(text)) continue;
        const known = KNOWN_KEYS[hostOf(text) ?? ""];
        if (isOption) {
          if (key !== undefined || extraKeys.some((one) => one === known || signs(one, text))) continue;
          report({
            ...placeOf(entry),
            message: `nothing from ${shownUrl(text)} would be accepted: its public key is missing`,
            hint: known ? `add \`publicKey: ${known}\`` : "add `publicKey:` with the key that the cache publishes",
            fix: () => (known === undefined ? undefined : addition(source, at.slice(0, -1), "publicKey", known)),
          });
        } else if (scope) {
          const keys = wordsInForce(scope.inForce, "trusted-public-keys") ?? [KNOWN_KEYS["cache.nixos.org"] ?? ""];
          // Nix does not say which key belongs to which cache; a key that no known cache claims may belong to any other.
          const unclaimed = keys.some((one) => !Object.values(KNOWN_KEYS).includes(one));
          if (known ? keys.includes(known) || keys.some((one) => signs(one, text)) : unclaimed) continue;
          report({
            ...placeOf(entry),
            message: `nothing from ${shownUrl(text)} would be accepted: its public key is missing`,
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
    summary: "a cache that is reached without encryption",
    cause: "Anybody on the way sees what the machine installs and can hold updates back; signatures protect only the content.",
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
    summary: "text that is no public key of a cache",
    cause:
      "A public key is a name, a colon and 32 bytes of base64. Nix stops at a malformed one as soon as it looks for a signature.",
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
            hint: "copy the whole key from the cache's own page: `name:base64`",
          });
      }
    },
  },
  {
    code: "signatures-off",
    severity: "error",
    summary: "paths are taken without a valid signature",
    cause: "Whoever controls a cache, or the network on the way to it, then decides what programs run on the machine.",
    example: "settings:\n  require-sigs: false",
    fixed: "settings:\n  require-sigs: true",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-require-sigs",
    check: (context) => {
      for (const scope of scopes(context.model)) {
        const setting = scope.declared.find((one) => one.name === "require-sigs");
        if (!setting || !isOff(setting)) continue;
        context.report({
          at: setting.at,
          message: `${scope.owner} takes paths from caches without a signature`,
          hint: "delete the line, and give each cache its key",
          fix: () => replacement(context.source, setting.at, "value", "true"),
        });
      }
      for (const entry of caches(context))
        if (trustsBlindly(entry.text))
          context.report({
            ...placeOf(entry),
            message: "`trusted=true` takes everything from this cache without a signature",
            hint: "leave the parameter out, and give the cache its key",
          });
    },
  },
];

/** Caches that everybody knows, and the key each one publishes. */
const KNOWN_KEYS: Readonly<Record<string, string>> = {
  "cache.nixos.org": "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
  "nix-community.cachix.org": "nix-community.cachix.org-1:mB9FSh9qf2dCimDSUo8Zy7bkq5CX+/rkCWyvRCYg3Fs=",
};

/** Every address of a cache, with its key where the spec keeps the two together. */
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

/** Stores whose paths are signed by whoever built them; a store on this machine or behind the daemon needs no key of a cache. */
const needsKey = (url: string): boolean => /^(?:https?|s3|ftp|file|ssh|ssh-ng):/i.test(url) && !trustsBlindly(url);

/** `?trusted=true` makes Nix take from a store whatever it offers. */
const trustsBlindly = (url: string): boolean => /[?&]trusted=(?:true|1|yes)(?:&|$)/i.test(url);

/** Whether a key's name says that it is the cache's: `cache.example.org-1` signs for cache.example.org. */
function signs(key: string, url: string): boolean {
  const host = hostOf(url);
  return host !== undefined && key.slice(0, key.indexOf(":")).replace(/-\d+$/, "").toLowerCase() === host;
}

/** An address without what may be a password in it. */
const shownUrl = (url: string): string => `\`${url.replace(/\/\/[^/@]*@/, "//…@").replace(/\?.*/, "")}\``;

/** What is wrong with a cache's public key; nothing for a secret one, which is reported as what it is. */
function publicKeyProblem(key: string): string | undefined {
  const colon = key.indexOf(":");
  if (colon === -1) return "a public key is `name:base64`; this has no name";
  const [name, digits] = [key.slice(0, colon), key.slice(colon + 1)];
  if (name === "") return "a public key is `name:base64`; the name is empty";
  if (/[^\x21-\x7e]|#/.test(name)) return "a key's name holds no white space and no `#`, which nix.conf could not carry";
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return `what follows \`${name}:\` is not base64`;
  const bytes = Buffer.from(digits, "base64").length;
  if (digits.length >= 64) return undefined;
  if (bytes !== 32 || digits.length % 4 !== 0)
    return `a public key has 32 bytes (44 digits of base64); what follows \`${name}:\` has ${bytes}`;
  return undefined;
}
