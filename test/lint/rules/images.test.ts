import { suite } from "uvu";
import * as assert from "uvu/assert";
import { imageNameProblem } from "../../../generator/knowledge/image-name.ts";
import { base, codeRows } from "../../support/diagnostic-rows.ts";

const test = suite("rules: images");
const image = (name: string) => `${base}images:\n  ci: { name: ${name} }\n`;

codeRows(test, [
  {
    code: "image-variable-missing",
    says: "the image `ci` does not get `KUBECONFIG`, `PATH`",
    bad: `${base}shells: { k8s: { env: { KUBECONFIG: { path: a }, PATH: { prepend: [bin] }, A: b } } }\nimages: { ⟦ci⟧: {} }\n`,
    good: `${base}shells: { k8s: { env: { A: b } } }\nimages: { ci: {} }\n`,
  },

  {
    code: "image-name-invalid",
    says: "`platform/ci:latest` has a tag, and a repository has none",
    bad: image('⟦"platform/ci:latest"⟧'),
    good: image("platform/ci"),
  },
  {
    code: "image-name-invalid",
    says: "`platform//ci` has two slashes in a row",
    bad: image("⟦platform//ci⟧"),
    good: image('"localhost:5000/platform/ci"'),
  },
  {
    code: "image-name-invalid",
    says: "`registry.example.net:99999/ci` has no valid port: `99999`",
    bad: image('⟦"registry.example.net:99999/ci"⟧'),
    good: image('"registry.example.net:443/ci"'),
  },
  {
    code: "image-name-invalid",
    says: "`a___b` has a part that no registry takes: `a___b`",
    bad: `${base}images:\n  ⟦a___b⟧: {}\n`,
    good: `${base}images:\n  a__b: {}\n`,
  },
]);

/** From the tests of distribution/reference. */
test("repositories as registries take them", () => {
  for (const name of [
    "alpine",
    "docker.io/library/alpine",
    "test:5000/repo",
    "a/b/c",
    "xn--7o8h.com/myimage",
    "foo_bar.com/a",
    "a-b--c/d_e__f",
  ])
    assert.is(imageNameProblem(name), undefined, name);
  for (const name of ["", "a..b", "-a", "a-", "a/", "a:1", "test.com:tag/x:y", "a/B", `${"a/".repeat(128)}a`])
    assert.ok(imageNameProblem(name), name);
});

test.run();
