import { nixpkgsRef, pointedBy } from "./releases.ts";

/* The branch of nix-darwin that goes with a nixpkgs: nix-darwin refuses another release (eval-config.nix). */

/** Whether a system is macOS. */
export const isMac = (system: string): boolean => system.endsWith("-darwin");

/** The first release of nixpkgs for which nix-darwin has a branch. */
export const FIRST_RELEASE = "24.11";

/** The greatest `system.stateVersion` of any nix-darwin (modules/system/version.nix, maxStateVersion, of June 2026). */
export const MAX_STATE_VERSION = 7;

const REPOSITORY = "github:nix-darwin/nix-darwin";

/** The release that a reference to nixpkgs names, if nix-darwin has no branch for it. */
export function releaseWithoutNixDarwin(nixpkgs: string): string | undefined {
  const release = releaseOf(nixpkgs);
  return release !== undefined && release < FIRST_RELEASE ? release : undefined;
}

/** The flake reference of nix-darwin for a flake reference of nixpkgs. Its master follows nixpkgs-unstable. */
export function nixDarwinFor(nixpkgs: string): string {
  const release = releaseOf(nixpkgs);
  return `${REPOSITORY}/${release === undefined ? "master" : `nix-darwin-${release}`}`;
}

function releaseOf(nixpkgs: string): string | undefined {
  const ref = nixpkgsRef(nixpkgs);
  const pointed = ref ? pointedBy(ref) : undefined;
  return pointed?.kind === "release" ? pointed.release : undefined;
}
