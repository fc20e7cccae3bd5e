import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../generator/compile.ts";
import { openFacts } from "../generator/knowledge/packages.ts";
import { explanationOf } from "../generator/lint/rules.ts";
import { toGithub } from "../generator/report/github.ts";
import { toJson } from "../generator/report/json.ts";
import type { Report } from "../generator/report/report.ts";
import { toSarif } from "../generator/report/sarif.ts";
import { toText } from "../generator/report/text.ts";
import { applyFixes } from "./support/fixes.ts";
import { cpuTime, median } from "./support/growth.ts";
import { spoiltSpecs } from "./support/mutations.ts";
import { system, templates } from "./support/spec.ts";

/*
 * Whatever becomes of a spec, flakewright answers with files or with diagnostics: no exception, no hang. By default 20,000 mutations
 * under a fixed seed; FUZZ_RUNS sets another number, and `npm run fuzz` is the long mode: ten times as many, under another seed
 * each time. A failure prints the spec that it was shrunk to.
 */
const RUNS = Number(process.env["FUZZ_RUNS"] || 20_000);
const SEED = process.env["FUZZ_SEED"] === "random" ? Date.now() % 2 ** 31 : Number(process.env["FUZZ_SEED"] || 20261124);
/** No spec may take more than so many times the CPU of the reference platform: a hang, and what would be one in an editor. */
const LONGEST = 100;

const facts = (await system.readFile("generator/knowledge/packages.tsv"))?.toString("latin1") ?? "";
const opened = openFacts(facts);

const compiled = (bytes: Buffer, locked: boolean) => compile(bytes, "spec.yaml", { locked, facts: () => opened }, templates);
const reference = Buffer.from((await system.readFile("spec/platform.yaml")) ?? "");

const fuzz = suite("fuzz");

fuzz(`${RUNS} spoilt specs are compiled or explained`, () => {
  const seen = { compiled: 0, explained: 0, longest: 0 };
  const codes = new Set<string>();
  const formats: ((report: Report) => unknown)[] = [
    (report) => toText(report, true),
    (report) => JSON.parse(toJson(report)),
    toGithub,
    (report) => JSON.parse(toSarif(report, "", explanationOf)),
  ];
  for (let round = 0; round < 10; round++) compiled(reference, true);
  const usual = median(Array.from({ length: 9 }, () => cpuTime(() => compiled(reference, true))));
  const details = fc.check(
    fc.property(spoiltSpecs, fc.boolean(), (bytes, locked) => {
      let result: ReturnType<typeof compiled> | undefined;
      const took = cpuTime(() => {
        result = compiled(bytes, locked);
      });
      const { files, diagnostics, text } = result!;
      const errors = diagnostics.filter((d) => d.severity === "error");
      if (files === undefined && errors.length === 0) throw new Error("neither files nor errors");
      if (files !== undefined && errors.length > 0) throw new Error("files in spite of errors");
      for (const d of diagnostics) {
        if (!explanationOf(d.code)) throw new Error(`${d.code} is not in the catalogue`);
        if (!(d.range.start >= 0 && d.range.start <= d.range.end && d.range.end <= text.length))
          throw new Error(`${d.code} lies outside the text`);
        codes.add(d.code);
      }
      const report = { diagnostics, files: [], sources: new Map([["spec.yaml", text]]) };
      for (const format of formats) format(report);
      applyFixes(text, diagnostics);
      seen.longest = Math.max(seen.longest, took / usual);
      if (took / usual > LONGEST) throw new Error(`takes ${(took / usual).toFixed(0)} times the CPU of the reference platform`);
      if (files) seen.compiled++;
      else seen.explained++;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  if (details.failed && details.counterexample) {
    const [spec, locked] = details.counterexample;
    const { stack } = details.errorInstance as Error;
    assert.unreachable(
      `with${locked ? "" : "out"} a lock file, ${stack}\n--- the spec, JSON ---\n${JSON.stringify(spec.toString())}`,
    );
  }
  console.log(
    `${RUNS} mutations under seed ${SEED}: ${seen.compiled} compiled, ${seen.explained} explained with ${codes.size} codes; the longest took ${seen.longest.toFixed(1)} times the CPU of the reference platform`,
  );
  // Without both kinds the fuzzer would test less than it says.
  assert.ok(RUNS < 1000 || (seen.compiled > RUNS / 50 && seen.explained > RUNS / 10), JSON.stringify(seen));
  assert.ok(RUNS < 5000 || codes.size >= 30, [...codes].sort().join(" "));
});

fuzz.run();
