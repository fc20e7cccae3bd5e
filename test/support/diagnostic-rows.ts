import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { explanationOf } from "../../generator/lint/rules.ts";
import type { Diagnostic } from "../../generator/report/diagnostic.ts";
import { toJson } from "../../generator/report/json.ts";
import { positions } from "../../generator/report/positions.ts";
import { toText } from "../../generator/report/text.ts";
import { applyFixes } from "./fixes.ts";
import { compileText, cursor } from "./spec.ts";

/*
 * Tables of bad specs, for the stages and the lint rules: each row has the expected range between ⟦ and ⟧, and must give its one
 * diagnostic and no other. Here is what a row means; the rows stand in the test of the file that reports them.
 */

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
export const KEY = "cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";
export const HOST_KEY = Buffer.from("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEw3T0sSYyB4dkxNYXlJbnZlbnRlZEtleQAA root@arm").toString(
  "base64",
);

/** Beginnings of specs that have nothing wrong. */
export const head = `version: 1\nname: demo\nnixpkgs: ${COMMIT}\n`;
export const group = "groups:\n  k8s:\n    packages: [kubectl]\n";
export const base = head + group;
/** A spec with these lines below `settings`, and more at its top level. */
export const settings = (lines: string, more = ""): string =>
  `${base}settings:\n  ${lines.trimEnd().replaceAll("\n", "\n  ")}\n${more}`;

export const codes = (diagnostics: readonly Diagnostic[]): string[] => diagnostics.map((d) => d.code);

/** A code's bad spec with the whole message, and a good twin. */
export interface CodeRow {
  readonly code: string;
  readonly says: string;
  readonly bad: string;
  readonly good: string;
  /** Whether a lock file stands beside the output; there is one unless the row says otherwise. */
  readonly locked?: false;
}

/**
 * A test for each row: the bad spec gives that message at that place with a way out, the twin none; the fix, where there is one,
 * leaves neither the finding nor an error.
 */
export function codeRows(test: Test, rows: readonly CodeRow[]): void {
  for (const [index, row] of rows.entries()) {
    test(`${row.code}: ${row.says.slice(0, 70)} (${index})`, () => {
      const { text, start, end } = cursor(row.bad);
      const isLocked = row.locked ?? true;
      const compiled = compileText(text, isLocked);
      const [from, to] = [positions(text)(start), positions(text)(end)];
      const report = { diagnostics: compiled.diagnostics, files: [], sources: new Map([["spec.yaml", compiled.text]]) };
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
      assert.ok(hint, "every diagnostic says a way out");
      assert.equal(codes(compileText(row.good, isLocked).diagnostics), [], "the good twin is clean");
      const [only] = compiled.diagnostics;
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

/** What is wrong, the code, the spec with the marked range, and a word that the message or its hint must hold. */
export type MistakeRow = readonly [title: string, code: string, marked: string, says: string];

/** A test for each row: that one error, nothing generated, and the same place in text and in JSON. */
export function mistakeRows(test: Test, rows: readonly MistakeRow[]): void {
  for (const [title, code, marked, says] of rows) {
    test(`${code}: ${title}`, () => {
      const { text, start, end } = cursor(marked);
      const { diagnostics, files } = compileText(text);
      assert.equal(
        diagnostics.map((d) => ({ code: d.code, at: text.slice(d.range.start, d.range.end), start: d.range.start })),
        [{ code, at: text.slice(start, end), start }],
      );
      assert.is(files, undefined, "nothing may be generated");
      const [only] = diagnostics;
      assert.ok(`${only?.message} ${only?.hint}`.includes(says), `«${only?.message}» «${only?.hint}» says nothing of «${says}»`);
      // Text and JSON name the same place, 1-based, in UTF-16 code units.
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
