import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toGithub } from "../../generator/report/github.ts";
import { toJson } from "../../generator/report/json.ts";
import { toSarif } from "../../generator/report/sarif.ts";
import { toText } from "../../generator/report/text.ts";
import { specOfFiles } from "../../scripts/bench/spec.ts";
import { head } from "../support/diagnostic-rows.ts";
import { applyFixes } from "../support/fixes.ts";
import { cpuRatio } from "../support/growth.ts";
import { compileFiles } from "../support/spec.ts";

const test = suite("includes");

type Files = Readonly<Record<string, string>>;
const clean = "groups: { a: { packages: [jq] } }\n";

/** A diagnostic as `FILE:the words it is about`. */
const places = (files: Files, more = {}): string[] => {
  const { diagnostics } = compileFiles(unmarked(files), more);
  return diagnostics.map((d) => `${d.code} ${d.file}: ${unmarked(files)[d.file]?.slice(d.range.start, d.range.end)}`);
};
const unmarked = (files: Files): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [file, text.replace(/[⟦⟧]/g, "")]));

const MERGED: [title: string, files: Files, what: (compiled: ReturnType<typeof compileFiles>) => unknown, wanted: unknown][] = [
  [
    "a group's tools are the base's, then one's own, each once",
    {
      "spec.yaml": `${head}include: [base.yaml]\ngroups: { k8s: { packages: [stern, kubectl, { package: jq }] } }\n`,
      "base.yaml": "groups: { k8s: { title: Kubernetes, packages: [kubectl, k9s] } }\n",
    },
    ({ model }) => model?.groups.map(({ title, tools }) => [title, tools.map((tool) => tool.name)]),
    [["Kubernetes", ["kubectl", "k9s", "stern", "jq"]]],
  ],
  [
    "groups keep their order: those of the included files first, in the order of `include`",
    {
      "spec.yaml": `${head}include: [b.yaml, a.yaml]\ngroups: { own: {}, y: {} }\n`,
      "a.yaml": "groups: { x: {}, y: {} }\n",
      "b.yaml": "groups: { z: {} }\n",
    },
    ({ model }) => model?.groups.map((group) => group.name),
    ["z", "x", "y", "own"],
  ],
  [
    "the including file has precedence, over several levels",
    {
      "spec.yaml": `${head}include: [mid.yaml]\ndescription: own\n${clean}`,
      "mid.yaml": "include: [sub/low.yaml]\ndescription: middle\ngc: { dates: daily }\n",
      "sub/low.yaml": "description: low\ngc: { dates: monthly, olderThan: 9d }\n",
    },
    ({ model }) => [model?.description, model?.gc?.dates, model?.gc?.olderThan],
    ["own", "daily", "9d"],
  ],
  [
    "a path starts at the file that names it",
    {
      "spec/team.yaml": `${head}include: [../company/base.yaml]\n${clean}`,
      "company/base.yaml": "include: [parts/gc.yaml]\n",
      "company/parts/gc.yaml": "gc: { dates: daily }\n",
    },
    ({ model, included }) => [model?.gc?.dates, included.map((one) => one.file)],
    ["daily", ["company/base.yaml", "company/parts/gc.yaml"]],
  ],
  [
    "a file that two others include counts once",
    {
      "spec.yaml": `${head}include: [a.yaml, b.yaml]\n${clean}`,
      "a.yaml": "include: [all.yaml]\ntrustedUsers: [ada]\n",
      "b.yaml": "include: [all.yaml]\nallowedUsers: [ada]\n",
      "all.yaml": "trustedUsers: [root]\ndescription: all\n",
    },
    ({ model, included }) => [model?.trustedUsers.map((user) => user.name), model?.description, included.length],
    [["root", "ada"], "all", 3],
  ],
  [
    "the short and the long form of nixpkgs merge",
    {
      "spec.yaml": `version: 1\nname: demo\ninclude: [base.yaml]\nnixpkgs: nixos-25.11\n${clean}`,
      "base.yaml": "nixpkgs: { url: 'github:NixOS/nixpkgs/nixos-26.05', unfree: [terraform] }\n",
    },
    ({ model }) => [model?.nixpkgs.url, model?.nixpkgs.unfree],
    ["github:NixOS/nixpkgs/nixos-25.11", ["terraform"]],
  ],
  [
    "`without` leaves out keys and entries, by the places that they have in that file",
    {
      "spec.yaml": `${head}include:\n  - { file: base.yaml, without: ["trustedUsers[0]", trustedUsers.2, groups.k8s.packages, settings] }\n`,
      "base.yaml":
        "trustedUsers: [ada, bob, eve]\nsettings: { cores: 1 }\ngroups: { k8s: { title: K, packages: [jq] }, a: { packages: [jq] } }\n",
    },
    ({ model }) => [
      model?.trustedUsers.map((user) => user.name),
      model?.groups.map(({ title, tools }) => [title, tools.length]),
      model?.settings.map((setting) => setting.name),
    ],
    [
      ["bob"],
      [
        ["K", 0],
        ["a", 1],
      ],
      ["trusted-users"],
    ],
  ],
  [
    "one name through a symlink is the same file",
    {
      "spec.yaml": `${head}include: [base.yaml, link.yaml]\n${clean}`,
      "base.yaml": "buildUsers: { roles: [{ role: x }] }\n",
    },
    ({ model, included }) => [model?.buildUsers?.roles.length, included.length],
    [1, 1],
  ],
  [
    "a key named like a part of every object is a key",
    {
      "spec.yaml": `${head}include: [a.yaml, b.yaml]\ngroups: { constructor: { packages: [jq] } }\n`,
      "a.yaml": "groups: { constructor: { title: C, packages: [k9s] } }\n",
      "b.yaml": "groups: { constructor: { packages: [stern] } }\n",
    },
    ({ model }) => model?.groups.map(({ name, title, tools }) => [name, title, tools.map((tool) => tool.name)]),
    [["constructor", "C", ["k9s", "stern", "jq"]]],
  ],
];

