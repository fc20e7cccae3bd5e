import { isMac } from "../../knowledge/nix-darwin.ts";
import type { BuildUsers } from "../../model/model.ts";
import { MOST_LISTED } from "../../report/diagnostic.ts";
import { acceptedIn, type SpecPath, valueAt } from "../../report/spec-path.ts";
import { replacement } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { isOn, scopes, settingOf } from "../settings-in-force.ts";
import { numberOf } from "./settings-conflict.ts";

/* The accounts that builds run as. */

export const buildUserRules: readonly Rule[] = [
  {
    code: "jobs-exceed-build-users",
    severity: "error",
    summary: "more parallel builds than build users",
    cause:
      "Each build needs a build user of its own. If `max-jobs` is greater than the number of build users, the additional builds wait or fail.",
    example: "settings:\n  max-jobs: 8\nbuildUsers:\n  roles:\n    - role: aws\n    - role: azure",
    fixed: "settings:\n  max-jobs: 2\nbuildUsers:\n  roles:\n    - role: aws\n    - role: azure",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-build-users-group",
    check: ({ model, source, report }) => {
      if (!model.buildUsers || model.buildUsers.roles.length === 0) return;
      // A role that has been rejected is a build user too, once it is corrected.
      const written = valueAt(source, ["buildUsers", "roles"]);
      const users = Array.isArray(written) ? written.length : model.buildUsers.roles.length;
      const tooMany = scopes(model).flatMap(({ declared, inForce }) => {
        const setting = declared.find((one) => one.name === "max-jobs");
        const jobs = numberOf(setting);
        const isTooMany = jobs !== undefined && jobs > users && !isOn(settingOf(inForce, "auto-allocate-uids"));
        return setting && isTooMany ? [{ at: setting.at, jobs }] : [];
      });
      const says = (jobs: number) =>
        `\`max-jobs\` is ${jobs}, but there ${users === 1 ? "is only one build user" : `are only ${users} build users`}`;
      // Too few roles are one mistake, however many places have the setting. What the spec accepts is each place of its own.
      const isAccepted = acceptedIn(model.lint, "jobs-exceed-build-users");
      for (const { at, jobs } of tooMany.filter((one) => isAccepted(one.at))) report({ at, message: says(jobs) });
      const [first, ...others] = tooMany.filter((one) => !isAccepted(one.at));
      if (!first) return;
      report({
        at: first.at,
        message: says(first.jobs),
        hint: `lower ${others.length > 0 ? "each" : "it"} to ${users}, or declare more roles under \`buildUsers\``,
        related: others
          .slice(0, MOST_LISTED)
          .map(({ at, jobs }) => ({ message: `it is ${jobs} here`, range: source.locate(at, "value") })),
        fix: () => (others.length > 0 ? undefined : replacement(source, first.at, "value", String(users))),
      });
    },
  },
  {
    code: "build-users-auto-allocated",
    severity: "error",
    summary: "`buildUsers` together with `auto-allocate-uids`",
    cause:
      "With `auto-allocate-uids`, Nix allocates a user id for each build and ignores `build-users-group`. NixOS then creates no build users, so the roles have no accounts.",
    example:
      "settings:\n  experimental-features: [auto-allocate-uids]\n  auto-allocate-uids: true\nbuildUsers:\n  roles:\n    - role: aws",
    fixed: "buildUsers:\n  roles:\n    - role: aws",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-auto-allocate-uids",
    check: ({ model, source, report }) => {
      if (!model.buildUsers) return;
      for (const scope of scopes(model)) {
        const setting = scope.declared.find((one) => one.name === "auto-allocate-uids");
        if (!setting || !isOn(setting)) continue;
        report({
          at: setting.at,
          message: "`auto-allocate-uids` makes Nix ignore the declared build users",
          hint: "write `false`, or delete `buildUsers`",
          fix: () => replacement(source, setting.at, "value", "false"),
          related: [{ message: "`buildUsers` is here", range: source.locate(model.buildUsers.at, "key") }],
        });
      }
    },
  },
  {
    code: "build-users-empty",
    severity: "error",
    summary: "`buildUsers` without a role",
    cause:
      "The group of the build users would have no members, and every build would fail: `the build users group 'nixbld' has no members`.",
    example: "buildUsers:\n  group: nixbld\n  roles: []",
    fixed: "buildUsers:\n  group: nixbld\n  roles:\n    - role: builds",
    check: ({ model, source, report }) => {
      const users = model.buildUsers;
      if (!users || users.roles.length > 0) return;
      // The model does not have roles that validation rejected, but the spec does.
      const written = valueAt(source, [...users.at, "roles"]);
      if (written !== undefined && !(Array.isArray(written) && written.length === 0)) return;
      const isWritten = written !== undefined;
      report({
        at: isWritten ? [...users.at, "roles"] : users.at,
        part: isWritten ? "value" : "key",
        message: `there are no roles, so the group \`${users.group}\` has no members and every build fails`,
        hint: "declare a role for each build user, or delete `buildUsers`: NixOS then creates 32 build users",
      });
    },
  },
  {
    code: "uid-conflict",
    severity: "error",
    summary: "ids of build users in a reserved range",
    cause:
      "Some ids are reserved: 0–999 for system accounts (301–304, former ids of build users, also on macOS 15), 1000–29999 for user accounts, 60001–60577 for systemd-homed and containers, 61184–65519 for systemd's DynamicUser, 65534 for nobody, 65535 and 4294967295 for the kernel's `no user`, 524288–1879048191 for containers. The gid 30000 is NixOS's group nixbld.",
    example: "buildUsers:\n  firstUid: 995\n  roles:\n    - role: aws",
    fixed: "buildUsers:\n  firstUid: 30001\n  roles:\n    - role: aws",
    source: "https://systemd.io/UIDS-GIDS/",
    check: checkIds,
  },
];

