import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../generator/commands/check.ts";
import { index } from "../../generator/commands/index-packages.ts";
import type { Options, Outcome } from "../../generator/commands/outcome.ts";
import { lockedInput } from "../../generator/knowledge/flake-lock.ts";
import { openFacts } from "../../generator/knowledge/packages.ts";
import { momentOf } from "../../generator/knowledge/releases.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import type { SpawnResult, System } from "../../generator/system/system.ts";
import { flakewright } from "../support/cli.ts";
import { optionsFor } from "../support/options.ts";
import { tempFolder } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";

const test = suite("index");

const knowledge = join(dirname(fileURLToPath(import.meta.url)), "../../generator/knowledge");
const OPTIONS: Options = optionsFor();
const REV = "0123456789abcdef0123456789abcdef01234567";

/** A folder with a spec of some packages, and a lock file for its nixpkgs. */
function project(packages: string, url = "github:NixOS/nixpkgs/nixos-24.05"): string {
  const folder = tempFolder();
  mkdirSync(join(folder, "out"));
  writeFileSync(join(folder, "spec.yaml"), `version: 1\nname: p\nnixpkgs: ${url}\ngroups:\n  k8s: { packages: [${packages}] }\n`);
  const locked = { type: "github", owner: "NixOS", repo: "nixpkgs", rev: REV, narHash: "sha256-x", lastModified: 1 };
  const original = { type: "github", owner: "NixOS", repo: "nixpkgs", ref: "nixos-24.05" };
  const nodes = { nixpkgs: { locked, original }, root: { inputs: { nixpkgs: "nixpkgs" } } };
  writeFileSync(join(folder, "out/flake.lock"), JSON.stringify({ nodes, root: "root", version: 7 }));
  return folder;
}

const row = {
  version: "1",
  mainProgram: "",
  available: [true, true, false, false],
  unfree: false,
  broken: false,
  insecure: false,
};

/** The value of `--argstr NAME`. */
const argument = (args: readonly string[], name: string): string => args[args.indexOf(name) + 1] ?? "";

/** A machine whose Nix has these package sets; `evaluate` answers for a batch. */
function machine(
  folder: string,
  sets: Readonly<Record<string, readonly string[]>>,
  evaluate: (names: readonly string[]) => SpawnResult = (names) =>
    answer(Object.fromEntries(names.map((name) => [name, name.startsWith("none") ? null : row]))),
): System {
  return {
    ...nodeSystem(folder, { XDG_CACHE_HOME: join(folder, "cache") }),
    async spawn(command, args) {
      if (args[0] === "--version") return { status: 0, stdout: "nix (Nix) 2.26.3\n", stderr: "" };
      if (command === "nix") return { status: 0, stdout: "/nix/store/nixpkgs", stderr: "" };
      const names = argument(args, "names");
      if (names === "") {
        const all = sets[JSON.parse(argument(args, "set")).join(".")] ?? [];
        const isOld = (name: string) => name.startsWith("old");
        return answer({ release: "24.05", names: all.filter((name) => !isOld(name)), aliases: all.filter(isOld) });
      }
      // Each old name is the derivation of the package whose name follows.
      if (argument(args, "identify") !== "")
        return answer(Object.fromEntries(JSON.parse(names).map((name: string) => [name, name.replace(/^old-/, "")])));
      return evaluate(JSON.parse(names));
    },
  };
}
const answer = (value: unknown): SpawnResult => ({ status: 0, stdout: JSON.stringify(value), stderr: "" });

/** Runs `index` and interrupts it after `stopAfter` parts. */
async function run(system: System, stopAfter = Number.POSITIVE_INFINITY): Promise<Outcome & { parts: number }> {
  const interruption = new AbortController();
  let parts = 0;
  const outcome = await index(system, OPTIONS, {
    show: () => {},
    input: process.stdin,
    output: process.stdout,
    interruption: () => interruption.signal,
    progress: (done) => {
      if (done > 0 && ++parts >= stopAfter) interruption.abort();
    },
  });
  return { ...outcome, parts };
}

