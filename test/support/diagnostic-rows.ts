import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { explanationOf } from "../../generator/lint/rules.ts";
import type { Diagnostic } from "../../generator/report/diagnostic.ts";
import { toJson } from "../../generator/report/json.ts";
import { positions } from "../../generator/report/positions.ts";
import { toText } from "../../generator/report/text.ts";
import { assertAdvice } from "./advice.ts";
import { applyFixes } from "./fixes.ts";
import { compileText, cursor } from "./spec.ts";

/*
 * Tables of invalid specs for the stages and the lint rules. A row marks the expected range with ⟦ and ⟧ and must give exactly its
 * one diagnostic. This file gives the rows their meaning; each table is in the test of the file that reports its codes.
 */

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
export const KEY = "cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";
export const HOST_KEY = Buffer.from("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEw3T0sSYyB4dkxNYXlJbnZlbnRlZEtleQAA root@arm").toString(
  "base64",
);

/** Valid first lines of a spec. */
export const head = `version: 1\nname: demo\nnixpkgs: ${COMMIT}\n`;
export const group = "groups:\n  k8s:\n    packages: [kubectl]\n";
export const base = head + group;
/** A spec with these lines below `settings`, and others at its top level. */
export const settings = (lines: string, more = ""): string =>
  `${base}settings:\n  ${lines.trimEnd().replaceAll("\n", "\n  ")}\n${more}`;

export const codes = (diagnostics: readonly Diagnostic[]): string[] => diagnostics.map((d) => d.code);

/** An invalid spec with its code and whole message, and a valid spec that differs in little. */
export interface CodeRow {
  readonly code: string;
  readonly says: string;
  readonly bad: string;
  readonly good: string;
  /** Whether a lock file exists beside the output; default true. */
  readonly locked?: false;
}

/**
 * Adds a test for each row: the invalid spec gives that message at that place, with a hint or fix; the valid one gives no
 * diagnostic; applying the fix removes the diagnostic and adds no error.
 */
export function codeRows(test: Test, rows: readonly CodeRow[]): void {
  for (const [index, row] of rows.entries()) {
    test(`${row.code}: ${row.says.slice(0, 70)} (${index})`, () => {
      const { text, start, end } = cursor(row.bad);
      const isLocked = row.locked ?? true;
      const compiled = compileText(text, isLocked);
      const [from, to] = [positions(text)(start), positions(text)(end)];
      const report = { diagnostics: compiled.diagnostics, files: [], sources: compiled.texts };
      const hint = compiled.diagnostics[0]?.hint;
      const severity = explanationOf(row.code)?.severity;
      assert.equal(JSON.parse(toJson(report)), {
        diagnostics: [
          {
            code: row.code,
            severity,
            message: row.says,
            file: "spec.yaml",
            line: from.line,
            column: from.column,
            endLine: to.line,
            endColumn: to.column,
            ...(hint === undefined ? {} : { hint }),
          },
        ],
        files: [],
      });
      assert.ok(hint, "every diagnostic has a hint or fix");
      assert.equal(codes(compileText(row.good, isLocked).diagnostics), [], "the valid spec has no diagnostic");
      const [only] = compiled.diagnostics;
      if (only) assertAdvice(text, compiled, only, (spec) => compileText(spec, isLocked));
      if (only?.fix) {
        const fixed = applyFixes(text, compiled.diagnostics);
        const left = compileText(fixed, isLocked).diagnostics;
        assert.equal(
          codes(left).filter((code) => code === row.code || explanationOf(code)?.severity === "error"),
          [],
          fixed,
        );
      }
    });
  }
}

/** A title, the expected code, the spec with the marked range, and a text that the message or its hint contains. */
export type MistakeRow = readonly [title: string, code: string, marked: string, says: string];

/** Adds a test for each row: exactly that error, no files, and the same position in text and in JSON. */
export function mistakeRows(test: Test, rows: readonly MistakeRow[]): void {
  for (const [title, code, marked, says] of rows) {
    test(`${code}: ${title}`, () => {
      const { text, start, end } = cursor(marked);
      const compiled = compileText(text);
      const { diagnostics, files } = compiled;
      if (diagnostics[0]) assertAdvice(text, compiled, diagnostics[0], compileText);
      assert.equal(
        diagnostics.map((d) => ({ code: d.code, at: text.slice(d.range.start, d.range.end), start: d.range.start })),
        [{ code, at: text.slice(start, end), start }],
      );
      assert.is(files, undefined, "no file is generated");
      const [only] = diagnostics;
      assert.ok(`${only?.message} ${only?.hint}`.includes(says), `«${only?.message}» «${only?.hint}» does not contain «${says}»`);
      // Text and JSON have the same position, 1-based, in UTF-16 code units.
      const place = positions(text)(start);
      const report = { diagnostics, files: [], sources: new Map([["spec.yaml", text]]) };
      assert.ok(
        toText(report, false).startsWith(`spec.yaml:${place.line}:${place.column} error ${code}\n`),
        toText(report, false),
      );
      const json = JSON.parse(toJson(report)).diagnostics[0];
      assert.equal(
        [json.line, json.column, json.code, json.severity, json.file],
        [place.line, place.column, code, "error", "spec.yaml"],
      );
    });
  }
}
