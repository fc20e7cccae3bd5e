import { entryRemoval, replacement } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { type Entry, entriesOf, isOff, placeOf, scopes } from "../settings-in-force.ts";

/* Who may decide what runs on a machine: trusted users and the sandbox. */

export const trustRules: readonly Rule[] = [
  {
    code: "trusted-users-wildcard",
    severity: "error",
    summary: "everybody is a trusted user",
    cause:
      "`*` makes every account of the machine, daemons' included, a trusted user of Nix, and a trusted user can become root.",
    example: 'trustedUsers: [root, "*"]',
    fixed: "trustedUsers: [root]",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-trusted-users",
    check: (context) => {
      for (const entry of trusted(context))
        if (entry.text === "*")
          context.report({
            ...placeOf(entry),
            message: "`*` trusts every account of the machine like root",
            hint: "name the accounts; `allowedUsers` is the list of who may use Nix at all",
            fix: () => entryRemoval(context.source, entry),
          });
    },
  },
  {
    code: "trusted-user-is-root",
    severity: "warning",
    summary: "an account besides root that the daemon trusts",
    cause:
      "A trusted user may set any setting of the daemon, such as a build hook or another cache's key, and so become root on that machine without a password.",
    example: "trustedUsers: [root, ada]",
    fixed:
      "trustedUsers: [root, ada]\nlint:\n  - code: trusted-user-is-root\n    at: trustedUsers[1]\n    why: ada administers the builders",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-trusted-users",
    check: (context) => {
      for (const entry of trusted(context)) {
        const { text } = entry;
        if (text === "root" || text === "*" || text === "") continue;
        const who = text.startsWith("@") ? `every member of the group \`${text.slice(1)}\`` : `\`${text}\``;
        context.report({
          ...placeOf(entry),
          message: `trusting ${who} is equivalent to root on that machine`,
          hint: "take the entry out; caches that everybody may use go into `substituters`. Or accept it under `lint` with a reason",
          fix: () => entryRemoval(context.source, entry),
        });
      }
    },
  },
  {
    code: "sandbox-off",
    severity: "warning",
    summary: "builds see the machine they run on",
    cause:
      "Without the sandbox a build can read and use whatever the machine has: it works here and fails elsewhere, and a hostile one sees files and the network. `relaxed` lets derivations opt out.",
    example: "settings:\n  sandbox: false",
    fixed: "settings:\n  sandbox: true",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-sandbox",
    check: ({ model, source, report }) => {
      for (const scope of scopes(model)) {
        const setting = scope.declared.find((one) => one.name === "sandbox");
        if (!setting || !(isOff(setting) || setting.value === "relaxed")) continue;
        report({
          at: setting.at,
          message:
            setting.value === "relaxed"
              ? `builds of ${scope.owner} may opt out of the sandbox`
              : `builds of ${scope.owner} run without the sandbox`,
          hint: "write `sandbox: true`, or accept it under `lint` with a reason",
          fix: () => replacement(source, setting.at, "value", "true"),
        });
      }
    },
  },
];

/** Accounts that a daemon of the platform would trust. A user's own file can't extend that, so those are left out. */
function* trusted({ model, source }: RuleContext): Generator<Entry> {
  for (const { at, name } of model.trustedUsers) yield { at, text: name };
  for (const scope of scopes(model)) {
    if (scope.kind === "user") continue;
    for (const setting of scope.declared) if (/^(?:extra-)?trusted-users$/.test(setting.name)) yield* entriesOf(source, setting);
  }
}