const many = (count: number, name = "pkg"): string[] => Array.from({ length: count }, (_, at) => `${name}${10_000 + at}`);

test("check uses the collected facts, and an unknown package becomes an error", async () => {
  const folder = project("pkg10001, nosuchthing, python3Packages.flask, python3Packages.flusk");
  const system = machine(folder, { "": [...many(20), "none1"], python3Packages: ["flask"] });
  const codes = async () => (await check(system, OPTIONS)).report.diagnostics.filter((one) => one.code === "package-unknown");
  assert.equal(
    (await codes()).map((one) => one.severity),
    ["warning", "warning", "warning"],
  );
  const outcome = await run(system);
  assert.is(outcome.status, 0, outcome.notes.join());
  assert.match(outcome.output, `${REV}.tsv: 21 packages of nixpkgs 24.05`);
  assert.equal(
    (await codes()).map((one) => `${one.severity} ${one.message.match(/`(.*?)`/)?.[1]}`),
    ["error nosuchthing", "error python3Packages.flusk"],
  );
});

test("the index is used only for the reference that the lock file pins", async () => {
  const folder = project("pkg10001");
  const system = machine(folder, { "": many(3) });
  await run(system);
  const unknown = async () => (await check(system, OPTIONS)).report.diagnostics.some((one) => one.code === "package-unknown");
  assert.is(await unknown(), false);
  const spec = join(folder, "spec.yaml");
  writeFileSync(spec, readFileSync(spec, "utf8").replace("nixos-24.05", "nixos-24.11"));
  assert.is(await unknown(), true);
});

test("an interrupted run is continued by the next; a complete index needs no evaluation", async () => {
  const folder = project("pkg10001");
  const asked: string[] = [];
  const system = machine(folder, { "": many(2600) }, (names) => {
    asked.push(...names);
    return answer(Object.fromEntries(names.map((name) => [name, row])));
  });
  const first = await run(system, 2);
  assert.is(first.status, 3);
  assert.match(first.notes.join(), /interrupted with \d of 6 parts done; run `flakewright index` again to continue/);
  const before = asked.length;
  assert.ok(before < 2600, String(before));
  const second = await run(system);
  assert.is(second.status, 0);
  assert.is(second.parts, 6);
  assert.is(asked.length - before, 2600 - 500 * Number(/with (\d)/.exec(first.notes.join())?.[1]));
  const files = readdirSync(join(folder, "cache/flakewright/index"));
  assert.equal(files, [`${REV}.tsv`]);
  assert.is(openFacts(readFileSync(join(folder, "cache/flakewright/index", `${REV}.tsv`), "latin1")).all().length, 2600);
  asked.length = 0;
  assert.match((await run(system)).output, "is complete: 2600 packages");
  assert.equal(asked, []);
});

test("a package set that the spec uses later is added to the index", async () => {
  const folder = project("pkg10001");
  const system = machine(folder, { "": many(5), python3Packages: ["flask", "requests"] });
  await run(system);
  writeFileSync(
    join(folder, "spec.yaml"),
    readFileSync(join(folder, "spec.yaml"), "utf8").replace("pkg10001", "python3Packages.flask"),
  );
  const added = await run(system);
  assert.is(added.parts, 1);
  assert.match(added.output, "7 packages");
});

test("an attribute that crashes the evaluator is left out alone; a Nix that can't evaluate at all is reported", async () => {
  const folder = project("pkg10001");
  const dies = (bad: (name: string) => boolean) => (names: readonly string[]) =>
    names.some(bad)
      ? { status: 1, stdout: "", stderr: "error: stack overflow\n" }
      : answer(Object.fromEntries(names.map((name) => [name, row])));
  const one = await run(
    machine(
      folder,
      { "": many(300) },
      dies((name) => name === "pkg10123"),
    ),
  );
  assert.match(one.output, "299 packages");
  const all = await run(
    machine(
      project("pkg10001"),
      { "": many(300) },
      dies(() => true),
    ),
  );
  assert.is(all.status, 3);
  assert.match(all.notes.join(), "Nix can't evaluate this nixpkgs: stack overflow");
});

