import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Options, Outcome } from "../../generator/commands/outcome.ts";
import { openSession } from "../../generator/commands/session.ts";
import { watch } from "../../generator/commands/watch.ts";
import { compile } from "../../generator/compile.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { startFlakewright } from "../support/cli.ts";
import { optionsFor } from "../support/options.ts";
import { tempFolder } from "../support/temp.ts";
import { until } from "../support/until.ts";

const test = suite("watch");

const OPTIONS: Options = optionsFor("platform.yaml");

const spec = (description: string, packages = "kubectl", more = ""): string =>
  `version: 1\nname: p\nnixpkgs: 0123456789abcdef0123456789abcdef01234567\ndescription: ${description}\ngroups:\n  k8s:\n    packages: [${packages}]\n${more}`;

/** The text of every file in a folder except the manifest, by path. */
function tree(folder: string, below = ""): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith(".flakewright")) continue;
    if (entry.isDirectory()) Object.assign(files, tree(folder, path));
    else files[path] = readFileSync(join(folder, path), "utf8");
  }
  return files;
}

interface Watching {
  readonly folder: string;
  readonly path: string;
  readonly shown: Outcome[];
  /** The files that `generate` writes for a spec. */
  expected(text: string): Record<string, string>;
  /** The output folder's files; undefined while one of them is being replaced. */
  output(): Record<string, string> | undefined;
  end(): Promise<Outcome>;
}

