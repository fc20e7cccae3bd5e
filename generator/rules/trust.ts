import { machinesProblem } from "../conf.ts";
import { findSetting } from "../knowledge/settings.ts";
import type { Rule, RuleContext } from "../rules.ts";
import { type SpecPath, valueAt } from "../source.ts";
import {
  addition,
  type Entry,
  entriesOf,
  entryRemoval,
  isOff,
  placeOf,
  replacement,
  type Scope,
  scopes,
  settingOf,
  wordsInForce,
} from "./places.ts";

/* What lets somebody else decide what runs on a machine: caches and their keys, trusted users, the sandbox, secrets. */

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

/** Accounts that a daemon of the platform would trust. A user's own file can't extend that, so those are left out. */
function* trusted({ model, source }: RuleContext): Generator<Entry> {
  for (const { at, name } of model.trustedUsers) yield { at, text: name };
  for (const scope of scopes(model)) {
    if (scope.kind === "user") continue;
    for (const setting of scope.declared) if (/^(?:extra-)?trusted-users$/.test(setting.name)) yield* entriesOf(source, setting);
  }
}

const hostOf = (url: string): string | undefined =>
  /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?]+)/i.exec(url)?.[1]?.toLowerCase();

const isLoopback = (url: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostOf(url) ?? "");

/** Stores whose paths are signed by whoever built them; a store on this machine or behind the daemon needs no key of a cache. */
const needsKey = (url: string): boolean => /^(?:https?|s3|ftp|file|ssh|ssh-ng):/i.test(url) && !trustsBlindly(url);

/** `?trusted=true` makes Nix take from a store whatever it offers. */
const trustsBlindly = (url: string): boolean => /[?&]trusted=(?:true|1|yes)(?:&|$)/i.test(url);