for (const [title, files, what, wanted] of MERGED)
  test(title, () => {
    const compiled = compileFiles(files, { links: { "link.yaml": "base.yaml" } });
    assert.equal(
      compiled.diagnostics.filter((d) => d.severity === "error"),
      [],
    );
    assert.equal(JSON.parse(JSON.stringify(what(compiled))), wanted);
  });

test("a key without a value adds nothing to what another file has", () => {
  const files = {
    "spec.yaml": `${head}include: [a.yaml, b.yaml]\n${clean}settings:\n`,
    "a.yaml": "settings:\n  # cores: 1\ngc:\n",
    "b.yaml": "settings: { cores: 2 }\ngc: { dates: daily }\n",
  };
  const { model, diagnostics } = compileFiles(files);
  assert.equal(diagnostics, []);
  assert.equal([model?.gc?.dates, model?.settings.length], ["daily", 1]);
});

const WRONG: [title: string, wanted: string, files: Files][] = [
  ["a missing file", "include-missing spec.yaml: bse.yaml", { "spec.yaml": `${head}include: [bse.yaml]\n${clean}` }],
  [
    "an address",
    'include-missing spec.yaml: "github:acme/base"',
    { "spec.yaml": `${head}include: ["github:acme/base"]\n${clean}` },
  ],
  [
    "a missing file of an included one",
    "include-missing a/base.yaml: ../c.yaml",
    { "spec.yaml": `${head}include: [a/base.yaml]\n${clean}`, "a/base.yaml": "include: [{ file: ../c.yaml }]\n" },
  ],
  ["itself", "include-cycle spec.yaml: ./spec.yaml", { "spec.yaml": `${head}include: [./spec.yaml]\n${clean}` }],
  [
    "a circle",
    "include-cycle c.yaml: b.yaml",
    {
      "spec.yaml": `${head}include: [b.yaml]\n${clean}`,
      "b.yaml": "include: [c.yaml]\n",
      "c.yaml": "include: [b.yaml]\n",
    },
  ],
  [
    "two values",
    "include-conflict b.yaml: two",
    {
      "spec.yaml": `${head}include: [a.yaml, b.yaml]\n${clean}`,
      "a.yaml": "description: one\n",
      "b.yaml": "description: two\n",
    },
  ],
  [
    "a list and a map",
    "include-conflict b.yaml: { url: x }",
    {
      "spec.yaml": `${head}include: [a.yaml, b.yaml]\n${clean}`,
      "a.yaml": "substituters: []\n",
      "b.yaml": "substituters: { url: x }\n",
    },
  ],
  [
    "nothing to leave out",
    'include-missing spec.yaml: "groups.k8.packages"',
    {
      "spec.yaml": `${head}include: [{ file: a.yaml, without: ["groups.k8.packages"] }]\n${clean}`,
      "a.yaml": "groups: { k8s: { packages: [jq] } }\n",
    },
  ],
  [
    "an entry too many to leave out",
    'include-missing spec.yaml: "trustedUsers[2]"',
    {
      "spec.yaml": `${head}include: [{ file: a.yaml, without: ["trustedUsers[2]"] }]\n${clean}`,
      "a.yaml": "trustedUsers: [ada, bob]\n",
    },
  ],
  ["an include that is text", "schema-type spec.yaml: base.yaml", { "spec.yaml": `${head}include: base.yaml\n${clean}` }],
  [
    "the same in an included file",
    "schema-type a.yaml: b.yaml",
    { "spec.yaml": `${head}include: [a.yaml]\n${clean}`, "a.yaml": "include: b.yaml\n" },
  ],
  ["an included list", "schema-type a.yaml: - jq", { "spec.yaml": `${head}include: [a.yaml]\n${clean}`, "a.yaml": "- jq\n" }],
  [
    "broken YAML",
    "yaml-duplicate-key a.yaml: name",
    { "spec.yaml": `${head}include: [a.yaml]\n${clean}`, "a.yaml": "name: a\nname: b\n" },
  ],
  [
    "an unknown key",
    "schema-unknown-key a.yaml: pakages",
    { "spec.yaml": `${head}include: [a.yaml]\n${clean}`, "a.yaml": "groups: { b: { pakages: [jq] } }\n" },
  ],
  [
    "an invalid entry after others",
    "schema-value spec.yaml: je q",
    {
      "spec.yaml": `${head}include: [a.yaml]\ngroups: { a: { packages: [je q] } }\n`,
      "a.yaml": "groups: { a: { packages: [jq, kubectl] } }\n",
    },
  ],
];

