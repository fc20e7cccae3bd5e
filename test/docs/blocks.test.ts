import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { readArguments, usageProblem } from "../../generator/cli/arguments.ts";
import { COMMANDS } from "../../generator/cli/commands.ts";
import { specKeys } from "../../generator/commands/explain/keys.ts";
import { allBlocksOf } from "../support/guide.ts";
import { compileText, repository } from "../support/spec.ts";

/* The pieces of specs that pages show, and the calls of flakewright in them. */

const test = suite("documentation: examples");

const pages = readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".md") && !name.startsWith("reference/") && !name.startsWith("decisions/"));

/** What a piece of a spec may take from elsewhere: other files, a pins file, the rest of the page. */
const FROM_ELSEWHERE = ["include-missing", "version-unresolved"];
const HEAD = { version: 1, name: "example" };
const GROUPS = { k8s: { packages: ["kubectl"] }, cloud: { packages: ["awscli2"] } };
const KEY = "mB9FSh9qf2dCimDSUo8Zy7bkq5CX+/rkCWyvRCYg3Fs=";
const keys = new Set(specKeys().flatMap(({ place }) => (place.includes(".") ? [] : [place])));

for (const page of pages) {
  let nix: string | undefined;
  for (const [index, { language, code }] of allBlocksOf(page).entries()) {
    if (language !== "yaml") continue;
    const value = parse(code.replaceAll("-1:…", `-1:${KEY}`));
    // A pipeline or a manifest of Kubernetes.
    if (!Object.keys(value).some((key) => keys.has(key))) continue;
    nix = value.nix ?? nix;
    const spec = { ...HEAD, ...(nix ? { nix } : {}), ...value, groups: { ...GROUPS, ...value.groups } };
    test(`${page}: block ${index + 1} is a piece of a spec`, () => {
      const errors = compileText(JSON.stringify(spec)).diagnostics.filter(
        ({ severity, code: found }) => severity === "error" && !FROM_ELSEWHERE.includes(found),
      );
      assert.equal(
        errors.map((one) => `${one.code}: ${one.message}`),
        [],
      );
    });
  }

  test(`${page}: every call of flakewright has a command and options that there are`, () => {
    const text = readFileSync(join(repository, "docs", page), "utf8");
    const spans = [...text.replace(/^```.*?^```/gms, "").matchAll(/`flakewright ([^`]+)`/g)];
    const lines = allBlocksOf(page)
      .filter(({ language }) => language === "console" || language === "bash")
      .flatMap(({ code }) => [...code.matchAll(/(?:^|\$ |&& )flakewright ([^\n&|;>]+)/gm)]);
    for (const [, line = ""] of [...spans, ...lines]) {
      const words = line.replace(/["']/g, "").trim().split(/\s+/);
      const read = readArguments(words);
      assert.is(typeof read, "object", `flakewright ${line}: ${JSON.stringify(read)}`);
      if (typeof read === "string") continue;
      const [name = "", ...operands] = read.positionals;
      // `flakewright COMMAND --help` is any command, and `flakewright search` alone is its name.
      const isName = words.length === 1 && Object.hasOwn(COMMANDS, name);
      if (name !== "COMMAND" && !isName)
        assert.is(usageProblem(COMMANDS, name, operands, read.values), undefined, `flakewright ${line}`);
    }
  });
}

test.run();
