import { dirname, join, resolve } from "node:path";
import { type Diagnostic, hasErrors } from "../report/diagnostic.ts";
import { ioErrorText } from "../report/io-error.ts";
import type { System } from "../system/system.ts";
import { CHECKSUMS } from "../write/checksums.ts";
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
 * Generates now and at every save, until interrupted. An invalid spec is reported and leaves the output unchanged. Only the files
 * that the spec consists of are watched, so writing the output never starts a run.
 */
export async function watch(system: System, options: Options, terminal: Terminal): Promise<Outcome> {
  const interrupted = terminal.interruption();
  const session = await openSession(system, options);
  const spec = await system.realpath(options.spec);
  if (spec === undefined) return generateInSession(system, options, session);
  if (!(await system.isFile(spec))) return noFile(options);

  let wake = () => {};
  let due = true;
  const onChange = () => {
    due = true;
    wake();
  };
  let watched = new Set([resolve(system.cwd, options.spec), spec]);
  let stop = await system.watch([...watched], QUIET, onChange);
  interrupted.addEventListener("abort", () => wake());

  /** The warnings that the last run showed. */
  let warnings: ReadonlySet<string> = new Set();
  /** Every file that the last run read. */
  let last: ReadonlyMap<string, Uint8Array | undefined> | undefined;
  while (!interrupted.aborted) {
    if (!due && !interrupted.aborted) await new Promise<void>((done) => (wake = done));
    if (!due || interrupted.aborted) continue;
    due = false;
    const started = system.now();
    const files = last ? [...last].flatMap(([path, bytes]) => (bytes ? [path] : [])) : [options.spec];
    if (await isBeingWritten(system, files)) {
      await system.sleep(REREAD_DELAY);
      if (due || !(await isBeingWritten(system, files))) {
        due = true;
        continue;
      }
    }
    // Whatever else is in its place may never end, as a pipe.
    const isFile = (await system.kind(options.spec)) === undefined || (await system.isFile(options.spec));
    const outcome = isFile ? await catchIoError(() => generateInSession(system, options, session)) : noFile(options);
    const again = isFile && last !== undefined && isSame(last, session.filesRead);
    last = new Map(session.filesRead);
    // A save without a change is only reported when the output was not up to date.
    if (!again || outcome.report.files.some((file) => file.change !== "unchanged"))
      terminal.show({
        ...withoutSummary(outcome),
        ...withoutRepeated(outcome, warnings, line(outcome, options, isFile, system.now(), system.now() - started)),
      });

    // After an error, later stages and their warnings may be missing: they are not new when they come back.
    warnings = new Set([...warningsOf(outcome).map(keyOf), ...(outcome.status === 0 ? [] : warnings)]);
    const paths = new Set([spec, ...(await Promise.all([...last.keys()].map((path) => firstMissing(system, path))))]);
    if (paths.size === watched.size && [...paths].every((path) => watched.has(path))) continue;
    const before = stop;
    stop = await system.watch([...paths], QUIET, onChange);
    watched = paths;
    await before();
    // A file may have changed before the new watch was active.
    due = true;
  }
  await stop();
  return printed("");
}

/** The line of a run says the same. */
function withoutSummary({ summary: _, ...outcome }: Outcome): Outcome {
  return outcome;
}

const warningsOf = ({ report }: Outcome): Diagnostic[] => report.diagnostics.filter(({ severity }) => severity === "warning");

/** What makes two warnings the same, wherever the lines above moved them. */
const keyOf = ({ code, file, message }: Diagnostic): string => JSON.stringify([code, file, message]);

/** Marks the warnings that the last run had as well, and counts them in the run's line. */
function withoutRepeated(outcome: Outcome, before: ReadonlySet<string>, output: string): Pick<Outcome, "shown" | "output"> {
  const shown = new Set(warningsOf(outcome).filter((one) => before.has(keyOf(one))));
  const counts = shown.size > 0 ? `, ${counted(shown.size, "warning")} as before` : "";
  return { shown, output: output.replace(/\n$/, `${counts}\n`) };
}

/** What a run answers to a spec that is no regular file. */
const noFile = ({ spec }: Options): Outcome => ({
  report: { diagnostics: [], files: [], sources: new Map() },
  output: "",
  notes: [`${spec} is not a regular file: \`watch\` needs one`],
  status: 2,
});

/** Whether one of the files is empty or missing at present. */
async function isBeingWritten(system: System, files: readonly string[]): Promise<boolean> {
  for (const path of files) if (!(await system.isFile(path)) || ((await system.readFile(path))?.length ?? 0) === 0) return true;
  return false;
}

/** The path, or its first folder that does not exist: a watch needs an existing parent folder. */
async function firstMissing(system: System, path: string): Promise<string> {
  let missing = path;
  for (
    let folder = dirname(path);
    (await system.kind(folder)) === undefined && folder !== dirname(folder);
    folder = dirname(folder)
  )
    missing = folder;
  return missing;
}

function isSame(one: ReadonlyMap<string, Uint8Array | undefined>, other: ReadonlyMap<string, Uint8Array | undefined>): boolean {
  if (one.size !== other.size) return false;
  return [...one].every(([path, bytes]) => {
    const now = other.get(path);
    return other.has(path) && (bytes && now ? Buffer.compare(bytes, now) === 0 : bytes === now);
  });
}

/** An I/O error, such as a full disk, does not end `watch`: the next save tries again. */
async function catchIoError(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    const notes = [ioErrorText(error)];
    return { report: { diagnostics: [], files: [], sources: new Map() }, output: "", notes, status: 3 };
  }
}

/** The line that sums up a run. `took` is in milliseconds. */
function line({ report, status }: Outcome, options: Options, isFile: boolean, now: number, took: number): string {
  const time = new Date(now).toTimeString().slice(0, 8);
  const errors = report.diagnostics.filter((one) => one.severity === "error").length;
  if (status === 3) return `${time} could not write ${options.out}\n`;
  const lack = isFile ? "does not exist" : "is not a regular file";
  if (status === 2) return `${time} ${options.spec} ${lack}; ${options.out} stays as it was\n`;
  if (status !== 0) {
    const what = hasErrors(report.diagnostics) ? counted(errors, "error") : counted(report.diagnostics.length, "warning");
    return `${time} ${what}; ${options.out} stays as it was\n`;
  }
  // The list of checksums changes with every other file, so that it is only of interest alone.
  const all = report.files.filter((file) => file.change !== "unchanged");
  const changed = all.length > 1 ? all.filter((file) => file.path !== CHECKSUMS) : all;
  if (changed.length === 0) return `${time} up to date (${took} ms)\n`;
  const shown = changed.slice(0, 3).map((file) => `${file.change} ${join(options.out, file.path)}`);
  const more = changed.length > shown.length ? ` and ${changed.length - shown.length} more` : "";
  return `${time} ${shown.join(", ")}${more} (${took} ms)\n`;
}

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;
