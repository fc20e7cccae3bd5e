import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows, codes, group, settings } from "../../support/diagnostic-rows.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("rules: acceptances");

codeRows(test, [
  {
    code: "lint-unused",
    says: "unused `lint` entry: `trusted-user-is-root` is not reported at trustedUsers[1]",
    bad: `${base}trustedUsers: [root]\nlint:\n  - code: ⟦trusted-user-is-root⟧\n    at: trustedUsers[1]\n    why: she left\n`,
    good: `${base}trustedUsers: [root, ada]\nlint:\n  - code: trusted-user-is-root\n    at: trustedUsers[1]\n    why: she administers the builders\n`,
  },
  {
    code: "lint-unused",
    says: "`setting-type` can't be accepted",
    bad: `${base}lint:\n  - code: ⟦setting-type⟧\n    why: it is fine\n`,
    good: base,
  },
  {
    code: "lint-without-why",
    says: "`sandbox-off` is accepted without a reason",
    bad: settings("sandbox: false", "lint:\n  - code: ⟦sandbox-off⟧\n"),
    good: settings("sandbox: false", "lint:\n  - code: sandbox-off\n    why: these builders have no user namespaces\n"),
  },
]);

test("`lint` entries match by code and place, the narrowest first; some codes can't be suppressed", () => {
  const trusted = `${base}trustedUsers: [root, ada, "@wheel"]\n`;
  const lint = (...entries: string[]) =>
    codes(compileText(`${trusted}lint:\n${entries.map((one) => `  - ${one}\n`).join("")}`).diagnostics);
  const code = "code: trusted-user-is-root, why: x";
  assert.equal(lint(`{ ${code} }`), []);
  assert.equal(lint(`{ ${code}, at: trustedUsers }`), []);
  assert.equal(lint(`{ ${code}, at: "trustedUsers[1]" }`), ["trusted-user-is-root"]);
  assert.equal(lint(`{ ${code}, at: trustedUsers.1 }`, `{ ${code}, at: "trustedUsers[2]" }`), []);
  assert.equal(lint(`{ ${code} }`, `{ ${code} }`), ["lint-unused"], "the second of two equal entries is unused");
  assert.equal(
    lint(`{ ${code}, at: tr }`),
    ["trusted-user-is-root", "trusted-user-is-root", "lint-unused"],
    "a place is no prefix of a word",
  );
  assert.equal(
    codes(compileText(`${base}settings: { keep-failed: maybe }\nlint:\n  - { code: setting-type, why: x }\n`).diagnostics),
    ["setting-type", "lint-unused"],
  );
  assert.equal(codes(compileText(`${base}xyz: 1\nlint:\n  - { code: schema-unknown-key, why: x }\n`).diagnostics), [
    "schema-unknown-key",
    "lint-unused",
  ]);
  assert.match(compileText(`${base}lint:\n  - { code: sandbox-of, why: x }\n`).diagnostics[0]?.hint ?? "", "sandbox-off");
  // A finding that the lock file settles at present does not make its `lint` entry unused.
  const unpinned = `version: 1\nname: demo\n${group}lint:\n  - { code: nixpkgs-unpinned, why: x }\n`;
  assert.equal(codes(compileText(unpinned, true).diagnostics), []);
  assert.equal(codes(compileText(unpinned, false).diagnostics), []);
  // An entry for a place that is invalid itself is not reported as unused.
  assert.equal(codes(compileText(`${base}trustedUsers: [7]\nlint:\n  - { ${code}, at: "trustedUsers[0]" }\n`).diagnostics), [
    "schema-type",
  ]);
});

test("a misspelt code or place is one finding, and the hint's place accepts what was meant", () => {
  const spec = (entry: string, packages = "kubectl") =>
    `version: 1\nname: demo\nnixpkgs: nixos-26.05\ngroups:\n  k8s: { packages: [${packages}] }\ntrustedUsers: [root, ada]\nsettings: { sandbox: false }\nlint:\n  - { code: sandbox-off, why: x }\n  - { why: x, ${entry} }\n`;
  const rows = [
    ['code: trusted-user-is-root, at: "trustedUser[1]"', "warning", "trustedUsers[1]"],
    ["code: trusted-user-is-root, at: trusted_users", "warning", "trustedUsers"],
    ["code: trusted-user-is-roo", "warning", "trusted-user-is-root"],
    ["code: package-unfree, at: groups.k8sk", "error", "groups.k8s", "terraform"],
    ["code: package-unfre, at: groups.k8s", "error", "package-unfree", "terraform"],
  ] as const;
  for (const [entry, severity, meant, packages] of rows) {
    const others = packages ? "\n  - { code: trusted-user-is-root, why: x }" : "";
    const text = spec(entry, packages) + others.slice(1);
    const found = compileText(text).diagnostics;
    assert.equal(
      found.map((one) => [one.code, one.severity, one.hint]),
      [["lint-unused", severity, `did you mean \`${meant}\`?`]],
      entry,
    );
    const { start, end } = found[0]!.range;
    const followed = `${text.slice(0, start)}"${meant}"${text.slice(end)}`;
    assert.equal(codes(compileText(followed).diagnostics), [], followed);
  }
  // Another place is no misspelt one: what is there now is another finding.
  for (const place of ["trustedUsers[7]", "groups.old"])
    assert.equal(codes(compileText(spec(`code: trusted-user-is-root, at: "${place}"`)).diagnostics), [
      "trusted-user-is-root",
      "lint-unused",
    ]);
});

test.run();
