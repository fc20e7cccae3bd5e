import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flakewright } from "../support/cli.ts";
import { tempFolder } from "../support/temp.ts";

/* Commands that edit the spec: only the touched lines change, everything is judged first, and nothing is written in doubt. */

const test = suite("editing commands");

function project(files: Readonly<Record<string, string>>): string {
  const folder = tempFolder();
  mkdirSync(join(folder, "spec"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "spec", name), text);
  return folder;
}
const read = (folder: string, name = "platform.yaml"): string => readFileSync(join(folder, "spec", name), "utf8");

const HEAD = "version: 1\nname: demo # the demo\nnixpkgs: 0123456789abcdef0123456789abcdef01234567\n\n";

/** A spec's groups, the arguments, and the groups afterwards. */
const ROWS: readonly (readonly [name: string, before: string, args: readonly string[], after: string])[] = [
  [
    "a block list keeps its comments and blank lines",
    "groups:\n  a:\n    # tools\n    packages:\n      - jq   # of json\n\n      - age\n    title: A\n",
    ["add", "kubectl", "k9s"],
    "groups:\n  a:\n    # tools\n    packages:\n      - jq   # of json\n\n      - age\n      - kubectl\n      - k9s\n    title: A\n",
  ],
  [
    "a flow list",
    "groups: { a: { packages: [ jq ] } } # one line\n",
    ["add", "kubectl"],
    "groups: { a: { packages: [ jq, kubectl ] } } # one line\n",
  ],
  ["an empty list", "groups:\n  a: { packages: [] }\n", ["add", "kubectl"], "groups:\n  a: { packages: [kubectl] }\n"],
  [
    "a group without a list",
    "groups:\n  a:\n    title: A\n",
    ["add", "kubectl"],
    "groups:\n  a:\n    title: A\n    packages: [kubectl]\n",
  ],
  [
    "the last line without a line break",
    "groups:\n  a:\n    packages:\n      - jq",
    ["add", "kubectl"],
    "groups:\n  a:\n    packages:\n      - jq\n      - kubectl",
  ],
  [
    "CRLF stays",
    "groups:\r\n  a:\r\n    packages:\r\n      - jq\r\n",
    ["add", "age"],
    "groups:\r\n  a:\r\n    packages:\r\n      - jq\r\n      - age\r\n",
  ],
  [
    "the named group",
    "groups:\n  a: { packages: [jq] }\n  b: { packages: [jq] }\n",
    ["add", "age", "--group", "b"],
    "groups:\n  a: { packages: [jq] }\n  b: { packages: [jq, age] }\n",
  ],
  [
    "a new group",
    "groups:\n  a: { packages: [jq] }\n",
    ["add", "age", "--group", "b"],
    "groups:\n  a: { packages: [jq] }\n  b: { packages: [age] }\n",
  ],
  [
    "a version",
    "groups: { a: { packages: [jq] } }\n",
    ["add", "kubectl", "--version", "1.29"],
    'groups: { a: { packages: [jq, { package: kubectl, version: "1.29" }] } }\n',
  ],
  [
    "removing from a block list",
    "groups:\n  a:\n    packages:\n      - jq # json\n      - age\n",
    ["remove", "jq"],
    "groups:\n  a:\n    packages:\n      - age\n",
  ],
  [
    "adding after an entry below its dash",
    "groups:\n  a:\n    packages:\n      - age\n      - # of json\n        jq # why\n    title: A\n",
    ["add", "kubectl"],
    "groups:\n  a:\n    packages:\n      - age\n      - # of json\n        jq # why\n      - kubectl\n    title: A\n",
  ],
  [
    "removing an entry below its dash",
    "groups:\n  a:\n    packages:\n    -\n\n      # of json\n      jq\n    # stays\n    -\n      package: age\n      description: secrets\n    - &f\n      fd\n",
    ["remove", "jq", "age"],
    "groups:\n  a:\n    packages:\n    # stays\n    - &f\n      fd\n",
  ],
  [
    "removing the only entry, below its dash, with CRLF",
    "groups:\r\n  a:\r\n    packages:\r\n      - # of json\r\n        jq\r\n    title: A\r\n",
    ["remove", "jq"],
    "groups:\r\n  a:\r\n    packages: []\r\n    title: A\r\n",
  ],
  [
    "removing the only entry",
    "groups:\n  a:\n    packages:\n      - jq\n    title: A # stays\n",
    ["remove", "jq"],
    "groups:\n  a:\n    packages: []\n    title: A # stays\n",
  ],
  [
    "removing the only entry keeps the comments around it",
    "groups:\n  a:\n    packages: # tools\n      # json\n      - jq # why\n\n      # later\n    title: A\n",
    ["remove", "jq"],
    "groups:\n  a:\n    packages: [] # tools\n      # json\n\n      # later\n    title: A\n",
  ],
  [
    "adding to a list on several lines: each comment stays with its entry",
    "groups:\n  a:\n    packages: [ # open\n      jq, # json\n      age # secrets\n    ]\n",
    ["add", "kubectl"],
    "groups:\n  a:\n    packages: [ # open\n      jq, # json\n      age, # secrets\n      kubectl\n    ]\n",
  ],
  [
    "removing from a list on several lines",
    "groups:\n  a:\n    packages: [ # open\n      jq, # json\n      # heading\n      age # secrets\n    ]\n",
    ["remove", "age"],
    "groups:\n  a:\n    packages: [ # open\n      jq # json\n      # heading\n    ]\n",
  ],
  [
    "removing from a list whose bracket closes behind a comma",
    "groups:\n  a:\n    packages: [\n      jq, # json\n      age,]\n",
    ["remove", "age"],
    "groups:\n  a:\n    packages: [\n      jq, # json\n      ]\n",
  ],
  [
    "an entry goes with its keys that are commented out",
    "groups:\n  a:\n    packages:\n      - package: jq\n        # version: '1'\n      # of age\n      - age\n",
    ["remove", "jq"],
    "groups:\n  a:\n    packages:\n      # of age\n      - age\n",
  ],
  [
    "a new group stands before the comments that follow the groups",
    "groups:\n  a:\n    packages:\n      - jq\n      # - age\n\n# the end\n",
    ["add", "age", "--group", "b"],
    "groups:\n  a:\n    packages:\n      - jq\n      # - age\n  b: { packages: [age] }\n\n# the end\n",
  ],
  [
    "removing each of several in one list, and from many lists",
    "groups:\n  a:\n    packages:\n      - jq\n      - age\n      - jq # twice\n      - jq\n  b: { packages: [jq, jq, age] }\n  c:\n    packages:\n      - jq\n      - jq\n",
    ["remove", "jq"],
    "groups:\n  a:\n    packages:\n      - age\n  b: { packages: [age] }\n  c:\n    packages: []\n",
  ],
  [
    "removing from a group and from a shell, with an anchor",
    "groups:\n  a: { packages: &tools [jq, age] }\n  b:\n    packages: *tools\nshells:\n  dev:\n    packages:\n      - jq\n",
    ["remove", "jq"],
    "groups:\n  a: { packages: &tools [age] }\n  b:\n    packages: *tools\nshells:\n  dev:\n    packages: []\n",
  ],
  [
    "entries of `lint` follow the tool that they are about",
    "groups:\n  a: { packages: [jq, age, terraform] }\nlint:\n  - { code: package-unfree, at: 'groups.a.packages[2]', why: asked }\n",
    ["remove", "jq"],
    "groups:\n  a: { packages: [age, terraform] }\nlint:\n  - { code: package-unfree, at: 'groups.a.packages[1]', why: asked }\n",
  ],
  [
    "removing by what people call it",
    "groups:\n  a: { packages: [jq, { package: kubernetes-helm, name: helm }] }\n",
    ["remove", "helm"],
    "groups:\n  a: { packages: [jq] }\n",
  ],
];