for (const [title, wanted, files] of WRONG)
  test(`reported at its place: ${title}`, () => {
    assert.equal(places(files), [wanted]);
    const { diagnostics, files: generated } = compileFiles(files);
    assert.ok(diagnostics.every((d) => d.hint));
    assert.is(generated, undefined);
  });

test("more than 100 files are rejected, 100 are not; each is read once, however often it is included", () => {
  const chain = (length: number): Files => {
    const files: Record<string, string> = { "spec.yaml": `${head}include: [f1.yaml]\n${clean}` };
    for (let index = 1; index < length; index++)
      files[`f${index}.yaml`] = index + 1 < length ? `include: [f${index + 1}.yaml, f${length - 1}.yaml]\n` : "gc: {}\n";
    return files;
  };
  assert.equal(places(chain(100)), []);
  assert.equal(
    compileFiles(chain(101)).diagnostics.map((d) => d.code),
    ["yaml-limit"],
  );
});

test("the limit of entries is that of all files together, also of what aliases repeat in several", () => {
  const including = (count: number, text: (at: number) => string): Files => {
    const files = Array.from({ length: count }, (_, at) => [`f${at}.yaml`, text(at)] as const);
    return { "spec.yaml": `${head}include: [${files.map(([name]) => name)}]\n${clean}`, ...Object.fromEntries(files) };
  };
  const found = (files: Files) => compileFiles(files).diagnostics.map(({ code, file, message }) => [code, file, message]);
  const tools = (at: number) => `groups: { g${at}: { packages: [${"git,".repeat(60_000)}] } }\n`;
  assert.equal(found(including(4, tools)), [
    ["yaml-limit", "f2.yaml", "the files of the spec have more than 150000 lines, keys and entries"],
  ]);
  const aliases = (at: number) =>
    `groups:\n  g${at}: &all { packages: [${"git,".repeat(1000)}] }\n${Array.from({ length: 60 }, (_, copy) => `  g${at}x${copy}: *all\n`).join("")}`;
  assert.equal(found(including(4, aliases)), [
    ["yaml-limit", "f2.yaml", "with each alias written out, the spec has more than 150000 entries or 8388608 characters"],
  ]);
});

