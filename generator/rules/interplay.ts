import { findSetting, settingValueProblem } from "../knowledge/settings.ts";
import type { BuildUsers, Model, Setting } from "../model.ts";
import type { Rule, RuleContext } from "../rules.ts";
import { type SpecPath, valueAt } from "../source.ts";
import {
  appendix,
  isOff,
  isOn,
  quoted,
  removal,
  replacement,
  type Scope,
  scopes,
  settingOf,
  wordOf,
  words,
  wordsInForce,
} from "./places.ts";

/* Parts of a spec that are right alone and wrong together, and what time does to a spec. */

const numberOf = (setting: Setting | undefined): number | undefined => {
  const word = wordOf(setting);
  const number = word === "" ? Number.NaN : Number(word);
  return Number.isInteger(number) ? number : undefined;
};

export const interplayRules: readonly Rule[] = [
  {
    code: "user-settings-drop-features",
    severity: "error",
    summary: "a user's or a volume's list that silently undoes the system's",
    cause:
      "A list in a narrower nix.conf replaces the system's list, it adds nothing. `experimental-features = nix-command` in a user's file switches flakes off for that user; `substituters` there drops every cache of the system.",
    example:
      "settings:\n  experimental-features: [nix-command, flakes]\nusers:\n  ada:\n    settings:\n      experimental-features: [nix-command]",
    fixed:
      "settings:\n  experimental-features: [nix-command, flakes]\nusers:\n  ada:\n    settings:\n      extra-experimental-features: [nix-command]",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file",
    check: ({ model, source, report }) => {
      for (const scope of scopes(model)) {
        if (scope.kind === "system") continue;
        for (const setting of scope.declared) {
          const lost = lostEntries(model, scope, setting);
          if (lost.length === 0) continue;
          const extra = `extra-${setting.name}`;
          const hasExtra = settingOf(scope.declared, extra) !== undefined;
          report({
            at: setting.at,
            part: "key",
            message: `this replaces the system's list: ${scope.owner} loses ${quoted(lost)}`,
            hint: hasExtra
              ? `repeat ${quoted(lost)} here, or move the entries to \`${extra}\`, which adds`
              : `write \`${extra}\`, which adds to the list, or repeat ${quoted(lost)} here`,
            fix: () => (hasExtra ? undefined : replacement(source, setting.at, "key", extra)),
          });
        }
      }
    },
  },
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
  {
    code: "keep-outputs-without-gc",
    severity: "warning",
    summary: "build-time dependencies are kept, and nothing collects garbage",
    cause:
      "`keep-outputs` keeps everything that was needed to build what is still in use. That is useful for development and grows without end unless old generations are deleted and garbage is collected.",
    example: "settings:\n  keep-outputs: true",
    fixed: "settings:\n  keep-outputs: true\ngc:\n  automatic: true",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-keep-outputs",
    check: ({ model, source, report }) => {
      const setting = settingOf(model.settings, "keep-outputs");
      if (!setting || !isOn(setting) || model.gc?.automatic || (numberOf(settingOf(model.settings, "min-free")) ?? 0) > 0) return;
      const isDeclared = (source.value as { gc?: unknown }).gc !== undefined;
      report({
        at: setting.at,
        message: "build-time dependencies are kept for good: the store only grows",
        hint: "add `gc: { automatic: true }`, or `min-free` so that Nix collects garbage when the disk fills up",
        fix: () => (isDeclared ? undefined : appendix(source, "gc:\n  automatic: true\n")),
      });
    },
  },
  {
    code: "settings-fight",
    severity: "warning",
    summary: "two settings of which one makes the other useless",
    cause:
      "Each is right alone. Together one has no effect, or the pair does what nobody wants: no build at all, garbage collection that frees nothing, caches that are never asked.",
    example: "settings:\n  sandbox-paths: [/bin/sh]\n  max-jobs: 0",
    fixed: "settings:\n  sandbox-paths: [/bin/sh]\n  max-jobs: auto",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file",
    check: ({ model, report }) => {
      for (const scope of scopes(model))
        for (const fight of FIGHTS) {
          const setting = scope.declared.find((one) => one.name === fight.setting);
          const message = setting && fight.says(setting, scope.inForce, model);
          if (setting && message !== undefined) report({ at: setting.at, part: "key", message, hint: fight.hint });
        }
    },
  },
  {
    code: "nixpkgs-unpinned",
    severity: "warning",
    summary: "a reference that moves, with no lock beside it",
    cause:
      "A branch is another set of packages tomorrow. Until a flake.lock stands in the output folder, two machines that build the same spec get different tools.",
    example: "nixpkgs: nixos-26.05",
    fixed: "nixpkgs: 0123456789abcdef0123456789abcdef01234567",
    source: "https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake-lock",
    check: ({ model, environment, report }) => {
      for (const set of [model.nixpkgs, ...model.inputs]) {
        if (!isMoving(set.url)) continue;
        report({
          at: set.at,
          settled: environment.locked,
          message:
            set === model.nixpkgs
              ? `\`${model.nixpkgs.written}\` moves, and no flake.lock holds it`
              : `the input \`${set.name}\` moves, and no flake.lock holds it`,
          hint: "run `nix flake lock` in the output folder and commit flake.lock, or name a commit of 40 digits",
        });
      }
    },
  },
  {
    code: "system-end-of-life",
    severity: "warning",
    summary: "a system that this nixpkgs no longer supports",
    cause:
      "nixpkgs 26.05 is the last release for x86_64-darwin (Macs with Intel processors). From 26.11 on nothing is built or cached for it, and packages stop evaluating.",
    example: "nixpkgs: nixos-26.11\nsystems: [x86_64-linux, x86_64-darwin]",
    fixed: "nixpkgs: nixos-26.11\nsystems: [x86_64-linux, aarch64-darwin]",
    source: "https://nixos.org/manual/nixpkgs/unstable/release-notes",
    check: (context) => {
      const { model, source, report } = context;
      const release = /(?:^|[^0-9])([0-9]{2})\.(05|11)(?:[^0-9]|$)/.exec(model.nixpkgs.written);
      const isOlder = release ? Number(release[1]) * 100 + Number(release[2]) < 2611 : !isRolling(model.nixpkgs.url);
      if (isOlder) return;
      for (const at of placesOf(context, "x86_64-darwin")) {
        report({
          at,
          message: "x86_64-darwin has come to its end: nixpkgs 26.05 was the last release for it",
          hint: "take it out, or stay on nixos-26.05 while such machines remain",
          fix: () => removal(source, at),
        });
      }
    },
  },
];

