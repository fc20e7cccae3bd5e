import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checksumLine, checksumsFile } from "../../generator/write/checksums.ts";
import { placeOf } from "../../generator/write/places.ts";
import { flakewright } from "../support/cli.ts";
import { commitAll, git } from "../support/repository.ts";
import { repository, system } from "../support/spec.ts";
import { tempFolder, tempTree } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* .flakewright.sha256, read by sha256sum in the root of a repository, as the workflow's first job does. */

const test = suite("checksums");
const withGit = needs(test, ["git"]);

const FILES = {
  "spec/platform.yaml": "version: 1\nname: demo\ninclude: [base/tools.yaml]\nhosts: { box: { stateVersion: '26.05' } }\n",
  "spec/base/tools.yaml": "groups: { k8s: { packages: [kubectl] } }\n",
};
/** With a tool by its version, and what `flakewright pin` wrote for it. */
const PINNED = {
  ...FILES,
  "spec/base/tools.yaml": 'groups: { k8s: { packages: [{ package: kubectl, version: "1.29" }] } }\n',
  "spec/platform.pins.json": readFileSync(join(repository, "spec/examples/company/data.pins.json"), "utf8"),
};
const LIST = ".flakewright.sha256";

function generate(folder: string, ...args: string[]): string {
  const { status, stderr } = flakewright(folder, ["generate", ...args]);
  assert.is(status, 0, stderr);
  return stderr;
}

