import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { evaluate, evaluateExpression } from "../support/real-nixpkgs.ts";
import { compileText, repository, written } from "../support/spec.ts";
import { needs, tool } from "../support/tools.ts";

/* What shows and judges the contents of a platform: bills of materials, sizes, licences, main programs. */

const test = suite("evidence");
const withNix = needs(test, FIXTURE_TOOLS);

let nix: Nix;
test.before(() => {
  nix = privateNix();
});

const HOSTILE = 'a\'b ${builtins.abort "out"} "$(id)" \\ \u{1F642}';
const HEAD = `version: 1
name: demo
nixpkgs: { url: github:NixOS/nixpkgs/nixos-26.05, unfree: [terraform] }
systems: [x86_64-linux, aarch64-linux, aarch64-darwin]
`;
const ROLE = "buildUsers: { roles: [{ role: aws, groups: [net] }] }\n";
const GROUPS = `groups:
  k8s: { title: ${JSON.stringify(HOSTILE)}, packages: [kubectl, { package: kubernetes-helm, name: helm }, mas] }
  net: { packages: [htop, wget, git, nmap, terraform] }
  none: { packages: [] }
`;

/** CycloneDX's own schema, in which `$ref` names the files beside it. */
const validate = (() => {
  const folder = join(repository, "node_modules/@cyclonedx/cyclonedx-library/res/schema");
  const load = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const ajv = new Ajv({ strict: false, validateFormats: false });
  for (const name of ["spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json"])
    ajv.addSchema({ ...load(name), $id: `http://cyclonedx.org/schema/${name}` });
  return ajv.compile(load("bom-1.6.SNAPSHOT.schema.json"));
})();

