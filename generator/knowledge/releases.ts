/* Releases of nixpkgs. */

/** The newest release: the default of `nixpkgs`, and the one that `init` writes. Only this constant changes with a new release. */
export const DEFAULT_RELEASE = "26.05";

/** The release that a reference to nixpkgs names: `24.05` of `nixos-24.05-small`. */
export function releaseNamed(reference: string): string | undefined {
  return /(?:^|[^0-9])([0-9]{2}\.(?:05|11))(?:[^0-9]|$)/.exec(reference)?.[1];
}

/** A reference to nixpkgs as a flake reference: the short form names a branch, tag or commit of NixOS/nixpkgs. */
export const nixpkgsUrl = (written: string): string => (written.includes(":") ? written : `github:NixOS/nixpkgs/${written}`);
