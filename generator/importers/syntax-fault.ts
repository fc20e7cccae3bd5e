import type { Range } from "../report/diagnostic.ts";

/** Where a foreign file is not what its name says, and why, in words for the user. The readers throw it, index.ts reports it. */
export class SyntaxFault extends Error {
  readonly range: Range;
  constructor(message: string, range: Range) {
    super(message);
    this.range = range;
  }
}
