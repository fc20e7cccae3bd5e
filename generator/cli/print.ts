import type { Outcome, Terminal } from "../commands/outcome.ts";
import { toJson } from "../report/json.ts";
import { toText } from "../report/text.ts";

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

export function print(outcome: Outcome, { format, formatted, quiet, colour: mayColour, jsonIndent }: Printing): void {
  if (outcome.data !== undefined && format === "json")
    process.stdout.write(`${JSON.stringify(outcome.data, null, jsonIndent)}\n`);
  else if (outcome.isResult) process.stdout.write(outcome.output);
  else if (formatted) process.stdout.write(formatted(outcome.report, jsonIndent));
  else if (!quiet) process.stdout.write(outcome.output);
  if (!formatted) {
    const colour = mayColour && !process.env["NO_COLOR"] && process.stderr.isTTY === true;
    process.stderr.write(toText(outcome.report, colour));
  }
  if (!quiet || outcome.status >= 2) for (const note of outcome.notes) process.stderr.write(`flakewright: ${note}\n`);
}

export function terminal(show: Terminal["show"]): Terminal {
  return {
    show,
    // Only a command that asks for it handles the signals itself; they end every other command at once.
    interruption() {
      const controller = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => controller.abort());
      return controller.signal;
    },
    progress(done, total, what) {
      if (!process.stderr.isTTY) return;
      const width = 30;
      const filled = Math.round((done / total) * width);
      const bar = `${"█".repeat(filled)}${"░".repeat(width - filled)}`;
      process.stderr.write(`\r\u001b[K${bar} ${done}/${total} ${what}${done === total ? "\n" : ""}`);
    },
  };
}
