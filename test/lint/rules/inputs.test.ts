import { suite } from "uvu";
import { base, codeRows, mistakeRows } from "../../support/diagnostic-rows.ts";

const test = suite("lint rules: inputs");
const from = base.replace("[kubectl]", "[kubectl, { package: cli, from: acme }]");
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

codeRows(test, [
  ...[`github:acme/tools/${COMMIT}`, `git+https://git.example.net/tools?rev=${COMMIT}`].map((url) => ({
    code: "input-not-nixpkgs",
    says: "the input `acme` is no nixpkgs, and tools are taken from it",
    bad: `${from}inputs:\n  acme: ⟦${url}⟧\n`,
    good: `${from}inputs:\n  acme: { flake: "${url}", follows: [nixpkgs] }\n`,
  })),
  ...[`github:acme/nixpkgs/${COMMIT}`, "path:/srv/packages"].map((good) => ({
    code: "input-not-nixpkgs",
    says: "the input `acme` is no nixpkgs, and tools are taken from it",
    bad: `${from}inputs: { acme: ⟦"github:acme/tools/${COMMIT}"⟧ }\n`,
    good: `${from}inputs: { acme: "${good}" }\n`,
  })),
  {
    code: "input-not-nixpkgs",
    says: "the input `acme` is no nixpkgs, and tools are taken from it",
    bad: `${from}inputs: { acme: ⟦"github:acme/tools/${COMMIT}"⟧ }\n`,
    good: `${base}inputs: { acme: "github:acme/tools/${COMMIT}" }\n`,
  },
]);

mistakeRows(test, [
  [
    "an input to follow that is not there",
    "reference-unknown",
    `${base}inputs: { acme: { flake: "github:acme/x/${COMMIT}", follows: [⟦nixpkg⟧] } }\n`,
    "nixpkgs",
  ],
  [
    "itself",
    "reference-unknown",
    `${base}inputs: { acme: { flake: "github:acme/x/${COMMIT}", follows: [⟦acme⟧] } }\n`,
    "nixpkgs",
  ],
  [
    "an overlay of no input",
    "reference-unknown",
    base.replace(/^nixpkgs: (.*)$/m, 'nixpkgs: { url: "github:NixOS/nixpkgs/$1", overlays: [{ from: ⟦acme⟧ }] }'),
    "inputs",
  ],
  [
    "an overlay outside the output folder",
    "schema-value",
    base.replace(/^nixpkgs: (.*)$/m, 'nixpkgs: { url: "github:NixOS/nixpkgs/$1", overlays: [⟦../x.nix⟧] }'),
    "./",
  ],
]);

test.run();
