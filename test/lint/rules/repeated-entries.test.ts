import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows, codes } from "../../support/diagnostic-rows.ts";
import { applyFixes } from "../../support/fixes.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("rules: repeated entries");

codeRows(
  test,
  (
    [
      ["trustedUsers: [root, ⟦root⟧]", "trustedUsers: [root]", "root"],
      ["shells: { x: { groups: [k8s, ⟦k8s⟧] } }", "shells: { x: { groups: [k8s] } }", "k8s"],
      [
        "shells: { x: { groups: [k8s], env: { PATH: { prepend: [bin, ⟦bin⟧] } } } }",
        "shells: { x: { groups: [k8s], env: { PATH: { prepend: [bin] } } } }",
        "bin",
      ],
      ["shells: { packages: { groups: [k8s, ⟦k8s⟧] } }", "shells: { packages: { groups: [k8s] } }", "k8s"],
      [
        "settings: { trusted-substituters: [https://cache.nixos.org, ⟦https://cache.nixos.org⟧] }",
        "settings: { trusted-substituters: [https://cache.nixos.org] }",
        "https://cache.nixos.org",
      ],
      ["settings: { system-features: [kvm, ⟦kvm⟧] }", "settings: { system-features: [kvm] }", "kvm"],
    ] as const
  ).map(([bad, good, value]) => ({
    code: "entry-repeated",
    says: `\`${value}\` is in this list already`,
    bad: `${base}${bad}\n`,
    good: `${base}${good}\n`,
  })),
);

test("the fix keeps the first, on lines of its own too", () => {
  const spec = `${base}trustedUsers:\n  - root # the admin\n  - root # again\n`;
  const { diagnostics } = compileText(spec);
  assert.equal(codes(diagnostics), ["entry-repeated"]);
  assert.match(applyFixes(spec, diagnostics), /trustedUsers:\n {2}- root # the admin\n/);
  assert.equal(codes(compileText(applyFixes(spec, diagnostics)).diagnostics), []);
});

test.run();
