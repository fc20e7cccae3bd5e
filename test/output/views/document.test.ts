import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base } from "../../support/diagnostic-rows.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("ARCHITECTURE.md");

const pageOf = (spec: string): string => compileText(spec).files?.find(({ path }) => path === "ARCHITECTURE.md")?.text ?? "";

test("claims nothing that the spec does not have", () => {
  const plain = pageOf(base);
  const rows: readonly (readonly [claim: RegExp, keys: string])[] = [
    [/until they are older than 14d/, "gc: { automatic: true, olderThan: 14d }\n"],
    [/pipelines for gitlab/, "ci: gitlab\n"],
    [/\*\*Multi-user\*\*.*builds run under users of their own/, "buildUsers: { roles: [{ role: aws }] }\n"],
    [/a check for each role/, "buildUsers: { roles: [{ role: aws }] }\n"],
    [/\*\*Volume configuration\*\*/, "volumes: { aws: { mount: /volumes/aws } }\n"],
  ];
  for (const [claim, keys] of rows) {
    assert.not.match(plain, claim);
    assert.match(pageOf(base + keys), claim);
  }
  assert.not.match(plain, /cloud|volume|role/i);
});

test.run();
