import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { keyMeanings } from "../generator/commands/explain/keys.ts";
import { compileSpec } from "../generator/commands/session.ts";
import type { Compiled } from "../generator/compile.ts";
import { STARTER_ENVRC } from "../generator/output/starter-files.ts";
import { underDirenv } from "./support/direnv.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "./support/nix.ts";
import { optionsFor } from "./support/options.ts";
import { evaluate } from "./support/real-nixpkgs.ts";
import { system } from "./support/spec.ts";
import { tempFolder } from "./support/temp.ts";
import { needs } from "./support/tools.ts";

/* Every spec below spec/examples compiles, and what it wishes for is there in a real Nix. */

const test = suite("examples");
const withNix = needs(test, FIXTURE_TOOLS);
const folder = fileURLToPath(new URL("../spec/examples/", import.meta.url));

async function compiled(spec: string): Promise<Compiled> {
  const result = await compileSpec(system, optionsFor(join(folder, spec), tempFolder()));
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

/** Keys that a company or a home lab asks for; each is in an example, in the schema with a description, and in `explain`. */
const KEYS = [
  ...["requires", "include", "include.file", "include.without", "inputs.flake", "inputs.follows", "nixpkgs.overlays", "nix"],
  ...[
    "groups.packages.version",
    "shells.env.path",
    "shells.env.prepend",
    "shells.env.append",
    "shells.envFiles",
    "shells.envFiles.optional",
  ],
  ...["commands", "commands.help", "commands.run", "commands.groups", "hosts.settings"],
];

const NAMED = new Set(["inputs", "groups", "shells", "shells.*.env", "commands", "hosts"]);

/** The keys of a value, with `*` for the names that the user gives: `shells.*.env`. */
function keysIn(value: unknown, at = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => keysIn(one, at));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const place = `${at === "" ? "" : `${at}.`}${NAMED.has(at) ? "*" : key}`;
    return [place, ...keysIn(below, place)];
  });
}

test("each key is in an example, has a description and is explained", () => {
  const texts = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".yaml"));
  const used = new Set(
    texts.flatMap((path) => keysIn(parse(readFileSync(join(folder, path), "utf8"))).map((key) => key.replaceAll(".*", ""))),
  );
  for (const key of KEYS) {
    assert.ok(used.has(key), `no example has ${key}`);
    assert.match(keyMeanings(key)[0]?.text ?? "", /\w{3}.*\./, key);
  }
});

