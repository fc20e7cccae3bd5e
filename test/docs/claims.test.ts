import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allSettings, experimentalFeatures } from "../../generator/knowledge/settings.ts";
import { allCodes } from "../../generator/lint/rules.ts";
import { compileText, repository } from "../support/spec.ts";

/* What pages say of the program, compared with it: the map of its folders, codes, options of scripts, variables. */

const test = suite("documentation: claims");

const textOf = (path: string) => readFileSync(join(repository, path), "utf8");
const pages = [
  ...readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" })
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    .filter((name) => name.endsWith(".md") && !name.startsWith("docs/reference/")),
  "README.md",
  "SECURITY.md",
];

test("the map of architecture.md is that of generator/", () => {
  const rows = textOf("docs/architecture.md").matchAll(/^\| (`[^|]*`) \| [^|]* \| ?([^|]*)\|$/gm);
  const map = new Map(
    [...rows].flatMap(([, names = "", entries = ""]) => (/^`[\w-]+(\/|\.ts)`/.test(names) ? [[names, entries] as const] : [])),
  );
  const named = [...map.keys()].flatMap((names) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name.replace(/\/$/, "")),
  );
  assert.equal(named.sort(), readdirSync(join(repository, "generator")).sort());
  for (const [names = "", entries = ""] of map)
    for (const [, entry] of entries.matchAll(/`(\w+)`/g)) {
      const folder = /^`([\w-]+)\/`/.exec(names)?.[1];
      const files = folder
        ? readdirSync(join(repository, "generator", folder), { recursive: true, encoding: "utf8" })
            .filter((name) => name.endsWith(".ts"))
            .map((name) => `${folder}/${name}`)
        : ["compile.ts"];
      const isThere = files.some((file) =>
        new RegExp(`^export (async )?(function|const) ${entry}\\b`, "m").test(textOf(`generator/${file}`)),
      );
      assert.ok(isThere, `${names} has no ${entry}`);
    }
});

/** Words that look like codes and are something else. */
const OTHER_WORDS = ["nix-darwin", "nix-env", "nix-setup-systemd", "nix-users"];

test("every code that a page names is one", () => {
  const codes = allCodes();
  const known = new Set([...codes, ...OTHER_WORDS, ...[...allSettings(), ...experimentalFeatures()].map(({ name }) => name)]);
  const first = new Set(codes.map((code) => code.split("-")[0]));
  for (const page of pages) {
    const words = [...textOf(page).matchAll(/`([a-z]+(?:-[a-z]+)+)`|code: ([a-z]+(?:-[a-z]+)*)/g)];
    for (const [, word, code] of words) {
      if (word !== undefined && first.has(word.split("-")[0] ?? "")) assert.ok(known.has(word), `${page}: ${word}`);
      if (code !== undefined) assert.ok(codes.includes(code), `${page}: ${code}`);
    }
  }
});

test("the generated scripts have every command and option that a page gives them", () => {
  const script = (name: string) => textOf(`flake-template/${name}.hbs`);
  for (const page of pages)
    for (const [, name = "", rest = ""] of textOf(page).matchAll(
      /\b((?:apply-nix-config|manage-nix-packages|setup-nix-environment)\.sh)((?: +[^\s`|&;#)]+)*)/g,
    ))
      for (const [option] of rest.matchAll(/(?<= )--[a-z][a-z-]*/g))
        assert.ok(script(name).includes(`  ${option}`) || script(name).includes(`${option})`), `${page}: ${name} ${option}`);
});

test("the page of proxies has the variables of a shell", () => {
  const { files } = compileText(`version: 1
name: demo
nixpkgs: nixos-26.05
groups: { k8s: { packages: [kubectl] } }
network: { proxy: "http://proxy.example.net:3128", caBundle: /etc/ssl/company.pem }
`);
  const shell = (files ?? []).flatMap(({ path, text }) => (path.startsWith("nix/") ? [text] : [])).join("");
  const [, row = ""] = /^\| dev shells \|(.*)\|$/m.exec(textOf("docs/guides/behind-a-proxy.md")) ?? [];
  const named = [...row.matchAll(/[A-Za-z_]*_[A-Za-z_]+/g)].map(([name]) => name);
  assert.ok(named.length > 10);
  for (const name of named) assert.ok(shell.includes(name), name);
  for (const [name] of shell.matchAll(/\b[A-Z][A-Z_]*(?:CERT|BUNDLE|CAINFO|CA_CERTS|CERTS_FILE|CERT_FILE)\b/g))
    assert.ok(named.includes(name), name);
});

test.run();
