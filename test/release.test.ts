import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { COMMANDS } from "../generator/cli/commands.ts";
import { privateNix } from "./support/nix.ts";
import { nixFaults, syntaxErrors } from "./support/nix-lint.ts";
import { nixfmtComplaints } from "./support/nixfmt.ts";
import { evaluate } from "./support/real-nixpkgs.ts";
import { repository } from "./support/spec.ts";
import { tempFolder } from "./support/temp.ts";
import { needs } from "./support/tools.ts";

/* How flakewright itself reaches people: its flake, its release, its hooks; and that nothing it generates takes it from a registry. */

const test = suite("release");

const read = (path: string): string => readFileSync(join(repository, path), "utf8");
const OWN_NIX = { "flake.nix": read("flake.nix"), "package.nix": read("package.nix") };

/** What the build script reads. */
const SOURCES = [
  "flake-template",
  "generator",
  "package-lock.json",
  "package.json",
  "scripts/build.ts",
  "scripts/precompiled.ts",
  "scripts/prepare.mjs",
  "spec/flakewright.schema.json",
  "tsconfig.json",
];

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
const workflow = parse(read(".github/workflows/release.yml")) as { permissions: object; on: object; jobs: Record<string, Job> };
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

test("GitHub's own parser accepts the release workflow", async () => {
  const { context, value } = parseWorkflow(
    { name: "release.yml", content: read(".github/workflows/release.yml") },
    new NoOperationTraceWriter(),
  );
  if (value) await convertWorkflowTemplate(context, value);
  assert.equal(
    context.errors.getErrors().map((error) => error.message),
    [],
  );
});

test("a release is of a tag only, its actions are pinned, and no expression is part of a script", () => {
  assert.equal(workflow.on, { push: { tags: ["v*"] } });
  assert.equal(workflow.permissions, { contents: "read" });
  for (const { uses, run } of steps) {
    if (uses !== undefined) assert.match(uses, /@[0-9a-f]{40}$/);
    if (run !== undefined) assert.not.match(run, /\$\{\{/);
  }
});

test("the step that compares the tag tells a wrong one", () => {
  const { run = "" } = steps.find(({ name }) => name?.startsWith("The tag")) ?? {};
  const { version } = JSON.parse(read("package.json"));
  const status = (tag: string) =>
    spawnSync("bash", ["-e", "-c", run], { cwd: repository, env: { ...process.env, TAG: tag } }).status;
  assert.equal([status(`v${version}`), status(`${version}`), status("v99.0.0")], [0, 1, 1]);
});

test("the hooks of pre-commit start commands of flakewright", () => {
  const hooks = parse(read(".pre-commit-hooks.yaml")) as {
    id: string;
    entry: string;
    language: string;
    pass_filenames: boolean;
  }[];
  assert.equal(
    hooks.map(({ id }) => id),
    ["flakewright-check", "flakewright-generate"],
  );
  for (const { entry, language, pass_filenames } of hooks) {
    const [program, command = ""] = entry.split(" ");
    assert.is(program, "flakewright");
    assert.ok(Object.hasOwn(COMMANDS, command), command);
    assert.equal([language, pass_filenames], ["node", false]);
  }
});

test("no generated file takes a program from a registry of packages", () => {
  const templates = readdirSync(join(repository, "flake-template"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".hbs"),
  );
  assert.ok(templates.length > 40);
  for (const name of templates)
    assert.not.match(
      read(join("flake-template", name)),
      /\b(npx|npm (i|install|exec|x)|pnpm|yarn|bunx|pip3? install|registry\.npmjs)\b/,
      name,
    );
});

test("package.nix builds from everything that the build script reads", () => {
  const listed = [...OWN_NIX["package.nix"].matchAll(/^ {6}\.\/(\S+)$/gm)].map(([, path = ""]) => path);
  assert.equal(listed.sort(), SOURCES);
  // What a script imports is in this list, or a package of package.json. Its own imports are at its top.
  for (const script of ["build.ts", "precompiled.ts"]) {
    const [top = ""] = read(join("scripts", script)).split("\n\n");
    const imports = [...top.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, from = ""]) => from);
    assert.ok(imports.length > 5);
    for (const from of imports.filter((one) => one.startsWith(".")))
      assert.match(from, /^\.\.\/generator\/|^\.\/precompiled\.ts$/);
  }
});

test("every package of the lock file has a hash", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { integrity?: string; link?: boolean }>;
  };
  const without = Object.entries(packages).filter(
    ([path, { integrity, link }]) => path !== "" && !link && !integrity?.startsWith("sha512-"),
  );
  assert.equal(
    without.map(([path]) => path),
    [],
  );
});

test("flake.nix and package.nix have no unused binding and no `with`", () => {
  for (const [path, text] of Object.entries(OWN_NIX)) assert.equal(nixFaults(text), [], path);
});

const ownPaths = Object.keys(OWN_NIX).map((name) => join(repository, name));

needs(test, ["nix", "nix-instantiate"])("they have no syntax error", async () => {
  assert.is(await syntaxErrors(privateNix(), ownPaths), "");
});

needs(test, ["nixfmt"])("nixfmt changes neither", () => {
  assert.is(nixfmtComplaints(ownPaths), "");
});

needs(test, ["nix", "nixpkgs"])("the flake evaluates on a real nixpkgs, for Linux and macOS", async () => {
  const folder = tempFolder();
  for (const name of [...SOURCES, ...Object.keys(OWN_NIX)])
    cpSync(join(repository, name), join(folder, name), { recursive: true });
  const { version } = JSON.parse(read("package.json"));
  for (const system of ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]) {
    const found = await evaluate(
      folder,
      `packages.${system}.default`,
      "x: { inherit (x) drvPath version; inherit (x.meta) mainProgram; }",
    );
    const { drvPath, ...rest } = found as { drvPath: string };
    assert.match(drvPath, /-flakewright-.*\.drv$/);
    assert.equal(rest, { version, mainProgram: "flakewright" });
  }
});

test.run();
