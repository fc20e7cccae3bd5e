import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows, mistakeRows } from "../../support/diagnostic-rows.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("lint rules: inputs");
const from = base.replace("[kubectl]", "[kubectl, { package: cli, from: acme }]");
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

codeRows(test, [
  {
    code: "input-name",
    says: "`nix flake update` takes no input called `_old`",
    bad: `${base}inputs: { ⟦_old⟧: "github:NixOS/nixpkgs/${COMMIT}" }\n`,
    good: `${base}inputs: { old: "github:NixOS/nixpkgs/${COMMIT}" }\n`,
  },
  ...(
    [
      ["gihub:acme/tools", "Nix knows no flake reference that begins with `gihub:`"],
      ["github:acme", "`github:` needs an owner and a repository"],
      ["github:acme/tools@v1", "the branch or tag follows the repository after `/`"],
      ["github:acme/tools/v1..v2", "Git allows no branch or tag `v1..v2`"],
      ["https://github.com/acme/tools", "Nix reads it as an archive to download"],
      ["file:///srv/tools", "Nix reads `file:` as an archive"],
      ["ssh://git@git.example.net/tools", "Nix knows no flake reference that begins with `ssh:`"],
      ["git+ssh://git@git.example.net:acme/tools", "a URL has `/` after the host"],
      ["git+ssh://-oProxyCommand=x/tools", "no host begins with `-`"],
      ["git+https://git.example.net/tools?rev=0123456", "`rev=0123456` is no commit: Nix needs all of its 40 hexadecimal digits"],
    ] as const
  ).map(([url, why]) => ({
    code: "flake-reference",
    says: `\`${url}\`: ${why}`,
    bad: `${from}inputs: { acme: { flake: ⟦"${url}"⟧ } }\n`,
    good: `${from}inputs: { acme: { flake: "github:acme/tools/${COMMIT}" } }\n`,
  })),
  {
    code: "flake-reference",
    says: `\`github:acme/tools/${COMMIT}#default\`: \`#default\` names an output of the flake, and an input is the whole flake`,
    bad: `${from}inputs: { acme: { flake: ⟦"github:acme/tools/${COMMIT}#default"⟧ } }\n`,
    good: `${from}inputs: { acme: { flake: "github:acme/tools/${COMMIT}" } }\n`,
  },

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

test("a path relative to the output folder is a warning, for older versions of Nix", () => {
  const { diagnostics, files } = compileText(`${from}inputs: { acme: { flake: "path:../tools" } }\n`);
  assert.equal(
    diagnostics.map(({ code, severity }) => [code, severity]),
    [["flake-reference", "warning"]],
  );
  assert.ok(files);
});

test.run();
