import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows, codes, group } from "../../support/diagnostic-rows.ts";
import { applyFixes } from "../../support/fixes.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("rules: hosts");

codeRows(test, [
  ...(
    [
      ["aarch64-darwin", "26", "nix-darwin has no stateVersion above 7"],
      ["x86_64-linux", '"30.05"', "NixOS 30.05 is not released yet"],
      ["x86_64-linux", '"12.11"', "there was no NixOS 12.11"],
    ] as const
  ).map(([system, version, says]) => ({
    code: "state-version-unknown",
    says,
    bad: `${base}hosts:\n  box: { system: ${system}, stateVersion: ⟦${version}⟧ }\n`,
    good: `${base}hosts:\n  box: { system: x86_64-linux, stateVersion: "26.05" }\n  mac: { system: aarch64-darwin, stateVersion: 7 }\n`,
  })),

  {
    code: "state-version-missing",
    says: "the host `box` has no stateVersion",
    bad: `${base}hosts:\n  ⟦box⟧:\n    system: x86_64-linux\n`,
    good: `${base}hosts:\n  box:\n    system: x86_64-linux\n    stateVersion: "24.05"\n`,
  },
  {
    code: "state-version-missing",
    says: "the host `mac` has no stateVersion",
    bad: `${base}hosts:\n  ⟦mac⟧: { system: aarch64-darwin }\n`,
    good: `${base}hosts:\n  mac: { system: aarch64-darwin, stateVersion: 6 }\n`,
  },
  {
    code: "host-os",
    says: "`os: nixos` does not fit the system `aarch64-darwin`",
    bad: `${base}hosts:\n  mac: { os: ⟦nixos⟧, system: aarch64-darwin, stateVersion: 6 }\n`,
    good: `${base}hosts:\n  mac: { system: aarch64-darwin, stateVersion: 6 }\n`,
  },
  {
    code: "host-os",
    says: "`os: linux` does not fit the system `x86_64-darwin`",
    bad: `${base}hosts:\n  mac: { os: ⟦linux⟧, system: x86_64-darwin, stateVersion: 6 }\n`,
    good: `${base}hosts:\n  mac: { os: darwin, system: x86_64-darwin, stateVersion: 6 }\n`,
  },
  {
    code: "host-os",
    says: "`os: darwin` does not fit the system `x86_64-linux`",
    bad: `${base}hosts:\n  box: { os: ⟦darwin⟧, system: x86_64-linux, stateVersion: "26.05" }\n`,
    good: `${base}hosts:\n  box: { system: x86_64-linux, stateVersion: "26.05" }\n`,
  },
  {
    code: "state-version-kind",
    says: "`mac` is a Mac, and nix-darwin's stateVersion is a number",
    bad: `${base}hosts:\n  mac: { system: aarch64-darwin, stateVersion: ⟦"26.05"⟧ }\n`,
    good: `${base}hosts:\n  mac: { system: aarch64-darwin, stateVersion: 6 }\n`,
  },
  {
    code: "state-version-kind",
    says: "`box` is a NixOS host, and its stateVersion is a release in quotes",
    bad: `${base}hosts:\n  box: { system: x86_64-linux, stateVersion: ⟦6⟧ }\n`,
    good: `${base}hosts:\n  box: { system: x86_64-linux, stateVersion: "26.05" }\n`,
  },
  {
    code: "host-key-unused",
    says: "`stateVersion` has no effect on `worker`, which is neither NixOS nor macOS",
    bad: `${base}hosts:\n  worker: { os: linux, ⟦stateVersion⟧: "26.05" }\n`,
    good: `${base}hosts:\n  worker: { os: linux }\n`,
  },
  {
    code: "host-key-unused",
    says: "`modules` has no effect on `worker`, which is neither NixOS nor macOS",
    bad: `${base}hosts:\n  worker:\n    os: linux\n    ⟦modules⟧: [./hosts/worker.nix]\n`,
    good: `${base}hosts:\n  worker:\n    os: linux\n`,
  },
  {
    code: "host-system-missing",
    says: "the flake has no packages for `aarch64-linux`, the system of `worker`",
    bad: `${base}systems: [x86_64-linux]\nhosts:\n  worker: { os: linux, system: ⟦aarch64-linux⟧ }\n`,
    good: `${base}systems: [x86_64-linux, aarch64-linux]\nhosts:\n  worker: { os: linux, system: aarch64-linux }\n`,
  },
]);

test("nix-darwin has no branch for an old nixpkgs, unless the spec names a commit of it", () => {
  const spec = (inputs: string) =>
    `version: 1\nname: demo\nnixpkgs: nixos-24.05\n${inputs}${group}hosts: { mac: { system: aarch64-darwin, stateVersion: 4 } }\n`;
  const found = (text: string) => codes(compileText(text).diagnostics).filter((code) => code === "nix-darwin-release");
  assert.equal(found(spec("")), ["nix-darwin-release"]);
  assert.equal(
    found(spec('inputs: { nix-darwin: { flake: "github:nix-darwin/nix-darwin/29b3096", follows: [nixpkgs] } }\n')),
    [],
  );
});

