import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Nix, otherFeatures, otherSettings } from "../../../generator/knowledge/other-nixes.ts";
import { base, codeRows, codes, settings } from "../../support/diagnostic-rows.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("rules: settings");

codeRows(test, [
  {
    code: "setting-unknown",
    says: "no version of Nix has a setting `build-users`",
    bad: settings("cores: 2\n⟦build-users⟧: [nixbld1, nixbld2]"),
    good: settings("cores: 2", "buildUsers:\n  roles:\n    - role: nixbld1\n    - role: nixbld2\n"),
  },
  {
    code: "setting-unknown",
    says: "unknown nix.conf setting `max-jbos`",
    bad: `${base}users:\n  ada:\n    settings:\n      ⟦max-jbos⟧: 2\n`,
    good: `${base}users:\n  ada:\n    settings:\n      max-jobs: 2\n`,
  },
  {
    code: "setting-unknown",
    says: "`max-jobs` does not support `extra-`",
    bad: `${base}volumes:\n  aws:\n    mount: /volumes/aws\n    settings: { ⟦extra-max-jobs⟧: 2 }\n`,
    good: `${base}volumes:\n  aws:\n    mount: /volumes/aws\n    settings: { max-jobs: 2 }\n`,
  },
  {
    code: "setting-type",
    says: "`keep-failed` must be true or false, not `sometimes`",
    bad: settings("keep-failed: ⟦sometimes⟧"),
    good: settings("keep-failed: true"),
  },
  {
    code: "setting-type",
    says: "unknown experimental feature `flaks`: did you mean `flakes`?",
    bad: settings("experimental-features: [nix-command, ⟦flaks⟧]"),
    good: settings("experimental-features: [nix-command, flakes]"),
  },
  {
    code: "setting-type",
    says: "`fork-setting` contains `#`, which starts a comment in nix.conf",
    bad: settings('fork-setting: ⟦"a#b"⟧', "lint:\n  - code: setting-unknown\n    why: these machines have another Nix\n"),
    good: settings("fork-setting: true", "lint:\n  - code: setting-unknown\n    why: these machines have another Nix\n"),
  },
  {
    code: "setting-renamed",
    says: "`build-max-jobs` is an old name of `max-jobs`",
    bad: settings("⟦build-max-jobs⟧: 2"),
    good: settings("max-jobs: 2"),
  },
  {
    code: "setting-renamed",
    says: "Nix 2.13 removed `enforce-determinism`",
    bad: settings("cores: 2\n⟦enforce-determinism⟧: true"),
    good: settings("cores: 2"),
  },
  {
    code: "setting-too-new",
    says: "Nix 2.8 and Nix 2.26 don't have the setting `json-log-path`",
    bad: settings("⟦json-log-path⟧: /var/log/nix.json"),
    good: settings("log-lines: 50"),
  },
  {
    code: "setting-too-new",
    says: "Nix 2.8 and Nix 2.26 don't have the experimental feature `blake3-hashes`",
    bad: settings("experimental-features: [nix-command, ⟦blake3-hashes⟧]"),
    good: settings("experimental-features: [nix-command]"),
  },
  {
    code: "feature-gone",
    says: "Nix 2.34 doesn't have the experimental feature `no-url-literals` any more (Nix 2.26 has it)",
    bad: settings("experimental-features: [nix-command, ⟦no-url-literals⟧]"),
    good: settings("experimental-features: [nix-command]"),
  },
  {
    code: "setting-needs-feature",
    says: "`use-registries` has no effect without the experimental feature `flakes`",
    bad: settings("experimental-features: [nix-command]\n⟦use-registries⟧: false"),
    good: settings("experimental-features: [nix-command, flakes]\nuse-registries: false"),
  },
]);

/** A spec with every setting and feature that one of the other Nixes has. */
function ofOther(nix: Nix, owner: Nix): string {
  const values = { boolean: "true", integer: "1", list: "[/a]", map: "{ a: b }", string: "/a" } as const;
  const all = otherSettings().filter((setting) => setting.in.includes(owner));
  const features = otherFeatures().filter((feature) => feature.in.includes(owner));
  assert.ok(all.length >= 13 && features.length >= 6);
  return `${base}nix: ${nix}
settings:
  experimental-features: [nix-command, flakes, ${features.map((one) => one.name).join(", ")}]
${all.map((setting) => `  ${setting.name}: ${values[setting.type]}\n`).join("")}`;
}

test("every setting and feature of Determinate's Nix and of Lix is right for machines that run it", () => {
  assert.equal(compileText(ofOther("determinate", "determinate")).diagnostics, []);
  // Each program that the daemon runs is a risk to be accepted.
  const accepted = "lint:\n  - { code: setting-runs-code, at: settings.pasta-path, why: comes with Lix }\n";
  assert.equal(compileText(ofOther("lix", "lix") + accepted).diagnostics, []);
});

test("elsewhere each is one finding, which says whose it is and can be accepted", () => {
  for (const [nix, owner] of [
    ["nix", "determinate"],
    ["nix", "lix"],
    ["lix", "determinate"],
    ["determinate", "lix"],
  ] as const) {
    const text = ofOther(nix, owner);
    const { diagnostics } = compileText(text);
    const names = [...otherSettings(), ...otherFeatures()].filter((one) => one.in.includes(owner) && !hasOther(nix, one.in));
    assert.is(diagnostics.length, names.length, `${nix} ${owner}`);
    for (const { name } of names) assert.is(diagnostics.filter((one) => one.message.includes(`\`${name}\``)).length, 1, name);
    const whose = owner === "lix" ? /Lix/ : /Determinate's Nix/;
    for (const { message } of diagnostics) assert.match(message, whose);
    const accepted = [...new Set(diagnostics.map((one) => one.code))].map(
      (code) => `  - { code: ${code}, why: mixed machines }\n`,
    );
    assert.equal(compileText(`${text}lint:\n${accepted.join("")}`).diagnostics, []);
  }
});

/** Whether the Nix has it too, so that nothing is to be said. */
const hasOther = (nix: Nix, owners: readonly string[]): boolean => owners.includes(nix === "nix" ? "2.34" : nix);

test("what Lix lacks is not right for it", () => {
  const { diagnostics } = compileText(
    `${base}nix: lix\nsettings:\n  impure-env: { A: b }\n  experimental-features: [fetch-tree, configurable-impure-env]\n`,
  );
  assert.equal(
    diagnostics.map((one) => one.message),
    [
      "Lix has no setting `impure-env`; other Nixes have it",
      "Lix has no experimental feature `fetch-tree`; other Nixes have it",
      "Lix has no experimental feature `configurable-impure-env`; other Nixes have it",
    ],
  );
});

test("a spec of NixOS hosts alone gets no finding about the Nix of Debian", () => {
  const text = `${base}settings:\n  json-log-path: /var/log/nix.json\n`;
  assert.equal(codes(compileText(text).diagnostics), ["setting-too-new"]);
  assert.equal(codes(compileText(`${text}hosts: { a: { system: x86_64-linux, stateVersion: "26.05" } }\n`).diagnostics), []);
});

test("the modules for Lix contain its settings, and no other's", () => {
  const text = `${base}nix: lix\nsettings: { repl-overlays: [/a], lazy-trees: true }\nlint: [{ code: setting-unknown, why: mixed }]\n`;
  const files = compileText(text).files?.filter((file) => /nix-settings\.nix|darwin\.nix/.test(file.path)) ?? [];
  assert.is(files.length, 2);
  for (const file of files) assert.ok(file.text.includes("repl-overlays") && !file.text.includes("lazy-trees"), file.path);
});

test.run();
