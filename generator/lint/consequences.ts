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

/** Consequences of the faults that validation found. */
export class Consequences {
  readonly #faults: readonly Fault[];
  readonly #value: unknown;
  readonly #parts = new Map<string, boolean>();

  /** @param value The whole spec as it was read. */
  constructor(faults: readonly Fault[], value: unknown) {
    this.#faults = faults;
    this.#value = value;
  }

  /** Whether a finding of a rule is one. */
  has(code: string, at: SpecPath): boolean {
    if (this.#faults.length === 0) return false;
    if ((JUDGED_BY[code] ?? []).some((part) => this.#isFaulty(part.split(".")))) return true;
    const entry = OF_ENTRY.test(code) ? entryOf(at) : undefined;
    return entry !== undefined && this.#isFaulty(entry);
  }

  /** Whether the entries of `lint` are not known: what they accept would be reported. */
  get hidesAcceptances(): boolean {
    return this.#faults.length > 0 && this.#isFaulty(["lint"]);
  }

  /** Whether an unknown reference, by its message, is one. */
  hasReference(message: string): boolean {
    const [, kind = "", name = ""] = /^unknown (group|input|system) `(.*)`$/.exec(message) ?? [];
    if (kind === "" || this.#faults.length === 0) return false;
    const key = `${kind}s`;
    return this.#faults.some(
      ({ path, isUnknown }) =>
        this.#isOn(path, isUnknown === true, [key]) && (path.length < 2 || kind === "system" || isSameName(path[1], name)),
    );
  }

  /** Whether the place of an acceptance is in a rejected part: no rule has judged it. */
  hides(place: SpecPath): boolean {
    return this.#faults.length > 0 && this.#isFaulty(place);
  }

  #isFaulty(part: SpecPath): boolean {
    const key = part.join("\0");
    const known = this.#parts.get(key);
    if (known !== undefined) return known;
    const found = this.#faults.some(({ path, isUnknown }) => this.#isOn(path, isUnknown === true, part));
    this.#parts.set(key, found);
    return found;
  }

  /** Whether a fault is in a part, around it, or at the unknown key that stands for it. */
  #isOn(path: SpecPath, isUnknown: boolean, part: SpecPath): boolean {
    const common = part.findIndex((step, index) => String(path[index]) !== String(step));
    if (common === -1 || (common === path.length && !isUnknown)) return true;
    if (!isUnknown || common !== path.length - 1) return false;
    let node = this.#value;
    for (const step of part.slice(0, common)) node = (node as Record<string | number, unknown> | undefined)?.[step];
    return typeof node === "object" && node !== null && !Object.hasOwn(node, String(part[common]));
  }
}

const isSameName = (written: string | number | undefined, name: string): boolean => plain(String(written)) === plain(name);
const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** The list item or the named entry that a path is in: `hosts.box`, `builders[0]`, `groups.k8s.packages[1]`. */
function entryOf(path: SpecPath): SpecPath | undefined {
  const item = path.findLastIndex((step) => typeof step === "number");
  if (item !== -1) return path.slice(0, item + 1);
  return /^(?:hosts|volumes|users|images|shells|commands)$/.test(String(path[0])) && path.length > 1
    ? path.slice(0, 2)
    : undefined;
}
