import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stringify } from "yaml";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { compileText, written } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* Tools of other flakes, and overlays: in shells, packages and the modules of machines. */

const test = suite("flake inputs and overlays");
const withNix = needs(test, FIXTURE_TOOLS);

let nix: Nix;
test.before(() => {
  nix = privateNix();
});

const plain = { version: 1, name: "demo", nixpkgs: "nixos-24.05", systems: ["x86_64-linux"] };

/** A flake with a tool below packages, another below legacyPackages alone, and an overlay. */
function acme(): string {
  const folder = tempFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "flake.nix"),
    `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-23.11";
  outputs = { self, nixpkgs }: let
    pkgs = nixpkgs.legacyPackages.x86_64-linux;
    tool = name: pkgs.runCommand name { } "mkdir -p $out/bin; echo > $out/bin/\${name}" // { inherit name; };
  in {
    packages.x86_64-linux = { acme-cli = builtins.trace "acme-cli is made" (tool "acme-cli"); };
    legacyPackages.x86_64-linux = { acme-old = tool "acme-old"; acme-cli = throw "the wrong one"; };
    overlays.default = final: prev: { from-flake = prev.jq; };
    overlays.broken = final: prev: { kubectl = { }.x; };
  };
}
`,
  );
  return folder;
}

const withFlake = stringify({
  ...plain,
  inputs: { acme: { flake: "github:acme/tools", follows: ["nixpkgs"] } },
  groups: {
    plain: { packages: ["jq"] },
    acme: {
      packages: [
        { package: "acme-cli", from: "acme" },
        { package: "acme-cli", name: "again", from: "acme" },
        { package: "acme-old", from: "acme" },
        { package: "nothing", from: "acme" },
      ],
    },
  },
  hosts: { web: { stateVersion: "24.05" } },
});

const NAMES = "shell: map (tool: tool.name) shell.nativeBuildInputs";

withNix("a flake gives its packages, else its legacyPackages; what it lacks is left out", async () => {
  const folder = written(withFlake);
  const inputs = { acme: acme() };
  const shell = "devShells.x86_64-linux.acme";
  assert.equal(await nix.evalFlake(folder, shell, { inputs, apply: NAMES }), ["acme-cli", "acme-cli", "acme-old"]);
  const missing = await nix.evalFlake(folder, `${shell}.missing`, { inputs });
  assert.is((missing as unknown[]).length, 1);
  const machine =
    'machine: builtins.filter (name: builtins.match "acme.*" name != null) (map (tool: tool.name) machine.config.environment.systemPackages)';
  assert.equal(await nix.evalFlake(folder, "nixosConfigurations.web", { inputs, apply: machine }), [
    "acme-cli",
    "acme-cli",
    "acme-old",
  ]);
});

withNix("one flake for several tools is evaluated once, and not fetched where nothing needs it", async () => {
  const folder = written(withFlake);
  const { stderr } = await nix.run([
    "eval",
    "--no-write-lock-file",
    ...["--override-input", "nixpkgs", `path:${await nix.fixture()}`, "--override-input", "acme", `path:${acme()}`],
    `path:${folder}#devShells.x86_64-linux.acme.drvPath`,
  ]);
  assert.is(stderr.split("acme-cli is made").length, 2, stderr);
  // Locked, and then gone: whatever asks for it fails.
  const [source, fixture] = [acme(), await nix.fixture()];
  const overrides = ["--override-input", "nixpkgs", `path:${fixture}`, "--override-input", "acme", `path:${source}`];
  await nix.must(["flake", "lock", folder, ...overrides]);
  rmSync(source, { recursive: true });
  for (const gone of (await nix.must(["path-info", "--all"])).split("\n"))
    if (existsSync(join(gone, "flake.nix")) && readFileSync(join(gone, "flake.nix"), "utf8").includes("acme-cli is made"))
      await nix.must(["store", "delete", "--ignore-liveness", gone]);
  assert.is.not((await nix.run(["eval", `path:${folder}#devShells.x86_64-linux.acme.drvPath`])).status, 0);
  await nix.must(["eval", `path:${folder}#devShells.x86_64-linux.plain.drvPath`]);
});

withNix("an input that follows has this flake's nixpkgs", async () => {
  const folder = written(withFlake);
  const fixture = await nix.fixture({ jq: "9.9" });
  const { stdout, status, stderr } = await nix.run([
    "flake",
    "metadata",
    "--json",
    "--no-write-lock-file",
    ...["--override-input", "nixpkgs", `path:${fixture}`, "--override-input", "acme", `path:${acme()}`],
    `path:${folder}`,
  ]);
  assert.is(status, 0, stderr);
  assert.equal(JSON.parse(stdout).locks.nodes.acme.inputs, { nixpkgs: ["nixpkgs"] });
});

