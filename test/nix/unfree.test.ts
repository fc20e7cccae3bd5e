import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openFacts } from "../../generator/knowledge/packages.ts";
import { momentOf } from "../../generator/knowledge/releases.ts";
import { applyFixes } from "../support/fixes.ts";
import { evaluate } from "../support/real-nixpkgs.ts";
import { compileText, written } from "../support/spec.ts";
import { needs } from "../support/tools.ts";

/* What a spec allows is there, under whichever name it is allowed: on a real nixpkgs. */

const test = suite("unfree packages");
const real = needs(test, ["nix", "nixpkgs"]);

const text = readFileSync(new URL("../../generator/knowledge/packages.tsv", import.meta.url), "latin1");
const facts = openFacts(text);
const before = openFacts(text, momentOf("github:NixOS/nixpkgs/nixos-24.05"));
const LINUX = "x86_64-linux";
/** Needs an insecure library, and evaluates only with that allowed too. */
const NEEDS_MORE = ["sublime4"];
const unfree = facts.all().filter((one) => one.unfree && !NEEDS_MORE.includes(one.attribute));
const isNew = (name: string) => before.find(name)?.unfree === false;
const newly = unfree.filter((one) => isNew(one.attribute));
/** Of another name than their attribute. */
const renamed = unfree.filter(
  (one) => one.pname !== one.attribute && !isNew(one.attribute) && !one.insecure && one.systems.includes(LINUX),
);

const spec = (tools: readonly string[], policy = "") =>
  `version: 1\nname: x\nnixpkgs: nixos-unstable\nsystems: [${LINUX}]\ngroups:\n  t: { packages: [${tools.join(", ")}] }\n`.replace(
    "nixos-unstable",
    policy === "" ? "nixos-unstable" : `{ url: github:NixOS/nixpkgs/nixos-unstable, unfree: [${policy}] }`,
  );

/** Every `n`th, so that about `count` are left. */
const sample = <T>(all: readonly T[], count: number): T[] => all.filter((_, at) => at % Math.ceil(all.length / count) === 0);

real(
  "what the message says to write makes the tool appear: all 41 newly unfree, and 25 of another name than their attribute",
  async () => {
    const [gone, possible] = [true, false].map((broken) => newly.filter((one) => one.broken === broken));
    assert.is(newly.length, 41);
    const tools = [...(possible ?? []), ...sample(renamed, 25)].map((one) => one.attribute);
    console.log(`${newly.length} newly unfree, ${gone?.length} of them broken, ${tools.length} in all`);
    assert.ok(tools.length >= 60);
    // Nothing that one could write makes a broken one appear, so that is all that is said of it.
    for (const { attribute } of gone ?? [])
      assert.equal(
        compileText(spec([attribute]))
          .diagnostics.filter((one) => one.code.startsWith("package-"))
          .map((one) => one.message),
        [`\`${attribute}\` is marked as broken on any system of the spec`],
      );
    const text = spec(tools);
    const { diagnostics } = compileText(text);
    const hints = diagnostics.filter((one) => one.code === "package-unfree").map((one) => one.hint);
    assert.equal(hints.length, tools.length);
    const fixed = applyFixes(text, diagnostics);
    for (const name of tools) assert.ok(hints.includes(`add \`${name}\` to \`nixpkgs.unfree\``), name);
    assert.equal(await evaluate(written(fixed), `devShells.${LINUX}.t.missing`), []);
  },
);

real("a pname allows as well, and an attribute that the facts don't know is looked up by Nix", async () => {
  const tools = ["redpanda-client", "_1password-cli", "vscode-extensions.ms-vscode.cpptools"];
  const folder = written(spec(tools, "redpanda-rpk, 1password-cli, vscode-extensions.ms-vscode.cpptools"));
  assert.match(readFileSync(join(folder, "nix/nixpkgs-config.nix"), "utf8"), "pkgs.vscode-extensions.ms-vscode.cpptools or null");
  assert.equal(await evaluate(folder, `devShells.${LINUX}.t.missing`), []);
  assert.match((await evaluate(folder, `devShells.${LINUX}.t.drvPath`)) as string, /\.drv$/);
});

test.run();
