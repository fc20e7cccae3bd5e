import { flakeReferenceProblem, type ReferenceProblem } from "../../knowledge/flake-reference.ts";
import { misreference } from "../../knowledge/nixpkgs-references.ts";
import type { Model, PackageSet } from "../../model/model.ts";
import { valueAt } from "../../report/spec-path.ts";
import { replacement } from "../edits.ts";
import type { Rule } from "../rule.ts";

/* Flakes that tools come from. */

export const inputRules: readonly Rule[] = [
  {
    code: "flake-reference",
    severity: "error",
    final: true,
    summary: "a flake reference that Nix refuses, or reads otherwise",
    cause:
      "A flake reference begins with its kind: github:OWNER/REPOSITORY/REF, git+https://…, path:/…, or https://… of an archive. Nix refuses a kind that it does not know, a name that Git allows for no branch, and an output (`#…`) in place of a whole flake.",
    example: "inputs:\n  acme: { flake: gihub:acme/tools }",
    fixed: "inputs:\n  acme: { flake: github:acme/tools }",
    source: "https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake#flake-references",
    check: ({ model, source, report }) => {
      for (const set of [model.nixpkgs, ...model.inputs]) {
        const problem = referenceProblem(model, set);
        if (!problem) continue;
        const { why, meant, hint, isOld } = problem;
        const form = valueAt(source, set.at);
        const at = typeof form === "object" && form !== null ? [...set.at, "flake" in form ? "flake" : "url"] : set.at;
        report({
          at,
          ...(isOld ? { severity: "warning", final: false } : {}),
          message: `\`${set.url}\`: ${why}`,
          hint:
            meant === undefined ? (hint ?? "write one such as github:OWNER/REPOSITORY or path:/srv/flake") : `write \`${meant}\``,
          fix: () => (meant === undefined ? undefined : replacement(source, at, "value", meant)),
        });
      }
    },
  },
  {
    code: "input-name",
    severity: "warning",
    summary: "an input that no command can name",
    cause:
      "`nix flake update NAME`, `--override-input NAME` and `follows` take names that begin with a letter. Nix evaluates a flake with an input of another name, and can't update that input alone.",
    example: "inputs:\n  _old: github:NixOS/nixpkgs/0123456789abcdef0123456789abcdef01234567",
    fixed: "inputs:\n  old: github:NixOS/nixpkgs/0123456789abcdef0123456789abcdef01234567",
    check: ({ model, report }) => {
      for (const { at, name } of model.inputs)
        if (name.startsWith("_") && at[0] === "inputs")
          report({
            at: at.slice(0, 2),
            part: "key",
            message: `\`nix flake update\` takes no input called \`${name}\``,
            hint: "begin the name with a letter",
          });
    },
  },
  {
    code: "input-not-nixpkgs",
    severity: "error",
    summary: "a tool taken from an input that is no nixpkgs",
    cause:
      "An input that is a flake reference alone is another nixpkgs: a function that makes a package set. The packages of any other flake are its outputs, which `flake:` takes.",
    example: "inputs:\n  acme: github:acme/tools\ngroups:\n  dev:\n    packages: [{ package: acme-cli, from: acme }]",
    fixed:
      "inputs:\n  acme: { flake: github:acme/tools, follows: [nixpkgs] }\ngroups:\n  dev:\n    packages: [{ package: acme-cli, from: acme }]",
    check: ({ model, source, report }) => {
      const used = new Set([...model.groups, ...model.shells].flatMap(({ tools }) => tools.map((tool) => tool.from.name)));
      for (const { at, name, url, kind } of model.inputs) {
        if (kind !== "nixpkgs" || !used.has(name) || mayBeNixpkgs(url) || flakeReferenceProblem(url)) continue;
        const text = String(valueAt(source, at));
        report({
          at,
          message: `the input \`${name}\` is no nixpkgs, and tools are taken from it`,
          hint: `write \`${name}: { flake: "${text}" }\` to take that flake's packages`,
          fix: () => replacement(source, at, "value", `{ flake: "${text}" }`),
        });
      }
    },
  },
];

/** What is wrong with a reference that `nixpkgs-reference` does not report. */
function referenceProblem(model: Model, set: PackageSet): ReferenceProblem | undefined {
  const written = set === model.nixpkgs ? model.nixpkgs.written : set.url;
  if (!written.includes(":")) return undefined;
  return misreference(written) ? undefined : flakeReferenceProblem(set.url);
}

/** Whether the reference can be to a nixpkgs. A folder can be anything; a repository or an archive of one is called so. */
function mayBeNixpkgs(url: string): boolean {
  if (/^(?:path|file|git\+file):/i.test(url)) return true;
  return /nixpkgs|nixexprs|nixos-[0-9]{2}\.|nixos-unstable/i.test(url);
}