/** Starts `watch` on a spec with this text and waits for its first run. */
async function watching(text: string, name = "platform.yaml"): Promise<Watching> {
  const folder = tempFolder();
  const path = join(folder, name);
  const options = { ...OPTIONS, spec: name };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const system = nodeSystem(folder, process.env);
  const interruption = new AbortController();
  const shown: Outcome[] = [];
  const ended = watch(system, options, {
    show: (outcome) => void shown.push(outcome),
    input: process.stdin,
    output: process.stdout,
    interruption: () => interruption.signal,
    progress: () => {},
  });
  const { templates, facts } = await openSession(system, options);
  await until("the first run", () => shown.length > 0);
  return {
    folder,
    path,
    shown,
    expected(text) {
      const { files, diagnostics } = compile(Buffer.from(text), name, { locked: false, facts }, templates);
      assert.ok(files, diagnostics.map((one) => one.message).join());
      return Object.fromEntries(files.map((file) => [file.path, file.text]));
    },
    output() {
      try {
        return tree(join(folder, "out"));
      } catch {
        return undefined;
      }
    },
    end() {
      interruption.abort();
      return ended;
    },
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
const sorted = (value: unknown): unknown => Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

test("200 saves in the ways of editors: after each pause the output is what generate writes", async () => {
  const watch = await watching(spec("start"));
  let seed = Number(process.env["SEED"] ?? 1);
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return (seed >> 8) % below;
  };
  const saves: ((text: string) => Promise<void>)[] = [
    // Overwritten in place.
    async (text) => writeFileSync(watch.path, text),
    // Renamed over the old file: vim, some settings of VS Code, every atomic writer.
    async (text) => {
      writeFileSync(`${watch.path}.new`, text);
      renameSync(`${watch.path}.new`, watch.path);
    },
    // Truncated, then written.
    async (text) => {
      writeFileSync(watch.path, "");
      await sleep(random(4));
      writeFileSync(watch.path, text);
    },
    // Written in two parts.
    async (text) => {
      writeFileSync(watch.path, text.slice(0, text.length / 2));
      await sleep(random(4));
      writeFileSync(watch.path, text);
    },
    // The old file is renamed to a backup, then a new one is written.
    async (text) => {
      renameSync(watch.path, `${watch.path}~`);
      await sleep(random(3));
      writeFileSync(watch.path, text);
    },
  ];
  let count = 0;
  let good = spec("start");
  try {
    while (count < 200) {
      let text = good;
      const possible = [good];
      let broken = "";
      for (let left = 1 + random(5); left > 0; left--) {
        count++;
        broken = random(4) === 0 ? `broken${count}` : "";
        text = spec(`save ${count}`, random(2) === 0 ? "kubectl, k9s" : "kubectl", broken && `${broken}: 1\n`);
        if (!broken) possible.push(text);
        await saves[random(saves.length)]?.(text);
        await sleep(random(3) === 0 ? random(60) : random(5));
      }
      if (!broken) {
        good = text;
        await until(`save ${count} in the output, seed ${seed}`, () => same(watch.output(), watch.expected(good)));
        continue;
      }
      await until(`${broken} is shown`, () => watch.shown.at(-1)?.report.diagnostics.some((one) => one.message.includes(broken)));
      // The output is that of one of the valid saves before.
      const seen = possible.findLast((one) => same(watch.output(), watch.expected(one)));
      assert.ok(seen, `the output is of none of the saves, at ${count}`);
      good = seen;
    }
    // Writing the output starts no further run.
    const lines = watch.shown.length;
    await sleep(300);
    assert.is(watch.shown.length, lines);
    assert.is((await watch.end()).status, 0);
  } finally {
    await watch.end();
  }
});

test("an invalid spec is reported at its place, and one line says that the output is unchanged", async () => {
  const watch = await watching(spec("one"));
  try {
    assert.match(String(watch.shown[0]?.output), /^\d\d:\d\d:\d\d created .*ARCHITECTURE\.md.* and \d+ more \(\d+ ms\)\n$/);
    writeFileSync(watch.path, spec("one", "kubectl", "grups: 1\n"));
    await until("outcome 2", () => watch.shown.length >= 2);
    assert.match(String(watch.shown[1]?.output), /^\d\d:\d\d:\d\d 1 error; out stays as it was\n$/);
    assert.is(watch.shown[1]?.report.diagnostics[0]?.code, "schema-unknown-key");
    writeFileSync(watch.path, spec("two"));
    await until("outcome 3", () => watch.shown.length >= 3);
    assert.match(
      String(watch.shown[2]?.output),
      /^\d\d:\d\d:\d\d updated out\/ARCHITECTURE\.md, updated out\/catalog\.html, updated out\/flake\.nix \(\d+ ms\)\n$/,
    );
  } finally {
    await watch.end();
  }
});

test("included files are followed: missing, in a folder to come, changed, replaced, and those that they include", async () => {
  const watch = await watching(spec("one"));
  const description = () => /description = "(.*)"/.exec(watch.output()?.["flake.nix"] ?? "")?.[1];
  const shown = (code: string) => () => watch.shown.at(-1)?.report.diagnostics.some((one) => one.code === code);
  const reads = (text: string) => until(`«${text}» in the output`, () => description() === text);
  const below = (path: string) => join(watch.folder, path);
  try {
    writeFileSync(watch.path, spec("one").replace("description: one", "include: [base/all.yaml]"));
    await until("the missing file is shown", shown("include-missing"));
    mkdirSync(below("base"));
    writeFileSync(below("base/all.yaml"), "description: first\n");
    await reads("first");
    writeFileSync(below("base/all.yaml"), "description: second\n");
    await reads("second");
    writeFileSync(below("base/new"), "include: [more.yaml]\n");
    renameSync(below("base/new"), below("base/all.yaml"));
    await until("the missing file is shown", shown("include-missing"));
    writeFileSync(below("base/more.yaml"), "description: third\n");
    await reads("third");
    writeFileSync(below("base/more.yaml"), "description: fourth\n");
    await reads("fourth");
    rmSync(below("base/more.yaml"));
    await until("the missing file is shown", shown("include-missing"));
    assert.is(description(), "fourth");
    const lines = watch.shown.length;
    await sleep(300);
    assert.is(watch.shown.length, lines, "nothing is said twice");
  } finally {
    await watch.end();
  }
});

test("the files beside the spec are heard of when they appear: the sizes of the groups", async () => {
  const text = (description: string) => spec(description, "kubectl", "policy: { closure: { k8s: 1GiB } }\n");
  const watch = await watching(text("one"));
  try {
    // Until a save starts a run, the first ones can still read what comes now.
    for (const description of ["two", "three"]) {
      writeFileSync(watch.path, text(description));
      await until("the save is in the output", () => same(watch.output(), watch.expected(text(description))));
    }
    const sizes = { version: 1, system: "x86_64-linux", lock: "", closure: { k8s: 2 ** 31 } };
    writeFileSync(join(watch.folder, "platform.sizes.json"), JSON.stringify(sizes));
    await until("the group is too large", () =>
      watch.shown.at(-1)?.report.diagnostics.some(({ code }) => code === "policy-closure"),
    );
  } finally {
    await watch.end();
  }
});

test("a warning is shown once, also when an error came between; a new one is shown", async () => {
  const twice = (description: string, more = "") => spec(description, "jq, jq", more);
  const watch = await watching(twice("one"));
  const shows = (index: number) => {
    const { report, shown } = watch.shown[index] as Outcome;
    return report.diagnostics.filter((one) => !shown?.has(one)).map(({ code }) => code);
  };
  const save = async (text: string) => {
    const before = watch.shown.length;
    writeFileSync(watch.path, text);
    await until("the next run", () => watch.shown.length > before);
    return shows(before);
  };
  try {
    const first = shows(0);
    assert.ok(first.includes("package-duplicate"));
    assert.equal(await save(`# a line above\n${twice("two")}`), []);
    assert.match(String(watch.shown[1]?.output), new RegExp(`, ${first.length} warnings? as before\\n$`));
    assert.is(watch.shown[1]?.report.diagnostics.length, first.length, "other formats have all");
    assert.equal(await save("groups: ["), ["yaml-syntax"]);
    assert.equal(await save(twice("three")), []);
    assert.equal(await save(twice("four", "trustedUsers: [ada]\n")), ["trusted-user-is-root"]);
    assert.equal(await save(twice("five")), []);
    assert.equal(await save(twice("six", "trustedUsers: [ada]\n")), ["trusted-user-is-root"], "it was gone");
  } finally {
    await watch.end();
  }
});

test("writes only the files that change", async () => {
  const watch = await watching(spec("one"));
  try {
    const times = () =>
      Object.keys(watch.output() ?? {})
        .filter((path) => path !== ".flakewright.sha256" && path !== ".flakewright.json")
        .map((path) => statSync(join(watch.folder, "out", path)).mtimeMs);
    const before = times();
    writeFileSync(watch.path, `# a comment\n${spec("one")}`);
    await until("outcome 2", () => watch.shown.length >= 2);
    assert.match(String(watch.shown[1]?.output), /^\d\d:\d\d:\d\d updated out\/\.flakewright\.sha256 \(\d+ ms\)\n$/);
    assert.equal(times(), before);
  } finally {
    await watch.end();
  }
});

test("a deleted spec is waited for; an edited output stops the run until it is restored", async () => {
  const watch = await watching(spec("one"));
  const flake = join(watch.folder, "out/flake.nix");
  try {
    rmSync(watch.path);
    await until("outcome 2", () => watch.shown.length >= 2);
    assert.match(String(watch.shown[1]?.output), "platform.yaml does not exist; out stays as it was");
    writeFileSync(flake, "# mine\n");
    writeFileSync(watch.path, spec("two"));
    await until("outcome 3", () => watch.shown.length >= 3);
    assert.is(watch.shown[2]?.report.diagnostics[0]?.code, "output-edited");
    assert.is(readFileSync(flake, "utf8"), "# mine\n");
    rmSync(flake);
    // Saving the same text tries again.
    writeFileSync(watch.path, spec("two"));
    await until("flake.nix is back", () => same(watch.output(), watch.expected(spec("two"))));
  } finally {
    await watch.end();
  }
});

test("exits with 0 on Ctrl-C; --format json prints one object a line", async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, "spec"));
  writeFileSync(join(folder, "spec/platform.yaml"), spec("one"));
  const child = startFlakewright(folder, ["watch", "--format", "json"]);
  let stdout = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  await until("a line", () => stdout.includes("\n"));
  child.kill("SIGINT");
  const status = await new Promise((done) => child.on("exit", done));
  assert.is(status, 0);
  const lines = stdout.trimEnd().split("\n");
  assert.is(lines.length, 1);
  assert.ok(JSON.parse(lines[0] ?? "").files.length > 5);
});

