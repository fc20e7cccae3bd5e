import { isBadRef } from "./flake-reference.ts";
import { DEFAULT_RELEASE, pointedBy } from "./releases.ts";

/* Invalid references to nixpkgs: common ways to write a repository, a branch or a release that Nix reads differently. */

/** An invalid reference. */
export interface Misreference {
  /** What is wrong, as a sentence. */
  readonly why: string;
  /** The reference that was probably meant, in a form that Nix accepts; undefined if unknown. */
  readonly meant: string | undefined;
  /** Other possible references. */
  readonly also?: readonly string[];
}

const DEFAULT_BRANCH = `nixos-${DEFAULT_RELEASE}`;
const onGithub = (ref: string): string => `github:NixOS/nixpkgs/${ref}`;

/**
 * What is wrong with a reference to nixpkgs; undefined if it can be valid, or if it is not a reference to nixpkgs.
 *
 * @param written The reference in the spec: the short form (`nixos-26.05`) or a flake reference.
 */
export function misreference(written: string): Misreference | undefined {
  // Nearly all references.
  if (/^(?:github:NixOS\/nixpkgs\/)?(?:nixos-unstable|[0-9a-f]{40})$/.test(written)) return undefined;
  const repository =
    /^(?:(?:git\+)?(?:https?|git|ssh):\/\/(?:www\.)?)?github\.com\/NixOS\/nixpkgs(?:\.git)?(?:\/(?:tree|commits?)\/([^?#]+?))?\/?$/i.exec(
      written,
    ) ?? /^NixOS\/nixpkgs(?:[/@#:](?:tree\/)?([^?#]+?))?\/?$/i.exec(written);
  if (repository && !/^git\+(?:https|ssh):\/\/[^/]*github\.com\/NixOS\/nixpkgs(?:\.git)?\/?$/i.test(written)) {
    const isPage = /^https?:/i.test(written);
    const why = isPage ? `Nix reads \`${written}\` as an archive to download` : `\`${written}\` is not a flake reference`;
    return { why, meant: onGithub(corrected(repository[1] ?? DEFAULT_BRANCH)) };
  }
  const registry = /^(?:nixpkgs[/:@]|channel:)([^?#]+)$/.exec(written)?.[1];
  if (registry !== undefined) return { why: `\`${written}\` is not a flake reference`, meant: onGithub(corrected(registry)) };
  if (written === "nixpkgs")
    return { why: "`nixpkgs` is not a branch, tag or commit of NixOS/nixpkgs", meant: onGithub(DEFAULT_BRANCH) };
  const afterRepository =
    /^github:(?:NixOS\/nixpkgs(?:\.git)?(?:[@#:]|\/tree\/)|nixpkgs\/(?!nixpkgs)|NixOS\/(?=nixos-|release-))([^?]+)$/i.exec(
      written,
    )?.[1];
  if (afterRepository !== undefined)
    return {
      why: `\`${written}\` is not a flake reference to nixpkgs: the branch follows the repository after \`/\``,
      meant: onGithub(corrected(afterRepository)),
    };
  const github = /^(github:NixOS\/nixpkgs\/|flake:nixpkgs\/)([^?#]+)$/i.exec(written);
  const ref = github?.[2] ?? (written.includes(":") ? undefined : written);
  const wrong = ref === undefined ? undefined : wrongRef(ref);
  if (!wrong) return undefined;
  const whole = (name: string) => `${github?.[1] ?? ""}${name}`;
  return { ...wrong, meant: wrong.meant && whole(wrong.meant), ...(wrong.also ? { also: wrong.also.map(whole) } : {}) };
}

const corrected = (ref: string): string => wrongRef(ref)?.meant ?? ref;

/** What is wrong with a name that is not a branch or a tag of NixOS/nixpkgs. */
function wrongRef(ref: string): Misreference | undefined {
  const none = `NixOS/nixpkgs has no branch or tag \`${ref}\``;
  if (/^(?:nixos|nixpkgs)?[-_]?unstable$/i.test(ref) && pointedBy(ref).kind === "unknown")
    return { why: none, meant: "nixos-unstable", also: ["nixpkgs-unstable"] };
  if (/^(?:stable|latest|current|nixos|nixos-stable|nixpkgs-stable)$/i.test(ref)) return { why: none, meant: DEFAULT_BRANCH };
  if (/^(?:main|trunk|develop)$/.test(ref)) return { why: none, meant: "master" };
  if (/^[0-9a-f]{40}$/i.test(ref) && ref !== ref.toLowerCase())
    return { why: "Git writes the digits of a commit in lower case", meant: ref.toLowerCase() };
  if (isBadRef(ref)) {
    const trimmed = ref.replace(/[/.]+$/, "");
    return { why: none, meant: isBadRef(trimmed) ? undefined : corrected(trimmed) };
  }
  if (/^(?=.*[0-9])[0-9a-f]{7,39}$/.test(ref))
    return { why: `\`${ref}\` is only a part of a commit: Nix needs all 40 digits`, meant: undefined };
  // Similar to a release: `nixpkgs-26.05`, `nixos-2605`, `NixOS-26.5`, `v26.05`.
  const [, kind = "", year = "", month = "", flavour = ""] =
    /^(?:(nixos|nixpkgs|release)[-_ ]?|v)?([0-9]{2})[._-]?([0-9]{1,2})(-small|-darwin)?$/i.exec(ref) ?? [];
  if (year === "" || Number(year) < 21) return undefined;
  const release = `${year}.${month.padStart(2, "0")}`;
  if (!/\.(?:05|11)$/.test(release)) return { why: `${none}: releases are from May (.05) and November (.11)`, meant: undefined };
  const isTag = kind === "" && flavour === "";
  const meant = isTag
    ? release
    : flavour === "-darwin"
      ? `nixpkgs-${release}-darwin`
      : `${kind.toLowerCase() === "release" && flavour === "" ? "release" : "nixos"}-${release}${flavour}`;
  return meant === ref ? undefined : { why: none, meant };
}