/** What the system has in a list and the narrower scope does not, once the latter is read; `[]` where nothing is lost. */
function lostEntries(model: Model, scope: Scope, setting: Setting): string[] {
  const known = findSetting(setting.name);
  if (!known || known.via === "extra" || known.setting.appendableIn.length === 0) return [];
  if (known.setting.type !== "list" && known.setting.type !== "map") return [];
  // The daemon alone decides whom it trusts; it reads no user's file for that.
  if (scope.kind === "user" && /^(?:trusted|allowed)-users$/.test(setting.name)) return [];
  const plain = (entry: string) => (setting.name.endsWith("substituters") ? entry.replace(/\/+$/, "") : entry);
  const own = new Set(wordsInForce(scope.declared, setting.name)?.map(plain));
  const lost = [...new Set(wordsInForce(model.settings, setting.name) ?? [])].filter(
    // What the system has wrong is told there.
    (entry) => !own.has(plain(entry)) && settingValueProblem(known.setting, [entry]) === undefined,
  );
  // A map's values may be secrets; its keys say what is lost.
  return known.setting.type === "map" ? lost.map((entry) => entry.replace(/=.*/s, "")) : lost;
}

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

interface Fight {
  readonly setting: string;
  readonly says: (setting: Setting, inForce: readonly Setting[], model: Model) => string | undefined;
  readonly hint: string;
}

const hasBuilders = (inForce: readonly Setting[], model: Model): boolean =>
  model.builders.length > 0 || words(settingOf(inForce, "builders")?.value).length > 0;

