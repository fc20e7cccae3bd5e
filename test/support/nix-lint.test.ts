import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FIXTURE_TOOLS, privateNix } from "./nix.ts";
import { nixFaults, syntaxErrors } from "./nix-lint.ts";
import { tempTree } from "./temp.ts";
import { needs } from "./tools.ts";

const test = suite("nix-lint");

/** A Nix expression and its unused names, in order; `with` stands for a use of `with`. */
const cases: [text: string, unused: string[]][] = [
  // Functions.
  ["x: x", []],
  ["x: y: y", ["x"]],
  ["_: 1", []],
  ["_final: prev: prev", []],
  ["x: x: x", ["x"]],
  ["{ a, b }: a", ["b"]],
  ["{ a, ... }: a", []],
  ["{ ... }: 1", []],
  ["{ }: 1", []],
  ["{ a ? b, b }: a", []],
  ["{ a ? x: x }: a", []],
  ["{ a }@all: all", ["a"]],
  ["all@{ a, ... }: a", ["all"]],
  ["{ a, }: a", []],
  ["{ a # a comment, with { braces }\n}: a", []],
  ["map (tool: 1) [ ]", ["tool"]],
  // Let.
  ["let a = 1; in a", []],
  ["let a = 1; b = a; in b", []],
  ["let a = 1; b = a; in 2", ["a", "b"]],
  ["let a = b; b = a; in 2", ["a", "b"]],
  ["let a = n: a (n - 1); in 2", ["a"]],
  ["let a = n: let b = 1; c = b; in n; in 2", ["a", "b", "c"]],
  ["let a = n: 1; in a", ["n"]],
  ["let a = rec { b = c; c = n: n; }; in 2", ["a"]],
  ["let a.b = 1; a.c = 2; in a", []],
  ["let a.b = 1; a.c = 2; in 3", ["a"]],
  ['let "a" = 1; in a', []],
  ["let a = 1; in let a = 2; in a", ["a"]],
  ["let a = 1; in let b = a; in b", []],
  ["let a = 1; in { a = 2; }", ["a"]],
  ["let a = 1; in { b.a = 2; }.b.a", ["a"]],
  ["let a = 1; in { b = 2; } ? a", ["a"]],
  ["let a = 1; in { ${a} = 2; }", []],
  ["let a = 1; in { }.${a} or 2", []],
  ["let a = 1; in { }.b or a", []],
  ["let a = 1; in { } ? ${a}", []],
  // Inherit.
  ["let inherit (builtins) map; in map", []],
  ["let inherit (builtins) map filter; in map", ["filter"]],
  ["x: let inherit (x) a; in 1", ["x", "a"]],
  ["x: let inherit x; in x", []],
  ["x: let inherit x; in 1", ["x", "x"]],
  ["x: { inherit x; }", []],
  ["x: { inherit (x) y; }", []],
  ["x: y: { inherit (x) y; }", ["y"]],
  // Recursive sets: declared names are part of the value, and hide outer names.
  ["rec { a = 1; b = a; }", []],
  ["a: rec { a = 1; b = a; }", ["a"]],
  ["let x = rec { a = 1; b = a; }; in 1", ["x"]],
  ["a: rec { inherit a; }", []],
  // Strings, paths, numbers and operators.
  ['a: "${a}"', []],
  ['a: "\\${a}"', ["a"]],
  ['a: "$${a}"', ["a"]],
  ['a: "\\\\${a}"', []],
  ['a: "$"', ["a"]],
  ['a: "${"${a}"}"', []],
  ['a: "}" + "{" + "${toString { b = a; }.b}"', []],
  ["a: ''${a}''", []],
  ["a: ''\n  ''${a} $${a} ''' ''\\n '\n''", ["a"]],
  ["a: '''${a}''", []],
  ["a: ''it's ''' '${a}''", []],
  ["a: ./${a}/b", []],
  ["a: ./a/b", ["a"]],
  ["a: b: import ./a.nix b", ["a"]],
  ["b: b ./. ../b /b ~/b <b/c>", []],
  ["a: b: a/b", ["a", "b"]],
  ["a: b: a / b", []],
  ["x: https://example.net/x", ["x"]],
  ["a: b: a // b", []],
  ["a: b: a -> !b || -a == 1.5e3", []],
  ["a: -a", []],
  ["a: [ a ./a (a 1) ]", []],
  ["a: b: if a then b else [ ]", []],
  ["a: b: assert a; b", []],
  ["a: 1 # a\n/* a */", ["a"]],
  // Names that look like something else.
  ["a: a' : a'", ["a"]],
  ["or-else: or-else", []],
  ["letter: letter", []],
  ["let inner = 1; in inner", []],
  // With.
  ["a: with a; b", ["with"]],
];

for (const [text, unused] of cases) {
  test(text, () => {
    const names = nixFaults(text).map((fault) => /`(.*)`/.exec(fault)![1]);
    assert.equal(names.sort(), [...unused].sort());
  });
}

test("reports the line", () => {
  assert.equal(nixFaults("let\n  a = 1;\n  b = 2;\nin\nwith a; 1"), ["line 5: `with`", "line 3: `b` is never used"]);
});

test("throws at a syntax error", () => {
  assert.throws(() => nixFaults("let a = 1;\n  b 2; in a"), /line 2: "2; in a" instead of `=`/);
  assert.throws(() => nixFaults('"abc'), /the end of a string/);
  assert.throws(() => nixFaults("a )"), /the end/);
});

needs(test, FIXTURE_TOOLS)("every case is valid Nix, and syntax errors are found", async () => {
  const nix = privateNix();
  const known = "a: b: x:";
  const valid = Object.fromEntries(cases.map(([text], n) => [`case-${n}.nix`, `${known} ${text}`]));
  const folder = tempTree({ ...valid, "broken.nix": "{ a = ; }", "unknown.nix": "let a = 1; in nowhere" });
  const at = (name: string) => join(folder, name);
  assert.is(await syntaxErrors(nix, Object.keys(valid).map(at)), "");
  assert.match(await syntaxErrors(nix, [at("broken.nix")]), /syntax error/);
  assert.match(await syntaxErrors(nix, [at("unknown.nix")]), /undefined variable 'nowhere'/);
});

test.run();
