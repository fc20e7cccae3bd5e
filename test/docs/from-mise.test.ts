import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { blocksOf, flakewrightProgram, runConsole } from "../support/guide.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { tempFolder } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";

/* docs/guides/from-mise.md: its mise.toml becomes a spec whose versions are found in the real history, by the commands of the page. */

const test = suite("guide: from mise");
const INDEX = fileURLToPath(new URL("../fixtures/version-index", import.meta.url));
const PAGE = "guides/from-mise.md";

let nix: Nix;
test.before(() => {
  nix = privateNix();
});

needs(test, [...FIXTURE_TOOLS, "git"])(
  "the commands of the page, and all 20 tools have the version that mise.toml names",
  async () => {
    const folder = join(tempFolder(), "homelab");
    mkdirSync(folder);
    const [toml = ""] = blocksOf(PAGE, "toml");
    writeFileSync(join(folder, "mise.toml"), toml);
    const wanted = [...toml.matchAll(/^(\w+) = "([\d.]+)"$/gm)];
    assert.is(wanted.length, 20);
    // The tools of the pinned commit, by their attributes.
    const attributes: Record<string, string> = { helm: "kubernetes-helm", task: "go-task", yq: "yq-go" };
    const versions = Object.fromEntries(wanted.map(([, name = "", version = ""]) => [attributes[name] ?? name, version]));
    const pinned = await nix.fixture({ ...versions, "go-task": "3.40.0" });
    const overrides = { nixpkgs: await nix.fixture(), "nixpkgs-2024-11-28-2262165": pinned };
    const inputs = Object.entries(overrides).map(([name, path]) => `--override-input ${name} path:${path}`);
    // Options of `nix develop` stand in front of its `-c`.
    const nixProgram = `real=${tool("nix")}
case $1 in develop) exec "$real" develop "$2" --no-write-lock-file ${inputs.join(" ")} "\${@:3}" ;; esac
exec "$real" "$@"`;
    const programs = { flakewright: flakewrightProgram(`[ "$1" != pin ] || set -- "$@" --index path:${INDEX}`), nix: nixProgram };
    const env = { ...nix.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
    runConsole("$ git init -q\n", folder, programs, env);
    const [commands = ""] = blocksOf(PAGE, "console");
    runConsole(commands, folder, programs, env);

    const { pins } = JSON.parse(readFileSync(join(folder, "spec/platform.pins.json"), "utf8"));
    assert.equal(
      Object.fromEntries(
        Object.values(pins as Record<string, { attribute: string; version: string }>).map((pin) => [pin.attribute, pin.version]),
      ),
      { ...versions, "go-task": "3.40.0" },
    );
    const shell = await nix.develop(
      join(folder, "out"),
      "default",
      ["bash", "-c", 'kubectl; helm; printf \'%s\\n\' "$KUBECONFIG" "${PATH%%:*}"'],
      {
        inputs: overrides,
        cwd: folder,
      },
    );
    assert.equal(shell.stdout.trimEnd().split("\n"), ["kubectl 1.31.2", "helm 3.16.3", `${folder}/kubeconfig`, `${folder}/bin`]);
    assert.not.match(shell.stderr, "left out");
  },
);

test.run();