test("without Nix it says so and exits with 3", () => {
  const folder = project("kubectl");
  const env = { PATH: "/nowhere", XDG_CACHE_HOME: join(folder, "cache") };
  const { status, stderr } = flakewright(folder, ["index", "spec.yaml"], env);
  assert.is(status, 3);
  assert.match(stderr, "index needs Nix, but there is no `nix` on PATH");
});

test("an invalid lock file is ignored", () => {
  for (const text of ["", "[]", "null", "{}", '{"nodes":{"root":{"inputs":{"nixpkgs":["a","b"]}}},"root":"root"}'])
    assert.is(lockedInput(text, "nixpkgs"), undefined, text);
});

test("an old name that works is renamed, one that throws is removed", async () => {
  const folder = project("pkg10001, old-pkg10002, old-none");
  const system = machine(folder, { "": [...many(3), "old-pkg10002", "old-none"] }, (names) =>
    answer(
      Object.fromEntries(names.map((name) => [name, name === "old-none" ? null : { ...row, pname: name.replace("old-", "") }])),
    ),
  );
  const outcome = await run(system);
  assert.match(outcome.output, "3 packages");
  const found = (await check(system, OPTIONS)).report.diagnostics.filter((one) => /^package-re/.test(one.code));
  assert.equal(
    found.map(({ code, message }) => [code, message]),
    [
      ["package-renamed", "`old-pkg10002` is an old name of `pkg10002`"],
      ["package-removed", "the spec's nixpkgs no longer has `old-none`"],
    ],
  );
});

test("says at once how long it takes", async () => {
  const folder = project("pkg10001");
  const said: [number, number, string][] = [];
  await index(machine(folder, { "": many(2600) }), OPTIONS, {
    show: () => {},
    input: process.stdin,
    output: process.stdout,
    interruption: () => new AbortController().signal,
    progress: (...line) => void said.push(line),
  });
  assert.equal(said.slice(0, 2), [
    [0, 1, "Nix lists the names of the packages"],
    [0, 6, "2600 names: about 1 minute; an interrupted run goes on where it was"],
  ]);
});

needs(test, ["nix", "nixpkgsOld"])("finds what the bundled facts say of 300 packages of nixpkgs 24.05", async () => {
  const text = readFileSync(join(knowledge, "packages.tsv"), "latin1");
  const bundled = openFacts(text, momentOf("github:NixOS/nixpkgs/nixos-24.05"));
  const all = bundled.all();
  const sample = all.filter((_, at) => at % Math.floor(all.length / 300) === 0);
  const folder = project("kubectl");
  const real = nodeSystem(folder, { ...process.env, XDG_CACHE_HOME: join(folder, "cache") });
  const system: System = {
    ...real,
    async spawn(command, args, options) {
      if (command === "nix" && args.includes("eval")) return { status: 0, stdout: tool("nixpkgsOld") ?? "", stderr: "" };
      const found = await real.spawn(command, args, options);
      if (argument(args, "names") !== "" || found.status !== 0 || command === "nix") return found;
      const { release, names } = JSON.parse(found.stdout);
      assert.ok(names.length > 15_000);
      return answer({ release, names: sample.map(({ attribute }) => attribute), aliases: ["alsaLib", "nixFlakes"] });
    },
  };
  const outcome = await run(system);
  assert.is(outcome.status, 0, outcome.notes.join());
  const exact = openFacts(readFileSync(join(folder, "cache/flakewright/index", `${REV}.tsv`), "latin1"));
  assert.is(exact.release, "24.05");
  for (const { attribute, systems, unfree, broken, insecure } of sample) {
    const found = exact.find(attribute);
    assert.equal([found?.systems, found?.unfree, found?.broken, found?.insecure], [systems, unfree, broken, insecure], attribute);
    if (unfree || insecure) assert.ok(bundled.pnames(attribute).includes(found?.pname ?? ""), attribute);
  }
  assert.is(exact.verdict("alsaLib").kind, "renamed");
});

test.run();
