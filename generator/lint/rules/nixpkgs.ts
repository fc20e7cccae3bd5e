import { misreference } from "../../knowledge/nixpkgs-references.ts";
import {
  DEFAULT_RELEASE,
  isFarRelease,
  knownRelease,
  nixpkgsRef,
  onRelease,
  pointedBy,
  releaseNamed,
} from "../../knowledge/releases.ts";
import type { Model } from "../../model/model.ts";
import type { SpecPath } from "../../report/spec-path.ts";
import { valueAt } from "../../report/spec-path.ts";
import { quoted } from "../../report/words.ts";
import { removal, replacement } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";

/* References to nixpkgs that are wrong, not pinned or out of support, and systems that a release no longer supports. */

export const nixpkgsRules: readonly Rule[] = [
  {
    code: "nixpkgs-reference",
    severity: "error",
    final: true,
    summary: "an invalid reference to nixpkgs",
    cause: `\`nixpkgs\` is a branch, a tag or a whole commit of NixOS/nixpkgs, or a flake reference such as github:NixOS/nixpkgs/nixos-${DEFAULT_RELEASE}. Nix reads the URL of a web page as an archive, and \`@branch\` as a part of the repository's name.`,
    example: "nixpkgs: NixOS/nixpkgs",
    fixed: `nixpkgs: github:NixOS/nixpkgs/nixos-${DEFAULT_RELEASE}`,
    source: "https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake#flake-references",
    check: ({ model, source, environment, report }) => {
      const { today } = environment;
      for (const set of [model.nixpkgs, ...model.inputs]) {
        const pointed = pointedBy(nixpkgsRef(set.url) ?? "");
        if (pointed.kind === "release" && today !== undefined && isFarRelease(pointed.release, today)) {
          report({
            at: set.at,
            message: `nixpkgs ${pointed.release} does not exist yet`,
            hint: `write a branch such as nixos-${DEFAULT_RELEASE} or nixos-unstable, or a commit of 40 hexadecimal digits`,
          });
          continue;
        }
        const wrong = misreference(set === model.nixpkgs ? model.nixpkgs.written : set.url);
        if (!wrong) continue;
        const { why, meant, also = [] } = wrong;
        report({
          at: set.at,
          message: why,
          hint:
            meant === undefined
              ? `write a branch such as nixos-${DEFAULT_RELEASE}, or a commit of 40 hexadecimal digits`
              : `write ${[meant, ...also].map((one) => quoted([one])).join(" or ")}`,
          fix: () => (meant === undefined ? undefined : replacement(source, set.at, "value", meant)),
        });
      }
    },
  },
  {
    code: "nixpkgs-end-of-life",
    severity: "warning",
    summary: "a release of nixpkgs out of support",
    cause:
      "A release gets security fixes for seven months. After that, vulnerabilities in its packages are not fixed, and its binary cache gets no new packages.",
    example: "nixpkgs: nixos-24.05",
    fixed: `nixpkgs: nixos-${DEFAULT_RELEASE}`,
    source: "https://nixos.org/manual/nixos/stable/release-notes",
    check: ({ model, environment, report }) => {
      const ref = nixpkgsRef(model.nixpkgs.url);
      const pointed = ref === undefined ? undefined : pointedBy(ref);
      if (ref === undefined || pointed?.kind !== "release" || environment.today === undefined) return;
      const end = knownRelease(pointed.release)?.end ?? (pointed.release < DEFAULT_RELEASE ? "" : undefined);
      if (end === undefined || environment.today <= end) return;
      report({
        at: model.nixpkgs.at,
        message: `nixpkgs ${pointed.release} is out of support${end === "" ? "" : ` since ${end}`}`,
        hint: `move to ${pointed.release === DEFAULT_RELEASE ? "the next release" : `\`${onRelease(model.nixpkgs.written, DEFAULT_RELEASE)}\``}`,
      });
    },
  },
  {
    code: "nixpkgs-unpinned",
    severity: "warning",
    summary: "a branch that no flake.lock pins",
    cause:
      "A branch changes over time. Without a flake.lock in the output folder, two machines that build the same spec can get different tools.",
    example: "nixpkgs: nixos-26.05",
    fixed: "nixpkgs: 0123456789abcdef0123456789abcdef01234567",
    source: "https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake-lock",
    check: ({ model, source, environment, report }) => {
      // Without groups, the spec is incomplete, and `nixpkgs` is perhaps only not written yet.
      if (valueAt(source, ["groups"]) === undefined) return;
      for (const set of [model.nixpkgs, ...model.inputs]) {
        if (!isUnpinned(set.url) || misreference(set === model.nixpkgs ? model.nixpkgs.written : set.url)) continue;
        report({
          at: set.at,
          settled: environment.locked,
          message: `${set === model.nixpkgs ? `\`${model.nixpkgs.written}\`` : `the input \`${set.name}\``} ${
            // An archive or an entry of a registry can change too.
            /^(?:(?:tarball\+)?https?|flake):/.test(set.url) ? "can change" : "is a branch"
          } and no flake.lock pins it`,
          hint: "run `nix flake lock` in the output folder and commit flake.lock, or use a commit of 40 hexadecimal digits",
        });
      }
    },
  },
  {
    code: "system-end-of-life",
    severity: "warning",
    summary: "a system that this nixpkgs no longer supports",
    cause:
      "nixpkgs 26.05 is the last release that supports x86_64-darwin (Macs with Intel processors). From 26.11 on, nothing is built or cached for it, and packages stop evaluating.",
    example: "nixpkgs: nixos-26.11\nsystems: [x86_64-linux, x86_64-darwin]",
    fixed: "nixpkgs: nixos-26.11\nsystems: [x86_64-linux, aarch64-darwin]",
    source: "https://nixos.org/manual/nixpkgs/unstable/release-notes",
    check: (context) => {
      const { model, source, report } = context;
      if (!isWithoutIntelMacs(model)) return;
      for (const at of placesOf(context, "x86_64-darwin")) {
        report({
          at,
          message: "nixpkgs 26.05 is the last release that supports x86_64-darwin",
          hint: "delete it, or stay on nixos-26.05 as long as you have such machines",
          fix: () => removal(source, at),
        });
      }
    },
  },
];

/** Whether the content of a flake reference can change. A path on this machine is excluded: its owner controls it. */
function isUnpinned(url: string): boolean {
  if (/^(?:path:|file:|git\+file:|[./])/.test(url)) return false;
  if (/[?&](?:rev|narHash)=/.test(url) || /(?:^|[^0-9a-f])[0-9a-f]{40}(?:[^0-9a-f]|$)/.test(url)) return false;
  // A tag of nixpkgs is a release, and so is a folder of releases.nixos.org.
  if (/[/=](?:refs\/tags\/)?v?[0-9]{2}\.(?:05|11)(?:\.[0-9]+)*(?:-(?:beta|pre))?$/.test(url) || /[?&]ref=refs\/tags\//.test(url))
    return false;
  return !/^https?:\/\/(?:releases\.nixos\.org\/.*[0-9]{2}\.(?:05|11)\.[0-9]+|.*[/-]v?[0-9]+\.[0-9.]+\.(?:tar\.|zip|tgz))/.test(
    url,
  );
}

/** Whether the spec's nixpkgs no longer supports x86_64-darwin. */
export function isWithoutIntelMacs({ nixpkgs }: Model): boolean {
  const release = releaseNamed(nixpkgs.written);
  return release === undefined ? isRolling(nixpkgs.url) : release >= "26.11";
}

/** Whether a reference is a branch that follows nixpkgs' newest commits. */
const isRolling = (url: string): boolean =>
  /^(?:github:NixOS\/nixpkgs(?:$|[/?])|flake:nixpkgs$|nixpkgs$)/i.test(url) &&
  /(?:nixpkgs|unstable|unstable-small|master|staging)$/i.test(url.replace(/\?.*/, ""));

/** The places where the spec lists or sets a system. */
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
