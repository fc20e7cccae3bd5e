import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../../generator/compile.ts";
import { openFacts } from "../../../generator/knowledge/packages.ts";
import { base, COMMIT, codeRows, codes, group, head } from "../../support/diagnostic-rows.ts";
import { applyFixes } from "../../support/fixes.ts";
import { compileText, templates } from "../../support/spec.ts";

const test = suite("rules: packages");

/** The beginning of a spec of a release, without Macs, for which not all of these are. */
const on = (release: string): string =>
  `version: 1\nname: demo\nnixpkgs: nixos-${release}\nsystems: [x86_64-linux]\n${release < "26" ? "lint: [{ code: nixpkgs-end-of-life, why: one machine keeps it }]\n" : ""}`;

codeRows(test, [
  ...(
    [
      ["jq.meta", "jq"],
      ["nixpkgs.jq", "jq"],
      ["legacyPackages.x86_64-linux.kubectl", "kubectl"],
    ] as const
  ).map(([path, good]) => ({
    code: "package-unknown",
    says: `\`${path}\` is no package`,
    bad: `${head}groups:\n  k8s:\n    packages: [⟦${path}⟧]\n`,
    good: `${head}groups:\n  k8s:\n    packages: [${good}]\n`,
  })),
  {
    code: "system-unused",
    says: "the flake has no outputs for `aarch64-linux`",
    bad: `systems: [x86_64-linux]\n${head}groups:\n  k8s:\n    packages: [{ package: kubectl, systems: [x86_64-linux, ⟦aarch64-linux⟧] }]\n`,
    good: `systems: [x86_64-linux]\n${head}groups:\n  k8s:\n    packages: [{ package: kubectl, systems: [x86_64-linux] }]\n`,
  },
  {
    code: "system-unused",
    says: "no job is for `riscv64-linux`: the flake has no outputs for it",
    bad: `${base}ci: { forges: [github], runners: { ⟦riscv64-linux⟧: { labels: [risc] } } }\n`,
    good: `${base}ci: { forges: [github], runners: { x86_64-linux: { labels: [big] } } }\n`,
  },
  ...(
    [
      ["unfree", "teraform", "no package of nixpkgs has the name `teraform`", "terraform"],
      ["unfree", "*", "no package has this name", "vscode"],
      ["insecure", "openssl", "`openssl` is no name and version, so it allows nothing", "openssl-1.1.1w"],
    ] as const
  ).map(([key, entry, says, good]) => ({
    code: "allowance-unknown",
    says,
    bad: `version: 1\nname: demo\nnixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", ${key}: [⟦"${entry}"⟧] }\n${group}`,
    good: `version: 1\nname: demo\nnixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", ${key}: ["${good}"] }\n${group}`,
  })),

  {
    code: "package-wrong-name",
    says: "in nixpkgs `helm` is an audio synthesizer",
    bad: `${head}groups:\n  k8s:\n    packages:\n      - kubectl\n      - ⟦helm⟧\n`,
    good: `${head}groups:\n  k8s:\n    packages:\n      - kubectl\n      - package: kubernetes-helm\n        name: helm\n`,
  },
  {
    code: "package-wrong-name",
    says: "`aws` is a program of the package `awscli2`",
    bad: `${base}shells:\n  cloud:\n    packages: [⟦aws⟧]\n`,
    good: `${base}shells:\n  cloud:\n    packages: [awscli2]\n`,
  },
  {
    code: "package-wrong-name",
    says: "`lsusb` is a program of `usbutils`, not a package",
    bad: `${head}systems: [x86_64-linux]\ngroups:\n  usb:\n    packages: [{ package: ⟦lsusb⟧ }]\n`,
    good: `${head}systems: [x86_64-linux]\ngroups:\n  usb:\n    packages: [{ package: usbutils }]\n`,
  },
  {
    code: "package-unknown",
    says: "unknown package `kubeclt` in nixpkgs 26.11",
    bad: `${head}groups:\n  k8s:\n    packages: [⟦kubeclt⟧]\n`,
    good: base,
  },
  {
    code: "package-unknown",
    says: "nixpkgs 24.05 does not have `openbao` yet",
    bad: `${on("24.05")}groups:\n  iac:\n    packages: [⟦openbao⟧]\n`,
    good: `${on("26.05")}groups:\n  iac:\n    packages: [openbao]\n`,
  },
  {
    code: "package-unknown",
    says: "unknown package `python3Packages.nosuchthing` in nixpkgs 26.05",
    bad: `${on("26.05")}groups:\n  py:\n    packages: [⟦python3Packages.nosuchthing⟧]\n`,
    good: `${on("26.05")}groups:\n  py:\n    packages: [python3Packages.requests]\n`,
  },
  {
    code: "package-removed",
    says: "in nixpkgs 26.05, `argo` is called `argo-workflows` (old name missing since 2025-10-27)",
    bad: `${on("26.05")}groups:\n  k8s:\n    packages: [⟦argo⟧]\n`,
    good: `${on("26.05")}groups:\n  k8s:\n    packages: [argo-workflows]\n`,
  },
  {
    code: "package-removed",
    says: "nixpkgs 26.05 no longer has `promtail` (missing since 2026-03-30)",
    bad: `${on("26.05")}groups:\n  logs:\n    packages: [⟦promtail⟧]\n`,
    good: `${on("25.11")}groups:\n  logs:\n    packages: [promtail]\n`,
  },
  {
    code: "package-removed",
    says: "nixpkgs 26.05 no longer has `gcc48` (missing since nixpkgs 25.11, or earlier)",
    bad: `${on("26.05")}groups:\n  c:\n    packages: [⟦gcc48⟧]\n`,
    good: `${on("26.05")}groups:\n  c:\n    packages: [gcc]\n`,
  },
  {
    code: "package-removed",
    says: "nixpkgs 26.05 no longer has `nodePackages.prettier` (missing since 2026-03-03)",
    bad: `${on("26.05")}groups:\n  js:\n    packages: [⟦nodePackages.prettier⟧]\n`,
    good: `${on("26.05")}groups:\n  js:\n    packages: [prettier]\n`,
  },
  {
    code: "package-removed",
    says: "nixpkgs 26.05 no longer has `promtail` (missing since 2026-03-30)",
    bad: `${base}inputs: { new: "github:NixOS/nixpkgs/nixos-26.05" }\nshells: { x: { packages: [{ package: ⟦promtail⟧, from: new }] } }\n`,
    good: `${base}inputs: { old: "github:NixOS/nixpkgs/${COMMIT}" }\nshells: { x: { packages: [{ package: promtail, from: old }] } }\n`,
  },
  {
    code: "package-renamed",
    says: "`nettools` is an old name of `net-tools` since 2025-06-11",
    bad: `${on("26.05")}groups:\n  net:\n    packages: [⟦nettools⟧]\n`,
    good: `${on("25.05")}groups:\n  net:\n    packages: [nettools]\n`,
  },
  {
    code: "package-unfree",
    says: "`vault` is unfree (BUSL-1.1) and not in `nixpkgs.unfree`",
    bad: `${head}groups:\n  iac:\n    packages: [⟦vault⟧]\n`,
    good: `version: 1\nname: demo\nnixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", unfree: [vault] }\ngroups:\n  iac:\n    packages: [vault]\n`,
  },
  {
    code: "package-unfree",
    says: "`vault` is unfree (BUSL-1.1) and not in `nixpkgs.unfree`",
    bad: `${base}inputs: { old: "github:NixOS/nixpkgs/${COMMIT}" }\nshells: { x: { packages: [{ package: ⟦vault⟧, from: old }] } }\n`,
    good: `version: 1\nname: demo\nnixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", unfree: [vault] }\n${group}inputs: { old: "github:NixOS/nixpkgs/${COMMIT}" }\nshells: { x: { packages: [{ package: vault, from: old }] } }\n`,
  },
  {
    code: "package-unfree",
    says: "`vault` is unfree (BUSL-1.1) and not in `nixpkgs.unfree`",
    bad: `version: 1\nname: demo\nnixpkgs:\n  url: github:NixOS/nixpkgs/${COMMIT}\n  unfree: [consul]\ngroups:\n  iac:\n    packages: [consul, ⟦vault⟧]\n`,
    good: `version: 1\nname: demo\nnixpkgs:\n  url: github:NixOS/nixpkgs/${COMMIT}\n  unfree: true\ngroups:\n  iac:\n    packages: [consul, vault]\n`,
  },
  {
    code: "package-unfree",
    says: "`vault` is unfree (BUSL-1.1) and not in `nixpkgs.unfree`",
    bad: `version: 1\nname: demo\nnixpkgs:\n  url: github:NixOS/nixpkgs/${COMMIT}\ngroups:\n  iac:\n    packages: [⟦vault⟧]\n`,
    good: `version: 1\nname: demo\nnixpkgs:\n  url: github:NixOS/nixpkgs/${COMMIT}\n  unfree: [vault]\ngroups:\n  iac:\n    packages: [vault]\n`,
  },
  {
    code: "package-unfree",
    says: "`vault` is unfree (BUSL-1.1) and not in `nixpkgs.unfree`",
    bad: "version: 1\nname: demo\ngroups:\n  iac:\n    packages: [⟦vault⟧]\n",
    good: "version: 1\nname: demo\nnixpkgs: { url: github:NixOS/nixpkgs/nixos-26.05, unfree: [vault] }\ngroups:\n  iac:\n    packages: [vault]\n",
  },
  {
    code: "package-insecure",
    says: "`gradle_7` has known vulnerabilities and is not in `nixpkgs.insecure`",
    bad: `${head}groups:\n  dev:\n    packages: [⟦gradle_7⟧]\n`,
    good: `version: 1\nname: demo\nnixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", insecure: [gradle-7.6.6] }\ngroups:\n  dev:\n    packages: [gradle_7]\n`,
  },
  {
    code: "package-unavailable",
    says: "`iotop` is not available on aarch64-darwin",
    bad: `${head}groups:\n  ops:\n    packages: [htop, ⟦iotop⟧]\n`,
    good: `${head}groups:\n  ops:\n    packages: [htop, { package: iotop, systems: [x86_64-linux] }]\n`,
  },
  {
    code: "package-unavailable",
    says: "`iotop` is not available on any system of the spec",
    bad: `${head}systems: [aarch64-darwin]\ngroups:\n  ops:\n    packages: [htop, ⟦iotop⟧]\n`,
    good: `${head}systems: [x86_64-linux]\ngroups:\n  ops:\n    packages: [htop, iotop]\n`,
  },
  {
    code: "package-unavailable",
    says: "`iotop` is not available on aarch64-darwin",
    bad: `${head}groups:\n  ops:\n    packages:\n      - htop\n      - package: ⟦iotop⟧\n        name: io # the monitor\n`,
    good: `${head}groups:\n  ops:\n    packages:\n      - htop\n      - package: iotop\n        systems: [x86_64-linux]\n        name: io # the monitor\n`,
  },
  {
    code: "package-unavailable",
    says: "`iotop` is not available on aarch64-darwin",
    bad: `${head}groups:\n  ops:\n    packages: [htop, { package: ⟦iotop⟧, systems: [x86_64-linux, aarch64-darwin] }]\n`,
    good: `${head}groups:\n  ops:\n    packages: [htop, { package: iotop, systems: [x86_64-linux] }]\n`,
  },
  {
    code: "package-duplicate",
    says: "duplicate package `kubectl`",
    bad: `${head}groups:\n  k8s:\n    packages: [kubectl, jq, ⟦kubectl⟧]\n`,
    good: `${head}groups:\n  k8s:\n    packages: [kubectl, jq]\n  dev:\n    packages: [jq]\n`,
  },
]);

