import { releaseNamed } from "../../knowledge/releases.ts";
import type { SpecPath } from "../../report/spec-path.ts";
import { valueAt } from "../../report/spec-path.ts";
import { removal } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";

/* What time does to a reference to nixpkgs. */

export const nixpkgsRules: readonly Rule[] = [
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
      const release = releaseNamed(model.nixpkgs.written);
      const isOlder = release === undefined ? !isRolling(model.nixpkgs.url) : release < "26.11";
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
