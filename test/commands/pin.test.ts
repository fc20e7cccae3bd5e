import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flakewright } from "../support/cli.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

const test = suite("pin");
const withNix = needs(test, FIXTURE_TOOLS);

const REVISIONS = Array.from({ length: 12 }, (_, at) => ({
  rev: at.toString(16).repeat(40),
  date: `2024-${String(at + 1).padStart(2, "0")}-01`,
}));

/** An index of eleven tools that had a version each month, and one that came late. */
function makeIndex(): string {
  const folder = tempFolder();
  mkdirSync(join(folder, "index"));
  const attrs: Record<string, Record<string, number | null>> = {};
  for (let tool = 0; tool < 11; tool++)
    attrs[`tool${"abcdefghijk"[tool]}`] = { "1.0.0": 1, "1.1.0": 6, "1.1.1": 7 + (tool % 3), "1.2.0": null };
  attrs["late"] = { "3.0": 10, "3.1": null };
  writeFileSync(join(folder, "revisions.json"), JSON.stringify(REVISIONS));
  writeFileSync(join(folder, "index/versions.json"), JSON.stringify({ revisionCount: 12, attrs }));
  return folder;
}

const specOf = (tools: Record<string, string>): string =>
  `version: 1\nname: demo\nnixpkgs: ${"a".repeat(40)}\ngroups:\n  k8s:\n    packages:\n${Object.entries(tools)
    .map(([tool, version]) => `      - { package: ${tool}, version: "${version}" }\n`)
    .join("")}`;

function project(spec: string): string {
  const folder = tempFolder();
  mkdirSync(join(folder, "spec"));
  writeFileSync(join(folder, "spec/platform.yaml"), spec);
  return folder;
}

const spring = Object.fromEntries([..."abcdefghijk"].map((letter) => [`tool${letter}`, "1.1"]));

test("the pins of one spring take one commit, a second run changes nothing, and generate needs the file alone", () => {
  const folder = project(specOf(spring));
  const index = makeIndex();
  assert.match(flakewright(folder, ["check"]).stderr, "version-unresolved");
  const first = flakewright(folder, ["pin", "--index", index]);
  assert.is(first.status, 0, first.stderr);
  assert.match(first.stdout, "toola@1.1 is 1.1.1, in nixpkgs of 2024-08-01");
  const file = join(folder, "spec/platform.pins.json");
  const text = readFileSync(file, "utf8");
  assert.is(new Set([...text.matchAll(/"rev": "(.*)"/g)].map(([, rev]) => rev)).size, 1);
  const again = flakewright(folder, ["pin", "--index", index]);
  assert.match(again.stderr, "up to date");
  assert.is(readFileSync(file, "utf8"), text);
  assert.is(flakewright(folder, ["generate"], { PATH: "/nonexistent" }).status, 0);
  const flake = readFileSync(join(folder, "out/flake.nix"), "utf8");
  assert.is(flake.split("flake = false").length, 2);
});

test("a version that never was is reported with the nearest three, and nothing is written", () => {
  const folder = project(specOf({ ...spring, toola: "1.9", late: "3" }));
  const { status, stderr } = flakewright(folder, ["pin", "--index", makeIndex()]);
  assert.is(status, 1);
  assert.match(stderr, "spec/platform.yaml:7:36 error version-unknown");
  assert.match(stderr, "`1.1.0`, `1.1.1`, `1.2.0`");
  assert.not.ok(existsSync(join(folder, "spec/platform.pins.json")));
});

test("tools by name leave the others where they are; another index, an edited file and unknown names are refused in words", () => {
  const folder = project(specOf({ toola: "1.1", late: "3" }));
  const index = makeIndex();
  const file = join(folder, "spec/platform.pins.json");
  assert.is(flakewright(folder, ["pin", "--index", index]).status, 0);
  const before = readFileSync(file, "utf8");
  writeFileSync(join(folder, "spec/platform.yaml"), specOf({ toola: "1.1", late: "3.0" }));
  assert.match(flakewright(folder, ["check"]).stderr, "spec/platform.pins.json has no 3.0 of `late`, only 3");
  assert.is(flakewright(folder, ["pin", "late", "--index", index]).status, 0);
  const after = readFileSync(file, "utf8");
  const pinOf = (text: string, key: string) => JSON.parse(text).pins[key];
  assert.equal(pinOf(after, "toola@1.1"), pinOf(before, "toola@1.1"));
  assert.is(pinOf(after, "late@3.0").version, "3.0");
  assert.match(flakewright(folder, ["pin", "lat", "--index", index]).stderr, "did you mean `late`");
  writeFileSync(file, after.replace("1.1.1", "1.1.2"));
  assert.match(flakewright(folder, ["check"]).stderr, "edited");
  assert.match(flakewright(folder, ["pin", "late", "--index", index]).stderr, "edited");
  assert.is(flakewright(folder, ["pin", "--index", index]).status, 0);
  assert.is(readFileSync(file, "utf8"), after);
  for (const [reference, says] of [
    ["./nothing", "no revisions.json"],
    [folder, "no revisions.json"],
  ] as const)
    assert.match(flakewright(folder, ["pin", "--index", reference]).stderr, says);
});

let nix: Nix;
test.before(() => {
  nix = privateNix();
});

