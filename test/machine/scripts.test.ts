import { copyFileSync, existsSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generated, NIXES, type Ran, run } from "../support/machine.ts";
import { copyFixture, FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { tempFolder } from "../support/temp.ts";

/*
 * manage-nix-packages.sh with each available Nix, and the fixture nixpkgs in a folder that changes after it was locked. Nix itself
 * confirms what the script reports.
 */

const spec = (nixpkgs: string, volume: string) => `
version: 1
name: demo
nixpkgs: { url: "path:${nixpkgs}" }
systems: [x86_64-linux, aarch64-linux]
groups:
  k8s:
    title: Kubernetes "Tools"
    packages: [kubectl, { package: kubernetes-helm, name: helm }]
  cloud: { packages: [awscli2, mas] }
  dev: { packages: [jq, kubectl] }
settings: { experimental-features: [nix-command, flakes], max-jobs: 2 }
gc: { olderThan: 1d }
volumes:
  data: { mount: "${volume}", groups: [dev] }
`;

for (const { name, within, register, isThere } of NIXES) {
  const test = suite(`manage-nix-packages.sh with ${name}`);
  const withNix = register(test, [...FIXTURE_TOOLS, "sh"]);

  let nix: Nix;
  let nixpkgs: string;
  let volume: string;
  let out: string;
  let profile: string;

  test.before(() => {
    if (!isThere(FIXTURE_TOOLS)) return;
    nix = privateNix([...within, "nix"]);
    nixpkgs = copyFixture();
    volume = tempFolder();
    out = generated(spec(nixpkgs, volume));
    const root = process.getuid?.() === 0;
    profile = join(
      root ? nix.env.NIX_STATE_DIR! : nix.env.XDG_STATE_HOME!,
      root ? "profiles" : "nix/profiles",
      "environment-demo",
    );
  });

  const inside = (command: readonly string[]): Promise<Ran> => run([...within, ...command], { cwd: out, env: nix.env });
  const manage = (...args: string[]): Promise<Ran> => inside(["./manage-nix-packages.sh", ...args]);
  const must = async (...args: string[]): Promise<string> => {
    const ran = await manage(...args);
    assert.is(ran.status, 0, ran.stderr);
    return ran.stdout;
  };
  /** A profile's content by `nix-env --query`. */
  const generations = async (path = profile): Promise<string[]> => {
    const ran = await inside(["nix-env", "--profile", path, "--list-generations"]);
    assert.is(ran.status, 0, ran.stderr);
    return ran.stdout
      .trim()
      .split("\n")
      .map((line) =>
        line
          .trim()
          .replace(/ .*(\(current\))$| .*$/, " $1")
          .trim(),
      );
  };
  const kubectl = async (path = profile): Promise<string> => (await inside([join(path, "bin/kubectl")])).stdout.trim();
  const references = async (path: string): Promise<string[]> =>
    (await inside(["nix-store", "--query", "--requisites", path])).stdout
      .split("\n")
      .map((line) => line.replace(/^.*\/[a-z0-9]{32}-/, ""));
  const setVersions = (versions: Record<string, string>) =>
    copyFileSync(join(copyFixture(versions), "versions.nix"), join(nixpkgs, "versions.nix"));

  withNix("before the first install, list and status say so", async () => {
    assert.match(await must("list"), /^k8s: Kubernetes "Tools"\n {2}kubectl +\(not installed\)\n/);
    const status = JSON.parse(await must("status", "--json"));
    assert.equal(status.profile, { path: profile, generation: null, generations: 0, groups: [] });
    assert.is(status.lock.ageDays, null);
  });

  withNix("install creates one generation with two groups", async () => {
    const said = await must("install", "k8s", "cloud");
    assert.match(said, /kubectl 1\.30\.1 \(new\)/);
    assert.match(said, /generation 1 of .*: k8s cloud/);
    assert.equal(await generations(), ["1 (current)"]);
    assert.is(await kubectl(), "kubectl 1.30.1");
    const held = await references(profile);
    assert.ok(
      ["k8s", "cloud", "kubectl-1.30.1", "awscli2-2.15.43"].every((path) => held.includes(path)),
      held.join(" "),
    );
    assert.not.ok(held.includes("dev"));
  });

  withNix("nix-env --query shows the groups", async () => {
    const ran = await inside(["nix-env", "--profile", profile, "--query"]);
    assert.equal(ran.stdout.trim().split("\n").sort(), ["cloud", "k8s"], ran.stderr);
  });

  withNix("list shows versions and marks tools that this system lacks", async () => {
    const json = JSON.parse(await must("list", "--json"));
    const by = (tool: string, group: string) =>
      json.find((row: { tool: string; group: string }) => row.tool === tool && row.group === group);
    assert.is(by("helm", "k8s").version, "3.15.0");
    assert.is(by("helm", "k8s").state, "installed");
    assert.ok(existsSync(join(by("helm", "k8s").path.replace("/nix/store", nix.env.NIX_STORE_DIR), "bin/helm")));
    assert.is(by("mas", "cloud").state, "missing");
    assert.is(by("jq", "dev").state, "not installed");
    assert.match(await must("list"), /mas +missing: made for other systems than x86_64-linux/);
  });

  withNix("status shows Nix, generation, groups, lock file and store", async () => {
    const status = JSON.parse(await must("status", "--json"));
    assert.match(status.nix.version, /^2\./);
    assert.equal(status.profile, { path: profile, generation: 1, generations: 1, groups: ["k8s", "cloud"] });
    assert.is(status.lock.ageDays, 0);
    assert.ok(status.store.bytes > 0);
    assert.is.not(status.store.freeableBytes, null);
    const text = await must("status");
    assert.match(text, /generation 1 of 1: k8s cloud/);
    assert.match(text, /flake\.lock: {2}0 days old/);
  });

  withNix("installing the same again creates no generation", async () => {
    await must("install", "k8s", "cloud");
    assert.equal(await generations(), ["1 (current)"]);
  });

  withNix("a failed update changes neither lock file nor profile", async () => {
    const lock = readFileSync(join(out, "flake.lock"), "utf8");
    const link = readlinkSync(profile);
    setVersions({ kubectl: "1.31.0" });
    // A package set that does not evaluate.
    copyFileSync(join(nixpkgs, "default.nix"), join(nixpkgs, "default.nix.kept"));
    copyFileSync("/dev/null", join(nixpkgs, "default.nix"));
    const ran = await manage("update");
    copyFileSync(join(nixpkgs, "default.nix.kept"), join(nixpkgs, "default.nix"));
    assert.is(ran.status, 1);
    assert.match(ran.stderr, /stay as they were/);
    assert.is(readFileSync(join(out, "flake.lock"), "utf8"), lock);
    assert.is(readlinkSync(profile), link);
    // A missing package set: the lock file itself can't be written.
    const hidden = `${nixpkgs}.hidden`;
    await run(["mv", nixpkgs, hidden]);
    const gone = await manage("update");
    await run(["mv", hidden, nixpkgs]);
    assert.is(gone.status, 1);
    assert.is(readFileSync(join(out, "flake.lock"), "utf8"), lock);
    assert.equal(await generations(), ["1 (current)"]);
  });

  withNix("update installs the new version and names it", async () => {
    rmSync(join(nixpkgs, "default.nix.kept"));
    const said = await must("update");
    assert.match(said, /^ {2}kubectl 1\.30\.1 -> 1\.31\.0$/m);
    assert.not.match(said, /helm/);
    assert.equal(await generations(), ["1", "2 (current)"]);
    assert.is(await kubectl(), "kubectl 1.31.0");
    assert.match(await must("update"), /everything is at its newest version/);
    assert.equal(await generations(), ["1", "2 (current)"]);
  });

  withNix("a volume has its own profile and does not change the user's", async () => {
    const link = readlinkSync(profile);
    const said = await must("install", "--volume", "data");
    const own = join(volume, ".nix/environment-demo");
    assert.match(said, /generation 1 of .*: dev/);
    assert.equal(await generations(own), ["1 (current)"]);
    assert.is(await kubectl(own), "kubectl 1.31.0");
    assert.is(readlinkSync(profile), link);
    assert.equal(await generations(), ["1", "2 (current)"]);
    setVersions({ kubectl: "1.32.0" });
    assert.match(await must("update", "--volume", "data"), /kubectl 1\.31\.0 -> 1\.32\.0/);
    assert.is(await kubectl(own), "kubectl 1.32.0");
    assert.is(await kubectl(), "kubectl 1.31.0");
    assert.match(await must("rollback", "--volume", "data"), /kubectl 1\.32\.0 -> 1\.31\.0/);
    assert.equal(await generations(own), ["1 (current)", "2"]);
    // Its generations are garbage collector roots wherever the volume is mounted.
    const roots = (await inside(["nix-store", "--gc", "--print-roots"])).stdout;
    assert.match(roots, new RegExp(`${own}-2-link`));
  });

  withNix("rollback goes back a generation", async () => {
    assert.match(await must("rollback"), /kubectl 1\.31\.0 -> 1\.30\.1/);
    assert.equal(await generations(), ["1 (current)", "2"]);
    assert.is(await kubectl(), "kubectl 1.30.1");
    const ran = await manage("rollback");
    assert.is(ran.status, 1);
  });

  withNix("clean removes old generations and unused paths; --dry-run removes nothing", async () => {
    // After a third generation, the two before it are made old. Nix keeps the newest old one, because it was current a day ago.
    await must("install", "k8s");
    assert.equal((await generations()).length, 3);
    await run(["sh", "-c", 'for link in "$0"-1-link "$0"-2-link; do touch -h -d "3 days ago" "$link"; done', profile]);
    const before = await generations();
    // A build that fails leaves its lock in the store: no store path, and of no size.
    const dead = "00000000000000000000000000000000-x.lock";
    await inside(["sh", "-c", `: > "$NIX_STORE_DIR/${dead}"`]);
    await must("status");
    const dry = await must("clean", "--dry-run");
    const counted = Number(/would remove ([0-9]+) store paths/.exec(dry)?.[1]);
    assert.not.match(dry, /\.lock/);
    assert.match(dry, /-kubectl-1\.30\.1\n/, "only an old generation uses it");
    assert.equal(await generations(), before);
    const paths = async () =>
      (await inside(["ls", nix.env.NIX_STORE_DIR!])).stdout
        .split("\n")
        .filter((name) => name.includes("-") && !name.endsWith(".lock")).length;
    const all = await paths();
    await must("clean");
    assert.is(all - (await paths()), counted, dry);
    assert.equal(await generations(), ["2", "3 (current)"]);
    const left = await references(profile);
    assert.ok(left.includes("k8s"));
    assert.is(await kubectl(), "kubectl 1.32.0");
    const store = (await inside(["ls", nix.env.NIX_STORE_DIR!])).stdout;
    assert.not.match(store, /-kubectl-1\.30\.1\n/);
    assert.match(store, /-kubectl-1\.31\.0\n/);
    // The volume's two generations are not old.
    assert.equal(await generations(join(volume, ".nix/environment-demo")), ["1 (current)", "2"]);
  });

  withNix("the flake's apps are the same commands", async () => {
    const ran = await inside(["nix", "run", ".#list", "--", "--json"]);
    assert.is(ran.status, 0, ran.stderr);
    assert.is(JSON.parse(ran.stdout).find((row: { tool: string }) => row.tool === "kubectl").state, "installed");
    const status = await inside(["nix", "run", ".#status"]);
    assert.match(status.stdout, /generation 3 of 2: k8s/, status.stderr);
  });

  withNix("wrong usage is reported", async () => {
    for (const [args, words] of [
      [["instal"], /no command instal/],
      [["install", "nope"], /no group nope; there are: k8s cloud dev/],
      [["install", "--volume", "nope"], /no volume nope; there are: data/],
      [["status", "--colour"], /unknown option/],
    ] as const) {
      const ran = await manage(...args);
      assert.is(ran.status, 2);
      assert.match(ran.stderr, words);
    }
    assert.match(await must("--help"), /^Usage:/);
  });

  test.run();
}

const test = suite("manage-nix-packages.sh without Nix");

test("status and list don't run Nix", async () => {
  const bin = tempFolder();
  for (const program of [
    "bash",
    "sh",
    "awk",
    "sed",
    "grep",
    "id",
    "date",
    "sort",
    "tr",
    "cut",
    "head",
    "readlink",
    "dirname",
    "cat",
    "env",
    "uname",
  ]) {
    const found = (await run(["sh", "-c", 'command -v "$0"', program])).stdout.trim();
    symlinkSync(found, join(bin, program));
  }
  const home = tempFolder();
  const out = generated(spec("/nowhere", home));
  // The script would find Nix in its usual places without PATH: it must not run those either.
  const env = { PATH: bin, HOME: home, NIX_STATE_DIR: home, XDG_STATE_HOME: undefined };
  const status = await run([join(out, "manage-nix-packages.sh"), "status"], { env });
  assert.is(status.status, 0, status.stderr);
  assert.match(status.stdout, /^Nix: +not installed/);
  assert.match(status.stdout, /profile: +none yet/);
  const json = await run([join(out, "manage-nix-packages.sh"), "status", "--json"], { env });
  assert.is(JSON.parse(json.stdout).nix.version, null);
  const list = await run([join(out, "manage-nix-packages.sh"), "list", "--json"], { env });
  assert.is(JSON.parse(list.stdout).length, 6);
  const install = await run([join(out, "manage-nix-packages.sh"), "install"], { env });
  assert.is(install.status, 1);
  assert.match(install.stderr, /nix is not on PATH/);
});

test.run();