interface Component {
  readonly "bom-ref": string;
  readonly name: string;
  readonly version?: string;
  readonly purl: string;
  readonly type: string;
  readonly licenses?: readonly object[];
}
interface Bom {
  readonly metadata: { readonly component: { readonly description: string } };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

async function bomOf(folder: string, group: string): Promise<Bom> {
  const bom: Bom = JSON.parse(readFileSync(await nix.build(folder, `packages.x86_64-linux.sbom-${group}`), "utf8"));
  assert.ok(validate(bom as object), JSON.stringify(validate.errors));
  return bom;
}

test("the schema refuses an invalid document", () => {
  const valid = { bomFormat: "CycloneDX", specVersion: "1.6", components: [] as object[] };
  assert.ok(validate(valid));
  for (const component of [
    { type: "tool", name: "x" },
    { type: "library" },
    { type: "library", name: "x", licenses: [{ license: { id: "NO" } }] },
  ])
    assert.not(validate({ ...valid, components: [component] }), JSON.stringify(component));
});

withNix("a bill of materials has the tools, what they need, and their licences; texts of the spec stay texts", async () => {
  const folder = written(`${HEAD}${GROUPS}sbom: true\n`);
  const k8s = await bomOf(folder, "k8s");
  assert.is(k8s.metadata.component.description, HOSTILE);
  const tools = k8s.components.filter(({ type }) => type === "application");
  assert.equal(
    tools.map(({ name, version, purl, licenses }) => [name, version, purl, licenses]).sort(),
    [
      ["kubectl", "1.30.1", "pkg:nix/kubectl@1.30.1", [{ license: { id: "Apache-2.0" } }]],
      ["kubernetes-helm", "3.15.0", "pkg:nix/kubernetes-helm@3.15.0", [{ license: { id: "Apache-2.0" } }]],
    ],
    "mas is not available on Linux",
  );
  assert.ok(k8s.components.some(({ name, type }) => name === "busybox" && type === "library"));
  const refs = k8s.components.map((one) => one["bom-ref"]);
  assert.is(new Set(refs).size, refs.length);
  assert.equal(k8s.dependencies.map(({ ref }) => ref).sort(), ["k8s", ...refs].sort());
  assert.equal(
    [...(k8s.dependencies.find(({ ref }) => ref === "k8s")?.dependsOn ?? [])].sort(),
    tools.map((one) => one["bom-ref"]).sort(),
  );
  assert.ok(Number(k8s.properties[0]?.value) > 100_000);

  const net = await bomOf(folder, "net");
  const licenses = new Map(net.components.map((one) => [one.name, one.licenses]));
  assert.equal(licenses.get("htop"), [{ license: { id: "AGPL-3.0" } }, { license: { name: "Nmap Public Source License" } }]);
  assert.equal(licenses.get("wget"), [{ expression: "(AGPL-3.0 OR MIT)" }]);
  assert.equal((await bomOf(folder, "none")).components, []);
});

withNix("a bill of materials needs none of the tools at run time", async () => {
  const folder = written(`${HEAD}${GROUPS}sbom: true\n`);
  const path = await nix.build(folder, "packages.x86_64-linux.sbom-k8s");
  assert.equal((await nix.must(["path-info", "--recursive", path])).trim().split("\n"), [path]);
});

withNix("sizes are those of Nix, for the lock file of the flake", async () => {
  const folder = written(`${HEAD}${GROUPS}sbom: true\n`);
  const sizes = JSON.parse(readFileSync(await nix.build(folder, "packages.x86_64-linux.closure-sizes"), "utf8"));
  assert.equal(
    [sizes.version, sizes.system, sizes.lock, Object.keys(sizes.closure)],
    [1, "x86_64-linux", "", ["k8s", "net", "none"]],
  );
  const path = await nix.build(folder, "packages.x86_64-linux.k8s");
  const [info] = JSON.parse(await nix.must(["path-info", "--closure-size", "--json", path]));
  assert.is(sizes.closure.k8s, info.closureSize);
});

/** A check of a spec: the message of its failure; undefined where it passes. */
async function failure(spec: string, check: string, prepare = (_folder: string): void => {}): Promise<string | undefined> {
  const folder = written(spec);
  prepare(folder);
  return nix.build(folder, `checks.x86_64-linux.${check}`).then(
    () => undefined,
    (error: Error) => /flakewright: ([^\n]*)/.exec(error.message)?.[1] ?? error.message,
  );
}

// Each denies what the fixture's packages have, and nixpkgs' own have not: the facts about nixpkgs would find it before Nix does.
const POLICY_ROWS: readonly (readonly [name: string, policy: string, check: string, says: RegExp | undefined])[] = [
  [
    "a denied licence, in a group and in a shell",
    "licenses: { deny: [AGPL-3.0-only] }",
    "licenses",
    /denies groups\.net\.packages\[0\]: htop has AGPL-3\.0; shells\.ops\.packages\[1\]: htop has AGPL-3\.0$/,
  ],
  ["its deprecated name", "licenses: { deny: [AGPL-3.0] }", "licenses", /groups\.net\.packages\[0\]/],
  [
    "all alternatives",
    "licenses: { deny: [MIT, AGPL-3.0] }",
    "licenses",
    /groups\.net\.packages\[1\]: wget has \(AGPL-3\.0 OR MIT\)/,
  ],
  ["an alternative that is not denied is enough", "licenses: { deny: [MIT] }", "licenses", undefined],
  [
    "a group over its budget",
    "closure: { net: 1MiB }",
    "closure-net",
    /^policy\.closure\.net: the closure of net has [0-9]+ bytes \([0-9]+ MiB\), more than 1MiB$/,
  ],
  ["a group within its budget", "closure: { net: 1.5GiB }", "closure-net", undefined],
];

for (const [name, policy, check, says] of POLICY_ROWS)
  withNix(name, async () => {
    const found = await failure(
      `${HEAD}${GROUPS.replace(", mas]", "]")}shells: { ops: { packages: [age, htop] } }\npolicy: { ${policy} }\n`,
      check,
    );
    if (says) assert.match(found ?? "passes", says);
    else assert.is(found, undefined);
  });

withNix("what the spec accepts is not judged", async () => {
  const accepted = (code: string, at: string) => `lint: [{ code: ${code}, at: "${at}", why: a test }]\n`;
  const denied = `${HEAD}${GROUPS}policy: { licenses: { deny: [AGPL-3.0-only] } }\n`;
  assert.is(await failure(denied + accepted("policy-license", "groups.net.packages[0]"), "licenses"), undefined);
  const folder = written(
    `${HEAD}${GROUPS}policy: { closure: { net: 1MiB } }\n${accepted("policy-closure", "policy.closure.net")}`,
  );
  assert.not(
    Object.hasOwn(
      (await nix.evalFlake(folder, "checks.x86_64-linux", { apply: "builtins.mapAttrs (_: _: 1)" })) as object,
      "closure-net",
    ),
  );
});

withNix("the check of a role, or of a group, proves that each main program is there", async () => {
  const lies = (folder: string) =>
    writeFileSync(
      join(folder, "overlays/own.nix"),
      'final: prev: { git = prev.git // { meta = prev.git.meta // { mainProgram = "git-gone"; }; }; }\n',
    );
  const head = HEAD.replace("unfree: [terraform]", "unfree: [terraform], overlays: [./overlays/own.nix]");
  for (const [more, check] of [
    [ROLE, "role-aws"],
    ["ci: github\n", "group-net"],
  ] as const) {
    assert.is(await failure(head + GROUPS + more, check), undefined);
    assert.match((await failure(head + GROUPS + more, check, lies)) ?? "passes", /^git has no program git-gone in /);
  }
});

test("a spec that asks for none of it has none of it", () => {
  const { files } = compileText(`${HEAD}${GROUPS}`);
  const paths = files?.map(({ path }) => path) ?? [];
  assert.equal(
    paths.filter((path) => /sbom|sizes|licenses|policy|programs|closure/.test(path)),
    [],
  );
});

needs(test, ["nix", "nixpkgs"])("on a real nixpkgs everything evaluates, for Linux and macOS", async () => {
  const folder = written(
    `${HEAD}groups: { k8s: { packages: [kubectl, jq, git] } }\n${ROLE.replace("net", "k8s")}policy: { licenses: { deny: [AGPL-3.0-only] }, closure: { k8s: 2GiB } }\n`,
  );
  for (const system of ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]) {
    const drvs = "x: { sbom = x.sbom-k8s.drvPath; sizes = x.closure-sizes.drvPath; licences = x.sbom-k8s.tools; }";
    const packages = (await evaluate(folder, `packages.${system}`, drvs)) as { sbom: string; licences: string };
    assert.match(packages.sbom, /\.drv$/);
    const tools = packages.licences.split("\n").map((line) => JSON.parse(line.replace(/,$/, "")));
    assert.equal(tools.map(({ name }) => name).sort(), ["git", "jq", "kubectl"]);
    for (const { licenses } of tools)
      assert.ok(validate({ bomFormat: "CycloneDX", specVersion: "1.6", components: [{ type: "library", name: "x", licenses }] }));
    const checks =
      "x: { role = x.role-aws.drvPath; closure = x.closure-k8s.drvPath; licenses = (builtins.tryEval x.licenses.drvPath).success; }";
    assert.is(((await evaluate(folder, `checks.${system}`, checks)) as { licenses: boolean }).licenses, true);
  }
  // git has the deprecated GPL-2.0 there, and the second one an expression.
  const expression = (ids: string, license: string) =>
    `let inherit (import ${tool("nixpkgs")} { system = "x86_64-linux"; }) lib; inherit (lib) licenses; in (import ${folder}/nix/licenses.nix).isDenied ${ids} (${license})`;
  assert.is(await evaluateExpression(expression('[ "GPL-2.0-only" ]', "licenses.gpl2")), true);
  const mixed =
    "licenses.AND [ licenses.mit (licenses.OR [ licenses.asl20 (licenses.WITH licenses.gpl2Plus licenses.classpathException20) ]) ]";
  assert.is(await evaluateExpression(expression('[ "GPL-2.0-or-later" ]', mixed)), false);
  assert.is(await evaluateExpression(expression('[ "GPL-2.0-or-later" "Apache-2.0" ]', mixed)), true);
});

test.run();
