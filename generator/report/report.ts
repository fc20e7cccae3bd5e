import type { Diagnostic } from "./diagnostic.ts";

/** What `generate` and its kin say of one output file. */
export interface FileChange {
  readonly path: string;
  readonly change: "created" | "updated" | "removed" | "unchanged";
}

export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly FileChange[];
  /** The texts the diagnostics' offsets are in, by file name. */
  readonly sources: ReadonlyMap<string, string>;
}
