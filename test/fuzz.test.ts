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
import { mutatedSpecs } from "./support/mutations.ts";
import { system, templates } from "./support/spec.ts";

/*
 * For any spec, however broken, flakewright returns files or diagnostics: it never throws and never hangs. The default is 3,000
 * mutations with a fixed seed. FUZZ_RUNS sets another number; `npm run fuzz` is the long mode, with a random seed. A failure prints
 * the spec that it was shrunk to.
 */
const RUNS = Number(process.env["FUZZ_RUNS"] || 3000);
const SEED = process.env["FUZZ_SEED"] === "random" ? Date.now() % 2 ** 31 : Number(process.env["FUZZ_SEED"] || 20261124);
/** The most CPU that a mutated spec may take, as a multiple of the reference platform's. A hang exceeds it. */
const MAX_CPU_RATIO = 100;

const facts = (await system.readFile("generator/knowledge/packages.tsv"))?.toString("latin1") ?? "";
const opened = openFacts(facts);

const compiled = (bytes: Buffer, locked: boolean) => compile(bytes, "spec.yaml", { locked, facts: () => opened }, templates);
const reference = Buffer.from((await system.readFile("spec/platform.yaml")) ?? "");

const fuzz = suite("fuzz");

fuzz(`${RUNS} mutated specs give files or diagnostics`, () => {
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
    fc.property(mutatedSpecs, fc.boolean(), (bytes, locked) => {
      let result: ReturnType<typeof compiled> | undefined;
      const took = cpuTime(() => {
        result = compiled(bytes, locked);
      });
      const { files, diagnostics, texts } = result!;
      const text = texts.get("spec.yaml") ?? "";
      const errors = diagnostics.filter((d) => d.severity === "error");
      if (files === undefined && errors.length === 0) throw new Error("no files and no errors");
      if (files !== undefined && errors.length > 0) throw new Error("files although there are errors");
      for (const d of diagnostics) {
        if (!explanationOf(d.code)) throw new Error(`${d.code} is not in the catalogue`);
        if (!(d.range.start >= 0 && d.range.start <= d.range.end && d.range.end <= text.length))
          throw new Error(`${d.code} has a range outside the text`);
        codes.add(d.code);
      }
      const report = { diagnostics, files: [], sources: new Map([["spec.yaml", text]]) };
      for (const format of formats) format(report);
      applyFixes(text, diagnostics);
      seen.longest = Math.max(seen.longest, took / usual);
      if (took / usual > MAX_CPU_RATIO)
        throw new Error(`takes ${(took / usual).toFixed(0)} times the CPU of the reference platform`);
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
  // The mutations must reach both outcomes and many codes, or the fuzzer tests too little.
  assert.ok(RUNS < 1000 || (seen.compiled > RUNS / 50 && seen.explained > RUNS / 10), JSON.stringify(seen));
  assert.ok(RUNS < 3000 || codes.size >= 25, [...codes].sort().join(" "));
});

fuzz.run();
