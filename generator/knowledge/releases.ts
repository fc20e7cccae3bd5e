/* Releases of nixpkgs, and the state of nixpkgs that a flake reference names. Dates are ISO days, so that they can be compared as text. */

/** The newest release: the default of `nixpkgs`, and the one that `init` writes. Only this constant changes with a new release. */
export const DEFAULT_RELEASE = "26.05";

/** The release that a reference to nixpkgs names: `24.05` of `nixos-24.05-small`. */
export function releaseNamed(reference: string): string | undefined {
  return /(?:^|[^0-9])([0-9]{2}\.(?:05|11))(?:[^0-9]|$)/.exec(reference)?.[1];
}

/** A reference to nixpkgs as a flake reference: the short form names a branch, tag or commit of NixOS/nixpkgs. */
export const nixpkgsUrl = (written: string): string => (written.includes(":") ? written : `github:NixOS/nixpkgs/${written}`);

/** A release of nixpkgs. */
export interface Release {
  readonly name: string;
  /** The day when its branch left master. Source: the first revision of the unstable channel with the next number. */
  readonly branched: string;
  /** The last day of its support (https://github.com/NixOS/nixpkgs/blob/master/doc/README.md, release notes). */
  readonly end: string;
}

/** All releases of the package facts, the oldest first. README.md describes what else to do for a new release. */
export const RELEASES: readonly Release[] = [
  { name: "24.05", branched: "2024-05-22", end: "2024-12-31" },
  { name: "24.11", branched: "2024-11-13", end: "2025-06-30" },
  { name: "25.05", branched: "2025-05-17", end: "2025-12-31" },
  { name: "25.11", branched: "2025-11-21", end: "2026-06-30" },
  { name: DEFAULT_RELEASE, branched: "2026-05-25", end: "2026-12-31" },
];

/** What nixpkgs asks of Nix (lib/minfeatures.nix), and the last day of master without it: 24.11 has it not. */
export const NEWER_NIX_VERSION = [2, 18] as const;
export const NEWER_NIX_SINCE = "2024-11-13";

const [OLDEST] = RELEASES;

/** A release by its name; undefined if the package facts do not have it. */
export const knownRelease = (name: string): Release | undefined => RELEASES.find((release) => release.name === name);

/** A state of nixpkgs: master on a day in this range. A release has the state of the day on which it left master. */
export interface Moment {
  readonly from: string;
  readonly to: string;
  /** For messages: `nixpkgs 24.05`, `nixpkgs of 2025-03-01`; undefined if the state is unknown. */
  readonly name: string | undefined;
}

/** A day after all others. */
const NEWEST = "9999-12-31";

/** The state of nixos-unstable and similar branches. */
export const UNSTABLE: Moment = { from: NEWEST, to: NEWEST, name: "nixpkgs unstable" };
/** The state of an unknown reference. */
export const UNKNOWN_MOMENT: Moment = { from: "", to: NEWEST, name: undefined };

/** The state of a release; undefined if the name is not a release. */
export function momentOfRelease(name: string): Moment | undefined {
  const called = `nixpkgs ${name}`;
  const release = knownRelease(name);
  if (release) return { from: release.branched, to: release.branched, name: called };
  if (!/^[0-9]{2}\.(?:05|11)$/.test(name) || !OLDEST) return undefined;
  if (name < OLDEST.name) return { from: "", to: OLDEST.branched, name: called };
  return { ...UNSTABLE, name: called };
}

/** The state of a commit of a day: on master, or on the branch of a release that was supported on that day. */
export function momentOfDay(day: string): Moment {
  const alive = RELEASES.find((release) => release.branched <= day && day <= release.end);
  return { from: alive?.branched ?? day, to: day, name: `nixpkgs of ${day}` };
}

/** What kind of state a reference to nixpkgs names. */
export type Pointed =
  | { readonly kind: "release"; readonly release: string /** True for a branch, false for a tag. */; readonly moves: boolean }
  | { readonly kind: "rolling" }
  | { readonly kind: "commit"; readonly rev: string }
  | { readonly kind: "unknown" };

