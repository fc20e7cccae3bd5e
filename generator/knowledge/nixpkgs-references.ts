import { DEFAULT_RELEASE, pointedBy } from "./releases.ts";

/* References to nixpkgs that Nix does not take as their author means: how people write a repository, a branch or a release. */

export interface Misreference {
  /** What is wrong, as a sentence. */
  readonly why: string;
  /** What Nix takes; undefined where nobody can know. */
  readonly meant: string | undefined;
  /** Others that may have been meant. */
  readonly also?: readonly string[];
}

const DEFAULT_BRANCH = `nixos-${DEFAULT_RELEASE}`;
const onGithub = (ref: string): string => `github:NixOS/nixpkgs/${ref}`;

/**
 * What is wrong with a reference to nixpkgs; undefined for one that may be right, or that is of something else.
 * @param written as it is in the spec: short (`nixos-26.05`) or a flake reference
 */
export function misreference(written: string): Misreference | undefined {
  const repository =
    /^(?:(?:git\+)?(?:https?|git|ssh):\/\/(?:www\.)?)?github\.com\/NixOS\/nixpkgs(?:\.git)?(?:\/(?:tree|commits?)\/([^?#]+?))?\/?$/i.exec(
      written,
    ) ?? /^NixOS\/nixpkgs(?:[/@#:](?:tree\/)?([^?#]+?))?\/?$/i.exec(written);
  if (repository && !/^git\+(?:https|ssh):\/\/[^/]*github\.com\/NixOS\/nixpkgs(?:\.git)?\/?$/i.test(written)) {
    const isPage = /^https?:/i.test(written);
    const why = isPage ? `Nix takes \`${written}\` for an archive to download` : `\`${written}\` is no flake reference`;
    return { why, meant: onGithub(corrected(repository[1] ?? DEFAULT_BRANCH)) };
  }
  const registry = /^(?:nixpkgs[/:@]|channel:)([^?#]+)$/.exec(written)?.[1];
  if (registry !== undefined) return { why: `\`${written}\` is no flake reference`, meant: onGithub(corrected(registry)) };
  if (written === "nixpkgs")
    return { why: "`nixpkgs` is no branch, tag or commit of NixOS/nixpkgs", meant: onGithub(DEFAULT_BRANCH) };
  const behind =
    /^github:(?:NixOS\/nixpkgs(?:\.git)?(?:[@#:]|\/tree\/)|nixpkgs\/(?!nixpkgs)|NixOS\/(?=nixos-|release-))([^?]+)$/i.exec(
      written,
    )?.[1];
  if (behind !== undefined)
    return {
      why: `\`${written}\` is no flake reference to nixpkgs: the branch follows the repository after \`/\``,
      meant: onGithub(corrected(behind)),
    };
  const github = /^(github:NixOS\/nixpkgs\/|flake:nixpkgs\/)([^?#]+)$/i.exec(written);
  const ref = github?.[2] ?? (written.includes(":") ? undefined : written);
  const wrong = ref === undefined ? undefined : wrongRef(ref);
  if (!wrong) return undefined;
  const whole = (name: string) => `${github?.[1] ?? ""}${name}`;
  return { ...wrong, meant: wrong.meant && whole(wrong.meant), ...(wrong.also ? { also: wrong.also.map(whole) } : {}) };
}

const corrected = (ref: string): string => wrongRef(ref)?.meant ?? ref;

/** A name that NixOS/nixpkgs has neither as a branch nor as a tag. */
function wrongRef(ref: string): Misreference | undefined {
  const none = `NixOS/nixpkgs has no branch or tag \`${ref}\``;
  if (/^(?:nixos|nixpkgs)?[-_]?unstable$/i.test(ref) && pointedBy(ref).kind === "unknown")
    return { why: none, meant: "nixos-unstable", also: ["nixpkgs-unstable"] };
  if (/^(?:stable|latest|current|nixos|nixos-stable|nixpkgs-stable)$/i.test(ref)) return { why: none, meant: DEFAULT_BRANCH };
  if (/^(?:main|trunk|develop)$/.test(ref)) return { why: none, meant: "master" };
  if (/^(?=.*[0-9])[0-9a-f]{7,39}$/.test(ref))
    return { why: `\`${ref}\` is part of a commit: Nix takes all 40 digits`, meant: undefined };
  // What looks like a release: `nixpkgs-26.05`, `nixos-2605`, `NixOS-26.5`, `v26.05`.
  const [, kind = "", year = "", month = "", flavour = ""] =
    /^(?:(nixos|nixpkgs|release)[-_ ]?|v)?([0-9]{2})[._-]?([0-9]{1,2})(-small|-darwin)?$/i.exec(ref) ?? [];
  if (year === "" || Number(year) < 21) return undefined;
  const release = `${year}.${month.padStart(2, "0")}`;
  if (!/\.(?:05|11)$/.test(release)) return { why: `${none}: releases are of May (.05) and November (.11)`, meant: undefined };
  const isTag = kind === "" && flavour === "";
  const meant = isTag
    ? release
    : flavour === "-darwin"
      ? `nixpkgs-${release}-darwin`
      : `${kind.toLowerCase() === "release" && flavour === "" ? "release" : "nixos"}-${release}${flavour}`;
  return meant === ref ? undefined : { why: none, meant };
}
