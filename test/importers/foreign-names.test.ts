import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { knownPackages } from "../../generator/commands/import.ts";
import { importConfigs } from "../../generator/importers/index.ts";
import { parseToml, type Table } from "../../generator/importers/toml.ts";
import { mapTool } from "../../generator/importers/tool-names.ts";
import { toolSource } from "../../generator/importers/tool-source.ts";
import { openForeignTools } from "../../generator/knowledge/foreign-tools.ts";
import { openFacts } from "../../generator/knowledge/packages.ts";
import { compileText } from "../support/spec.ts";
import { comments, imported } from "./support.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const tools = openForeignTools(
  read("../../generator/knowledge/mise-registry.tsv"),
  read("../../generator/knowledge/upstreams.tsv"),
);
const known = knownPackages(
  openFacts(readFileSync(new URL("../../generator/knowledge/packages.tsv", import.meta.url), "latin1")),
  tools,
);

const registry = suite("mise's registry");

/** Repositories that moved to another owner, or publish another's builds: seen by a person to be the same program. */
const SAME = new Map(
  Object.entries({
    aube: "endevco/aube",
    cocogitto: "oknozor/cocogitto",
    crossplane: "crossplane/cli",
    "docker-slim": "slimtoolkit/slim",
    eksctl: "weaveworks/eksctl",
    golines: "golangci/golines",
    herdr: "ogulcancelik/herdr",
    hub: "github/hub",
    kubeseal: "bitnami-labs/sealed-secrets",
    kubie: "sbstp/kubie",
    nono: "always-further/nono",
    npm: "nodejs/node",
    oauth2c: "cloudentity/oauth2c",
    oxipng: "shssoichiro/oxipng",
    pinniped: "vmware-tanzu/pinniped",
    podman: "containers/podman",
    "redpanda-connect": "redpanda-data/benthos",
    "release-plz": "marcoieni/release-plz",
    resvg: "razrfalcon/resvg",
    rye: "mitsuhiko/rye",
    terrascan: "accurics/terrascan",
    unison: "unisonweb/unison",
    vale: "errata-ai/vale",
    velero: "vmware-tanzu/velero",
    "vscode-cli": "microsoft/vscode",
    yarn: "yarnpkg/yarn",
  }),
);

/** The repositories that the registry names for a tool; asdf's and vfox's are those of plug-ins. */
const repositoriesOf = (backends: readonly string[]): string[] => [
  ...new Set(backends.filter((one) => !/^(asdf|vfox):/.test(one)).flatMap((one) => toolSource(one).repository ?? [])),
];

registry("of the tools that nixpkgs builds from the same repository, at least 90 % are imported as that package", () => {
  let total = 0;
  let right = 0;
  for (const { name, backends } of tools.tools()) {
    const there = repositoriesOf(backends)
      .flatMap((one) => tools.attributesOf(one))
      .filter((one) => known.has(one));
    if (there.length === 0) continue;
    total++;
    const { attribute } = mapTool(name, known);
    // nixpkgs builds neovim from neovim-unwrapped, and etcd is etcd_3_6.
    if (there.some((one) => one === attribute || one.replace(/-unwrapped$|_\d+(_\d+)*$/, "") === attribute)) right++;
  }
  assert.ok(total > 500, `${total}`);
  assert.ok(right / total >= 0.9, `${right} of ${total}`);
});

registry("no tool is imported as a package that nixpkgs builds from another repository", () => {
  for (const { name, backends } of tools.tools()) {
    const own = repositoriesOf(backends);
    const { attribute } = mapTool(name, known);
    if (attribute === undefined || own.length === 0 || !known.has(attribute)) continue;
    const origins = tools.repositoriesOf(attribute);
    const wrapped = tools.repositoriesOf(`${attribute}-unwrapped`);
    const all = [...origins, ...wrapped].map((one) => one.replace("github.com/", ""));
    const isOwn = own.some((one) => all.includes(one.replace("github.com/", "")) || tools.attributesOf(one).includes(attribute));
    const versioned = own.flatMap((one) => tools.attributesOf(one)).some((one) => one.startsWith(`${attribute}_`));
    const sameName = own.some((one) => all.some((other) => other.endsWith(one.slice(one.lastIndexOf("/")))));
    const isSame = isOwn || versioned || all.length === 0 || all.includes(SAME.get(name) ?? "") || sameName;
    assert.ok(isSame, `${name} (${own.join(", ")}) became ${attribute}, built from ${origins.join(", ")}`);
  }
});

