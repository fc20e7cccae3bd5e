import { suite } from "uvu";
import { secretsInText } from "../../generator/knowledge/secret-forms.ts";
import { assertLinear } from "../support/growth.ts";

const test = suite("forms of secrets");

/** Prefixes of the secret patterns. Repeated, they would make a careless regular expression search to the end from each of them. */
const BEGINNINGS = [
  "a",
  "A_",
  "AAAA:",
  "https://a",
  "https://a:",
  "TOKEN=",
  "PASSWORD",
  "-----BEGIN PRIVATE KEY-----",
  "LS0tLS1CRUdJT",
  "eyJa.",
  "ghp_",
  "sk-",
  "a.b-c:",
  "machine a login b ",
  "?token=",
];
for (const beginning of BEGINNINGS) {
  test(`${beginning} repeated takes linear time`, () => {
    const text = (size: number) => beginning.repeat(Math.ceil(size / beginning.length));
    assertLinear(beginning, (size) => void secretsInText(text(size)), 50_000);
  });
}

test.run();
