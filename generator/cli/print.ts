import { maskForms } from "../commands/masked-outcome.ts";
import type { Outcome, Terminal } from "../commands/outcome.ts";
import { folded } from "../report/fold.ts";
import { reasonOf } from "../report/io-error.ts";
import { toJson } from "../report/json.ts";
import { colouredDiff, toText } from "../report/text.ts";
import { jsonWithoutCommands, visible, withoutCommands } from "../report/visible.ts";

type Formatter = (report: Outcome["report"], jsonIndent: number) => string;

/** The function that formats a report for stdout; undefined for `text`, which goes to stderr. */
export async function formatter(format: string, version: () => Promise<string>): Promise<Formatter | undefined> {
  if (format === "text") return undefined;
  if (format === "json") return toJson;
  if (format === "github") return (await import("../report/github.ts")).toGithub;
  const [{ toSarif }, { explanationOf }] = await Promise.all([import("../report/sarif.ts"), import("../lint/rules.ts")]);
  const current = await version();
  return (report) => toSarif(report, current, explanationOf);
}

interface Printing {
  readonly format: string;
  readonly formatted: Formatter | undefined;
  readonly quiet: boolean;
  readonly colour: boolean;
  /** 0 prints an object on one line. */
  readonly jsonIndent: number;
}

/** Lines that are longer are hard to read, however wide the terminal is. */
const WIDEST = 100;

/** Prints the diagnostics, then the output, then notes and the summary. */
export function print(outcome: Outcome, { format, formatted, quiet, colour, jsonIndent }: Printing): void {
  const { data, isResult, notes, summary, status, report, shown } = outcome;
  const width = process.stderr.isTTY ? Math.min(process.stderr.columns || WIDEST, WIDEST) : Number.POSITIVE_INFINITY;
  const inColour = (stream: NodeJS.WriteStream) => colour && !process.env["NO_COLOR"] && stream.isTTY === true;
  if (!formatted) {
    const diagnostics = report.diagnostics.filter((one) => !shown?.has(one));
    process.stderr.write(toText({ ...report, diagnostics }, inColour(process.stderr), width));
  }
  if (data !== undefined && format === "json")
    process.stdout.write(jsonWithoutCommands(`${JSON.stringify(data, null, jsonIndent)}\n`));
  else if (formatted && !isResult) {
    const text = formatted(report, jsonIndent);
    process.stdout.write(format === "github" ? text : jsonWithoutCommands(text));
  } else if (isResult || !quiet)
    process.stdout.write(isResult ? resultText(outcome) : shownText(outcome, inColour(process.stdout)));
  if (!quiet || status >= 2)
    for (const note of notes) process.stderr.write(`flakewright: ${folded(withoutCommands(visible(note)), width, "  ", 13)}\n`);
  if (!quiet && !formatted && summary !== undefined) process.stderr.write(`${withoutCommands(visible(summary))}\n`);
}

/** A result is printed as it is, for whatever reads it next; a terminal executes no control character of it. */
const resultText = ({ output }: Outcome): string => (process.stdout.isTTY ? visible(output) : output);

/** A text for people. A diff is one too, of files that somebody else may have edited: CI shows it when `generate` stops. */
function shownText({ output, isDiff }: Outcome, inColour: boolean): string {
  const text = withoutCommands(visible(output));
  return isDiff && inColour ? colouredDiff(text) : text;
}

/**
 * Ends the program without a message when the reader of its output has closed the pipe: `flakewright schema | head`. Output that can't be
 * written for another reason, such as a full disk, is an I/O error (status 3).
 */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit();
      if (stream === process.stdout)
        process.stderr.write(`flakewright: standard output can't be written: ${reasonOf(error) ?? error.code}\n`);
      process.exit(3);
    });
}

export function terminal(show: Terminal["show"]): Terminal {
  return {
    show,
    // Only opened by a command that reads it.
    get input() {
      return process.stdin;
    },
    output: process.stdout,
    // Only a command that asks for it handles the signals itself; they end every other command at once.
    interruption() {
      const controller = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => controller.abort());
      return controller.signal;
    },
    progress(done, total, text) {
      const what = withoutCommands(visible(maskForms(text)));
      // In a log one line is enough: what begins, and how long it takes.
      if (!process.stderr.isTTY) {
        if (done === 0) process.stderr.write(`${what}\n`);
        return;
      }
      const width = 30;
      const filled = Math.round((done / total) * width);
      const bar = `${"█".repeat(filled)}${"░".repeat(width - filled)}`;
      process.stderr.write(`\r\u001b[K${bar} ${done}/${total} ${what}${done === total ? "\n" : ""}`);
    },
  };
}