withNix("what is no nixpkgs is refused in words where a tool is taken from it, and nowhere else", async () => {
  const spec = (url: string) =>
    stringify({
      ...plain,
      inputs: { acme: url },
      groups: { plain: { packages: ["jq"] }, acme: { packages: [{ package: "acme-cli", from: "acme" }] } },
    });
  const compat = acme();
  // As flake-compat's users have it.
  writeFileSync(join(compat, "default.nix"), "{ src ? ./. }: { inherit src; }\n");
  for (const other of [acme(), compat]) {
    const folder = written(spec("path:/srv/acme"));
    const inputs = { acme: other, "acme/nixpkgs": await nix.fixture() };
    const { status, stderr } = await nix.develop(folder, "acme", ["true"], { inputs });
    assert.is.not(status, 0);
    assert.match(stderr.replace(/\s+/g, " "), "flakewright: the input `acme` is no nixpkgs");
    await nix.evalFlake(folder, "devShells.x86_64-linux.plain.name", { inputs });
  }
  assert.equal(
    compileText(spec("github:acme/tools")).diagnostics.flatMap((d) => (d.severity === "error" ? d.code : [])),
    ["input-not-nixpkgs"],
  );
});

const withOverlays = stringify({
  ...plain,
  nixpkgs: { url: "github:NixOS/nixpkgs/nixos-24.05", overlays: ["./overlays/acme.nix", { from: "acme" }] },
  inputs: { acme: { flake: "github:acme/tools", follows: ["nixpkgs"] } },
  groups: { tools: { packages: ["jq", "renamed", "from-flake"] } },
  hosts: { web: { stateVersion: "24.05", deploy: { target: "web.example.net" } } },
});

withNix("overlays change shells, packages, hosts and modules alike; the scaffold changes nothing", async () => {
  const folder = written(withOverlays);
  const inputs = { acme: acme() };
  const shell = "devShells.x86_64-linux.tools";
  const plainNames = (await nix.evalFlake(folder, shell, { inputs, apply: NAMES })) as string[];
  assert.is(plainNames.length, 2, "jq and what the flake's overlay adds");
  writeFileSync(join(folder, "overlays/acme.nix"), 'final: prev: { renamed = prev.jq // { name = "renamed-1"; }; }\n');
  const names = (await nix.evalFlake(folder, shell, { inputs, apply: NAMES })) as string[];
  assert.ok(names.includes("renamed-1"), names.join());
  const paths = "package: package.drvPath";
  assert.ok(await nix.evalFlake(folder, "packages.x86_64-linux.tools", { inputs, apply: paths }));
  const machine = "machine: map (tool: tool.name) machine.config.environment.systemPackages";
  for (const host of ["nixosConfigurations.web", "colmenaHive.nodes.web"]) {
    const installed = (await nix.evalFlake(folder, host, { inputs, apply: machine })) as string[];
    assert.ok(installed.includes("renamed-1"), `${host}: ${installed.join()}`);
    assert.is(installed.filter((name) => /^jq/.test(name)).length, 2);
  }
  const home = `module:
    let
      pkgs = import ${await nix.fixture()} { system = "x86_64-linux"; };
      evaluated = pkgs.lib.evalModules {
        modules = [
          module
          { options = { home.packages = pkgs.lib.mkOption { }; warnings = pkgs.lib.mkOption { }; nixpkgs = pkgs.lib.mkOption { }; }; }
          { flakewright.groups.tools.enable = true; _module.args = { inherit pkgs; }; }
        ];
      };
    in { inherit (evaluated.config) warnings; count = builtins.length evaluated.config.home.packages; }`;
  const installed = (await nix.evalFlake(folder, "homeModules.default", { inputs, apply: home })) as object;
  assert.equal(installed, { warnings: [], count: 1 }, "nothing is left out of the one environment");
});

withNix("a broken overlay's error names the file that it is in", async () => {
  const folder = written(withOverlays);
  const inputs = { acme: acme() };
  for (const broken of [
    "final: prev: { renamed = prev.nosuch; }",
    "{ }",
    "final: prev: 1",
    "final: prev: { renamed = nosuch; }",
  ]) {
    writeFileSync(join(folder, "overlays/acme.nix"), `${broken}\n`);
    const { status, stderr } = await nix.develop(folder, "tools", ["true"], { inputs, args: ["--show-trace"] });
    assert.is.not(status, 0, broken);
    assert.match(stderr, "overlays/acme.nix", broken);
  }
});

test.run();