/** Ranges of ids that build users must not have. `why` completes the sentence "the uid is in the range FIRST–LAST, …". */
const RESERVED: readonly (readonly [first: number, last: number, why: string])[] = [
  [0, 999, "reserved for system accounts"],
  [1000, 29999, "reserved for user accounts"],
  [60001, 60577, "reserved for systemd-homed and users of containers"],
  [61184, 65519, "reserved for systemd's DynamicUser"],
  [65534, 65535, "reserved for `nobody` and the kernel's `no user`"],
  [524288, 1879048191, "reserved for containers"],
  [2147483648, 4294967295, "which some programs read as negative numbers"],
];

/** On macOS, user accounts start at 501, and the build users of the Nix installer at 351. */
const RESERVED_ON_MACOS: typeof RESERVED = [
  [0, 300, "reserved for macOS"],
  [301, 304, "reserved for macOS since version 15"],
  [501, 999, "reserved for user accounts"],
  ...RESERVED.slice(1),
];

function checkIds({ model, report, source }: RuleContext): void {
  const users = model.buildUsers;
  if (!users) return;
  const reserved = model.systems.every(isMac) ? RESERVED_ON_MACOS : RESERVED;
  const reservedFor = (first: number, last: number) => reserved.find(([from, to]) => first <= to && from <= last);
  const isWritten = (key: string) => valueAt(source, [...users.at, key]) !== undefined;
  const at = (key: string): SpecPath => (isWritten(key) ? [...users.at, key] : users.at);
  const part = (key: string) => (isWritten(key) ? "value" : "key");

  const count = Math.max(users.roles.length, 1);
  const lastUid = users.firstUid + count - 1;
  const uids = reservedFor(users.firstUid, lastUid);
  if (uids) {
    const [first, last, why] = uids;
    const overlap = count === 1 ? `the uid ${users.firstUid} is in` : `the uids ${users.firstUid}–${lastUid} overlap`;
    report({
      at: at("firstUid"),
      part: part("firstUid"),
      message: `${overlap} the range ${first}–${last}, ${why}`,
      hint: "use 30001, as NixOS does",
      fix: () => (isWritten("firstUid") && count < 29999 ? replacement(source, at("firstUid"), "value", "30001") : undefined),
    });
  }
  const gids = reservedFor(users.gid, users.gid);
  const gidFix = () => (isWritten("gid") ? replacement(source, at("gid"), "value", String(freeGid(users))) : undefined);
  if (gids) {
    const [first, last, why] = gids;
    report({
      at: at("gid"),
      part: part("gid"),
      message: `the gid ${users.gid} is in the range ${first}–${last}, ${why}`,
      hint: `use ${freeGid(users)}`,
      fix: gidFix,
    });
  } else if (users.gid === 30000 && users.group !== "nixbld") {
    report({
      at: isWritten("gid") ? at("gid") : at("group"),
      message: "the gid 30000 is reserved for NixOS's group `nixbld`",
      hint: `write \`gid: ${freeGid(users)}\`, or rename the group to nixbld`,
      fix: gidFix,
    });
  }
}

/** A gid that the group can have. */
const freeGid = (users: BuildUsers): number => (users.group === "nixbld" ? 30000 : 31000);
