import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { nixpkgsLine } from "../../generator/read/nixpkgs-line.ts";

const test = suite("the line of nixpkgs");

test("what the line says is what the reader of YAML says", () => {
  const rows: readonly string[] = [
    "nixpkgs: nixos-26.05\n",
    "version: 1\r\nnixpkgs: nixos-26.05 # why\r\nname: a\r\n",
    "nixpkgs:   github:NixOS/nixpkgs/nixos-26.05?dir=x&y=%20  ",
    "include: [base.yaml]\nnixpkgs: nixos-26.05\n\n# a comment\n  # another\nname: a\n",
  ];
  for (const text of rows) {
    assert.type(nixpkgsLine(text), "string", text);
    assert.is(nixpkgsLine(text), parse(text).nixpkgs, text);
  }
});

test("any other text is left to that reader", () => {
  const rows: readonly string[] = [
    "name: a\n",
    "# nixpkgs: nixos-26.05\n",
    "description: |\n  nixpkgs: nixos-26.05\n",
    "groups:\n  nixpkgs: nixos-26.05\n",
    "nixpkgs: nixos-26.05\n  and more\n",
    "nixpkgs: nixos-26.05\n\n\n  and more\n",
    "nixpkgs: nixos-26.05\nnixpkgs: nixos-25.11\n",
    "nixpkgs: { url: nixos-26.05 }\n",
    "nixpkgs: 'nixos-26.05'\n",
    "nixpkgs: &a nixos-26.05\n",
    "nixpkgs: !x nixos-26.05\n",
    "nixpkgs: nixos-26.05: x\n",
    "nixpkgs: nixos-26.05#x\n",
    "nixpkgs: 26.05\n",
    "nixpkgs: null\n",
    "{nixpkgs: nixos-26.05}\n",
    "nixpkgs: url:\n  a\n",
    "nixpkgs: a-b:\n",
  ];
  for (const text of rows) assert.is(nixpkgsLine(text), undefined, text);
});

test.run();
