import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accountProblem, buildGroupProblem } from "../../../generator/knowledge/accounts.ts";
import { base, codeRows } from "../../support/diagnostic-rows.ts";

const test = suite("rules: accounts");
const LONG = "x".repeat(32);
const users = (lines: string) => `${base}buildUsers:\n  ${lines}\n  gid: 31000\n  roles: [{ role: builds }]\n`;

codeRows(test, [
  {
    code: "account-invalid",
    says: "`docker` is a group of the system: its rights would go to every build",
    bad: users("group: ⟦docker⟧"),
    good: users("group: nixbuilders"),
  },
  {
    code: "account-invalid",
    says: "`nix.build` has a dot, which systemd-sysusers refuses",
    bad: users("group: ⟦nix.build⟧"),
    good: users("group: nix-build"),
  },
  {
    code: "account-invalid",
    says: `\`${LONG}\` is longer than the 31 characters that a name can have`,
    bad: `${base}users:\n  ⟦${LONG}⟧: { settings: { max-jobs: 1 } }\n`,
    good: `${base}users:\n  ${LONG.slice(1)}: { settings: { max-jobs: 1 } }\n`,
  },
  {
    code: "account-invalid",
    says: `\`${LONG}\` is longer than the 31 characters that a name can have`,
    bad: `${base}allowedUsers: [⟦"@${LONG}"⟧]\n`,
    good: `${base}allowedUsers: ["@${LONG.slice(1)}"]\n`,
  },
]);

test("names that accounts and groups have", () => {
  for (const name of ["root", "_nixbld", "ada.lovelace", "Ada"]) assert.is(accountProblem(name), undefined);
  for (const name of ["nixbld", "nixbuilders", "build"]) assert.is(buildGroupProblem(name), undefined);
});

test.run();