// The first version (a2c2472) does not hear any save after that.
test("a folder of the spec that is removed and made again, or replaced by another, is watched on", async () => {
  const watch = await watching(spec("one"), "spec/platform.yaml");
  const folder = dirname(watch.path);
  try {
    for (const [name, change] of [
      ["removed", () => rmSync(folder, { recursive: true })],
      ["renamed", () => renameSync(folder, `${folder}.old`)],
      ["removed again", () => rmSync(folder, { recursive: true })],
    ] as const) {
      change();
      await sleep(400);
      mkdirSync(folder);
      writeFileSync(watch.path, spec(name));
      await until(`the spec of the folder that was ${name}`, () => same(watch.output(), watch.expected(spec(name))));
      await sleep(400);
      writeFileSync(watch.path, spec(`${name}, saved`));
      await until(`a save after it was ${name}`, () => same(watch.output(), watch.expected(spec(`${name}, saved`))));
    }
  } finally {
    await watch.end();
  }
});

// The first version (a2c2472) waits for the pipe's writer, and SIGTERM does not end it.
test("a pipe in the place of the spec is reported and never waited for", async () => {
  const watch = await watching(spec("one"));
  try {
    rmSync(watch.path);
    execFileSync("mkfifo", [watch.path]);
    await until("the pipe is reported", () => /is not a regular file/.test(String(watch.shown.at(-1)?.output)));
    rmSync(watch.path);
    writeFileSync(watch.path, spec("two"));
    await until("the spec is back", () => same(watch.output(), watch.expected(spec("two"))));
  } finally {
    await watch.end();
  }
  const folder = tempFolder();
  execFileSync("mkfifo", [join(folder, "platform.yaml")]);
  const outcome = await startedOn(folder);
  assert.is(outcome.status, 2);
  assert.match(outcome.notes.join(), /is not a regular file: `watch` needs one/);
});

function startedOn(folder: string): Promise<Outcome> {
  return watch(nodeSystem(folder, process.env), OPTIONS, {
    show: () => {},
    input: process.stdin,
    output: process.stdout,
    interruption: () => new AbortController().signal,
    progress: () => {},
  });
}

test.run();
