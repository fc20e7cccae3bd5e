import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { openFacts } from "../../generator/knowledge/packages.ts";
import { momentOf } from "../../generator/knowledge/releases.ts";

/*
 * Every attribute of two real nixpkgs ($FLAKEWRIGHT_NIXPKGS, of 2026, and $FLAKEWRIGHT_NIXPKGS_OLD, 24.05) against what the bundled facts
 * say of it. $FLAKEWRIGHT_NIX_CURRENT is a command that runs its arguments where a current Nix is.
 */

const BATCH = 1000;
const text = readFileSync(new URL("../../generator/knowledge/packages.tsv", import.meta.url), "latin1");

const head = (nixpkgs: string): string => `
  let
    pkgs = import ${nixpkgs} { system = "x86_64-linux"; overlays = [ ]; config = { allowUnfree = true; allowBroken = true; allowUnsupportedSystem = true; allowInsecurePredicate = _: true; }; };
    kind = name: let found = builtins.tryEval (let package = pkgs.\${name}; in if pkgs.lib.isDerivation package then builtins.seq package.name "package" else "other"); in if found.success then found.value else "throws";
  in `;

function evaluate(expression: string): unknown {
  const within = (process.env["FLAKEWRIGHT_NIX_CURRENT"] ?? "").split(" ").filter((word) => word !== "");
  const [command = "", ...args] = [...within, "nix-instantiate", "--eval", "--strict", "--json", "--expr", expression];
  return JSON.parse(execFileSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "ignore"] }));
}

/** The kinds of names; one that ends the evaluator is left out, found by halving. */
function kinds(nixpkgs: string, names: readonly string[]): Record<string, string> {
  try {
    const list = `[ ${names.map((name) => JSON.stringify(name)).join(" ")} ]`;
    return evaluate(`${head(nixpkgs)} pkgs.lib.genAttrs ${list} kind`) as Record<string, string>;
  } catch {
    if (names.length === 1) return {};
    const middle = names.length >> 1;
    return { ...kinds(nixpkgs, names.slice(0, middle)), ...kinds(nixpkgs, names.slice(middle)) };
  }
}

/** One row a state of nixpkgs: how many attributes it has, and the wrong verdicts. */
export function packageVerdicts(): readonly Record<string, string | number>[] | undefined {
  const [current, old] = [process.env["FLAKEWRIGHT_NIXPKGS"], process.env["FLAKEWRIGHT_NIXPKGS_OLD"]];
  if (!current || !old) return undefined;
  const trees: readonly [branch: string, nixpkgs: string][] = [
    ["nixos-unstable", current],
    ["nixos-26.05", current],
    ["nixos-24.05", old],
  ];
  const newest = openFacts(text);
  const known = new Map<string, Record<string, string>>();
  return trees.map(([branch, nixpkgs]) => {
    const facts = openFacts(text, momentOf(`github:NixOS/nixpkgs/${branch}`));
    let found = known.get(nixpkgs);
    if (!found) {
      const names = evaluate(`${head(nixpkgs)} builtins.attrNames pkgs`) as string[];
      found = {};
      for (let at = 0; at < names.length; at += BATCH) Object.assign(found, kinds(nixpkgs, names.slice(at, at + BATCH)));
      known.set(nixpkgs, found);
    }
    const wrong = { unknown: [] as string[], removed: [] as string[], passed: [] as string[] };
    for (const [name, kind] of Object.entries(found)) {
      const verdict = facts.verdict(name);
      // A release has what its tree had, and the tree of 2026 is of a month later.
      const isLater = branch === "nixos-26.05" && (verdict.kind === "newer" || newest.verdict(name).kind === "removed");
      if (isLater) continue;
      if (kind === "package" && (verdict.kind === "unknown" || verdict.kind === "newer")) wrong.unknown.push(name);
      if (kind === "package" && verdict.kind === "removed" && verdict.certain) wrong.removed.push(name);
      if (kind === "throws" && (verdict.kind === "package" || verdict.kind === "renamed")) wrong.passed.push(name);
    }
    for (const [what, names] of Object.entries(wrong))
      if (names.length > 0) console.log(`${branch}, ${what}: ${names.slice(0, 40).join(" ")}`);
    return {
      nixpkgs: branch,
      attributes: Object.keys(found).length,
      "present, called unknown": wrong.unknown.length,
      "present, called removed": wrong.removed.length,
      "throws, passed": wrong.passed.length,
    };
  });
}
