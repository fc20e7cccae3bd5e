import { join } from "node:path";
import { isOlder } from "../read/requires.ts";
import { type Diagnostic, diagnostic, inOrder } from "../report/diagnostic.ts";
import { listed } from "../report/words.ts";
import type { System } from "../system/system.ts";
import { type Comparison, compare, isUpToDate } from "../write/compare.ts";
import { withBumps } from "./bumps.ts";
import { fixSpec } from "./fix.ts";
import { grouped } from "./grouped.ts";
import type { Options, Outcome } from "./outcome.ts";
import { changeCounts, counted, countOf, failed, filesOf, folderName, outcome, stoppedSummary } from "./outcome.ts";
import { inOutputFolder } from "./output-folder.ts";
import { type CompiledSpec, compileSpec, openSession } from "./session.ts";

/** Compiles and compares the output folder without writing; every difference is an error. With `fix`, certain fixes are applied to the spec first. */
export async function check(system: System, options: Options): Promise<Outcome> {
  const session = await openSession(system, options);
  const fixed = options.fix ? await fixSpec(system, options, session) : undefined;
  if (fixed && "status" in fixed) return fixed;
  const compiled = fixed?.compiled ?? (await compileSpec(system, options, session));
  if ("status" in compiled) return compiled;
  const output = fixed?.fixed.map((line) => `${line}\n`).join("") ?? "";
  return { ...(await checkCompiled(system, compiled, options)), output };
}

/** `check` without `fix`, for a command that has compiled the spec itself. */
export async function checkCompiled(system: System, compiled: CompiledSpec, options: Options): Promise<Outcome> {
  if (!compiled.files) return outcome(compiled, options, [], [], 1);
  const { files, origin } = compiled;
  const comparison = withBumps(
    await inOutputFolder(options.out, () => compare(system, options.out, files, false, new Map(), origin)),
    compiled.model,
    options.out,
  );
  const edited = new Set(comparison.diagnostics.map((d) => d.file));
  const explained = new Set([...comparison.returns, ...comparison.conflicted]);
  const changed = comparison.changes.filter(
    ({ path, change }) => change !== "unchanged" && !edited.has(join(options.out, path)) && !explained.has(path),
  );
  const isNew =
    changed.length > 0 && changed.length === comparison.changes.length && changed.every((one) => one.change === "created");
  const drift = isNew
    ? [driftAt(options.out, `has none of the ${changed.length} files that the spec generates`)]
    : changed.map(({ path, change }) => driftAt(join(options.out, path), `would be ${change}`));
  if (drift.length + explained.size + comparison.diagnostics.length === 0 && !isUpToDate(comparison))
    drift.push(driftAt(join(options.out, ".flakewright.json"), "would be updated"));
  const found = [
    ...grouped(inOrder([...comparison.diagnostics, ...drift]), options.out).map((one) => withWriter(one, comparison, options)),
    ...conflicts(comparison, options),
    ...lineEnds(comparison, options),
  ];
  const status = found.length > 0 || failed(compiled.diagnostics, options) ? 1 : 0;
  const summary = summaryOf(comparison, compiled.diagnostics, found, options);
  return { ...outcome(compiled, options, found, filesOf(comparison), status, summary), notes: comparison.notes };
}

function summaryOf(
  comparison: Comparison,
  diagnostics: readonly Diagnostic[],
  found: readonly Diagnostic[],
  options: Options,
): string {
  const { out } = options;
  const { changed, all } = changeCounts(comparison);
  const more = diagnostics.length > 0 ? `, ${countOf(diagnostics)}` : "";
  const files = `${changed} of ${counted(all, "file")}`;
  if (found.some(({ code }) => code === "output-of-another-spec")) return stoppedSummary([...diagnostics, ...found], options);
  if (found.length > 0) return `${folderName(out)} is not up to date${changed > 0 ? ` (${files})` : ""}${more}`;
  return `${folderName(out)} is up to date (${counted(all, "file")})${more}`;
}

/** Drift that another version of flakewright explains says so. */
function withWriter(one: Diagnostic, { claims }: Comparison, { version: own }: Options): Diagnostic {
  const writer = claims.origin?.writer;
  if (one.code !== "output-drift" || writer === undefined || own === undefined || writer === own) return one;
  const message = `${one.message}; flakewright ${writer} wrote it, and this is ${own}`;
  return isOlder(own, writer)
    ? { ...one, message, hint: `use flakewright ${writer}, which is newer, or run \`flakewright generate\` with this one` }
    : { ...one, message };
}

/** One diagnostic for all files of a merge. */
function conflicts({ conflicted }: Comparison, { out }: Options): Diagnostic[] {
  if (conflicted.length === 0) return [];
  const files = listed(conflicted.map((path) => join(out, path)));
  return [
    diagnostic(
      "output-conflicted",
      `a merge left ${counted(conflicted.length, "file")} with both sides: ${files}`,
      out,
      { start: 0, end: 0 },
      { hint: "merge the spec, then run `flakewright generate`, which writes them anew" },
    ),
  ];
}

/** One diagnostic for all files that a checkout or an editor gave CRLF. */
function lineEnds({ returns }: Comparison, { out }: Options): Diagnostic[] {
  if (returns.length === 0) return [];
  const what = `${counted(returns.length, "file")} with CRLF line ends: ${listed(returns.map((path) => join(out, path)))}`;
  return [
    diagnostic(
      "output-drift",
      `${what}. Git writes them with core.autocrlf, or an editor did`,
      out,
      { start: 0, end: 0 },
      { hint: "run `flakewright generate`, which writes LF and a .gitattributes that keeps it" },
    ),
  ];
}

const driftAt = (file: string, message: string): Diagnostic =>
  diagnostic(
    "output-drift",
    `${file} ${message}`,
    file,
    { start: 0, end: 0 },
    { hint: "run `flakewright generate` and commit the result" },
  );