test("both places of a conflict are named, and the hint's key settles it", () => {
  const files = {
    "spec.yaml": `version: 1\nname: demo\ninclude: [a.yaml, b.yaml]\n${clean}`,
    "a.yaml": "nixpkgs: nixos-25.11\n",
    "b.yaml": "nixpkgs: { url: 'github:NixOS/nixpkgs/nixos-26.05' }\n",
  };
  const [only, ...more] = compileFiles(files).diagnostics.filter((d) => d.severity === "error");
  assert.is(more.length, 0);
  assert.is(only?.file, "b.yaml");
  assert.is(only?.related?.[0]?.range.file, "a.yaml");
  assert.ok(only?.hint?.includes("set `nixpkgs`"), only?.hint);
  for (const spec of [
    files["spec.yaml"].replace("include", "nixpkgs: nixos-26.05\ninclude"),
    files["spec.yaml"].replace("a.yaml", '{ file: a.yaml, without: ["nixpkgs"] }'),
  ])
    assert.ok(compileFiles({ ...files, "spec.yaml": spec }).files, spec);
});

test("an acceptance of an included file applies to the index of its entry in the whole spec", () => {
  const base =
    'trustedUsers: [root, ada]\nlint: [{ code: trusted-user-is-root, at: "trustedUsers[1]", why: she runs the builders }]\n';
  const files = {
    "spec.yaml": `${head}include: [other.yaml, base.yaml]\n${clean}lint: [{ code: trusted-user-is-root, at: "trustedUsers[0]", why: he does too }]\n`,
    "other.yaml": "trustedUsers: [bob]\n",
    "base.yaml": base,
  };
  assert.equal(places(files), []);
  const left = files["spec.yaml"].replace("base.yaml", '{ file: base.yaml, without: ["trustedUsers[1]"] }');
  assert.equal(places({ ...files, "spec.yaml": left }), [], "an acceptance of what is left out is no unused one");
});

test("fixes edit the file that a part comes from, with its indentation and commas", () => {
  const files = {
    "spec.yaml": `${head}include: [base.yaml]\ngroups:\n  k8s:\n    packages:\n      - jq\n      - yq\n`,
    "base.yaml": "groups:\n  k8s:\n    packages: [kubectl, stern]\n",
  };
  const { diagnostics } = compileFiles(files);
  const [only] = diagnostics;
  assert.equal([only?.code, only?.file, only?.fix?.range.file], ["package-wrong-name", "spec.yaml", "spec.yaml"]);
  assert.ok(applyFixes(files["spec.yaml"], diagnostics).endsWith("      - yq-go\n"));
  const alone = { ...files, "base.yaml": "groups:\n  k8s:\n    packages:\n      - jq\n      - jq\n" };
  const twice = compileFiles({ ...alone, "spec.yaml": `${head}include: [base.yaml]\n` }).diagnostics[0];
  assert.equal([twice?.code, twice?.file, twice?.fix?.range.file], ["package-duplicate", "base.yaml", "base.yaml"]);
  assert.is(applyFixes(alone["base.yaml"], [twice!]), "groups:\n  k8s:\n    packages:\n      - jq\n");
});

