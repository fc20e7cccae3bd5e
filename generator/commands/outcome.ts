import type { Compiled } from "../compile.ts";
import { type Diagnostic, hasErrors } from "../report/diagnostic.ts";
import type { FileChange, Report } from "../report/report.ts";
import type { Comparison } from "../write/compare.ts";

/** What a command answers: `report` for every format, `output` as the text form of its result. */
export interface Outcome {
  readonly report: Report;
  /** Text for stdout. */
  readonly output: string;
  /** Whether `output` is what was asked for, whatever the format and however quiet. */
  readonly isResult?: true;
  /** A result as data: what `--format json` prints of it in place of the text. */
  readonly data?: unknown;
  /** Sentences for people, on stderr. */
  readonly notes: readonly string[];
  /** 0 done, 1 the spec has errors or `check` found drift, 2 wrong usage, 3 the machine failed us. */
  readonly status: 0 | 1 | 2 | 3;
}

/** What a command has beside its answer, when it runs for long. */
export interface Terminal {
  /** Prints an outcome now; as JSON, on one line. */
  show(outcome: Outcome): void;
  /** From the call on, Ctrl-C and SIGTERM abort the signal instead of ending the process. */
  interruption(): AbortSignal;
  /** Draws how far a long work is, where somebody looks at a terminal. */
  progress(done: number, total: number, what: string): void;
}

export interface Options {
  readonly spec: string;
  readonly out: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  /** Warnings fail too. */
  readonly strict: boolean;
  /** The folder of the bundled package facts. */
  readonly knowledge: string;
  /** For `doctor`: the root folder of another machine. */
  readonly root?: string | undefined;
  /** For `index`: another nixpkgs than the spec's. */
  readonly nixpkgs?: string | undefined;
}

/** An outcome that is one text. */
export const printed = (output: string): Outcome => ({
  report: { diagnostics: [], files: [], sources: new Map() },
  output,
  isResult: true,
  notes: [],
  status: 0,
});

export const failed = (diagnostics: readonly Diagnostic[], options: Options): boolean =>
  hasErrors(diagnostics) || (options.strict && diagnostics.length > 0);

export const filesOf = (comparison: Comparison): FileChange[] => comparison.changes.map(({ path, change }) => ({ path, change }));

export const sourcesOf = (compiled: Compiled, options: Options): Map<string, string> => new Map([[options.spec, compiled.text]]);

export function outcome(
  compiled: Compiled,
  options: Options,
  more: readonly Diagnostic[],
  files: readonly FileChange[],
  status: Outcome["status"],
): Outcome {
  return {
    report: { diagnostics: [...compiled.diagnostics, ...more], files, sources: sourcesOf(compiled, options) },
    output: "",
    notes: [],
    status,
  };
}
