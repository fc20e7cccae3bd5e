import { join, resolve } from "node:path";
import { type Diagnostic, hasErrors, inOrder } from "../report/diagnostic.ts";
import { listed } from "../report/words.ts";
import type { System } from "../system/system.ts";
import { apply } from "../write/apply.ts";
import { CHECKSUMS } from "../write/checksums.ts";
import { type Comparison, compare } from "../write/compare.ts";
import { repositoryOf } from "../write/places.ts";
import { withBumps } from "./bumps.ts";
import { diffText } from "./diff.ts";
import { lineEndNotes, trackingNote } from "./git.ts";
import { grouped } from "./grouped.ts";
import {
  changeCounts,
  counted,
  countOf,
  failed,
  filesOf,
  folderName,
  type Options,
  type Outcome,
  outcome,
  stoppedSummary,
} from "./outcome.ts";
import { inOutputFolder } from "./output-folder.ts";
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
  if (!files || failed(compiled.diagnostics, options)) return outcome(compiled, options, [], [], 1);
  const work = options.dryRun ? compare : apply;
  const comparison = withBumps(
    await inOutputFolder(options.out, () => work(system, options.out, files, options.force, session.known, compiled.origin)),
    compiled.model,
    options.out,
  );
  const diagnostics = [...compiled.diagnostics, ...grouped(inOrder(comparison.diagnostics), options.out)];
  const stopped = hasErrors(comparison.diagnostics);
  const changed = stopped ? [] : comparison.changes.filter((change) => change.change !== "unchanged");
  const lines = changed.map((change) => `${change.change} ${join(options.out, change.path)}\n`).join("");
  const notes = [
    ...comparison.notes,
    ...comparison.kept.map((path) => `${join(options.out, path)} is no longer generated; it was edited, so it is not deleted`),
  ];
  if (!stopped) notes.push(...lostNotes(comparison, options));
  if (!stopped && comparison.returns.length > 0)
    notes.push(`${counted(comparison.returns.length, "file")} had CRLF line ends, which Git's core.autocrlf or an editor wrote`);
  if (!options.dryRun && changed.some((change) => change.change === "created") && (await isInGit(system, options)))
    notes.push(await trackingNote(system, options.out));
  if (!options.dryRun && changed.some(({ path, change }) => path === CHECKSUMS && change === "created"))
    notes.push(...(await lineEndNotes(system, [...session.filesRead.keys()])));
  return {
    report: { diagnostics, files: stopped ? [] : filesOf(comparison), sources: compiled.texts },
    output: stopped ? diffText(editedOnly(comparison, options), options) : lines,
    ...(stopped ? { isMasked: true, isDiff: true } : {}),
    notes,
    summary: stopped ? stoppedSummary(diagnostics, options) : writtenSummary(comparison, compiled.diagnostics, options),
    status: stopped ? 1 : 0,
  };
}

const isInGit = async (system: System, { out }: Options): Promise<boolean> =>
  (await repositoryOf(system, resolve(system.cwd, out))) !== undefined;

/** The codes of an edited file. */
const STOPPING: ReadonlySet<string> = new Set(["output-edited", "output-bumped"]);

/** Sentences about edits that this run replaces: those of `--force`, and both sides of a merge. */
function lostNotes({ changes, overridden, conflicted }: Comparison, { out, dryRun }: Options): string[] {
  const shown = (paths: readonly string[]) => listed(paths.map((path) => join(out, path)));
  const removed = new Set(changes.flatMap(({ path, change }) => (change === "removed" ? [path] : [])));
  const [deleted, replaced] = [overridden.filter((path) => removed.has(path)), overridden.filter((path) => !removed.has(path))];
  const verb = (done: string) => (dryRun ? `would ${done.replace(/d$/, "")}` : done);
  return [
    ...(replaced.length > 0 ? [`--force ${verb("replaced")} your edits of ${shown(replaced)}`] : []),
    ...(deleted.length > 0 ? [`--force ${verb("deleted")} ${shown(deleted)}, edited and no longer generated`] : []),
    ...(conflicted.length > 0 ? [`${verb("resolved")} the merge of ${shown(conflicted)} from the spec`] : []),
  ];
}

/** Only the changes to edited files, because these are what stopped the run. */
function editedOnly(comparison: Comparison, { out }: Options): Comparison {
  const edited = new Set(comparison.diagnostics.filter(({ code }) => STOPPING.has(code)).map(({ file }) => file));
  return { ...comparison, changes: comparison.changes.filter(({ path }) => edited.has(join(out, path))) };
}

function writtenSummary(comparison: Comparison, diagnostics: readonly Diagnostic[], { out, dryRun }: Options): string {
  const { changed, all } = changeCounts(comparison);
  const found = diagnostics.length > 0 ? `, ${countOf(diagnostics)}` : "";
  if (changed === 0) return `${folderName(out)} is up to date (${counted(all, "file")})${found}`;
  return `${dryRun ? "would write" : "wrote"} ${changed} of ${counted(all, "file")} to ${folderName(out)}${found}`;
}
