import { CATALOGUE, type Severity, type StageCode } from "./codes.ts";
import type { SpecPath } from "./spec-path.ts";

/** Offsets into a file's text, in UTF-16 code units; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A range and its file: a spec can have several files. */
export interface Place extends Range {
  readonly file: string;
}

export interface Fix {
  readonly range: Place;
  /** The text that replaces the range. */
  readonly text: string;
  /** Further edits of the same fix. */
  readonly also?: readonly Fix[];
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly range: Range;
  /** Other places that are part of the problem. */
  readonly related?: readonly { readonly message: string; readonly range: Place }[];
  /** How to fix it, in one sentence. */
  readonly hint?: string;
  readonly fix?: Fix;
}

/**
 * A diagnostic of a stage other than lint, whose runner makes its own (lint/lint.ts).
 *
 * @param range Offsets into `file`.
 */
export function diagnostic(
  code: StageCode,
  message: string,
  file: string,
  range: Range,
  more: Pick<Diagnostic, "hint" | "fix" | "related"> = {},
): Diagnostic {
  return { code, severity: CATALOGUE[code].severity, message, file, range, ...more };
}

/** What a stage of the compiler returns: its result, and diagnostics about its input. A stage never throws for bad input. */
export type Stage<T> = readonly [T, readonly Diagnostic[]];

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some((d) => d.severity === "error");

/** Sorted by place, then by code. Only the first diagnostic of a code at a place stays. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return [...diagnostics]
    .sort(
      (a, b) =>
        compare(a.file, b.file) ||
        a.range.start - b.range.start ||
        a.range.end - b.range.end ||
        compare(a.code, b.code) ||
        compare(a.message, b.message),
    )
    .filter((d) => {
      const key = `${d.file}\0${d.range.start}\0${d.range.end}\0${d.code}`;
      return !seen.has(key) && seen.add(key);
    });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Gives the place of a path of the spec. */
export interface Locator {
  locate(path: SpecPath, part: "key" | "value"): Place;
}

/** A helper for stages: collects diagnostics at paths of the spec. */
export function reporter(source: Locator): { readonly list: Diagnostic[]; add: ReporterAdd } {
  const list: Diagnostic[] = [];
  return {
    list,
    add: (code, path, part, message, more) => {
      const place = source.locate(path, part);
      list.push(diagnostic(code, message, place.file, place, more));
    },
  };
}

export type ReporterAdd = (
  code: StageCode,
  path: SpecPath,
  part: "key" | "value",
  message: string,
  more?: Pick<Diagnostic, "hint" | "fix" | "related">,
) => void;
