import { join } from "node:path";
import { type Diagnostic, diagnostic, inOrder } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import { compare, isUpToDate } from "../write/compare.ts";
import type { Options, Outcome } from "./outcome.ts";
import { failed, filesOf, outcome } from "./outcome.ts";
import { compileSpec } from "./session.ts";

/** Compiles and compares the output folder without writing; every difference is an error. */
export async function check(system: System, options: Options): Promise<Outcome> {
  const compiled = await compileSpec(system, options);
  if ("status" in compiled) return compiled;
  if (!compiled.files) return outcome(compiled, [], [], 1);
  const comparison = await compare(system, options.out, compiled.files, false);
  const edited = new Set(comparison.diagnostics.map((d) => d.file));
  const changed = comparison.changes.filter(({ path, change }) => change !== "unchanged" && !edited.has(join(options.out, path)));
  const isNew =
    changed.length > 0 && changed.length === comparison.changes.length && changed.every((one) => one.change === "created");
  const drift = isNew
    ? [driftAt(options.out, `has none of the ${changed.length} files that the spec generates`)]
    : changed.map(({ path, change }) => driftAt(join(options.out, path), `would be ${change}`));
  if (drift.length === 0 && comparison.diagnostics.length === 0 && !isUpToDate(comparison))
    drift.push(driftAt(join(options.out, ".flakewright.json"), "would be updated"));
  const found = inOrder([...comparison.diagnostics, ...drift]);
  const status = found.length > 0 || failed(compiled.diagnostics, options) ? 1 : 0;
  return outcome(compiled, found, filesOf(comparison), status);
}

const driftAt = (file: string, message: string): Diagnostic =>
  diagnostic(
    "output-drift",
    `${file} ${message}`,
    file,
    { start: 0, end: 0 },
    { hint: "run `flakewright generate` and commit the result" },
  );
