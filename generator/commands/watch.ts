import { join } from "node:path";
import { hasErrors } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import { generateInSession } from "./generate.ts";
import { type Options, type Outcome, printed, type Terminal } from "./outcome.ts";
import { openSession } from "./session.ts";

/**
 * How long the spec must not change before it is read, in milliseconds: longer than an editor takes to write a file, too short to
 * be noticed.
 */
const QUIET = 30;
/** An empty or missing spec is usually one that is being written. It is read again after this time, in milliseconds. */
const REREAD_DELAY = 120;

/**
 * Generates now and at every save, until interrupted. An invalid spec is reported and leaves the output unchanged. Only the spec
 * is watched, so writing the output never starts a run.
 */
export async function watch(system: System, options: Options, terminal: Terminal): Promise<Outcome> {
  const interrupted = terminal.interruption();
  const session = await openSession(system, options);
  const spec = await system.realpath(options.spec);
  if (spec === undefined) return generateInSession(system, options, session);

  let wake = () => {};
  let due = true;
  const stop = await system.watch([...new Set([options.spec, spec])], QUIET, () => {
    due = true;
    wake();
  });
  interrupted.addEventListener("abort", () => wake());

  /** The spec of the last run. */
  let last: Buffer | undefined;
  while (!interrupted.aborted) {
    if (!due && !interrupted.aborted) await new Promise<void>((resolve) => (wake = resolve));
    if (!due || interrupted.aborted) continue;
    due = false;
    const started = system.now();
    const bytes = await system.readFile(options.spec);
    if (bytes?.length === 0 || bytes === undefined) {
      await system.sleep(REREAD_DELAY);
      if (due || ((await system.readFile(options.spec))?.length ?? 0) > 0) {
        due = true;
        continue;
      }
    }
    const again = bytes !== undefined && last?.equals(bytes) === true;
    last = bytes;
    const outcome = await catchIoError(() => generateInSession(system, options, session));
    // A save without a change is only reported when the output was not up to date.
    if (!again || outcome.report.files.some((file) => file.change !== "unchanged"))
      terminal.show({ ...outcome, output: line(outcome, options, system.now(), system.now() - started) });
  }
  await stop();
  return printed("");
}

/** An I/O error, such as a full disk, does not end `watch`: the next save tries again. */
async function catchIoError(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    const notes = [error instanceof Error ? error.message : String(error)];
    return { report: { diagnostics: [], files: [], sources: new Map() }, output: "", notes, status: 3 };
  }
}

/** The line that sums up a run. `took` is in milliseconds. */
function line({ report, status }: Outcome, options: Options, now: number, took: number): string {
  const time = new Date(now).toTimeString().slice(0, 8);
  const errors = report.diagnostics.filter((one) => one.severity === "error").length;
  if (status === 3) return `${time} could not write ${options.out}\n`;
  if (status === 2) return `${time} ${options.spec} does not exist; ${options.out} stays as it was\n`;
  if (status !== 0) {
    const what = hasErrors(report.diagnostics) ? counted(errors, "error") : counted(report.diagnostics.length, "warning");
    return `${time} ${what}; ${options.out} stays as it was\n`;
  }
  const changed = report.files.filter((file) => file.change !== "unchanged");
  if (changed.length === 0) return `${time} up to date (${took} ms)\n`;
  const shown = changed.slice(0, 3).map((file) => `${file.change} ${join(options.out, file.path)}`);
  const more = changed.length > shown.length ? ` and ${changed.length - shown.length} more` : "";
  return `${time} ${shown.join(", ")}${more} (${took} ms)\n`;
}

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;