test("with an index of the spec's own nixpkgs, an unknown package is an error", () => {
  const exact = openFacts(
    "flakewright-facts\t1\t26.05\texact\nattribute\tversion\tmainProgram\tsystems:x86_64-linux\tflags\nkubectl\t1.34\t.\t1\n",
  );
  const findings = (names: string) =>
    compile(
      Buffer.from(base.replace("kubectl", names)),
      "spec.yaml",
      { locked: true, facts: () => exact },
      templates,
    ).diagnostics.map((d) => [d.code, d.severity, d.message]);
  assert.equal(findings("kubectl"), []);
  assert.equal(findings("kubeclt"), [["package-unknown", "error", "the spec's nixpkgs has no package `kubeclt`"]]);
  assert.equal(findings("az"), [["package-wrong-name", "error", "`az` is a program of the package `azure-cli`"]]);
  // A package set that is not in the index is not checked.
  assert.equal(findings("python3Packages.ansible"), []);
});

test("with an index that has package names, policies use the name, and one fix adds both", () => {
  const exact = openFacts(
    "flakewright-facts\t1\t26.05\texact\nattribute\tversion\tmainProgram\tsystems:x86_64-linux\tflags\tlicenses\tpname\n" +
      "_1password\t2.0\top\t1\tu\tLicenseRef-unfree\t1password-cli\nold\t1.1.1w\told\t1\ti\tMIT\topenssl\n",
  );
  const compiled = (spec: string) =>
    compile(Buffer.from(spec), "spec.yaml", { locked: true, facts: () => exact }, templates).diagnostics;
  const spec = `${head}systems: [x86_64-linux]\ngroups:\n  k8s:\n    packages: [_1password, old]\n`;
  const found = compiled(spec);
  assert.equal(
    found.map((d) => [d.code, d.message]),
    [
      ["package-unfree", "`_1password` is unfree (LicenseRef-unfree) and not in `nixpkgs.unfree`"],
      ["package-insecure", "`old` has known vulnerabilities and is not in `nixpkgs.insecure`"],
    ],
  );
  assert.match(found[1]?.hint ?? "", "`openssl-1.1.1w`");
  const fixed = applyFixes(spec, found);
  assert.match(fixed, `nixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", unfree: [_1password], insecure: [openssl-1.1.1w] }\n`);
  assert.equal(compiled(fixed), []);
  const long = spec.replace(`nixpkgs: ${COMMIT}`, `nixpkgs:\n  url: github:NixOS/nixpkgs/${COMMIT}\n  insecure: []`);
  assert.equal(compiled(applyFixes(long, compiled(long))), []);
  // Either name allows it: the `pname`, or the attribute.
  assert.equal(compiled(fixed.replace("[_1password]", "[1password-cli]")), []);
  assert.equal(
    codes(compiled(spec.replace(`nixpkgs: ${COMMIT}`, `nixpkgs: { url: "github:NixOS/nixpkgs/${COMMIT}", unfree: true }`))),
    ["package-insecure"],
  );
});

