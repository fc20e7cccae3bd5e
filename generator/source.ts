import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit } from "yaml";
import { type Diagnostic, diagnostic, type Range } from "./diagnostics.ts";

/** Keys and indices from the root of the spec: `["groups", "k8s", "packages", 0]`. */
export type SpecPath = readonly (string | number)[];

/** The largest spec that is read, in bytes. */
export const MAX_BYTES = 8 * 1024 * 1024;
const MAX_DEPTH = 64;
const MAX_ALIASES = 100;

/** A spec's text and what is known of its places. Offsets are UTF-16 code units from the start of `text`. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** The plain value of the document: maps, lists and scalars, each own data. */
  readonly value: unknown;
  /**
   * The range of a node's key or value. For a path that does not exist it answers with the nearest ancestor that does,
   * so that a missing key is shown at its parent.
   */
  locate(path: SpecPath, part: "key" | "value"): Range;
}

/** 1-based; columns count UTF-16 code units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
