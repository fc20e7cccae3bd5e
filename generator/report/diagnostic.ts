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
  /** How many findings it stands for, if it counts those that are not listed. */
  readonly count?: number;
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
      const key = `${d.file}\0${d.range.start}\0${d.range.end}\0${d.code}\0${d.count ?? ""}`;
      return !seen.has(key) && seen.add(key);
    });
}

/** How many findings of one code are listed. Nobody corrects more by hand, and the texts of a hundred thousand take gigabytes. */
export const MOST_LISTED = 1000;

/** The diagnostics without the findings of a code that has more than `MOST_LISTED`: one diagnostic at the first of these counts them. */
export function listedAndCounted(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length <= MOST_LISTED) return diagnostics;
  const listed = new Map<string, number>();
  const rest = new Map<string, Rest>();
  const result: Diagnostic[] = [];
  for (const one of diagnostics) {
    const before = listed.get(one.code) ?? 0;
    // A rule's own count, of lint/lint.ts, is a part of the whole one.
    if (before < MOST_LISTED && one.count === undefined) {
      listed.set(one.code, before + 1);
      result.push(one);
      continue;
    }
    const counting = rest.get(one.code) ?? new Rest();
    rest.set(one.code, counting);
    counting.add(one);
  }
  for (const counting of rest.values()) for (const one of counting.diagnostics()) result.push(one);
  return inOrder(result);
}

/** The findings of one code that are counted and not listed. */
export class Rest {
  #first: Diagnostic | undefined;
  #isError = false;
  #count = 0;

  add(one: Diagnostic): void {
    this.#first ??= one;
    this.#count += one.count ?? 1;
    if (one.severity === "error") this.#isError = true;
  }

  /** One diagnostic that counts all of them; none if there are none. */
  diagnostics(): Diagnostic[] {
    if (!this.#first) return [];
    const { code, file, range } = this.#first;
    const message = `${this.#count} more finding${this.#count === 1 ? " is" : "s are"} not listed`;
    const severity = this.#isError ? "error" : "warning";
    const hint = "correct those that are listed, and check again";
    return [{ code, severity, message, file, range, hint, count: this.#count }];
  }
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