test("an entry of `unfree` that allows nothing stands for the tool that it is meant for, as an error", () => {
  const spec = (unfree: string, packages: string) =>
    `version: 1\nname: demo\nnixpkgs: { url: "github:NixOS/nixpkgs/nixos-26.05", unfree: [${unfree}] }\ngroups:\n  iac: { packages: [${packages}] }\n`;
  const rows: readonly (readonly [unfree: string, packages: string, ...found: string[]])[] = [
    ["terrafrom", "terraform", "error allowance-unknown did you mean `terraform`?"],
    ["hashicorps-tool", "terraform, jq", "error allowance-unknown did you mean `terraform`?"],
    [
      "hashicorps-tool, terrafrom",
      "terraform, vault",
      "error allowance-unknown did you mean `vault`?",
      "error allowance-unknown did you mean `terraform`?",
    ],
    ['"*"', "terraform, vault", "error allowance-unknown to allow all unfree packages, set `unfree` itself to true"],
    ["terrafrom", "jq", "warning allowance-unknown did you mean `terraform`?"],
    // Which of two is meant is not known.
    [
      "hashicorps-tool",
      "terraform, vault",
      "warning allowance-unknown delete it, or write the name that the diagnostic of the package shows",
      "error package-unfree add `terraform` to `nixpkgs.unfree`",
      "error package-unfree add `vault` to `nixpkgs.unfree`",
    ],
  ];
  for (const [unfree, packages, ...found] of rows)
    assert.equal(
      compileText(spec(unfree, packages)).diagnostics.map((one) => `${one.severity} ${one.code} ${one.hint}`),
      found,
      unfree,
    );
});

test.run();