for (const [name, before, args, after] of ROWS)
  test(name, () => {
    const head = before.includes("\r\n") ? HEAD.replaceAll("\n", "\r\n") : HEAD;
    const folder = project({ "platform.yaml": head + before });
    const { status, stderr } = flakewright(folder, args);
    assert.is(status, 0, stderr);
    assert.is(read(folder), head + after);
  });

/** Arguments that are refused, and what is said. */
const REFUSED: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [["add", "helm"], /did you mean `kubernetes-helm`/],
  [["add", "kubeclt"], /kubectl/],
  [["add", "jq"], /package-duplicate/],
  [["add", "kubectl", "--from", "nowhere"], /no input is called|nowhere/],
  [["remove", "kubeclt"], /no tool/],
  [["remove", "jq", "--group", "nothing"], /no tool/],
];

for (const [args, says] of REFUSED)
  test(`${args.join(" ")} is refused, and nothing is written`, () => {
    const spec = `${HEAD}groups:\n  a: { packages: [jq] }\n`;
    const folder = project({ "platform.yaml": spec });
    const { status, stderr } = flakewright(folder, args);
    assert.ok(status === 1 || status === 2, stderr);
    assert.match(stderr, says);
    assert.is(read(folder), spec);
  });

test("an unfree tool brings the entry that allows it", () => {
  const folder = project({
    "platform.yaml": `version: 1\nname: demo\nnixpkgs: nixos-26.05 # the newest\ngroups:\n  a: { packages: [jq] }\n`,
  });
  const { status, stderr } = flakewright(folder, ["add", "terraform"]);
  assert.is(status, 0, stderr);
  assert.match(read(folder), /unfree: \[terraform\]/);
  assert.match(read(folder), /packages: \[jq, terraform\]/);
  assert.match(stderr, /unfree/);
});