/** What `sha256sum --check` in `folder` says: the lines about wrong files, sorted. */
function wrong(folder: string, list = `out/${LIST}`): string[] {
  const { status, stdout, stderr } = spawnSync("sha256sum", ["--check", "--quiet", "--strict", list], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  const lines = stdout.split("\n").filter((line) => line !== "");
  assert.is(status === 0, lines.length === 0, stderr);
  return lines.sort();
}

const paths = (folder: string, list = `out/${LIST}`): string[] =>
  readFileSync(join(folder, list), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.slice(66));

/** A repository with attributes as `init` writes them, and generated output. */
function repositoryWith(files: Readonly<Record<string, string>>): string {
  const folder = tempTree({ ...files, "spec/.gitattributes": "* text eol=lf\n" });
  git(folder, "init", "-q");
  generate(folder);
  commitAll(folder);
  return folder;
}

withGit("lists the spec, what it includes and every generated file, but no scaffold", () => {
  const folder = repositoryWith(FILES);
  const listed = paths(folder);
  const { files } = JSON.parse(readFileSync(join(folder, "out/.flakewright.json"), "utf8"));
  const generated = Object.keys(files)
    .filter((path) => path !== LIST)
    .map((path) => `out/${path}`);
  assert.equal(listed, [...generated, "spec/base/tools.yaml", "spec/platform.yaml"].sort());
  assert.ok(existsSync(join(folder, "out/hosts/box.nix")));
  assert.equal(wrong(folder), []);
});

withGit("lists an include that a link leads out of the repository to, and notices a change there", () => {
  const elsewhere = tempTree({ "gc.yaml": "gc: { dates: daily }\n", "more/users.yaml": "allowedUsers: [ada]\n" });
  const folder = tempTree({
    "spec/platform.yaml": FILES["spec/platform.yaml"].replace("[base/", "[link.yaml, more/users.yaml, base/"),
  });
  for (const [path, text] of Object.entries(FILES).slice(1)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(join(elsewhere, "gc.yaml"), join(folder, "spec/link.yaml"));
  symlinkSync(join(elsewhere, "more"), join(folder, "spec/more"));
  git(folder, "init", "-q");
  generate(folder);
  const listed = paths(folder);
  for (const path of ["spec/link.yaml", "spec/more/users.yaml"]) assert.ok(listed.includes(path), path);
  const { stdout } = flakewright(folder, ["show"]);
  assert.match(stdout, `# spec/link.yaml, which is ${elsewhere}/gc.yaml`);
  assert.match(stdout, `# spec/more/users.yaml, which is ${elsewhere}/more/users.yaml`);
  assert.equal(wrong(folder), []);
  appendFileSync(join(elsewhere, "more/users.yaml"), "# changed\n");
  assert.equal(wrong(folder), ["spec/more/users.yaml: FAILED"]);
});

withGit("names of includes that are code somewhere are read back as they are, and nothing runs", () => {
  const names = [
    "$(touch ran).yaml",
    `it's "q".yaml`,
    "-rf.yaml",
    "a\\b.yaml",
    "*.yaml",
    "%n ${x} `touch ran`.yaml",
    "é\u00a0.yaml",
    "a#b: c.yaml",
  ];
  names.push("::error file=x.yaml", "{{x}}.yaml", "--[x](y).yaml", "a\u2028b.yaml", ";touch ran;.yaml");
  const groups = Object.fromEntries(names.map((name, at) => [`spec/${name}`, `groups: { g${at}: { packages: [jq] } }\n`]));
  const spec = `version: 1\nname: demo\nnixpkgs: "${"a".repeat(40)}"\ninclude: ${JSON.stringify(names)}\n`;
  const folder = tempTree({ ...groups, "spec/platform.yaml": spec });
  git(folder, "init", "-q");
  generate(folder);
  assert.equal(wrong(folder), []);
  assert.equal(paths(folder).filter((path) => /^ ?spec\//.test(path)).length, names.length + 1);
  const { stdout } = flakewright(folder, ["show"]);
  for (const [at, name] of names.entries()) {
    assert.ok(stdout.includes(`# spec/${name}\n`), name);
    assert.ok(
      stdout.split("\n").some((line) => line.startsWith(`  g${at}: `) && line.endsWith(` # spec/${name}:1`)),
      name,
    );
  }
  assert.is(flakewright(folder, ["check", "--format", "github"]).stdout, "");
  assert.equal(
    ["ran", "spec/ran", "out/ran"].filter((path) => existsSync(join(folder, path))),
    [],
  );
});

for (const [what, path, change] of [
  ["an edited output", "out/flake.nix", (file: string) => appendFileSync(file, "# mine\n")],
  ["an output with CRLF", "out/nix/checks.nix", (file: string) => writeFileSync(file, withCrlf(file))],
  ["an edited spec", "spec/platform.yaml", (file: string) => appendFileSync(file, "# a comment\n")],
  ["an edited include", "spec/base/tools.yaml", (file: string) => appendFileSync(file, "# a comment\n")],
  ["an edited pin", "spec/platform.pins.json", (file: string) => writeFileSync(file, withOtherPin(file))],
  ["a missing output", "out/nix/checks.nix", (file: string) => rmSync(file)],
  ["a missing include", "spec/base/tools.yaml", (file: string) => rmSync(file)],
  ["missing pins", "spec/platform.pins.json", (file: string) => rmSync(file)],
] as const)
  withGit(`${what} is found, by sha256sum and by check`, () => {
    const folder = repositoryWith(PINNED);
    assert.equal(wrong(folder), []);
    change(join(folder, path));
    assert.is(wrong(folder).length, 1);
    assert.match(wrong(folder)[0] ?? "", `${path}: FAILED`);
    assert.is(flakewright(folder, ["check"]).status, 1);
    git(folder, "checkout", "-q", ".");
    assert.equal(wrong(folder), []);
    assert.is(flakewright(folder, ["check"]).status, 0);
  });

const withCrlf = (file: string): string => readFileSync(file, "utf8").replaceAll("\n", "\r\n");
const withOtherPin = (file: string): string => readFileSync(file, "utf8").replace(/"rev": "6143/, '"rev": "7143');

withGit("generate after an edit of the spec makes the list right again", () => {
  const folder = repositoryWith(FILES);
  appendFileSync(join(folder, "spec/base/tools.yaml"), "# a comment\n");
  assert.is(wrong(folder).length, 1);
  generate(folder);
  assert.equal(wrong(folder), []);
});

withGit("an edited list is found by check", () => {
  const folder = repositoryWith(FILES);
  appendFileSync(join(folder, "out", LIST), `${"0".repeat(64)}  README.md\n`);
  const { status, stderr } = flakewright(folder, ["check"]);
  assert.is(status, 1);
  assert.match(stderr, /\.flakewright\.sha256 was edited/);
});

withGit("a clean clone is right, also with core.autocrlf", () => {
  const folder = repositoryWith(PINNED);
  for (const autocrlf of ["false", "true", "input"]) {
    const clone = join(tempFolder(), "clone");
    git(folder, "-c", `core.autocrlf=${autocrlf}`, "clone", "-q", "--no-local", "-c", `core.autocrlf=${autocrlf}`, ".", clone);
    assert.equal(wrong(clone), [], autocrlf);
    assert.is(flakewright(clone, ["check"]).status, 0, autocrlf);
  }
});

withGit("a program that the repository's configuration names to watch files does not run", () => {
  const folder = repositoryWith(FILES);
  for (const path of Object.keys(FILES))
    writeFileSync(join(folder, path), FILES[path as keyof typeof FILES].replaceAll("\n", "\r\n"));
  const ran = join(folder, "ran");
  writeFileSync(join(folder, ".git/watch"), `#!/bin/sh\ntouch '${ran}'\n`, { mode: 0o755 });
  git(folder, "config", "core.fsmonitor", join(folder, ".git/watch"));
  flakewright(folder, ["check"]);
  assert.not(existsSync(ran), "check");
  rmSync(join(folder, "out"), { recursive: true });
  generate(folder);
  assert.not(existsSync(ran), "generate");
  git(folder, "ls-files", "-m");
  assert.ok(existsSync(ran), "Git itself runs it");
});

withGit("each folder above a file of the spec needs attributes: a clone is right after what generate says", () => {
  const folder = tempTree({
    "spec/platform.yaml": "version: 1\nname: demo\ninclude: [../company/base.yaml, base/tools.yaml]\n",
    "spec/base/tools.yaml": "groups: { k8s: { packages: [kubectl] } }\n",
    "company/base.yaml": "description: of a company\n",
  });
  git(folder, "init", "-q");
  const said = generate(folder);
  const commands = [...said.matchAll(/: run (echo .*)$/gm)].map(([, command = ""]) => command);
  assert.is(commands.length, 2, said);
  for (const command of commands) assert.is(spawnSync("sh", ["-c", command], { cwd: folder }).status, 0, command);
  commitAll(folder);
  const clone = join(tempFolder(), "clone");
  git(folder, "clone", "-q", "--no-local", "-c", "core.autocrlf=true", ".", clone);
  assert.equal(wrong(clone), []);
});

withGit("generate says once what keeps the line ends of the spec, and init writes it", () => {
  const folder = tempTree(FILES);
  git(folder, "init", "-q");
  assert.match(generate(folder), "spec/platform.yaml: run echo '* text eol=lf' >>'spec/.gitattributes'");
  rmSync(join(folder, "out"), { recursive: true });
  writeFileSync(join(folder, "spec/.gitattributes"), "* text eol=lf\n");
  assert.not.match(generate(folder), "autocrlf");

  const started = tempFolder();
  git(started, "init", "-q");
  assert.is(flakewright(started, ["init"]).status, 0);
  assert.not.match(generate(started), "autocrlf");
});

withGit("paths start at the repository's root, wherever the project is in it and flakewright runs", () => {
  const folder = tempFolder();
  git(folder, "init", "-q");
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, "a b", path)), { recursive: true });
    writeFileSync(join(folder, "a b", path), text);
  }
  generate(join(folder, "a b"));
  assert.equal(wrong(folder, `a b/out/${LIST}`), []);
  assert.ok(paths(folder, `a b/out/${LIST}`).includes("a b/spec/platform.yaml"));
  for (const [cwd, spec, out] of [
    ["", "a b/spec/platform.yaml", "a b/out"],
    ["a b/out", "../spec/platform.yaml", "."],
    ["a b/spec", join(folder, "a b/spec/platform.yaml"), join(folder, "a b/out")],
  ] as const)
    assert.is(flakewright(join(folder, cwd), ["check", spec, "--out", out]).status, 0, `${cwd}: ${spec}`);

  // An archive of the repository has the same list and no .git.
  const archive = join(tempFolder(), "archive-1.0");
  cpSync(folder, archive, { recursive: true, filter: (path) => !path.endsWith("/.git") });
  assert.is(flakewright(join(archive, "a b"), ["check"]).status, 0);
});

test("without a repository, paths start at the project's folder", () => {
  const folder = tempTree(FILES);
  generate(folder);
  assert.equal(wrong(folder), []);
  assert.is(flakewright(join(folder, "out"), ["check", "../spec/platform.yaml", "--out", "."]).status, 0);

  const flat = tempTree({ "platform.yaml": "version: 1\nname: flat\ngroups: {}\n" });
  generate(flat, "platform.yaml", "--out", ".");
  assert.equal(wrong(flat, LIST), []);
  assert.ok(paths(flat, LIST).includes("platform.yaml"));
});

test("a file that no clone has is left out: one outside of the repository, and standard input", () => {
  const folder = tempTree({ ...FILES, "elsewhere/.keep": "" });
  generate(folder, "--out", "elsewhere/out");
  const other = join(tempFolder(), "out");
  generate(folder, "--out", other);
  assert.equal(wrong(other, LIST), []);
  assert.not(paths(other, LIST).some((path) => path.startsWith("..") || path.includes("platform.yaml")));
});

const hostile = ["back\\slash.yaml", "two\nlines.yaml", "cr\r.yaml", " blank.yaml", "größe.yaml", "-n.yaml", "*.yaml"];
test("sha256sum reads every name", async () => {
  const folder = tempTree(Object.fromEntries(hostile.map((name) => [name, `${name}\n`])));
  const sources = new Map(hostile.map((name) => [join(folder, name), readFileSync(join(folder, name))]));
  const { text } = await checksumsFile(system, await placeOf(system, folder, join(folder, hostile[0] ?? "")), [], sources);
  writeFileSync(join(folder, LIST), text);
  assert.equal(wrong(folder, LIST), []);
  assert.is(text.split("\n").length, hostile.length + 1);
  assert.is(checksumLine("a\\b\nc\rd", "00"), "\\00  a\\\\b\\nc\\rd");
});

test.run();
