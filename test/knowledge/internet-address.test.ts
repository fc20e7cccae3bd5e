import { isIP } from "node:net";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ipVersion } from "../../generator/knowledge/internet-address.ts";

const test = suite("internet addresses");

test("ipVersion says what Node's own parser says", () => {
  const part = fc.constantFrom(
    "0",
    "00",
    "1",
    "12",
    "255",
    "256",
    "::",
    ":",
    ".",
    "ffff",
    "fffff",
    "g",
    "1.2.3.4",
    "%eth0",
    "%",
    "[",
    "]",
    " ",
    "/",
    "@",
  );
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4Extended(),
    fc.array(part, { maxLength: 10 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (address) => assert.is(ipVersion(address), isIP(address), address)),
    { numRuns: 5000 },
  );
});

test.run();