test("paths of `without` follow the items that they leave out; where that is not certain nothing is written", () => {
  const base = "groups:\n  shared:\n    packages:\n      - jq\n      - age\n      - fd\n      - bat\n";
  const main = (path: string, file = "base.yaml") =>
    `include:\n  - { file: ${file}, without: ["${path}"] } # not here\n${HEAD}groups: { own: { packages: [k9s] } }\n`;
  for (const [path, after] of [
    ["groups.shared.packages[2]", "groups.shared.packages[1]"],
    ["groups.shared.packages.3", "groups.shared.packages.2"],
    ["groups.shared.packages[0]", "groups.shared.packages[0]"],
    ["groups.shared.title", "groups.shared.title"],
  ] as const) {
    const folder = project({ "platform.yaml": main(path), "base.yaml": base.replace("shared:", "shared:\n    title: S") });
    const { status, stderr } = flakewright(folder, ["remove", "age"]);
    assert.is(status, 0, stderr);
    assert.is(read(folder), main(after));
    assert.not.match(read(folder, "base.yaml"), "- age");
  }
  // The items of more.yaml come before those of base.yaml.
  const files = {
    "platform.yaml": main("groups.shared.packages[2]", "middle.yaml"),
    "middle.yaml": "include: [more.yaml, base.yaml]\n",
    "more.yaml": "groups: { shared: { packages: [ripgrep] } }\n",
    "base.yaml": base,
  };
  const folder = project(files);
  const { status, stderr } = flakewright(folder, ["remove", "jq"]);
  assert.is(status, 2);
  assert.match(stderr, /`jq` is written in a way that can't be edited; remove it by hand: spec\/base\.yaml:4/);
  assert.is(read(folder, "base.yaml"), base);
});

test("a tool goes into the included file where the group stands", () => {
  const folder = project({
    "platform.yaml": `include: [base.yaml]\n${HEAD}groups: { own: { packages: [jq] } }\n`,
    "base.yaml": "groups:\n  shared:\n    packages:\n      - age # keep\n",
  });
  assert.is(flakewright(folder, ["add", "kubectl", "--group", "shared"]).status, 0);
  assert.is(read(folder, "base.yaml"), "groups:\n  shared:\n    packages:\n      - age # keep\n      - kubectl\n");
  assert.match(read(folder), /own: \{ packages: \[jq\] \}/);
});

test("what two files have is removed from both, and what stands behind an alias from neither", () => {
  const folder = project({
    "platform.yaml": `include: [base.yaml]\n${HEAD}groups:\n  shared:\n    packages:\n      # ours\n      - jq\n`,
    "base.yaml": "groups:\n  shared:\n    packages: [jq, age] # theirs\n",
  });
  assert.is(flakewright(folder, ["remove", "jq"]).status, 0);
  assert.is(read(folder, "base.yaml"), "groups:\n  shared:\n    packages: [age] # theirs\n");
  assert.match(read(folder), /packages: \[\]\n {6}# ours\n$/);
  const alias = project({ "platform.yaml": `${HEAD}groups:\n  a: { packages: &all [jq, age] }\n  b: { packages: *all }\n` });
  const { status, stderr } = flakewright(alias, ["remove", "jq", "--group", "b"]);
  assert.is(status, 2);
  assert.match(stderr, /by hand: spec\/platform\.yaml:\d+/);
});

test("which group is asked where there are several", () => {
  const folder = project({ "platform.yaml": `${HEAD}groups:\n  a: {}\n  b: {}\n` });
  const { status, stderr } = flakewright(folder, ["add", "jq"]);
  assert.is(status, 2);
  assert.match(stderr, /--group a, b/);
});

test("search finds what people call things, by any of several words", () => {
  const folder = tempFolder();
  const first = (word: string) => flakewright(folder, ["search", word]).stdout.split("\n")[1]?.split(" ")[0];
  assert.equal(["helm", "kubectl", "gcloud", "azure login", "kube"].map((word) => [word, first(word)]).slice(0, 3), [
    ["helm", "kubernetes-helm"],
    ["kubectl", "kubectl"],
    ["gcloud", "google-cloud-sdk"],
  ]);
  assert.match(flakewright(folder, ["search", "azure login"]).stdout, /kubelogin/);
  const { status, stderr } = flakewright(folder, ["search", "kubeclt"]);
  assert.equal([status, /kubectl/.test(stderr)], [1, true]);
});

test("upgrade moves the release and keeps the rest of the line", () => {
  const spec = "version: 1\nname: demo\nnixpkgs: nixos-25.11-small # why small\ngroups: { a: { packages: [jq] } }\n";
  const folder = project({ "platform.yaml": spec });
  const { status, stderr } = flakewright(folder, ["upgrade"]);
  assert.is(status, 0, stderr);
  assert.is(read(folder), spec.replace("25.11", "26.05"));
  const quoted = project({ "platform.yaml": spec.replace("nixos-25.11-small", "'nixos-25.11'") });
  assert.is(flakewright(quoted, ["upgrade"]).status, 0);
  assert.match(read(quoted), /^nixpkgs: 'nixos-26\.05' # why small$/m);
  assert.is(flakewright(folder, ["upgrade", "19.03"]).status, 2);
});

test.run();
