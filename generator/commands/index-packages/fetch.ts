import type { Locked } from "../../knowledge/flake-lock.ts";
import type { System } from "../../system/system.ts";

/** A nixpkgs that Nix has fetched. */
export interface FetchedNixpkgs {
  /** A folder in the Nix store. */
  readonly path: string;
  readonly locked: Locked;
}

const FLAKES = ["--extra-experimental-features", "nix-command flakes"];

/** Fetches what a flake.lock pins; a sentence when Nix can't. */
export async function fetchLocked(system: System, locked: Locked): Promise<FetchedNixpkgs | string> {
  const expression = '(builtins.fetchTree (builtins.fromJSON (builtins.getEnv "FLAKEWRIGHT_LOCKED"))).outPath';
  const env = { FLAKEWRIGHT_LOCKED: JSON.stringify(locked) };
  const run = await system.spawn("nix", [...FLAKES, "eval", "--raw", "--impure", "--expr", expression], { env });
  return run.status === 0 ? { path: run.stdout, locked } : `Nix can't fetch the nixpkgs of flake.lock: ${lastError(run.stderr)}`;
}

/** Fetches the newest revision of a flake reference; a sentence when Nix can't. */
export async function fetchReference(system: System, url: string): Promise<FetchedNixpkgs | string> {
  const run = await system.spawn("nix", [...FLAKES, "flake", "metadata", "--json", "--no-write-lock-file", url]);
  if (run.status !== 0) return `Nix can't fetch ${url}: ${lastError(run.stderr)}`;
  const { path, locked } = JSON.parse(run.stdout) as FetchedNixpkgs;
  return { path, locked };
}

/** The last error that Nix reports, without what led to it. */
export const lastError = (stderr: string): string =>
  stderr
    .split("\n")
    .filter((line) => line.includes("error:"))
    .at(-1)
    ?.replace(/^.*error:\s*/, "") ?? "no error message";
