import { accountProblem, buildGroupProblem } from "../../knowledge/accounts.ts";
import type { Model } from "../../model/model.ts";
import { type SpecPath, valueAt } from "../../report/spec-path.ts";
import { quoted } from "../../report/words.ts";
import type { Rule } from "../rule.ts";

/* Names of accounts and groups. */

export const accountRules: readonly Rule[] = [
  {
    code: "account-invalid",
    severity: "error",
    final: true,
    summary: "a name that no account or group can have, or a group of the system for builds",
    cause:
      "Linux takes names of at most 31 characters. The build users' group must be theirs alone: a build could use the rights of a group such as wheel or docker.",
    example: "buildUsers:\n  group: docker\n  gid: 31000\n  roles: [{ role: builds }]",
    fixed: "buildUsers:\n  group: nixbld\n  roles: [{ role: builds }]",
    source: "https://www.freedesktop.org/software/systemd/man/latest/systemd-sysusers.html",
    check: ({ model, source, report }) => {
      for (const { at, part, name } of accounts(model)) {
        const why = accountProblem(name);
        // What a default sets has no place in the spec.
        if (why && (part === "key" || valueAt(source, at) !== undefined))
          report({ at, part, message: `${quoted([name])} ${why}`, hint: "use the account's own name" });
      }
      const group = model.buildUsers?.group;
      const why = group === undefined ? undefined : buildGroupProblem(group);
      if (why) {
        const hint = "delete it: the default is `nixbld`";
        report({ at: ["buildUsers", "group"], message: `${quoted([group ?? ""])} ${why}`, hint });
      }
    },
  },
];

interface Account {
  readonly at: SpecPath;
  readonly part: "key" | "value";
  readonly name: string;
}

function accounts(model: Model): Account[] {
  const value = (at: SpecPath, name: string): Account => ({ at, part: "value", name });
  return [
    ...model.users.map(({ name }): Account => ({ at: ["users", name], part: "key", name })),
    ...[...model.trustedUsers, ...model.allowedUsers].map(({ at, name }) => value(at, name.replace(/^@/, ""))),
    ...model.hosts.flatMap(({ deploy }) => (deploy ? [value([...deploy.at, "user"], deploy.user)] : [])),
    ...model.builders.map(({ at, user }) => value([...at, "user"], user)),
  ];
}