test("every format names the file", () => {
  const files = {
    "spec.yaml": `${head}include: [company/base.yaml]\n${clean}`,
    "company/base.yaml": "\n\nsettings: { coers: 1 }\n",
  };
  const { diagnostics, texts } = compileFiles(files);
  const report = { diagnostics, files: [], sources: texts };
  assert.ok(toText(report, false).startsWith("company/base.yaml:3:13 error setting-unknown\n"), toText(report, false));
  assert.ok(toText(report, false).includes("3 | settings: { coers: 1 }"));
  assert.ok(toGithub(report).startsWith("::error file=company/base.yaml,line=3,"), toGithub(report));
  assert.equal(JSON.parse(toJson(report)).diagnostics[0].file, "company/base.yaml");
  const result = JSON.parse(toSarif(report, "1", () => undefined)).runs[0].results[0];
  assert.is(result.locations[0].physicalLocation.artifactLocation.uri, "company/base.yaml");
  assert.is(result.fixes[0].artifactChanges[0].artifactLocation.uri, "company/base.yaml");
});

test("a secret of an included file is found and never shown", () => {
  const token = `ghp_${"a1B2".repeat(9)}`;
  for (const broken of ["", "\t[broken"])
    for (const line of [`settings: { access-tokens: { github.com: ${token} } }`, `# ${token}`]) {
      const files = {
        "spec.yaml": `${head}include: [base.yaml]\nsettings: { access-tokens: { github.com: $X } }\n${clean}`,
        "base.yaml": `${line}\n${broken}\n`,
      };
      const { diagnostics, texts } = compileFiles(files);
      if (broken === "")
        assert.equal(
          diagnostics.filter((d) => d.code === "secret-in-spec").map((d) => d.file),
          ["base.yaml"],
        );
      assert.not.ok(JSON.stringify([diagnostics, [...texts]]).includes(token));
    }
});

test("an older flakewright reports only that, also for the requirement of an included file", () => {
  const newer = { "spec.yaml": `${head}requires: ">=9.1"\nnews: 1\n${clean}` };
  assert.equal(places(newer, { version: "0.1.0" }), ['requires-newer spec.yaml: ">=9.1"']);
  const base = { "spec.yaml": `${head}include: [base.yaml]\nnews: 1\n${clean}`, "base.yaml": "requires: '>=0.2'\n" };
  assert.equal(places(base, { version: "0.1.9" }), ["requires-newer base.yaml: '>=0.2'"]);
  for (const version of ["0.2.0", "0.2", "0.10.1", "1.0.0-rc1"])
    assert.equal(places(base, { version }), ["schema-unknown-key spec.yaml: news"], version);
  assert.equal(places({ "spec.yaml": `${head}requires: 0.2\n${clean}` }, { version: "1.0.0" }), ["schema-type spec.yaml: 0.2"]);
  assert.equal(places({ "spec.yaml": `${head}requires: "^0.2"\n${clean}` }, { version: "1.0.0" }), [
    'schema-value spec.yaml: "^0.2"',
  ]);
});

test("many files cost what one of their size does", () => {
  const compiled = (count: number) => {
    const files = Object.fromEntries(specOfFiles(count));
    return () => assert.is(compileFiles(files).model?.groups.length, 1250);
  };
  const ratio = cpuRatio(compiled(1), compiled(100), 3);
  assert.ok(ratio < 1.5, `100 files take ${ratio.toFixed(2)} times the CPU of one`);
});

test.run();
