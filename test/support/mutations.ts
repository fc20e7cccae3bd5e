import { readFileSync } from "node:fs";
import fc from "fast-check";
import { parse, stringify } from "yaml";

/*
 * Mutations of a spec: of its bytes, its words and its structure. Each is a function of a text and one or two numbers, so that
 * fast-check can shrink a failure to few mutations.
 */

/** Texts that have a meaning in YAML, in the language or in Nix, and some that have none. */
const WORDS: readonly string[] = [
  ...":|-|?|[|]|{|}|,|#|&a|*a|!!str|!x|---|...|<<|\"|'|>-|\n|  |\t|\r\n|~|null|true|no|0o17|0x1f|1e999|-0|.inf|99999999999999999999".split(
    "|",
  ),
  "|",
  "",
  "\0",
  "\u{1f600}",
  "\ud800",
  "\ufeff",
  "\u2028",
  "\u0085",
  "\\x00",
  '"\\ud800"',
  "a".repeat(300),
  "[".repeat(70),
  "- ".repeat(70),
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "default",
  "nixpkgs",
  "self",
  "helm",
  "kubeclt",
  "vault",
  "python2",
  "python3Packages.ansible",
  "a.b.c",
  "version",
  "name",
  "groups",
  "shells",
  "packages",
  "package",
  "from",
  "systems",
  "settings",
  "substituters",
  "trustedUsers",
  "buildUsers",
  "roles",
  "users",
  "volumes",
  "hosts",
  "builders",
  "lint",
  "code",
  "at",
  "why",
  "env",
  "hook",
  "build-users",
  "max-jobs",
  "extra-substituters",
  "experimental-features",
  "access-tokens",
  "external-builders",
  "sandbox-paths",
  "github.com=ghp_0123456789abcdefghijklmnopqrstuvwxyz",
  "https://user:password@host/",
  "http://x",
  "github:NixOS/nixpkgs/nixos-unstable",
  "../../etc/passwd",
  "$(id)",
  "${x}",
  "''",
  "4294967295",
  "x86_64-darwin",
  "@wheel",
  "relaxed",
  "auto",
  "blake3-hashes",
  "build-cores",
  "json-log-path",
  "require-sigs",
  "min-free",
  "auto-allocate-uids",
  "keep-outputs",
  "iotop",
  "kubectl",
  "k8s",
  "root",
];

type Mutation = (bytes: Buffer) => Buffer;

const index = (at: number, length: number): number => (length === 0 ? 0 : Math.floor(at * length) % length);
/** Numbers of all sizes equally often: fast-check prefers small ones, which would mutate little but the first line. */
const below = (count: number): fc.Arbitrary<number> => fc.noBias(fc.nat(count - 1));
/** A place as a share of the text's length, so that it fits any text. */
const place = below(1_000_000).map((millionths) => millionths / 1_000_000);
const word = below(WORDS.length).map((at) => WORDS[at] ?? "");

const byteMutation: fc.Arbitrary<Mutation> = fc
  .record({ at: place, byte: below(256), kind: below(3) })
  .map(({ at, byte, kind }) => (bytes) => {
    const where = index(at, bytes.length);
    const inserted = kind === 2 ? [] : [byte];
    return Buffer.concat([bytes.subarray(0, where), Buffer.from(inserted), bytes.subarray(where + (kind === 0 ? 0 : 1))]);
  });