/** nixpkgs in the spec, and the release that the fix writes. */
for (const [nixpkgs, release] of [
  ["", "26.05"],
  ["nixpkgs: nixos-24.05\n", "24.05"],
  ["nixpkgs: nixos-25.11-small\n", "25.11"],
  ["nixpkgs: { url: github:NixOS/nixpkgs/release-23.11 }\n", "23.11"],
  ["nixpkgs: nixos-unstable\n", "26.05"],
  ["nixpkgs: 0123456789abcdef0123456789abcdef01234567\n", "26.05"],
] as const)
  test(`${nixpkgs.trim() || "no nixpkgs"}: the fix writes ${release}`, () => {
    const spec = `version: 1\nname: demo\n${nixpkgs}${group}hosts: { box: {} }\n`;
    // Old releases get a finding of their own.
    const diagnostics = compileText(spec).diagnostics.filter((d) => d.code !== "nixpkgs-end-of-life");
    assert.equal(codes(diagnostics), ["state-version-missing"]);
    assert.match(diagnostics[0]?.hint ?? "", `stateVersion: "${release}"`);
    assert.is(applyFixes(spec, diagnostics), spec.replace("{}", `{ stateVersion: "${release}" }`));
  });

/** Maps of a host as people write them, and with the fix applied. */
const STATE = 'stateVersion: "26.05"';
for (const [title, map, want] of [
  ["an empty map", "  box: {}\n", `  box: { ${STATE} }\n`],
  ["an empty map with room", "  box: { } # mine\n", `  box: { ${STATE} } # mine\n`],
  ["an empty map on two lines", "  box: {\n  }\n", `  box: { ${STATE} }\n`],
  ["an empty map on a line of its own", "  box:\n    {}\n", `  box:\n    { ${STATE} }\n`],
  ["a flow map", "  box: { system: x86_64-linux }\n", `  box: { system: x86_64-linux, ${STATE} }\n`],
  ["a flow map with a comma at its end", "  box: { groups: [k8s], }\n", `  box: { groups: [k8s], ${STATE}, }\n`],
  ["a flow map on several lines", "  box: {\n    groups: [k8s]\n  }\n", `  box: {\n    groups: [k8s],\n    ${STATE}\n  }\n`],
  ["a flow map with an anchor", "  box: &b { groups: [] }\n", `  box: &b { groups: [], ${STATE} }\n`],
  ["a block map", "  box:\n    groups: [k8s] # some\n\n", `  box:\n    groups: [k8s] # some\n    ${STATE}\n\n`],
  ["a block map without a last line break", "  box:\n      groups: [k8s]", `  box:\n      groups: [k8s]\n      ${STATE}`],
  ["a list at its end", "  box:\n    groups:\n      - k8s\n", `  box:\n    groups:\n      - k8s\n    ${STATE}\n`],
  [
    "a map at its end",
    "  box:\n    deploy:\n      target: a.example.net\n  # others\n",
    `  box:\n    deploy:\n      target: a.example.net\n    ${STATE}\n  # others\n`,
  ],
  ["lines that end as on Windows", "  box:\r\n    groups: [k8s]\r\n", `  box:\r\n    groups: [k8s]\r\n    ${STATE}\r\n`],
  ["two hosts", "  a: {}\n  b:\n    groups: [k8s]\n", `  a: { ${STATE} }\n  b:\n    groups: [k8s]\n    ${STATE}\n`],
] as const)
  test(`the fix of ${title}`, () => {
    const spec = `${base}hosts:\n${map}`;
    const { diagnostics } = compileText(spec);
    assert.equal([...new Set(codes(diagnostics))], ["state-version-missing"]);
    const fixed = applyFixes(spec, diagnostics);
    assert.is(fixed, `${base}hosts:\n${want}`);
    assert.equal(codes(compileText(fixed).diagnostics), []);
  });

/** Where no edit is certain there is none: the words remain. */
for (const [title, map] of [
  ["an alias", '  a: &m { groups: [k8s], stateVersion: "26.05" }\n  b: *m\n'],
  ["an alias of a map without one", "  a: &m\n    groups: [k8s]\n  b: *m\n"],
  ["keys with question marks", "  a:\n    ? groups\n    : [k8s]\n"],
] as const)
  test(`${title} is never broken by a fix`, () => {
    const spec = `${base}hosts:\n${map}`;
    const { diagnostics } = compileText(spec);
    assert.equal(
      codes(compileText(applyFixes(spec, diagnostics)).diagnostics).filter((code) => code !== "state-version-missing"),
      [],
    );
  });

test("an invalid stateVersion is reported once, as an invalid value", () => {
  assert.equal(codes(compileText(`${base}hosts: { box: { stateVersion: 26.05 } }\n`).diagnostics), ["schema-type"]);
});

test("nothing is changed by a newer nixpkgs", () => {
  const hosts = (nixpkgs: string) =>
    compileText(`version: 1\nname: demo\nnixpkgs: ${nixpkgs}\n${group}hosts: { box: {} }\n`).files?.find(
      ({ path }) => path === "nix/hosts.nix",
    )?.text;
  assert.ok(hosts("nixos-24.05"));
  assert.is(hosts("nixos-24.05"), hosts("nixos-25.11"));
});

test.run();
