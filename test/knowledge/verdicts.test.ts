import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openFacts } from "../../generator/knowledge/packages.ts";
import { momentOf } from "../../generator/knowledge/releases.ts";
import { evaluateExpression } from "../support/real-nixpkgs.ts";
import { compileText } from "../support/spec.ts";
import { needs, tool } from "../support/tools.ts";

/*
 * What each release of nixpkgs has under a name. test/fixtures/package-verdicts.tsv has more than 300 names of which the dates are
 * known, from the comments of nixpkgs' aliases.nix and its release notes: a line a name, a column a release.
 */

const test = suite("verdicts");

const text = readFileSync(new URL("../../generator/knowledge/packages.tsv", import.meta.url), "latin1");
const table = readFileSync(new URL("../fixtures/package-verdicts.tsv", import.meta.url), "latin1");
const [header = [], ...rows] = table
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t"));
const releases = header.slice(1);
const facts = (branch: string) => openFacts(text, momentOf(`github:NixOS/nixpkgs/${branch}`));

test("more than 300 names in four releases", () => {
  assert.equal(releases, ["24.05", "25.05", "25.11", "26.05"]);
  assert.ok(rows.length >= 300, String(rows.length));
  for (const [column, release] of releases.entries()) {
    const own = facts(`nixos-${release}`);
    for (const [name = "", ...verdicts] of rows) {
      const found = own.verdict(name);
      assert.is(found.kind, verdicts[column], `${name} in ${release}`);
      if (found.kind === "removed") assert.ok(found.certain && found.since !== undefined, `${name} in ${release}`);
    }
  }
});

test("a spec of each release gets that one diagnostic for each name, and no message claims a date that is a guess", () => {
  const codes = { removed: "package-removed", renamed: "package-renamed", newer: "package-unknown" } as const;
  for (const [column, release] of releases.entries()) {
    const names = rows.map(([name = ""]) => name);
    const { diagnostics } = compileText(
      `version: 1\nname: x\nnixpkgs: nixos-${release}\nsystems: [x86_64-linux]\ngroups:\n  t:\n    packages:\n${names.map((name) => `      - ${name}\n`).join("")}`,
    );
    const first = 8;
    const lines = new Map<string, string[]>();
    for (const { code, range, message } of diagnostics) {
      if (!/^package-(removed|renamed|unknown)$/.test(code)) continue;
      const line = /`([^`]+)`/.exec(message)?.[1] ?? "";
      lines.set(line, [...(lines.get(line) ?? []), code]);
      assert.ok(range.start > first);
    }
    for (const [name = "", ...verdicts] of rows) {
      const verdict = verdicts[column] ?? "";
      // Where the old name has a program of the new one, that is the better word.
      if (verdict === "newer" && facts(`nixos-${release}`).byProgram(name).length > 0) continue;
      const want = verdict in codes ? [codes[verdict as keyof typeof codes]] : undefined;
      assert.equal(lines.get(name), want, `${name} in ${release}`);
    }
  }
  // Nobody knows when these went.
  const { diagnostics } = compileText(
    "version: 1\nname: x\nnixpkgs: nixos-26.05\nsystems: [x86_64-linux]\ngroups: { t: { packages: [gcc48] } }\n",
  );
  assert.not.match(diagnostics[0]?.message ?? "", /[0-9]{4}-[0-9]{2}/);
});

/** What Nix makes of every attribute of a nixpkgs: `package`, `throws`, or `other` for sets and functions. */
const KINDS = (path: string, names: string) => `
  let
    pkgs = import ${path} { system = "x86_64-linux"; overlays = [ ]; config = { allowUnfree = true; allowBroken = true; allowUnsupportedSystem = true; allowInsecurePredicate = _: true; }; };
    kind = name: let found = builtins.tryEval (let package = pkgs.\${name}; in if pkgs.lib.isDerivation package then builtins.seq package.name "package" else "other"); in if found.success then found.value else "throws";
  in pkgs.lib.genAttrs ${names} kind`;

needs(test, ["nix", "nixpkgs"])(
  "on the real nixpkgs every name that is not removed works, and every removed one throws",
  async () => {
    const newest = facts("nixos-unstable");
    const all = newest.rows().filter((row) => !row.attribute.includes(".") && newest.verdict(row.attribute).kind === "removed");
    const removed = all.map((row) => row.attribute);
    assert.ok(removed.length > 2500);
    const names = `(builtins.filter (name: pkgs ? \${name}) ${JSON.stringify(removed).replaceAll(",", " ")})`;
    const found = (await evaluateExpression(KINDS(tool("nixpkgs") ?? "", names))) as Record<string, string>;
    const working = Object.entries(found).flatMap(([name, kind]) => (kind === "package" ? [name] : []));
    assert.equal(working, []);
  },
);

needs(test, ["nix", "nixpkgs"])("what rules and tables lead to evaluates on the real nixpkgs", async () => {
  const { TOOL_NAMES, toolCompletions } = await import("../../generator/knowledge/tool-names.ts");
  const newest = facts("nixos-unstable");
  const ways = newest.rows().flatMap(({ attribute }) => {
    const found = newest.verdict(attribute);
    return found.kind === "renamed" ? (found.to ?? []) : found.kind === "removed" ? (found.replacement ?? []) : [];
  });
  const names = new Set([...ways, ...TOOL_NAMES.map((one) => one.attribute), ...toolCompletions().map((one) => one.attribute)]);
  assert.ok(names.size > 1000, String(names.size));
  // Haskell's packages may be incomplete in a tree for tests.
  const list = JSON.stringify([...names]).replaceAll(",", " ");
  const expression = `
    let pkgs = import ${tool("nixpkgs")} { system = "x86_64-linux"; overlays = [ ]; config = { allowUnfree = true; allowBroken = true; allowUnsupportedSystem = true; allowInsecurePredicate = _: true; }; };
        path = name: pkgs.lib.splitString "." name;
        works = name: (builtins.tryEval (pkgs.lib.isDerivation (pkgs.lib.attrByPath (path name) null pkgs))).value;
    in builtins.filter (name: !(works name)) ${list}`;
  assert.equal(await evaluateExpression(expression), []);
});

test.run();