const tokenMutation: fc.Arbitrary<Mutation> = fc
  .record({ at: place, to: place, text: word, kind: below(5) })
  .map(({ at, to, text, kind }) => (bytes) => {
    const tokens = bytes.toString().split(/(\n *(?:- )*|[:,[\]{}"'#&*!|>-]|\s+)/);
    const [one, other] = [index(at, tokens.length), index(to, tokens.length)];
    const [first = "", second = ""] = [tokens[one], tokens[other]];
    if (kind === 0) tokens[one] = text;
    else if (kind === 1) tokens.splice(one, 1);
    else if (kind === 2) tokens.splice(one, 0, second);
    else if (kind === 3) [tokens[one], tokens[other]] = [second, first];
    // Removes a range: half a list, or a quote without its end.
    else tokens.splice(Math.min(one, other), Math.min(20, Math.abs(one - other)));
    return Buffer.from(tokens.join(""));
  });

const structureMutation: fc.Arbitrary<Mutation> = fc
  .record({ at: place, to: place, text: word, number: fc.integer(), kind: below(9) })
  .map(({ at, to, text, number, kind }) => (bytes) => {
    const root = parsed(bytes);
    const slots = slotsOf(root);
    const slot = slots[index(at, slots.length)];
    const other = slots[index(to, slots.length)];
    if (!slot || !other) return bytes;
    const value = slot.holder[slot.key];
    if (kind === 0) delete slot.holder[slot.key];
    else if (kind === 1) slot.holder[slot.key] = text;
    else if (kind === 2) slot.holder[slot.key] = number;
    else if (kind === 3) slot.holder[slot.key] = [value];
    else if (kind === 4) slot.holder[slot.key] = { [text]: value };
    else if (kind === 5) slot.holder[text] = value;
    else if (kind === 6) slot.holder[slot.key] = structuredClone(other.holder[other.key]);
    else if (kind === 7) slot.holder[slot.key] = number % 2 === 0;
    else slot.holder[slot.key] = null;
    try {
      return Buffer.from(stringify(root, { aliasDuplicateObjects: number % 2 === 0 }));
    } catch {
      return bytes;
    }
  });

/** The text's data, as a fresh copy; undefined when it is not YAML. Cached, because the unmutated specs repeat. */
function parsed(bytes: Buffer): unknown {
  let root = documents.get(bytes);
  if (root === undefined) {
    try {
      root = parse(bytes.toString(), { uniqueKeys: false, logLevel: "silent" });
    } catch {
      return undefined;
    }
    documents.set(bytes, root);
  }
  return structuredClone(root);
}

const documents = new WeakMap<Buffer, unknown>();

interface Slot {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Every path in a value. An alias can make a value contain itself. */
function slotsOf(value: unknown, seen = new Set<unknown>()): Slot[] {
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...slotsOf(holder[key], seen)]);
}

/** One mutation, or several in a row. */
const mutations: fc.Arbitrary<Mutation> = fc
  .oneof(
    { arbitrary: fc.array(fc.oneof(byteMutation, tokenMutation, structureMutation), { minLength: 1, maxLength: 4 }), weight: 1 },
    { arbitrary: fc.array(structureMutation, { minLength: 1, maxLength: 3 }), weight: 3 },
    { arbitrary: fc.tuple(tokenMutation), weight: 2 },
    { arbitrary: fc.tuple(byteMutation), weight: 2 },
  )
  .map((steps) => (bytes) => steps.reduce((mutated: Buffer, step) => step(mutated), bytes));

/** Small specs more often: after a mutation they are more often still valid. */
const SMALL = Buffer.from(`version: 1
name: demo
nixpkgs: nixos-26.05
groups:
  k8s: { title: Kubernetes, packages: [kubectl, { package: kubernetes-helm, name: helm }] }
shells:
  k8s: { env: { A: b }, hook: echo }
settings: { experimental-features: [nix-command, flakes], max-jobs: 2, keep-outputs: true }
substituters: [{ url: https://cache.nixos.org/, publicKey: "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" }]
trustedUsers: [root, ada]
gc: { automatic: true }
buildUsers: { roles: [{ role: aws, groups: [k8s] }, { role: gcp }] }
users: { ada: { settings: { max-jobs: 1 } } }
lint: [{ code: trusted-user-is-root, at: "trustedUsers[1]", why: she does }]
`);
const SPECS: readonly Buffer[] = [
  SMALL,
  readFileSync("test/golden/minimal/spec.yaml"),
  readFileSync("test/golden/everything/spec.yaml"),
  readFileSync("spec/platform.yaml"),
];

/** Mutated valid specs. */
export const mutatedSpecs: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.oneof(
      { arbitrary: fc.constant(0), weight: 60 },
      { arbitrary: fc.constant(1), weight: 15 },
      { arbitrary: fc.constant(2), weight: 2 },
      { arbitrary: fc.constant(3), weight: 1 },
    ),
    mutations,
  )
  .map(([which, mutate]) => mutate(SPECS[which] ?? SMALL));
