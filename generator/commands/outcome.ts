import type { Compiled } from "../compile.ts";
import { type Diagnostic, hasErrors } from "../report/diagnostic.ts";
import type { FileChange, Report } from "../report/report.ts";
import type { Comparison } from "../write/compare.ts";

/** What a command returns: `report` for every format, `output` as the text form of its result. */
export interface Outcome {
  readonly report: Report;
  /** Findings that a person has been shown before: the text leaves them out, every other format has them. */
  readonly shown?: ReadonlySet<Diagnostic>;
  /** Text for stdout. */
  readonly output: string;
  /** `output` is the command's result: it is printed with every format and with `--quiet`. */
  readonly isResult?: true;
  /** The result as data: `--format json` prints it instead of the text. */
  readonly data?: unknown;
  /**
   * `output` and `data` are printed as they are: the program's own text, with nothing of a file but perhaps an example of a secret, or one in
   * which every secret is masked already.
   */
  readonly isMasked?: true;
  /** `output` is a unified diff, which a terminal shows in colours. */
  readonly isDiff?: true;
  /** Sentences for people, on stderr. */
  readonly notes: readonly string[];
  /** The line that sums up the run, on stderr. */
  readonly summary?: string;
  /** 0 success, 1 the spec has errors or `check` found drift, 2 wrong usage, 3 I/O or environment error. */
  readonly status: 0 | 1 | 2 | 3;
}

/** What long-running commands use to print before they return. */
export interface Terminal {
  /** Prints an outcome at once; JSON takes one line. */
  show(outcome: Outcome): void;
  /** After this call, SIGINT (Ctrl-C) and SIGTERM abort the returned signal instead of ending the process. */
  interruption(): AbortSignal;
  /** Standard input and output, for a command that speaks a protocol on them. */
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Draws a progress bar when stderr is a terminal. */
  progress(done: number, total: number, what: string): void;
}

export interface Options {
  /** The spec's path; `-` is standard input. */
  readonly spec: string;
  readonly out: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  /** For `add` and `remove`: the group to edit. */
  readonly group?: string | undefined;
  /** For `add`: the input to take the tool from, and the version to ask for. */
  readonly from?: string | undefined;
  readonly toolVersion?: string | undefined;
  /** For `check`: apply fixes that are certain to the spec. */
  readonly fix?: boolean;
  /** Warnings count as errors. */
  readonly strict: boolean;
  /** This flakewright's version, for `requires`. */
  readonly version?: string;
  /** The folder of the bundled package facts. */
  readonly knowledge: string;
  /** For `doctor`: the root folder of a mounted machine image. */
  readonly root?: string | undefined;
  /** For `pin`: the folder or flake reference of an index of nixpkgs' history. */
  readonly index?: string | undefined;
  /** For `show`: also what is not written. */
  readonly defaults?: boolean;
  /** For `index`: a flake reference that replaces the spec's nixpkgs. */
  readonly nixpkgs?: string | undefined;
}

/** An outcome whose result is a text. */
export const printed = (output: string): Outcome => ({
  report: { diagnostics: [], files: [], sources: new Map() },
  output,
  isResult: true,
  notes: [],
  status: 0,
});

/** The outcome of a command that does nothing: a sentence says why. */
export const refused = (note: string, status: 1 | 2 | 3 = 2): Outcome => ({ ...printed(""), notes: [note], status });

/** The outcome of a command that can't read a file: sentences say which, and why. */
export const unreadable = (notes: readonly string[]): Outcome => ({
  report: { diagnostics: [], files: [], sources: new Map() },
  output: "",
  notes,
  status: 2,
});

/** The outcome of a command that needs a spec without the errors that this one has. */
export const invalid = ({ diagnostics, texts }: Compiled): Outcome => ({
  ...printed(""),
  report: { diagnostics, files: [], sources: texts },
  status: 1,
});

/** Whether diagnostics stop the run: errors do, with `--strict` warnings too. */
export const failed = (diagnostics: readonly Diagnostic[], options: Options): boolean =>
  hasErrors(diagnostics) || (options.strict && diagnostics.length > 0);

export const filesOf = (comparison: Comparison): FileChange[] => comparison.changes.map(({ path, change }) => ({ path, change }));

export function outcome(
  compiled: Compiled,
  options: Options,
  more: readonly Diagnostic[],
  files: readonly FileChange[],
  status: Outcome["status"],
  summary: string = stoppedSummary([...compiled.diagnostics, ...more], options),
): Outcome {
  return {
    report: { diagnostics: [...compiled.diagnostics, ...more], files, sources: compiled.texts },
    output: "",
    notes: [],
    summary,
    status,
  };
}

/** A folder's name in summaries, with one slash at the end. */
export const folderName = (folder: string): string => `${folder.replace(/\/+$/, "")}/`;

/** The summary of a run whose diagnostics kept it from writing. */
export const stoppedSummary = (diagnostics: readonly Diagnostic[], { out }: Options): string =>
  `${countOf(diagnostics)}; ${folderName(out)} stays as it was`;

/** `2 errors, 1 warning`; `""` for no diagnostics. */
export function countOf(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Diagnostic["severity"]) =>
    diagnostics.reduce((sum, one) => sum + (one.severity === severity ? (one.count ?? 1) : 0), 0);
  return (["error", "warning"] as const).flatMap((severity) => counted(count(severity), severity) || []).join(", ");
}

/** `1 file`, `2 files`; `""` for none. */
export const counted = (count: number, thing: string): string =>
  count === 0 ? "" : `${count} ${thing}${count === 1 ? "" : "s"}`;

/** How many files of the output folder change, and how many there are. */
export function changeCounts(comparison: Comparison): { readonly changed: number; readonly all: number } {
  return {
    changed: comparison.changes.filter(({ change }) => change !== "unchanged").length,
    all: comparison.changes.length,
  };
}
