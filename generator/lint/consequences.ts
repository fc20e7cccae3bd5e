import type { Fault } from "../language/validate.ts";
import type { SpecPath } from "../report/spec-path.ts";

/*
 * What is no mistake of its own: a finding that comes from a part that validation rejected, and that the model therefore lacks. It would be
 * gone, or another one, when that part is corrected.
 */

/** The parts, beside its own place, that a finding is judged by. */
const JUDGED_BY: Readonly<Record<string, readonly string[]>> = {
  "build-users-auto-allocated": ["buildUsers", "settings"],
  "build-users-empty": ["buildUsers"],
  "uid-conflict": ["buildUsers.firstUid", "buildUsers.gid"],
  "ci-no-runner": ["systems", "ci"],
  "ci-cache-unsupported": ["ci"],
  "system-unused": ["systems", "ci.systems"],
  "system-end-of-life": ["systems", "nixpkgs.url"],
  "linux-missing": ["systems"],
  "host-system-missing": ["systems"],
  "nix-darwin-release": ["nixpkgs.url"],
  "state-version-unknown": ["nixpkgs.url"],
  "no-proxy-without-proxy": ["network.proxy"],
  "package-unknown": ["nixpkgs.url"],
  "package-removed": ["nixpkgs.url"],
  "package-renamed": ["nixpkgs.url"],
  "package-unavailable": ["nixpkgs.url", "systems"],
  "package-unfree": ["nixpkgs.url", "nixpkgs.unfree"],
  "package-insecure": ["nixpkgs.url", "nixpkgs.insecure"],
  "allowance-unknown": ["nixpkgs.url"],
  "keep-outputs-without-gc": ["gc"],
  "setting-needs-feature": ["settings.experimental-features"],
  "user-settings-drop-features": ["settings.experimental-features"],
  "setting-ignored": ["trustedUsers"],
  "image-variable-missing": ["images"],
};

/** Findings about an entry as a whole, such as what it lacks. */
const OF_ENTRY =
  /^(?:state-version-|host-(?!key-)|substituter-without-key|builder-|lint-without-why|package-|system-unused|calendar-event-|policy-)/;

/** The faults at and below a path. A spec can have as many faults as findings, so that no finding is compared with each fault. */
interface Faulty {
  readonly below: Map<string, Faulty>;
  /** A fault of the part itself. */
  isWrong: boolean;
  /** The part is a key that the language does not have. */
  isUnknown: boolean;
  /** The part has such a key. */
  hasUnknown: boolean;
}

const noFault = (): Faulty => ({ below: new Map(), isWrong: false, isUnknown: false, hasUnknown: false });

function faultTree(faults: readonly Fault[]): Faulty {
  const root = noFault();
  for (const { path, isUnknown } of faults) {
    let [node, parent]: [Faulty, Faulty | undefined] = [root, undefined];
    for (const step of path.map(String)) {
      parent = node;
      node = parent.below.get(step) ?? noFault();
      parent.below.set(step, node);
    }
    if (isUnknown) node.isUnknown = true;
    else node.isWrong = true;
    if (isUnknown && parent) parent.hasUnknown = true;
  }
  return root;
}

/** Consequences of the faults that validation found. */
export class Consequences {
  readonly #faults: Faulty | undefined;
  readonly #value: unknown;
  /** The entries of a key that have a fault, by their plain names. */
  readonly #names = new Map<string, ReadonlySet<string>>();

  /** @param value The whole spec as it was read. */
  constructor(faults: readonly Fault[], value: unknown) {
    this.#faults = faults.length > 0 ? faultTree(faults) : undefined;
    this.#value = value;
  }

  /** Whether a finding of a rule is one. */
  has(code: string, at: SpecPath): boolean {
    if (!this.#faults) return false;
    if ((JUDGED_BY[code] ?? []).some((part) => this.#isFaulty(part.split(".")))) return true;
    const entry = OF_ENTRY.test(code) ? entryOf(at) : undefined;
    return entry !== undefined && this.#isFaulty(entry);
  }

  /** Whether the entries of `lint` are not known: what they accept would be reported. */
  get hidesAcceptances(): boolean {
    return this.#isFaulty(["lint"]);
  }

  /** Whether an unknown reference, by its message, is one. */
  hasReference(message: string): boolean {
    const [, kind = "", name = ""] = /^unknown (group|input|system) `(.*)`$/.exec(message) ?? [];
    if (kind === "" || !this.#isFaulty([`${kind}s`])) return false;
    const key = this.#faults?.below.get(`${kind}s`);
    // Without a fault in the key, one stands for it.
    if (!key || kind === "system" || key.isWrong || key.isUnknown || this.#faults?.isWrong) return true;
    const names = this.#names.get(kind) ?? new Set([...key.below.keys()].map(plain));
    this.#names.set(kind, names);
    return names.has(plain(name)) || this.#isStandIn(this.#faults as Faulty, this.#value, `${kind}s`);
  }

  /** Whether the place of an acceptance is in a rejected part: no rule has judged it. */
  hides(place: SpecPath): boolean {
    return this.#isFaulty(place);
  }

  /** Whether a fault is in a part, around it, or at the unknown key that stands for it. */
  #isFaulty(part: SpecPath): boolean {
    if (!this.#faults) return false;
    let node = this.#faults;
    let value = this.#value;
    for (const step of part) {
      if (node.isWrong || this.#isStandIn(node, value, String(step))) return true;
      const next = node.below.get(String(step));
      if (!next) return false;
      node = next;
      value = (value as Record<string | number, unknown> | undefined)?.[step];
    }
    return true;
  }

  /** Whether a part lacks a key and has an unknown one instead. */
  #isStandIn(node: Faulty, value: unknown, key: string): boolean {
    return node.hasUnknown && typeof value === "object" && value !== null && !Object.hasOwn(value, key);
  }
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** The list item or the named entry that a path is in: `hosts.box`, `builders[0]`, `groups.k8s.packages[1]`. */
function entryOf(path: SpecPath): SpecPath | undefined {
  const item = path.findLastIndex((step) => typeof step === "number");
  if (item !== -1) return path.slice(0, item + 1);
  return /^(?:hosts|volumes|users|images|shells|commands)$/.test(String(path[0])) && path.length > 1
    ? path.slice(0, 2)
    : undefined;
}
