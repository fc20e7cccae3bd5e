import { join } from "node:path";
import { hasErrors } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import { generateWarm } from "./generate.ts";
import { type Options, type Outcome, printed, type Terminal } from "./outcome.ts";
import { warmUp } from "./session.ts";

/**
 * How long the spec must be left alone before it is read, in milliseconds: longer than an editor takes from truncating or
 * renaming a file to its last byte, too short to be noticed.
 */
const QUIET = 30;
/** An empty file is mostly one that is being written: it gets this long to become something. */
const PATIENCE = 120;

/**
 * Generates now and at every save, until interrupted. What is wrong with the spec is shown and the output stays the last good
 * one. Only the spec is watched, so what is written never starts a run.
 */
export async function watch(system: System, options: Options, terminal: Terminal): Promise<Outcome> {
  const interrupted = terminal.interruption();
  const warm = await warmUp(system, options);
  const spec = await system.realpath(options.spec);
  if (spec === undefined) return generateWarm(system, options, warm);

  let wake = () => {};
  let due = true;
  const stop = await system.watch([...new Set([options.spec, spec])], QUIET, () => {
    due = true;
    wake();
  });
  interrupted.addEventListener("abort", () => wake());

  /** The spec as the last run had it. */
  let last: Buffer | undefined;
  while (!interrupted.aborted) {
    if (!due && !interrupted.aborted) await new Promise<void>((resolve) => (wake = resolve));
    if (!due || interrupted.aborted) continue;
    due = false;
    const started = system.now();
    const bytes = await system.readFile(options.spec);
    if (bytes?.length === 0 || bytes === undefined) {
      await system.sleep(PATIENCE);
      if (due || ((await system.readFile(options.spec))?.length ?? 0) > 0) {
        due = true;
        continue;
      }
    }
    const again = bytes !== undefined && last?.equals(bytes) === true;
    last = bytes;
    const outcome = await attempt(() => generateWarm(system, options, warm));
    // A save without a change is worth a word only when there was something to mend.
    if (!again || outcome.report.files.some((file) => file.change !== "unchanged"))
      terminal.show({ ...outcome, output: line(outcome, options, system.now(), system.now() - started) });
  }
  await stop();
  return printed("");
}

/** A full disk or a folder without permission may be mended while we wait. */
async function attempt(run: () => ReturnType<typeof generateWarm>): ReturnType<typeof generateWarm> {
  try {
    return await run();
  } catch (error) {
    const notes = [error instanceof Error ? error.message : String(error)];
    return { report: NOTHING, output: "", notes, status: 3 };
  }
}

/** One line on a run. */
function line({ report, status }: Outcome, options: Options, now: number, took: number): string {
  const time = new Date(now).toTimeString().slice(0, 8);
  const errors = report.diagnostics.filter((one) => one.severity === "error").length;
  if (status === 3) return `${time} not written\n`;
  if (status === 2) return `${time} no ${options.spec}; ${options.out} stays as it was\n`;
  if (status !== 0) {
    const what = hasErrors(report.diagnostics) ? counted(errors, "error") : counted(report.diagnostics.length, "warning");
    return `${time} ${what}; ${options.out} stays as it was\n`;
  }
  const changed = report.files.filter((file) => file.change !== "unchanged");
  if (changed.length === 0) return `${time} nothing to change (${took} ms)\n`;
  const shown = changed.slice(0, 3).map((file) => `${file.change} ${join(options.out, file.path)}`);
  const more = changed.length > shown.length ? ` and ${changed.length - shown.length} more` : "";
  return `${time} ${shown.join(", ")}${more} (${took} ms)\n`;
}

const NOTHING: Outcome["report"] = { diagnostics: [], files: [], sources: new Map() };

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;
