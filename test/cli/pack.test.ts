import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { freshBundle } from "../support/cli.ts";
import { repository } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";

/* The published package, installed into an empty project, with only Node on PATH. */

const packed = suite("packed");

packed("the tarball installs without dependencies, and the commands of README work with only Node on PATH", () => {
  const folder = tempFolder();
  // dist/ is packed as it is: `npm pack` would build it again, and so remove it while other tests run it.
  freshBundle();
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: repository, stdio: "ignore" });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "project", "private": true }');
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", join(folder, tarball)], {
    cwd: project,
    stdio: "pipe",
  });
  assert.equal(
    readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith(".")),
    ["flakewright"],
  );

  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, "node"));
  const run = (...args: string[]) =>
    spawnSync(join(project, "node_modules/.bin/flakewright"), args, {
      cwd: project,
      encoding: "utf8",
      env: { PATH: bin, HOME: folder },
    });
  const must = (...args: string[]) => {
    const { status, stdout, stderr } = run(...args);
    assert.is(status, 0, `flakewright ${args.join(" ")}\n${stdout}${stderr}`);
    return stdout;
  };
  assert.is(must("--version").trim(), JSON.parse(readFileSync(join(repository, "package.json"), "utf8")).version);
  must("init", "platform");
  must("generate", "platform/spec/platform.yaml", "--out", "platform/out");
  assert.match(must("generate", "platform/spec/platform.yaml", "--out", "platform/out"), /^$/);
  must("check", "platform/spec/platform.yaml", "--out", "platform/out");
  assert.ok(existsSync(join(project, "platform/out/flake.nix")));
  assert.ok(JSON.parse(must("schema")).properties.groups);
  assert.match(must("explain", "kubernetes-helm"), /helm/);
  assert.match(must("completion", "bash"), /flakewright/);

  // The bundle prints and writes the same as the sources.
  cpSync(join(repository, "spec"), join(project, "reference/spec"), { recursive: true });
  must("generate", "reference/spec/platform.yaml", "--out", "reference/out");
  for (const file of ["flake.nix", ".flakewright.json"])
    assert.is(readFileSync(join(project, "reference/out", file), "utf8"), readFileSync(join(repository, "out", file), "utf8"));
  writeFileSync(join(project, "bad.yaml"), "version: 1\nname: x\ngroups:\n  k8s:\n    packages: [helm]\n    pakages: []\n");
  const bad = run("generate", "bad.yaml", "--out", "bad", "--format", "json");
  assert.is(bad.status, 1);
  const codes = JSON.parse(bad.stdout).diagnostics.map((d: { code: string }) => d.code);
  assert.ok(codes.includes("schema-unknown-key") && codes.includes("package-wrong-name"), codes.join());
  assert.not(existsSync(join(project, "bad")));
});

packed.run();
