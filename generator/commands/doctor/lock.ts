import { join } from "node:path";
import { lockedInput } from "../../knowledge/flake-lock.ts";
import { readableWord as word } from "../../output/printers/shell.ts";
import { type Examined, finding, fine, flakeOf, found, type Machine, NOTHING } from "./machine.ts";
import { isBefore, type NixVersion } from "./nix.ts";

/** A lock older than this has missed half a year of security updates. */
const OLD_DAYS = 180;

const DAY = 86_400;

/** Is nixpkgs locked, and to a revision that is not too old? */
export async function examineLock(machine: Machine, version: NixVersion | undefined): Promise<Examined> {
  const { system, options, model } = machine;
  const file = join(options.out, "flake.lock");
  const flake = word(flakeOf(machine));
  const text = await system.readFile(file);
  if (!text) {
    const message = "nothing is locked: each machine gets the nixpkgs of its day";
    return found(finding("machine-lock-old", file, message, `nix flake lock ${flake}`));
  }
  const modified = lockedInput(text.toString(), "nixpkgs")?.lastModified ?? 0;
  // A local tree has no date, and a commit in the spec is old on purpose.
  if (modified <= 1 || /[0-9a-f]{40}/.test(model.nixpkgs.url)) return NOTHING;
  const days = Math.floor((system.now() / 1000 - modified) / DAY);
  if (days <= OLD_DAYS) return fine(`the locked nixpkgs is ${days} days old`);
  const update = version && !isBefore(version, 2, 19) ? `nix flake update --flake ${flake}` : `nix flake update ${flake}`;
  const message = `the locked nixpkgs is ${days} days old, and so are its security updates`;
  return found(finding("machine-lock-old", file, message, update));
}
