import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { compileSpec } from "../generator/commands/session.ts";
import type { Compiled } from "../generator/compile.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "./support/nix.ts";
import { repository, system } from "./support/spec.ts";
import { tempFolder, tempTree } from "./support/temp.ts";
import { needs } from "./support/tools.ts";

/* Every spec below spec/examples compiles, and what it wishes for is there in a real Nix. */

const test = suite("examples");
const withNix = needs(test, FIXTURE_TOOLS);
const folder = fileURLToPath(new URL("../spec/examples/", import.meta.url));

async function compiled(spec: string): Promise<Compiled> {
  const options = { spec: join(folder, spec), out: tempFolder(), force: false, dryRun: false, strict: false };
  const result = await compileSpec(system, { ...options, knowledge: join(repository, "generator/knowledge") });
  if ("status" in result) throw new Error(result.notes.join());
  return result;
}

/** A spec's output in a new folder. */
async function generated(spec: string): Promise<string> {
  const out = tempFolder();
  for (const { path, text, mode } of (await compiled(spec)).files ?? []) {
    mkdirSync(join(out, dirname(path)), { recursive: true });
    writeFileSync(join(out, path), text, { mode });
  }
  return out;
}

// A file without `name` is a fragment that others include.
const specs = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".yaml") && "name" in parse(readFileSync(join(folder, path), "utf8")))
  .sort();

for (const spec of specs)
  test(`${spec} compiles without an error`, async () => {
    const { diagnostics, files } = await compiled(spec);
    assert.equal(
      diagnostics.filter((d) => d.severity === "error").map((d) => `${d.file}: ${d.code}`),
      [],
    );
    assert.ok(files);
  });

test("the company's base is in both teams, each with its own part", async () => {
  const groups = async (spec: string) =>
    (await compiled(spec)).model?.groups.map(({ name, tools }) => [name, tools.map((tool) => tool.name).join(" ")]);
  assert.equal(await groups("company/web.yaml"), [
    ["common", "git jq acme-cli"],
    ["k8s", "kubectl helm k9s stern"],
    ["web", "nodejs_22 pnpm"],
  ]);
  assert.equal(await groups("company/data.yaml"), [
    ["common", "git jq acme-cli"],
    ["k8s", "kubectl helm"],
    ["data", "postgresql terraform"],
  ]);
});

let nix: Nix;
test.before(() => {
  nix = privateNix();
});

withNix("the company's wishes are true: the tool of its own flake, the overlay, the older kubectl", async () => {
  const acme = tempFolder();
  writeFileSync(
    join(acme, "flake.nix"),
    `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-23.11";
  outputs = { self, nixpkgs }: {
    packages.x86_64-linux.acme-cli = nixpkgs.legacyPackages.x86_64-linux.jq // { name = "acme-cli"; };
  };
}
`,
  );
  const inputs = { acme, "nixpkgs-2024-04-21-6143fc5": await nix.fixture({ kubectl: "1.29.4", "kubernetes-helm": "3.14.4" }) };
  for (const team of ["web", "data"]) {
    const out = await generated(`company/${team}.yaml`);
    const { stdout, stderr, status } = await nix.develop(out, "k8s", ["kubectl"], { inputs });
    assert.is(status, 0, stderr);
    assert.match(stdout, /^kubectl 1\.29\.4/);
    const names = "shell: map (tool: tool.name) shell.nativeBuildInputs";
    const common = (await nix.evalFlake(out, "devShells.x86_64-linux.common", { inputs, apply: names })) as string[];
    assert.ok(common.includes("acme-cli"), common.join());
    await nix.build(out, "checks.x86_64-linux.pins", { inputs });
    const root = tempTree({ ".jj/x": "", "src/x": "", ".env": "TOKEN='$(touch ran)'\n" });
    const show = 'printf "%s\\n" "$KUBECONFIG" "${PATH%%:*}" "$TOKEN"; menu; deploy prod';
    const entered = await nix.develop(out, "default", ["bash", "-c", show], { inputs, cwd: join(root, "src") });
    assert.equal(entered.stdout.split("\n").slice(0, 5), [
      `${root}/.kube/config`,
      `${root}/bin`,
      "$(touch ran)",
      "deploy  Roll out to an environment, staging unless you name another",
      "kubectl 1.29.4",
    ]);
    writeFileSync(join(out, "overlays/acme.nix"), 'final: prev: { jq = prev.jq // { name = "jq-of-acme"; }; }\n');
    const changed = (await nix.evalFlake(out, "devShells.x86_64-linux.common", { inputs, apply: names })) as string[];
    assert.ok(changed.includes("jq-of-acme"), changed.join());
  }
});

test.run();