/** A branch of a release: `nixos-26.05`, `nixos-24.11-small`, `nixpkgs-25.05-darwin`, `release-25.11`, `staging-25.11`. */
const RELEASE_BRANCH = /^(?:nixos|nixpkgs|release|staging|staging-next)-([0-9]{2}\.(?:05|11))(?:-small|-darwin|-aarch64)?$/;
const RELEASE_TAG = /^v?([0-9]{2}\.(?:05|11))(?:[.-].*)?$/;
const ROLLING = /^(?:nixos-unstable(?:-small)?|nixpkgs-unstable|master|staging|staging-next|staging-nixos|HEAD)$/;

/** Reads a branch, tag or commit of nixpkgs. */
export function pointedBy(ref: string): Pointed {
  const name = ref.replace(/^refs\/(?:heads|tags)\//, "");
  if (/^[0-9a-f]{40}$/.test(name)) return { kind: "commit", rev: name };
  if (ROLLING.test(name)) return { kind: "rolling" };
  const branch = RELEASE_BRANCH.exec(name)?.[1];
  if (branch !== undefined) return { kind: "release", release: branch, moves: true };
  const tag = RELEASE_TAG.exec(name)?.[1];
  return tag === undefined ? { kind: "unknown" } : { kind: "release", release: tag, moves: false };
}

/** The branch, tag or commit that a flake reference names; `""` for the default branch, undefined for another flake than NixOS/nixpkgs. */
export function nixpkgsRef(url: string): string | undefined {
  const [base = "", query = ""] = url.split("?");
  const asked = new URLSearchParams(query);
  const named = asked.get("rev") ?? asked.get("ref");
  const github = /^(?:github:(?:NixOS|nixpkgs)\/nixpkgs|(?:flake:)?nixpkgs)(?:\/([^?#]*))?$/i.exec(base);
  if (github) return named ?? github[1]?.replace(/\/$/, "") ?? "";
  if (/^git\+(?:https|ssh):\/\/(?:[^/]*@)?github\.com\/NixOS\/nixpkgs(?:\.git)?\/?$/i.test(base)) return named ?? "";
  const channel = /^https:\/\/(?:channels\.nixos\.org|nixos\.org\/channels)\/([^/]+)/.exec(base)?.[1];
  if (channel !== undefined) return channel;
  const archive = /^https:\/\/github\.com\/NixOS\/nixpkgs\/archive\/(.+?)\.(?:tar\.gz|zip)$/i.exec(base)?.[1];
  if (archive !== undefined) return archive;
  const released = /^https:\/\/releases\.nixos\.org\/(?:nixos|nixpkgs)\/(?:([0-9]{2}\.[0-9]{2})\/)?/.exec(base);
  if (released) return released[1] ?? "nixpkgs-unstable";
  return undefined;
}

/**
 * The state of nixpkgs that a flake reference names.
 *
 * @param when The day or the release of the locked or named commit, if the lock file or revisions.tsv has it.
 */
export function momentOf(url: string, when?: string): Moment {
  const known = when === undefined ? undefined : (momentOfRelease(when) ?? momentOfDay(when));
  const ref = nixpkgsRef(url);
  // The date of a local tree is that of its newest file.
  if (ref === undefined) return known && !/^(?:path:|file:|[./])/.test(url) ? known : UNKNOWN_MOMENT;
  const pointed: Pointed = ref === "" ? { kind: "rolling" } : pointedBy(ref);
  switch (pointed.kind) {
    case "release":
      return momentOfRelease(pointed.release) ?? UNKNOWN_MOMENT;
    case "rolling":
      // A locked branch that follows master has the state of the day of its lock.
      return when === undefined ? UNSTABLE : { from: when, to: when, name: `nixpkgs unstable of ${when}` };
    default:
      return known ?? UNKNOWN_MOMENT;
  }
}

/** The same kind of branch for another release: `nixos-24.05-small` → `nixos-26.05-small`. */
export const onRelease = (ref: string, release: string): string => ref.replace(/[0-9]{2}\.(?:05|11)/, release);

/**
 * Whether a release is more than five months away: neither its branch nor a host that began with it can exist. nixos-unstable has the number
 * of the next release for up to six months.
 *
 * @param today An ISO day.
 */
export function isFarRelease(release: string, today: string): boolean {
  const [year = 0, month = 0] = release.split(".").map(Number);
  const [thisYear = 0, thisMonth = 0] = today.split("-").map(Number);
  return (2000 + year - thisYear) * 12 + month - thisMonth > 5;
}
