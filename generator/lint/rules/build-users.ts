import type { BuildUsers } from "../../model/model.ts";
import type { SpecPath } from "../../report/spec-path.ts";
import { valueAt } from "../../report/spec-path.ts";
import { replacement } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { isOn, scopes, settingOf } from "../settings-in-force.ts";
import { numberOf } from "./settings-conflict.ts";

/* The accounts that builds run under. */

export const buildUserRules: readonly Rule[] = [
  {
    code: "jobs-exceed-build-users",
    severity: "error",
    summary: "more builds at once than there are build users",
    cause:
      "Each build needs a build user of its own. With fewer users than `max-jobs` the builds beyond them wait or fail for want of one.",
    example: "settings:\n  max-jobs: 8\nbuildUsers:\n  roles:\n    - role: aws\n    - role: azure",
    fixed: "settings:\n  max-jobs: 2\nbuildUsers:\n  roles:\n    - role: aws\n    - role: azure",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-build-users-group",
    check: ({ model, source, report }) => {
      const users = model.buildUsers?.roles.length ?? 0;
      if (users === 0) return;
      for (const scope of scopes(model)) {
        const setting = scope.declared.find((one) => one.name === "max-jobs");
        const jobs = numberOf(setting);
        if (!setting || jobs === undefined || jobs <= users || isOn(settingOf(scope.inForce, "auto-allocate-uids"))) continue;
        report({
          at: setting.at,
          message: `${jobs} builds at once, but ${users === 1 ? "one build user" : `${users} build users`}`,
          hint: `lower it to ${users}, or declare more roles under \`buildUsers\``,
          fix: () => replacement(source, setting.at, "value", String(users)),
        });
      }
    },
  },
  {
    code: "build-users-auto-allocated",
    severity: "error",
    summary: "declared build users together with `auto-allocate-uids`",
    cause:
      "With `auto-allocate-uids` Nix invents an id for every build and never looks at `build-users-group`; NixOS then creates no build users at all, and the roles are nobody.",
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
          message: "Nix allocates ids by itself, so the declared build users are never used",
          hint: "write `false`, or take `buildUsers` out",
          fix: () => replacement(source, setting.at, "value", "false"),
          related: [{ message: "`buildUsers` is here", range: source.locate(model.buildUsers.at, "key") }],
        });
      }
    },
  },
  {
    code: "build-users-empty",
    severity: "error",
    summary: "`buildUsers` without a single role",
    cause:
      "The build users' group would have no members, and then every build fails: `the build users group 'nixbld' has no members`.",
    example: "buildUsers:\n  group: nixbld\n  roles: []",
    fixed: "buildUsers:\n  group: nixbld\n  roles:\n    - role: builds",
    check: ({ model, source, report }) => {
      const users = model.buildUsers;
      if (!users || users.roles.length > 0) return;
      // Roles that were refused are there all the same.
      const written = valueAt(source, [...users.at, "roles"]);
      if (written !== undefined && !(Array.isArray(written) && written.length === 0)) return;
      const isWritten = written !== undefined;
      report({
        at: isWritten ? [...users.at, "roles"] : users.at,
        part: isWritten ? "value" : "key",
        message: `no build user is declared, so the group \`${users.group}\` has no members and every build fails`,
        hint: "declare a role for each build user, or leave `buildUsers` out: NixOS then has its usual 32",
      });
    },
  },
  {
    code: "uid-conflict",
    severity: "error",
    summary: "build users' ids that the system owns",
    cause:
      "Ids have owners: 0–999 system accounts (on macOS 15 also 301–304, which earlier build users had), 1000–29999 people, 60001–60577 systemd-homed and containers, 61184–65519 systemd's DynamicUser, 65534 nobody, 65535 and 4294967295 the kernel's `no user`, 524288–1879048191 container ranges. NixOS's own group nixbld is 30000.",
    example: "buildUsers:\n  firstUid: 995\n  roles:\n    - role: aws",
    fixed: "buildUsers:\n  firstUid: 30001\n  roles:\n    - role: aws",
    source: "https://systemd.io/UIDS-GIDS/",
    check: checkIds,
  },
];

/** Ids that are nobody's to take, first and last. */
const OWNED: readonly (readonly [first: number, last: number, owner: string])[] = [
  [0, 999, "system accounts"],
  [1000, 29999, "people's accounts"],
  [60001, 60577, "systemd's homes and container users"],
  [61184, 65519, "systemd's DynamicUser"],
  [65534, 65535, "`nobody` and the kernel's `no user`"],
  [524288, 1879048191, "containers"],
  [2147483648, 4294967295, "nobody: programs that read ids as signed numbers fail"],
];

/** On a Mac people begin at 501, and the build users that Nix's installer makes at 351. */
const OWNED_ON_MACS: typeof OWNED = [
  [0, 300, "macOS"],
  [301, 304, "macOS since version 15"],
  [501, 999, "people's accounts"],
  ...OWNED.slice(1),
];

function checkIds({ model, report, source }: RuleContext): void {
  const users = model.buildUsers;
  if (!users) return;
  const owned = model.systems.every((system) => system.endsWith("-darwin")) ? OWNED_ON_MACS : OWNED;
  const ownerOf = (first: number, last: number) => owned.find(([from, to]) => first <= to && from <= last);
  const isWritten = (key: string) => valueAt(source, [...users.at, key]) !== undefined;
  const at = (key: string): SpecPath => (isWritten(key) ? [...users.at, key] : users.at);
  const part = (key: string) => (isWritten(key) ? "value" : "key");

  const count = Math.max(users.roles.length, 1);
  const lastUid = users.firstUid + count - 1;
  const owner = ownerOf(users.firstUid, lastUid);
  if (owner) {
    const range = count === 1 ? `${users.firstUid} belongs` : `${users.firstUid}–${lastUid} reach into ids that belong`;
    report({
      at: at("firstUid"),
      part: part("firstUid"),
      message: `${range} to ${owner[2]} (${owner[0]}–${owner[1]})`,
      hint: "begin at 30001, as NixOS and Nix's installer do",
      fix: () => (isWritten("firstUid") && count < 29999 ? replacement(source, at("firstUid"), "value", "30001") : undefined),
    });
  }
  const groupOwner = ownerOf(users.gid, users.gid);
  const usualGidFix = () => (isWritten("gid") ? replacement(source, at("gid"), "value", String(usualGid(users))) : undefined);
  if (groupOwner) {
    report({
      at: at("gid"),
      part: part("gid"),
      message: `the gid ${users.gid} belongs to ${groupOwner[2]} (${groupOwner[0]}–${groupOwner[1]})`,
      hint: `take ${usualGid(users)}`,
      fix: usualGidFix,
    });
  } else if (users.gid === 30000 && users.group !== "nixbld") {
    report({
      at: isWritten("gid") ? at("gid") : at("group"),
      message: "30000 is the gid of NixOS's own group `nixbld`, so another group can't have it",
      hint: `give \`${users.group}\` a gid of its own (\`gid: ${usualGid(users)}\`), or call it nixbld`,
      fix: usualGidFix,
    });
  }
}

/** A gid that is free where the usual one is not. */
const usualGid = (users: BuildUsers): number => (users.group === "nixbld" ? 30000 : 31000);
