import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { specText } from "./support/arbitrary-spec.ts";
import { compileText } from "./support/spec.ts";

/* Specs at random, all valid: a hundred with a fixed seed. FUZZ_RUNS sets another number, with a random seed, as `npm run fuzz` does. */

const RUNS = Number(process.env["FUZZ_RUNS"] || 100);
const SEED = process.env["FUZZ_RUNS"] ? {} : { seed: 20261124 };

const random = suite("random specs");

random("compile without an error, to the same bytes each time, and to plain paths inside the output folder", () => {
  fc.assert(
    fc.property(specText, (text) => {
      const { files, diagnostics } = compileText(text);
      assert.equal(
        diagnostics.filter((d) => d.severity === "error"),
        [],
      );
      assert.ok(files);
      for (const { path } of files ?? [])
        assert.match(path, /^(\.?[a-zA-Z0-9_][a-zA-Z0-9._-]*\/)*\.?[a-zA-Z0-9_][a-zA-Z0-9._-]*$/);
      assert.equal(compileText(text).files, files);
    }),
    { numRuns: RUNS, ...SEED },
  );
});

random.run();
