import { join } from "node:path";
import { type Diagnostic, diagnostic, inOrder } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import { type Comparison, compare, isUpToDate } from "../write/compare.ts";
import { withBumps } from "./bumps.ts";
import { fixSpec } from "./fix.ts";
import { grouped, listed } from "./grouped.ts";
import type { Options, Outcome } from "./outcome.ts";
import { changeCounts, counted, countOf, failed, filesOf, folderName, outcome, stoppedSummary } from "./outcome.ts";
import { compileSpec } from "./session.ts";

/** Compiles and compares the output folder without writing; every difference is an error. With `fix`, certain fixes are applied to the spec first. */
export async function check(system: System, options: Options): Promise<Outcome> {
  const fixed = options.fix ? await fixSpec(system, options) : [];
  if ("status" in fixed) return fixed;
  return { ...(await checkSpec(system, options)), output: fixed.map((line) => `${line}\n`).join("") };
}

async function checkSpec(system: System, options: Options): Promise<Outcome> {
  const compiled = await compileSpec(system, options);
  if ("status" in compiled) return compiled;
  if (!compiled.files) return outcome(compiled, options, [], [], 1);
  const comparison = withBumps(
    await compare(system, options.out, compiled.files, false, new Map(), compiled.origin),
    compiled.model,
    options.out,
  );
  const edited = new Set(comparison.diagnostics.map((d) => d.file));
  const returns = new Set(comparison.returns);
  const changed = comparison.changes.filter(
    ({ path, change }) => change !== "unchanged" && !edited.has(join(options.out, path)) && !returns.has(path),
  );
  const isNew =
    changed.length > 0 && changed.length === comparison.changes.length && changed.every((one) => one.change === "created");
  const drift = isNew
    ? [driftAt(options.out, `has none of the ${changed.length} files that the spec generates`)]
    : changed.map(({ path, change }) => driftAt(join(options.out, path), `would be ${change}`));
  if (drift.length + returns.size + comparison.diagnostics.length === 0 && !isUpToDate(comparison))
    drift.push(driftAt(join(options.out, ".flakewright.json"), "would be updated"));
  const found = [...grouped(inOrder([...comparison.diagnostics, ...drift]), options.out), ...lineEnds(comparison, options)];
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
