/* Releases of nixpkgs. */

/** The newest release: what a spec without `nixpkgs` gets, and what `init` writes. The one place that changes with a new release. */
export const DEFAULT_RELEASE = "26.05";
