import { join } from "node:path";
import { generateWarm, type Options, type Outcome, printed, type Terminal, warmUp } from "./commands.ts";
import { hasErrors } from "./diagnostics.ts";
import type { Host } from "./host.ts";

/**
 * How long the spec must be left alone before it is read, in milliseconds: longer than an editor takes from truncating or
 * renaming a file to its last byte, too short to be noticed.
 */
const QUIET = 30;
/** V8 compiles what has run often: so many runs while there is nothing else to do, and a save takes half the time from the first one on. */
const WARM_UP_RUNS = 100;
/** An empty file is mostly one that is being written: it gets this long to become something. */
const PATIENCE = 120;

/**
 * Generates now and at every save, until interrupted. What is wrong with the spec is shown and the output stays the last good
 * one. Only the spec is watched, so what is written never starts a run.
 */
export async function watch(host: Host, options: Options, terminal: Terminal): Promise<Outcome> {
  const interrupted = terminal.interruption();
  const warm = await warmUp(host, options);
  const spec = await host.realpath(options.spec);
  if (spec === undefined) return (await generateWarm(host, options, warm))[0];

  let wake = () => {};
  let due = true;
  const stop = await host.watch([...new Set([options.spec, spec])], QUIET, () => {
    due = true;
    wake();
  });
  interrupted.addEventListener("abort", () => wake());

  /** The spec as the last run had it. */
  let last: Buffer | undefined;
  let spare = WARM_UP_RUNS;
  while (!interrupted.aborted) {
    for (; !due && !interrupted.aborted && spare > 0; spare--) {
      await attempt(() => generateWarm(host, { ...options, dryRun: true }, warm));
      await host.sleep(1);
    }
    if (!due && !interrupted.aborted) await new Promise<void>((resolve) => (wake = resolve));
    if (!due || interrupted.aborted) continue;
    due = false;
    const started = host.now();
    const bytes = await host.readFile(options.spec);
    if (bytes?.length === 0 || bytes === undefined) {
      await host.sleep(PATIENCE);
      if (due || ((await host.readFile(options.spec))?.length ?? 0) > 0) {
        due = true;
        continue;
      }
    }
    const again = bytes !== undefined && last?.equals(bytes) === true;
    last = bytes;
    const [outcome, remember] = await attempt(() => generateWarm(host, options, warm));
    // A save without a change is worth a word only when there was something to mend.
    if (!again || outcome.report.files.some((file) => file.change !== "unchanged"))
      terminal.show({ ...outcome, output: line(outcome, options, host.now(), host.now() - started) });
    await remember();
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
    return [{ report: NOTHING, output: "", notes, status: 3 }, async () => {}];
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
