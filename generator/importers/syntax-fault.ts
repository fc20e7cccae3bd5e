import type { Range } from "../report/diagnostic.ts";

/** Where a foreign file is not what its name says, and why, in words for the user. The readers throw it, index.ts reports it. */
export class SyntaxFault extends Error {
  /** Undefined: the only file that was read. */
  file?: string;
  readonly range: Range;

  constructor(message: string, range: Range) {
    super(message);
    this.range = range;
  }
}

/** Runs a reader of one of several files: a {@link SyntaxFault} of it gets the file's path. */
export function inFile<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxFault) error.file ??= path;
    throw error;
  }
}