export const trustRules: readonly Rule[] = [
  {
    code: "trusted-users-wildcard",
    severity: "error",
    summary: "everybody is a trusted user",
    cause:
      "`*` makes every account of the machine, daemons' included, a trusted user of Nix, and a trusted user can become root.",
    example: 'trustedUsers: [root, "*"]',
    fixed: "trustedUsers: [root]",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-trusted-users",
    check: (context) => {
      for (const entry of trusted(context))
        if (entry.text === "*")
          context.report({
            ...placeOf(entry),
            message: "`*` trusts every account of the machine like root",
            hint: "name the accounts; `allowedUsers` is the list of who may use Nix at all",
            fix: () => entryRemoval(context.source, entry),
          });
    },
  },
  {
    code: "trusted-user-is-root",
    severity: "warning",
    summary: "an account besides root that the daemon trusts",
    cause:
      "A trusted user may set any setting of the daemon, such as a build hook or another cache's key, and so become root on that machine without a password.",
    example: "trustedUsers: [root, ada]",
    fixed:
      "trustedUsers: [root, ada]\nlint:\n  - code: trusted-user-is-root\n    at: trustedUsers[1]\n    why: ada administers the builders",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-trusted-users",
    check: (context) => {
      for (const entry of trusted(context)) {
        const { text } = entry;
        if (text === "root" || text === "*" || text === "") continue;
        const who = text.startsWith("@") ? `every member of the group \`${text.slice(1)}\`` : `\`${text}\``;
        context.report({
          ...placeOf(entry),
          message: `trusting ${who} is equivalent to root on that machine`,
          hint: "take the entry out; caches that everybody may use go into `substituters`. Or accept it under `lint` with a reason",
          fix: () => entryRemoval(context.source, entry),
        });
      }
    },
  },
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
            const start = context.source.text.indexOf("http://", (entry.range?.() ?? value).start);
            const isThere = text.startsWith("http://") && start !== -1 && start <= value.end;
            return isThere ? { range: { start, end: start + "http".length }, text: "https" } : undefined;
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
  {
    code: "secret-in-spec",
    severity: "error",
    summary: "a password, a token or a private key",
    cause:
      "A spec is read by everybody who reads its repository, and what is generated from it ends in the Nix store, which every account of a machine can read.",
    example: "settings:\n  access-tokens:\n    github.com: ghp_0123456789abcdefghijklmnopqrstuvwxyz",
    fixed: "# /etc/nix/tokens.conf, readable by root alone, holds the line; nix.conf includes it: !include tokens.conf",
    check: ({ secrets, report }) => {
      for (const { at, range, what } of secrets)
        report({
          at: at ?? [],
          range: () => range,
          message: `${what} has no place in a spec${at ? "" : ", not even in a comment"}`,
          hint: secretHint(what, at),
        });
    },
  },
  {
    code: "sandbox-off",
    severity: "warning",
    summary: "builds see the machine they run on",
    cause:
      "Without the sandbox a build can read and use whatever the machine has: it works here and fails elsewhere, and a hostile one sees files and the network. `relaxed` lets derivations opt out.",
    example: "settings:\n  sandbox: false",
    fixed: "settings:\n  sandbox: true",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-sandbox",
    check: ({ model, source, report }) => {
      for (const scope of scopes(model)) {
        const setting = scope.declared.find((one) => one.name === "sandbox");
        if (!setting || !(isOff(setting) || setting.value === "relaxed")) continue;
        report({
          at: setting.at,
          message:
            setting.value === "relaxed"
              ? `builds of ${scope.owner} may opt out of the sandbox`
              : `builds of ${scope.owner} run without the sandbox`,
          hint: "write `sandbox: true`, or accept it under `lint` with a reason",
          fix: () => replacement(source, setting.at, "value", "true"),
        });
      }
    },
  },
  {
    code: "host-key-invalid",
    severity: "error",
    final: true,
    summary: "a builder's `publicHostKey` that is not a public key line in base64",
    cause:
      "Nix writes the decoded text into a known_hosts file; if it is no public key line, every connection to the builder fails.",
    example:
      "builders:\n  - host: arm.example.net\n    publicHostKey: AAAAC3NzaC1lZDI1NTE5AAAAIEw3T0sSYyB4dkxNYXlJbnZlbnRlZEtleQAA",
    fixed:
      "builders:\n  - host: arm.example.net\n    publicHostKey: c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUV3M1Qwc1NZeUI0ZGt4TllYbEpiblpsYm5SbFpFdGxlUUFB",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-builders",
    check: ({ model, report }) => {
      for (const builder of model.builders) {
        if (builder.publicHostKey === undefined) continue;
        const at = [...builder.at, "publicHostKey"];
        const line = Buffer.from(builder.publicHostKey, "base64").toString("latin1");
        const hint = "base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub, run on the builder, prints it";
        // A private key is reported as the secret that it is.
        if (line.includes("PRIVATE KEY")) continue;
        if (/^\0\0\0[\x01-\x40](?:ssh|ecdsa|sk)-/.test(line))
          report({ at, message: "this is the key alone; Nix wants the whole public key line, once more in base64", hint });
        else if (!/^(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp\d+|sk-[a-z0-9@.-]+) \S+/.test(line))
          report({ at, message: "decoded, this is no public key line such as `ssh-ed25519 AAAA…`", hint });
      }
    },
  },
  {
    code: "builder-unwritable",
    severity: "error",
    final: true,
    summary: "a builder that the machines file can't hold",
    cause: "/etc/nix/machines has no quoting: it cuts a line at `#`, ends an entry at `;` and splits at blanks.",
    example: "builders:\n  - host: arm.example.net\n    sshKey: /etc/nix/key#1",
    fixed: "builders:\n  - host: arm.example.net\n    sshKey: /etc/nix/key-1",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-builders",
    check: ({ model, source, report }) => {
      for (const builder of model.builders) {
        const problem = builder.host === "" ? undefined : machinesProblem(builder);
        if (problem === undefined) continue;
        const isKey = /[\s;#]/.test(builder.sshKey ?? "");
        const isWritten = valueAt(source, [...builder.at, "sshKey"]) !== undefined;
        report({
          at: isKey && isWritten ? [...builder.at, "sshKey"] : [...builder.at, "host"],
          message: `the builder ${problem}`,
          hint: "give it another name or place",
        });
      }
    },
  },
  {
    code: "builder-without-host-key",
    severity: "warning",
    summary: "a builder that nobody can recognise",
    cause:
      "The daemon connects as root and has nobody to ask whether a new host key is right: unless root's known_hosts has the key already, the connection fails, and with checking switched off anybody could pose as the builder.",
    example: "builders:\n  - host: arm.example.net",
    fixed:
      "builders:\n  - host: arm.example.net\n    publicHostKey: c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUV3M1Qwc1NZeUI0ZGt4TllYbEpiblpsYm5SbFpFdGxlUUFB",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-builders",
    check: ({ model, source, report }) => {
      for (const builder of model.builders) {
        // Refused by the shape, it was there all the same.
        const written = (source.value as { builders?: Record<string, unknown>[] }).builders?.[Number(builder.at[1])];
        if (builder.publicHostKey !== undefined || written?.["publicHostKey"] !== undefined) continue;
        report({
          at: [...builder.at, "host"],
          message: "the daemon can't tell this builder from another machine: its host key is missing",
          hint: "add `publicHostKey:` with what `base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub` prints on the builder",
        });
      }
    },
  },
];

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

function secretHint(what: string, at: SpecPath | undefined): string {
  const settingsAt = at?.lastIndexOf("settings") ?? -1;
  const setting = settingsAt === -1 ? undefined : findSetting(String(at?.[settingsAt + 1]))?.setting.name;
  if (setting === "access-tokens")
    return "put the line into a file that only root can read, outside the repository, and `!include` it; then replace the token";
  if (what.includes("signing key"))
    return `replace the key pair: whoever has this can sign for the cache. The public half (nix key convert-secret-to-public) belongs here`;
  if (what.includes("URL")) return "put it into the file that the setting `netrc-file` names; then replace it";
  return "keep it in a secret store or a file outside the repository, and replace it: it must count as known to others";
}
