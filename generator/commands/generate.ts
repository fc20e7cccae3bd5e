import { join } from "node:path";
import { hasErrors, inOrder } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import { apply } from "../write/apply.ts";
import { compare } from "../write/compare.ts";
import { diffText } from "./diff.ts";
import { inGit } from "./git.ts";
import { failed, filesOf, type Options, type Outcome, outcome } from "./outcome.ts";
import { compileSpec, openSession, type Session } from "./session.ts";

/** Compiles the spec and writes the output folder. */
export async function generate(system: System, options: Options): Promise<Outcome> {
  return generateInSession(system, options, await openSession(system, options));
}

/** `generate` for a process that does it repeatedly. */
export async function generateInSession(system: System, options: Options, session: Session): Promise<Outcome> {
  const compiled = await compileSpec(system, options, session);
  if ("status" in compiled) return compiled;
  const { files } = compiled;
  if (!files || failed(compiled.diagnostics, options)) return outcome(compiled, [], [], 1);
  const work = options.dryRun ? compare : apply;
  const comparison = await work(system, options.out, files, options.force, session.known);
  const diagnostics = [...compiled.diagnostics, ...inOrder(comparison.diagnostics)];
  const stopped = hasErrors(comparison.diagnostics);
  const changed = stopped ? [] : comparison.changes.filter((change) => change.change !== "unchanged");
  const lines = changed.map((change) => `${change.change} ${join(options.out, change.path)}\n`).join("");
  const notes = comparison.kept.map(
    (path) => `${join(options.out, path)} is no longer generated; it was edited, so it is not deleted`,
  );
  if (!options.dryRun && changed.some((change) => change.change === "created") && (await inGit(system, options.out)))
    notes.push(`in a Git repository Nix sees only tracked files of a flake: run git add -N ${options.out}`);
  return {
    report: { diagnostics, files: stopped ? [] : filesOf(comparison), sources: compiled.texts },
    output: stopped ? diffText(comparison, options) : lines,
    notes,
    status: stopped ? 1 : 0,
  };
}
