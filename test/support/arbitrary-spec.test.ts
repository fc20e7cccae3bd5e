import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { specText } from "./arbitrary-spec.ts";
import { compileText } from "./spec.ts";

const random = suite("random specs");

random("compile without an error, and to the same bytes each time", () => {
  fc.assert(
    fc.property(specText, (text) => {
      const first = compileText(text);
      assert.equal(
        first.diagnostics.filter((d) => d.severity === "error"),
        [],
      );
      assert.equal(compileText(text).files, first.files);
    }),
    { numRuns: 300 },
  );
});

random("give only plain paths inside the output folder", () => {
  fc.assert(
    fc.property(specText, (text) => {
      const { files } = compileText(text);
      assert.ok(files);
      for (const { path } of files ?? [])
        assert.match(path, /^(\.?[a-zA-Z0-9_][a-zA-Z0-9._-]*\/)*\.?[a-zA-Z0-9_][a-zA-Z0-9._-]*$/);
    }),
    { numRuns: 100 },
  );
});

random.run();
