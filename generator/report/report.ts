import type { Diagnostic } from "./diagnostic.ts";

/** What a command did to one output file, or would do. */
export interface FileChange {
  readonly path: string;
  readonly change: "created" | "updated" | "removed" | "unchanged";
}

/** What a command reports, for all output formats. */
export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly FileChange[];
  /** The texts of the files with diagnostics, by file name. */
  readonly sources: ReadonlyMap<string, string>;
}