test("the documents of a team say what is included, overlaid, pinned, set, read and run", async () => {
  const files = new Map((await compiled("company/web.yaml")).files?.map(({ path, text }) => [path, text]));
  for (const path of ["ARCHITECTURE.md", "catalog.html"]) {
    const text = files.get(path)?.replaceAll("\\", "") ?? "";
    for (const word of [
      "base.yaml",
      "acme#overlays.default",
      "./overlays/acme.nix",
      "1.29.4",
      "github:acme/tools",
      "KUBECONFIG",
      "NODE_PATH",
      ".env",
      "deploy",
    ])
      assert.ok(text.includes(word), `${path} does not say ${word}`);
  }
  const nix = (await compiled("determinate.yaml")).files?.find(({ path }) => path === "ARCHITECTURE.md")?.text ?? "";
  assert.match(nix, "The machines run Determinate's Nix.");
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

/** The company's flake: a tool for every system, and an overlay. */
function companyFlake(): string {
  const folder = tempFolder();
  writeFileSync(
    join(folder, "flake.nix"),
    `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-23.11";
  outputs = { self, nixpkgs }: {
    packages = builtins.mapAttrs (system: _: {
      acme-cli = (import nixpkgs { inherit system; }).runCommand "acme-cli" { } ''
        mkdir -p $out/bin
        printf '#!%s\\necho "acme of $1"\\n' "$(command -v bash)" > $out/bin/acme-cli
        chmod +x $out/bin/acme-cli
      '';
    }) { x86_64-linux = 1; aarch64-linux = 1; aarch64-darwin = 1; };
    overlays.default = final: prev: { jq = prev.jq // { name = "jq-of-acme"; }; };
  };
}
`,
  );
  return folder;
}

const TEAMS = { web: ["common", "default", "k8s", "web"], data: ["common", "data", "default", "k8s"] };
const PINNED = "nixpkgs-2024-04-21-6143fc5";
const names = "shell: map (tool: tool.name) shell.nativeBuildInputs";

needs(test, ["nix", "nixpkgs"])(
  "the company's shells evaluate on a real nixpkgs for three systems, and nothing is left out",
  async () => {
    const inputs = { nixpkgs: undefined, acme: companyFlake(), [PINNED]: undefined };
    for (const [team, shells] of Object.entries(TEAMS)) {
      const out = await generated(`company/${team}.yaml`);
      for (const system of ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]) {
        const found = (await evaluate(
          out,
          `devShells.${system}`,
          "builtins.mapAttrs (_: shell: { path = shell.drvPath; inherit (shell) missing; })",
          inputs,
        )) as Record<string, { path: string; missing: string[] }>;
        assert.equal(Object.keys(found), shells);
        for (const [name, { path, missing }] of Object.entries(found)) {
          assert.match(path, /\.drv$/);
          assert.equal(missing, [], `${team} ${system} ${name}`);
        }
      }
    }
  },
);

let nix: Nix;
test.before(() => {
  nix = privateNix();
});

/** A team's project: its output in `out`, a file of variables with code in it, a subfolder, and the direnv file that `init` writes. */
async function project(team: string): Promise<{ root: string; inputs: Record<string, string> }> {
  const root = join(tempFolder(), "project");
  mkdirSync(join(root, ".jj"), { recursive: true });
  mkdirSync(join(root, "src/deep"), { recursive: true });
  writeFileSync(join(root, ".env"), "TOKEN='$(touch ran)'\n");
  writeFileSync(join(root, ".envrc"), STARTER_ENVRC);
  cpSync(await generated(`company/${team}.yaml`), join(root, "out"), { recursive: true });
  const pinned = await nix.fixture({ kubectl: "1.29.4", "kubernetes-helm": "3.14.4" });
  return { root, inputs: { acme: companyFlake(), [PINNED]: pinned } };
}

withNix(
  "the company's wishes are true in nix develop: its tool, overlays, the older kubectl, path, PATH, dotenv, deploy",
  async () => {
    for (const team of ["web", "data"]) {
      const { root, inputs } = await project(team);
      const out = join(root, "out");
      await nix.build(out, "checks.x86_64-linux.pins", { inputs });
      const show = 'printf "%s\\n" "$KUBECONFIG" "${PATH%%:*}" "$TOKEN"; menu; deploy prod; kubectl; helm; acme-cli "$1"';
      for (const shell of ["default", "k8s"]) {
        const acme = shell === "default" ? show : show.replace(/; acme-cli.*/, "");
        const entered = await nix.develop(out, shell, ["bash", "-c", acme, "-", "a b"], { inputs, cwd: join(root, "src/deep") });
        assert.is(entered.status, 0, entered.stderr);
        assert.equal(entered.stdout.trimEnd().split("\n"), [
          `${root}/.kube/config`,
          `${root}/bin`,
          "$(touch ran)",
          "deploy  Roll out to an environment, staging unless you name another",
          "kubectl 1.29.4",
          "kubectl 1.29.4",
          "helm 3.14.4",
          ...(shell === "default" ? ["acme of a b"] : []),
        ]);
      }
      const common = async () =>
        (await nix.evalFlake(out, "devShells.x86_64-linux.common", { inputs, apply: names })) as string[];
      assert.ok((await common()).includes("jq-of-acme"), "the overlay of the company's flake");
      writeFileSync(join(out, "overlays/acme.nix"), 'final: prev: { jq = prev.jq // { name = "jq-of-the-team"; }; }\n');
      assert.ok((await common()).includes("jq-of-the-team"), "the team's own overlay");
      assert.not.ok(existsSync(join(root, "ran")));
      assert.not.ok(existsSync(join(root, "src/deep/ran")));
    }
  },
);

for (const shell of ["bash", "zsh", "fish"] as const)
  needs(test, [...FIXTURE_TOOLS, "direnv", shell])(`the company's wishes are true under direnv in ${shell}`, async () => {
    const { root, inputs } = await project("web");
    const sources = { nixpkgs: await nix.fixture(), ...inputs };
    const overrides = Object.entries(sources).flatMap(([name, path]) => ["--override-input", name, `path:${path}`]);
    await nix.must(["flake", "lock", join(root, "out"), ...overrides]);
    // Of an input that is no flake, the override itself becomes the reference that the lock is for.
    const file = join(root, "out/flake.lock");
    const lock = JSON.parse(readFileSync(file, "utf8"));
    const rev = "6143fc5eeb9c4f00163267708e26191d1e918932";
    lock.nodes[PINNED].original = { owner: "NixOS", repo: "nixpkgs", rev, type: "github" };
    writeFileSync(file, JSON.stringify(lock));
    const status = shell === "fish" ? "$status" : "$?";
    const { stdout, stderr } = underDirenv(nix, join(root, "../home"), {
      shell,
      allowed: root,
      folder: join(root, "src/deep"),
      commands: `echo "$KUBECONFIG"\necho "$TOKEN"\ncommand -v acme-cli deploy menu | grep -c /\nmenu\ndeploy prod\necho ${status}\nkubectl\nacme-cli "a b"\necho "$PATH" | tr : ' ' | cut -d ' ' -f 1`,
    });
    assert.equal(
      stdout.trimEnd().split("\n"),
      [
        `${root}/.kube/config`,
        "$(touch ran)",
        "3",
        "deploy  Roll out to an environment, staging unless you name another",
        "kubectl 1.29.4",
        "0",
        "kubectl 1.29.4",
        "acme of a b",
        `${root}/bin`,
      ],
      stderr,
    );
    assert.not.ok(existsSync(join(root, "ran")));
  });

test.run();
