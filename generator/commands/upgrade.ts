import { DEFAULT_RELEASE, knownRelease, nixpkgsRef, onRelease, pointedBy, RELEASES } from "../knowledge/releases.ts";
import { replacement } from "../lint/edits.ts";
import { valueAt } from "../report/spec-path.ts";
import type { System } from "../system/system.ts";
import { editSpec } from "./edited-spec.ts";
import { invalid, type Options, type Outcome, printed, refused } from "./outcome.ts";
import { compileSpec, openSession } from "./session.ts";

/** `upgrade [RELEASE]`: moves the spec's `nixpkgs` to another release of the same kind of branch, and reports what that changes. */
export async function upgrade(system: System, options: Options, release = DEFAULT_RELEASE): Promise<Outcome> {
  if (!knownRelease(release)) return refused(`unknown release ${release}: ${RELEASES.map(({ name }) => name).join(", ")}`);
  const session = await openSession(system, options);
  const compiled = await compileSpec(system, options, session, false);
  if ("status" in compiled) return compiled;
  const { model, source } = compiled;
  if (!model || !source) return invalid(compiled);
  const { written, url } = model.nixpkgs;
  const ref = nixpkgsRef(url);
  const pointed = ref === undefined ? undefined : pointedBy(ref);
  if (pointed?.kind !== "release")
    return refused(`\`${written}\` names no release, so there is none to move from; write \`nixos-${release}\` by hand`);
  if (pointed.release === release) return printed(`nixpkgs is ${written} already\n`);
  const at = typeof valueAt(source, ["nixpkgs"]) === "string" ? ["nixpkgs"] : ["nixpkgs", "url"];
  if (valueAt(source, at) === undefined) return refused(`the spec has no \`nixpkgs\`: write \`nixpkgs: nixos-${release}\``);
  const next = onRelease(written, release);
  return editSpec(
    system,
    options,
    session,
    compiled,
    [replacement(source, at, "value", next)],
    [],
    `nixpkgs: ${written} -> ${next}; now run nix flake update in the output folder`,
  );
}