registry("names that are another program in nixpkgs are the right one, or a remark", () => {
  const found = Object.fromEntries(
    ["kubelogin", "jj", "vultr", "crossplane", "yq", "helm", "task", "azure-kubelogin", "argo", "trunk", "unison"].map((name) => [
      name,
      mapTool(name, known).attribute,
    ]),
  );
  assert.equal(found, {
    kubelogin: "kubelogin-oidc",
    jj: "jujutsu",
    vultr: "vultr-cli",
    crossplane: "crossplane-cli",
    yq: "yq-go",
    helm: "kubernetes-helm",
    task: "go-task",
    "azure-kubelogin": "kubelogin",
    argo: "argo-workflows",
    trunk: "trunk-io",
    unison: "unison-ucm",
  });
  for (const name of ["alp", "amp", "graphite", "onyx", "pipectl", "please", "sourcery", "spectral", "spin", "tiny"]) {
    const { attribute, remark } = mapTool(name, known);
    assert.is(attribute, undefined, name);
    assert.match(remark, "is another program", name);
  }
});

registry("every backend: by its repository, by its name in the registry, else by the name with a remark", () => {
  const cases: readonly (readonly [written: string, attribute: string])[] = [
    ["aqua:kubernetes/kubernetes/kubectl", "kubectl"],
    ["aqua:kubernetes/kubectl", "kubectl"],
    ["aqua:helm/helm", "kubernetes-helm"],
    ["aqua:siderolabs/talos", "talosctl"],
    ["aqua:neovim", "neovim"],
    ["ubi:jqlang/jq", "jq"],
    ["ubi:BurntSushi/ripgrep[exe=rg]", "ripgrep"],
    ["github:casey/just", "just"],
    ["pipx:yamllint", "yamllint"],
    ["pipx:black[d]", "black"],
    ["pipx:psf/black", "black"],
    ["pipx:git+https://github.com/psf/black.git", "black"],
    ["npm:prettier", "prettier"],
    ["npm:@biomejs/biome", "biome"],
    ["npm:@devcontainers/cli", "devcontainer"],
    ["cargo:cargo-nextest", "cargo-nextest"],
    ["go:golang.org/x/tools/gopls", "gopls"],
    ["go:sigs.k8s.io/kind@latest", "kind"],
    ["go:mvdan.cc/sh/v3/cmd/shfmt", "shfmt"],
    ["asdf:ohmer/asdf-terragrunt", "terragrunt"],
    ["vfox:mise-plugins/vfox-yarn", "yarn"],
    ["core:node", "nodejs"],
  ];
  for (const [written, attribute] of cases) assert.is(mapTool(written, known).attribute, attribute, written);
  const { attribute, remark } = mapTool("cargo:v", known);
  assert.is(attribute, "v");
  assert.match(remark, "no package of nixpkgs is known for it (cargo's v)");
});

registry("a program of a repository with several says which package has it, unless the package has its name", () => {
  for (const [written, attribute, remark] of [
    ["aqua:ahmetb/kubectx/kubens", "kubectx", "`kubens` is a program of `kubectx`"],
    ["kubens", "kubectx", "`kubens` is a program of `kubectx`"],
    ["aqua:ahmetb/kubectx", "kubectx", ""],
    ["aqua:kubernetes/kubernetes/kubectl", "kubectl", ""],
    ["aqua:grafana/loki/logcli", "grafana-loki", "`logcli` is a program of `grafana-loki`"],
    ["aqua:sqldef/sqldef/psqldef", "sqldef", "`sqldef` is of the same repository; check that it has `psqldef`"],
  ])
    assert.equal(mapTool(written ?? "", known), { attribute, remark }, written);
});

registry.run();

const homeLabs = suite("mise files of home-labs");
const folder = new URL("../fixtures/mise/", import.meta.url);

for (const name of readdirSync(folder)) {
  homeLabs(`${name}: every tool is a package or is named in a remark`, async () => {
    const text = readFileSync(new URL(name, folder), "utf8");
    const { yaml, spec, diagnostics } = await imported({ "lab/mise.toml": text }, {}, known);
    assert.equal(diagnostics, []);
    const groups = spec.groups as { lab: { packages: (string | { package: string })[] } };
    const packages = groups.lab.packages.map((one) => (typeof one === "string" ? one : one.package));
    for (const written of Object.keys(parseToml(text).tools as Table)) {
      const { attribute } = mapTool(written, known);
      if (attribute !== undefined && packages.includes(attribute)) continue;
      assert.ok(comments(yaml).includes(written), `${written} is lost:\n${yaml}`);
    }
    for (const one of packages) assert.ok(known.has(one) || comments(yaml).includes(`\`${one}\` keeps its place`), one);
    const errors = compileText(yaml).diagnostics.filter((one) => one.severity === "error" && one.code !== "version-unresolved");
    assert.equal(errors, [], yaml);
  });
}

homeLabs("a tool that only keeps its place asks for no version, and the shell goes on without it", async () => {
  const [yaml] = await importConfigs([{ path: "lab/mise.toml", text: '[tools]\nhk = "1"\n' }], async () => undefined, known);
  const { diagnostics } = compileText(yaml ?? "");
  assert.equal(
    diagnostics.filter(({ severity }) => severity === "error"),
    [],
  );
});
homeLabs.run();
