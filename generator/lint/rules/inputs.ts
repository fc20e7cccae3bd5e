import { valueAt } from "../../report/spec-path.ts";
import { replacement } from "../edits.ts";
import type { Rule } from "../rule.ts";

/* Flakes that tools come from. */

export const inputRules: readonly Rule[] = [
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
        if (kind !== "nixpkgs" || !used.has(name) || mayBeNixpkgs(url)) continue;
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

/** Whether the reference can be to a nixpkgs. A folder can be anything; a repository or an archive of one is called so. */
function mayBeNixpkgs(url: string): boolean {
  if (/^(?:path|file|git\+file):/i.test(url)) return true;
  return /nixpkgs|nixexprs|nixos-[0-9]{2}\.|nixos-unstable/i.test(url);
}