const FIGHTS: readonly Fight[] = [
  {
    setting: "max-jobs",
    says: (setting, inForce, model) =>
      numberOf(setting) === 0 && !hasBuilders(inForce, model)
        ? "no build runs here, and no builder is declared: nothing can be built"
        : undefined,
    hint: "declare `builders`, or let this machine build",
  },
  {
    setting: "max-free",
    says: (setting, inForce) => {
      const [most, least] = [numberOf(setting), numberOf(settingOf(inForce, "min-free"))];
      return most !== undefined && least !== undefined && most < least
        ? `garbage collection stops at ${most} bytes, before it reaches \`min-free\``
        : undefined;
    },
    hint: "`min-free` is where collection begins and `max-free` where it stops: the second must be larger",
  },
  {
    setting: "substitute",
    says: (setting, _inForce, model) =>
      isOff(setting) && model.substituters.length > 0 ? "no cache is ever asked, although `substituters` lists some" : undefined,
    hint: "delete one of the two",
  },
  {
    setting: "sandbox-paths",
    says: (setting, inForce) =>
      words(setting.value).length > 0 && isOff(settingOf(inForce, "sandbox"))
        ? "paths are let into a sandbox that is switched off"
        : undefined,
    hint: "delete one of the two",
  },
  {
    setting: "extra-sandbox-paths",
    says: (setting, inForce) =>
      words(setting.value).length > 0 && isOff(settingOf(inForce, "sandbox"))
        ? "paths are let into a sandbox that is switched off"
        : undefined,
    hint: "delete one of the two",
  },
  {
    setting: "builders-use-substitutes",
    says: (setting, inForce, model) =>
      isOn(setting) && !hasBuilders(inForce, model) ? "this is about remote builders, and none is declared" : undefined,
    hint: "declare `builders`, or delete the line",
  },
  {
    setting: "diff-hook",
    says: (setting, inForce) =>
      words(setting.value).length > 0 && !isOn(settingOf(inForce, "run-diff-hook"))
        ? "the hook never runs without `run-diff-hook: true`"
        : undefined,
    hint: "add `run-diff-hook: true`",
  },
  {
    setting: "nix-path",
    says: (setting, inForce) =>
      words(setting.value).length > 0 && isOn(settingOf(inForce, "pure-eval"))
        ? "`pure-eval` makes Nix ignore the search path"
        : undefined,
    hint: "delete one of the two",
  },
  {
    setting: "max-silent-time",
    says: (setting, inForce) => {
      const [silent, whole] = [numberOf(setting) ?? 0, numberOf(settingOf(inForce, "timeout")) ?? 0];
      return silent > whole && whole > 0
        ? `a build is ended after ${whole} s (\`timeout\`), before it can be silent for ${silent}`
        : undefined;
    },
    hint: "make `timeout` the longer one",
  },
];

/** Whether a flake reference may be something else tomorrow. A path on this machine is whatever its owner makes it. */
function isMoving(url: string): boolean {
  if (/^(?:path:|file:|git\+file:|[./])/.test(url)) return false;
  if (/[?&](?:rev|narHash)=/.test(url) || /(?:^|[^0-9a-f])[0-9a-f]{40}(?:[^0-9a-f]|$)/.test(url)) return false;
  // Tags of nixpkgs are releases; so are the folders of releases.nixos.org.
  if (/[/=](?:refs\/tags\/)?v?[0-9]{2}\.(?:05|11)(?:\.[0-9]+)*(?:-(?:beta|pre))?$/.test(url) || /[?&]ref=refs\/tags\//.test(url))
    return false;
  return !/^https?:\/\/(?:releases\.nixos\.org\/.*[0-9]{2}\.(?:05|11)\.[0-9]+|.*[/-]v?[0-9]+\.[0-9.]+\.(?:tar\.|zip|tgz))/.test(
    url,
  );
}

/** Whether a reference follows nixpkgs' newest state. */
const isRolling = (url: string): boolean =>
  /^(?:github:NixOS\/nixpkgs(?:$|[/?])|flake:nixpkgs$|nixpkgs$)/i.test(url) &&
  /(?:nixpkgs|unstable|unstable-small|master|staging)$/i.test(url.replace(/\?.*/, ""));

/** Every place where the spec names a system. */
function placesOf({ model, source }: RuleContext, system: string): SpecPath[] {
  const places: SpecPath[] = [];
  const inList = (at: SpecPath) => {
    const list = valueAt(source, at);
    if (Array.isArray(list)) for (const [index, one] of list.entries()) if (one === system) places.push([...at, index]);
  };
  inList(["systems"]);
  for (const tools of [...model.groups.map((group) => group.tools), ...model.shells.map((shell) => shell.tools)])
    for (const tool of tools) inList([...tool.at, "systems"]);
  for (const host of model.hosts) if (valueAt(source, [...host.at, "system"]) === system) places.push([...host.at, "system"]);
  return places;
}