withNix("an index is fetched by Nix, and the check of pins compares the versions", async () => {
  const index = makeIndex();
  writeFileSync(join(index, "flake.nix"), "{ outputs = _: { }; }\n");
  // The fixture's kubectl is 1.30.1, at whatever commit is asked for.
  const versions = JSON.stringify({ revisionCount: 12, attrs: { kubectl: { "1.29.1": 3, "1.30.1": null }, jq: { "9.9": 5 } } });
  writeFileSync(join(index, "index/versions.json"), versions);
  const folder = project(specOf({ kubectl: "1.30" }));
  const run = flakewright(folder, ["pin", "--index", `path:${index}`], nix.env);
  assert.is(run.status, 0, run.stderr);
  assert.is(flakewright(folder, ["generate"]).status, 0);
  const out = join(folder, "out");
  const name = /nixpkgs-2024-12-01-\w+/.exec(readFileSync(join(out, "flake.nix"), "utf8"))?.[0] ?? "";
  const fixture = await nix.fixture();
  const inputs = { [name]: fixture };
  const built = await nix.build(out, "checks.x86_64-linux.pins", { inputs });
  assert.match(readFileSync(join(built, "pins"), "utf8"), "kubectl 1.30.1");
  const other = { [name]: await nix.fixture({ kubectl: "1.29.9" }) };
  const wrong = await nix.run([
    "eval",
    "--no-write-lock-file",
    ...["--override-input", "nixpkgs", `path:${fixture}`, "--override-input", name, `path:${other[name]}`],
    `path:${out}#checks.x86_64-linux.pins.drvPath`,
  ]);
  assert.match(wrong.stderr, "kubectl should be 1.30.1 and is 1.29.9");
  const { stdout } = await nix.develop(out, "k8s", ["kubectl"], { inputs });
  assert.match(stdout, /^kubectl 1\.30\.1/);
});

/** Real revisions and versions; of kubectl and kubernetes-helm all from 2022 to 2026. */
const REAL = fileURLToPath(new URL("../fixtures/version-index", import.meta.url));

test("twelve tools of one spring of the real history are in one commit, also those that other commits had longer", () => {
  const tools = {
    kubectl: "1.28",
    "kubernetes-helm": "3.14.0",
    python3: "3.12.1",
    ruby: "3.3.0",
    git: "2.43",
    caddy: "2.7",
    wget: "1.21",
    vim: "9.1",
    rustup: "1.26",
    jdk17: "17.0.10",
    redis: "7",
    poetry: "1.7",
  };
  const folder = project(specOf(tools));
  const { status, stderr } = flakewright(folder, ["pin", "--index", REAL]);
  assert.is(status, 0, stderr);
  const text = readFileSync(join(folder, "spec/platform.pins.json"), "utf8");
  const pins = Object.values(JSON.parse(text).pins) as { attribute: string; version: string; date: string }[];
  assert.is(pins.length, 12);
  assert.is(commitsOf(text).size, 1);
  assert.ok(pins.every(({ date }) => date === "2024-02-10"));
  const found = Object.fromEntries(pins.map(({ attribute, version }) => [attribute, version]));
  assert.equal([found["kubectl"], found["python312"], found["ruby_3_3"]], ["1.28.4", "3.12.1", "3.3.0"]);
});

const commitsOf = (text: string): Set<string> => new Set([...text.matchAll(/"rev": "(.*)"/g)].map(([, rev]) => rev ?? ""));

withNix("the real history as a flake on disk: twice, an unknown version, offline, and the shell has the versions", async () => {
  const folder = project(specOf({ kubectl: "1.29", "kubernetes-helm": "3.14", nodejs: "20.12.2" }));
  const file = join(folder, "spec/platform.pins.json");
  const pin = (...more: string[]) => flakewright(folder, ["pin", "--index", `path:${REAL}`, ...more], nix.env);
  const first = pin();
  assert.is(first.status, 0, first.stderr);
  assert.match(first.stdout, "kubectl@1.29 is 1.29.4");
  assert.match(first.stderr, "wrote spec/platform.pins.json (3 versions in 2 commits of nixpkgs)");
  const text = readFileSync(file, "utf8");
  assert.match(pin().stderr, "spec/platform.pins.json is up to date");
  assert.is(readFileSync(file, "utf8"), text);

  writeFileSync(join(folder, "spec/unknown.yaml"), specOf({ kubectl: "1.29.9", nothing: "1" }));
  const unknown = pin("spec/unknown.yaml");
  assert.is(unknown.status, 1);
  assert.match(unknown.stderr, "spec/unknown.yaml:7:38 error version-unknown");
  assert.match(unknown.stderr, "the nearest versions are `1.29.2`, `1.29.3`, `1.29.4`");
  assert.match(unknown.stderr, "spec/unknown.yaml:8:20 error version-unknown");
  assert.not.ok(existsSync(join(folder, "spec/unknown.pins.json")));

  // This Nix has no network, so the public index can't be fetched.
  const offline = flakewright(folder, ["pin"], nix.env);
  assert.is(offline.status, 3);
  assert.match(
    offline.stderr,
    /^flakewright: Nix can't fetch github:fzakaria\/nixpkgs-multiverse: .*`--index` also takes a folder/,
  );
  assert.is(readFileSync(file, "utf8"), text);
  assert.match(flakewright(folder, ["pin", "--index", REAL], { PATH: "/nonexistent" }).stderr, "3 versions in 2 commits");

  assert.is(flakewright(folder, ["generate"]).status, 0);
  const out = join(folder, "out");
  const names = new Set(readFileSync(join(out, "flake.nix"), "utf8").match(/nixpkgs-20[\w-]+/g));
  const pinned = await nix.fixture({ kubectl: "1.29.4", "kubernetes-helm": "3.14.4", nodejs_20: "20.12.2" });
  const inputs = Object.fromEntries([...names].map((name) => [name, pinned]));
  const shell = await nix.develop(out, "k8s", ["bash", "-c", "kubectl; helm; nodejs_20"], { inputs });
  assert.is(shell.stdout, "kubectl 1.29.4\nhelm 3.14.4\nnodejs_20 20.12.2\n", shell.stderr);
});

test.run();
