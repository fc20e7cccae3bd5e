import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base } from "../support/diagnostic-rows.ts";
import { compileText } from "../support/spec.ts";

/* A spec may use the names that every JavaScript object has: no stage takes one for an entry of its tables. */

const test = suite("names of every object");

for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"])
  test(`${name} is a name like others`, () => {
    for (const text of [
      `${base}settings: { ${name}: 1, extra-${name}: [a], cores: 2 }\n`,
      `${base}users: { ada: { settings: { ${name}: { max-jobs: 1 } } } }\n`,
      `${base}shells: { k8s: { env: { ${name}: x }, hook: "set -o ${name}; ${name} x; echo" } }\n`,
      `${base}substituters: [{ url: "s3://cache?${name}=1", publicKey: "x:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" }]\n`,
      `${base}${name}: 1\nvolumes: { ${name}: { mount: /${name}, groups: [${name}] } }\nlint: [{ code: ${name}, why: x }]\n`,
    ])
      assert.ok(
        compileText(text).diagnostics.every(
          (one) => !/undefined|function|native code/.test(`${one.message}${one.hint}`.replace(/undefined$/, "")),
        ),
        text,
      );
  });

test.run();
