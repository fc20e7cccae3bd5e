import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readArguments, usageProblem } from "../../generator/cli/arguments.ts";
import { COMMANDS } from "../../generator/cli/commands.ts";
import { allCodes } from "../../generator/lint/rules.ts";
import { CLI, type CliResult } from "../support/cli.ts";
import { ACCOUNT_TOOLS } from "../support/machine.ts";
import { repository } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/*
 * The hints of commands and machines, which advice.test.ts leaves out. Each row provokes a finding with the real command, does what the hint
 * says with the hint's own text, and runs the command again: the finding is gone, and what the author meant is there.
 */

const test = suite("hints of commands");

/** A folder in which `flakewright` and `sudo` are programs on PATH, as at the reader's. */
const bin = tempFolder();
const program = (name: string, text: string) => {
  writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(bin, name), 0o755);
};
program("flakewright", `exec '${process.execPath}' ${CLI.map((word) => `'${word}'`).join(" ")} "$@"`);
program("sudo", 'exec "$@"');
const ENV = {
  ...process.env,
  PATH: `${bin}:${process.env.PATH}`,
  NO_COLOR: "1",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.org",
};

/** A reader's project. */
class Project {
  readonly folder = tempFolder();

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) this.put(path, text);
  }
  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }
  put(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }
  edit(path: string, from: string | RegExp, to: string): void {
    const before = this.read(path);
    const after = before.replace(from, to);
    assert.is.not(after, before, `${path} has ${from}`);
    this.put(path, after);
  }
  move(from: string, to: string): void {
    renameSync(join(this.folder, from), join(this.folder, to));
  }
  remove(path: string): void {
    rmSync(join(this.folder, path), { recursive: true });
  }
  has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }
  /** A line of the shell, as the reader types it. */
  shell(line: string, where = "."): CliResult {
    return spawnSync("bash", ["-c", line], { cwd: join(this.folder, where), encoding: "utf8", env: ENV });
  }
  /** The same, which has to work. */
  must(line: string, where?: string): string {
    const { status, stdout, stderr } = this.shell(line, where);
    assert.is(status, 0, `${line}\n${stdout}${stderr}`);
    return stdout;
  }
}

interface Followed {
  readonly it: Project;
  readonly hint: string;
  /** The words in backticks of the hint, in their order. */
  readonly words: readonly string[];
}

interface Way {
  readonly code: string;
  /** What the reader does about it, for the test's name. */
  readonly way: string;
  /** What the hint says. */
  readonly says: RegExp;
  readonly files: Readonly<Record<string, string>>;
  /** Lines of the shell that lead to the finding. */
  readonly before?: readonly string[] | ((it: Project) => void);
  /** The command that reports it. */
  readonly command: string;
  readonly follow: (followed: Followed) => void;
  /** The command afterwards, where the hint changes it. */
  readonly again?: string;
  /** What the author means. */
  readonly meant: (it: Project) => boolean;
  readonly tools?: readonly string[];
}

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const spec = (more = "", packages = "[jq]", name = "demo") =>
  `version: 1\nname: ${name}\nnixpkgs: ${COMMIT}\ngroups:\n  k8s: { packages: ${packages} }\n${more}`;
const SPEC = "spec/platform.yaml";
const GENERATED = ["flakewright generate"];
/** Runs the commands of the hint that begin with this program. */
const runs =
  (program = "flakewright") =>
  ({ it, words }: Followed): void => {
    const commands = words.filter((word) => word.startsWith(`${program} `));
    assert.ok(commands.length > 0, "the hint has a command");
    for (const command of commands) it.must(command);
  };
/** Runs one command of the hint. */
const run = (words: readonly string[], beginning: string): string =>
  words.find((word) => word.startsWith(beginning)) ?? `echo no command ${beginning} in the hint; false`;

const index = {
  "index/revisions.json": JSON.stringify([
    { rev: "1".repeat(40), date: "2024-01-01" },
    { rev: "2".repeat(40), date: "2024-06-01" },
  ]),
  "index/index/versions.json": JSON.stringify({
    revisionCount: 2,
    attrs: { kubectl: { "1.29.1": 0, "1.30.2": null }, helm: { "3.14": null } },
  }),
};
const pinned = (version: string, tool = "kubectl") => spec("", `[{ package: ${tool}, version: "${version}" }]`);
const lockOf = (date: string) =>
  JSON.stringify({
    nodes: {
      nixpkgs: {
        locked: { type: "github", owner: "NixOS", repo: "nixpkgs", rev: COMMIT, lastModified: Date.parse(date) / 1000 },
      },
      root: { inputs: { nixpkgs: "nixpkgs" } },
    },
    root: "root",
    version: 7,
  });
const sizes = (bytes: number) =>
  JSON.stringify({ version: 1, system: "x86_64-linux", lock: "", closure: { k8s: bytes, default: bytes } });
const conflict = (it: Project) => {
  it.must("git init -q -b main . && mkdir -p .git/info && echo 'out/** merge' >.git/info/attributes");
  const commit = (text: string) => {
    it.put(SPEC, text);
    it.must("flakewright generate && git add -A && git commit -qm x");
  };
  commit(spec());
  it.must("git checkout -qb other");
  commit(spec("  b: { packages: [ripgrep] }\n"));
  it.must("git checkout -q main");
  commit(spec("  c: { packages: [fd] }\n"));
  assert.is.not(it.shell("git merge other").status, 0);
};
const MERGED = spec("  b: { packages: [ripgrep] }\n  c: { packages: [fd] }\n");

const WAYS: readonly Way[] = [
  {
    code: "output-drift",
    way: "generate",
    says: /run `flakewright generate` and commit the result/,
    files: { [SPEC]: spec() },
    before: (it) => {
      it.must("flakewright generate");
      it.put(SPEC, spec("", "[jq, fd]"));
    },
    command: "flakewright check",
    follow: runs(),
    meant: (it) => it.read("out/nix/tool-groups.nix").includes("fd"),
  },
  {
    code: "output-drift",
    way: "generate, from a folder below",
    says: /run `flakewright generate`/,
    files: { [SPEC]: spec(), "src/main.c": "" },
    before: () => {},
    command: "cd src && flakewright check",
    follow: ({ it, words }) => void it.must(run(words, "flakewright"), "src"),
    meant: (it) => it.has("out/flake.nix") && !it.has("src/out"),
  },
  {
    code: "output-drift",
    way: "generate another spec into another folder",
    says: /run `flakewright generate web\.yaml --out 'my site'`/,
    files: { "web.yaml": spec() },
    before: () => {},
    command: "flakewright check web.yaml --out 'my site'",
    follow: runs(),
    meant: (it) => it.has("my site/flake.nix") && !it.has("out"),
  },
  {
    code: "output-drift",
    way: "generate after a checkout with CRLF",
    says: /writes LF and a \.gitattributes that keeps it/,
    files: { [SPEC]: spec() },
    before: [...GENERATED, "sed -i 's/$/\\r/' out/flake.nix out/nix/tool-groups.nix"],
    command: "flakewright check",
    follow: runs(),
    meant: (it) => !it.read("out/flake.nix").includes("\r") && /eol=lf/.test(it.read("out/.gitattributes")),
  },
  {
    code: "output-drift",
    way: "generate with this flakewright, which is older",
    says: /use flakewright 99\.1\.0, which is newer, or run `flakewright generate` with this one/,
    files: { [SPEC]: spec() },
    before: (it) => {
      it.must("flakewright generate");
      it.edit("out/.flakewright.json", /"flakewright": "[^"]*"/, '"flakewright": "99.1.0"');
      it.put(SPEC, spec("", "[jq, fd]"));
    },
    command: "flakewright check",
    follow: runs(),
    meant: (it) => it.read("out/nix/tool-groups.nix").includes("fd"),
  },
  {
    code: "output-drift",
    way: "generate, as doctor says",
    says: /^`flakewright generate s\.yaml --out o`$/,
    files: { "s.yaml": spec(), "image/etc/hostname": "box\n" },
    before: () => {},
    command: "flakewright doctor s.yaml --out o --root image",
    follow: runs(),
    meant: (it) => it.has("o/flake.nix"),
  },
  {
    code: "output-edited",
    way: "move the edit into the spec",
    says: /`flakewright diff` shows the edits; move them into the spec, then run `flakewright generate --force`/,
    files: { [SPEC]: spec("settings: { max-jobs: 2 }\n") },
    before: [...GENERATED, "sed -i 's/max-jobs = 2/max-jobs = 8/' out/etc/nix/nix.conf"],
    command: "flakewright generate",
    follow: ({ it, words }) => {
      assert.match(it.must(run(words, "flakewright diff")), /^-max-jobs = 8$/m);
      it.edit(SPEC, "max-jobs: 2", "max-jobs: 8");
      it.must(run(words, "flakewright generate --force"));
    },
    meant: (it) => it.read("out/etc/nix/nix.conf").includes("max-jobs = 8"),
  },
  {
    code: "output-edited",
    way: "the same for another spec and folder",
    says: /`flakewright generate web\.yaml --out site --force`/,
    files: { "web.yaml": spec("settings: { max-jobs: 2 }\n") },
    before: [
      "flakewright generate web.yaml --out site",
      "sed -i 's/max-jobs = 2/max-jobs = 8/' site/etc/nix/nix.conf && echo '# mine' >>site/flake.nix",
    ],
    command: "flakewright check web.yaml --out site",
    follow: ({ it, words }) => {
      assert.match(it.must(run(words, "flakewright diff")), /^-# mine$/m);
      it.edit("web.yaml", "max-jobs: 2", "max-jobs: 8");
      it.must(run(words, "flakewright generate"));
    },
    meant: (it) => it.read("site/etc/nix/nix.conf").includes("max-jobs = 8") && !it.has("out"),
  },
  {
    code: "output-bumped",
    way: "adopt",
    says: /`flakewright adopt` takes it into the spec; then run `flakewright generate`/,
    files: { [SPEC]: spec().replace(COMMIT, "nixos-25.11") },
    before: [...GENERATED, "sed -i 's/nixos-25.11/nixos-26.05/' out/flake.nix"],
    command: "flakewright generate",
    follow: runs(),
    meant: (it) => it.read(SPEC).includes("nixpkgs: nixos-26.05") && it.read("out/flake.nix").includes("nixos-26.05"),
  },
  {
    code: "output-foreign",
    way: "move it away",
    says: /move it away, or choose another folder with --out/,
    files: { [SPEC]: spec(), "out/flake.nix": "{ mine = true; }\n" },
    command: "flakewright generate",
    follow: ({ it }) => it.move("out/flake.nix", "flake.nix"),
    meant: (it) => it.read("flake.nix").includes("mine") && it.has("out/flake.nix"),
  },
  {
    code: "output-foreign",
    way: "choose another folder",
    says: /choose another folder with --out/,
    files: { [SPEC]: spec(), "out/flake.nix": "{ mine = true; }\n", "out/catalog.html": "mine\n" },
    command: "flakewright generate",
    follow: () => {},
    again: "flakewright generate --out out2",
    meant: (it) => it.read("out/flake.nix").includes("mine") && it.has("out2/flake.nix"),
  },
  {
    code: "output-foreign",
    way: "move the link away that a folder is",
    says: /move it away/,
    files: { [SPEC]: spec(), "elsewhere/mine": "" },
    before: ["mkdir out && ln -s ../elsewhere out/nix"],
    command: "flakewright generate",
    follow: ({ it }) => it.move("out/nix", "nix"),
    meant: (it) => it.has("out/nix/tool-groups.nix") && it.must("ls elsewhere") === "mine\n",
  },
  {
    code: "output-foreign",
    way: "restore the manifest",
    says: /restore it from version control/,
    files: { [SPEC]: spec() },
    before: ["git init -q .", ...GENERATED, "git add -A && git commit -qm x", "echo '{' >out/.flakewright.json"],
    command: "flakewright generate",
    follow: ({ it }) => void it.must("git restore out/.flakewright.json"),
    meant: (it) => it.must("git status --porcelain") === "",
    tools: ["git"],
  },
  {
    code: "output-foreign",
    way: "move the folder with a damaged manifest away",
    says: /or move the output folder away and run `flakewright generate`/,
    files: { [SPEC]: spec() },
    before: [...GENERATED, "echo '{' >out/.flakewright.json"],
    command: "flakewright check",
    follow: ({ it, words }) => {
      it.move("out", "old");
      it.must(run(words, "flakewright generate"));
    },
    meant: (it) => it.has("old/flake.nix") && it.has("out/flake.nix"),
  },
  {
    code: "output-of-another-spec",
    way: "choose another folder",
    says: /choose another folder with --out/,
    files: { "web.yaml": spec("", "[jq]", "web"), "data.yaml": spec("", "[fd]", "data") },
    before: ["flakewright generate web.yaml"],
    command: "flakewright generate data.yaml",
    follow: () => {},
    again: "flakewright generate data.yaml --out data",
    meant: (it) => it.read("out/nix/tool-groups.nix").includes("jq") && it.read("data/nix/tool-groups.nix").includes("fd"),
  },
  {
    code: "output-of-another-spec",
    way: "replace what is there",
    says: /`flakewright generate data\.yaml --force` to replace what is there/,
    files: { "web.yaml": spec("", "[jq]", "web"), "data.yaml": spec("", "[fd]", "data") },
    before: ["flakewright generate web.yaml"],
    command: "flakewright check data.yaml",
    follow: runs(),
    meant: (it) => it.read("out/nix/tool-groups.nix").includes("fd"),
  },
  {
    code: "output-conflicted",
    way: "merge the spec, then generate",
    says: /merge the spec, then run `flakewright generate`, which writes them anew/,
    files: { [SPEC]: spec() },
    before: (it) => {
      conflict(it);
      it.put(SPEC, MERGED);
    },
    command: "flakewright check",
    follow: runs(),
    meant: (it) => {
      const tools = it.read("out/nix/tool-groups.nix");
      return tools.includes("ripgrep") && tools.includes("fd") && !tools.includes("<<<<<<<");
    },
    tools: ["git"],
  },
  {
    code: "import-unknown-kind",
    way: "give it the name of its kind",
    says: /the name of a file decides how it is read: devbox\.json, \.tool-versions, /,
    files: { "tools.json": '{ "packages": ["kubectl"] }\n' },
    command: "flakewright import tools.json",
    follow: ({ it, hint }) => it.move("tools.json", /: (\S+),/.exec(hint)?.[1] ?? ""),
    again: "flakewright import devbox.json >spec.yaml",
    meant: (it) => it.read("spec.yaml").includes("kubectl"),
  },
  {
    code: "import-syntax",
    way: "split a file that is too long",
    says: /split it, and import each part by itself/,
    files: { "nix.conf": `max-jobs = 4\n${"# a comment\n".repeat(20_000)}cores = 2\n` },
    command: "flakewright import nix.conf",
    follow: ({ it }) => void it.must("split -n l/2 --additional-suffix=.conf nix.conf part-"),
    again: "flakewright import part-aa.conf >a.yaml && flakewright import part-ab.conf >b.yaml",
    meant: (it) => it.read("a.yaml").includes("max-jobs: 4") && it.read("b.yaml").includes("cores: 2"),
  },
  ...(
    [
      ["white space", "max-jobs=4\n", /put white space on both sides of `=`/, /=/, " = ", /max-jobs: 4/],
      ["a line of that form", "max-jobs\n", /a line is `name = value`/, "max-jobs", "max-jobs = 4", /max-jobs: 4/],
      [
        "a line for each file",
        "include a.conf b.conf\n",
        /write one line for each file: `include FILE`/,
        "include a.conf b.conf",
        "include a.conf\ninclude b.conf",
        /cores: 2/,
      ],
      ["delete the line", "max-jobs = 4\ninclude nix.conf\n", /delete this line/, /include.*\n/, "", /max-jobs: 4/],
      ["!include", "max-jobs = 4\ninclude gone.conf\n", /write `!include gone\.conf` if/, "include gone.conf", "", /max-jobs: 4/],
    ] as const
  ).map(
    ([way, text, says, from, to, meant]): Way => ({
      code: "import-incomplete",
      way,
      says,
      files: { "nix.conf": text, "a.conf": "cores = 2\n", "b.conf": "keep-outputs = true\n" },
      command: "flakewright import nix.conf >spec.yaml",
      follow: ({ it, words }) => it.edit("nix.conf", from, to || (way === "!include" ? (words[0] ?? "") : "")),
      meant: (it) => meant.test(it.read("spec.yaml")),
    }),
  ),
  {
    code: "import-incomplete",
    way: "name the included file too",
    says: /name \/\S+\/more\.conf on the command line too/,
    files: { "home/nix.conf": "max-jobs = 4\n", "etc/more.conf": "cores = 2\n" },
    before: (it) => it.put("home/nix.conf", `max-jobs = 4\ninclude ${join(it.folder, "etc/more.conf")}\n`),
    command: "cd home && flakewright import nix.conf",
    follow: ({ it, hint }) => {
      const [, file = ""] = /name (\S+) on/.exec(hint) ?? [];
      it.must(`cd home && flakewright import --strict nix.conf ${file} >../spec.yaml`);
    },
    again: "true",
    meant: (it) => /cores: 2/.test(it.read("spec.yaml")),
  },
  {
    code: "import-incomplete",
    way: "include each file once",
    says: /include each file once/,
    files: { "nix.conf": `max-jobs = 4\n${"include a.conf\n".repeat(202)}`, "a.conf": "cores = 2\n" },
    command: "flakewright import nix.conf >spec.yaml",
    follow: ({ it }) => it.edit("nix.conf", /(?:include.*\n)+/, "include a.conf\n"),
    meant: (it) => /cores: 2/.test(it.read("spec.yaml")),
  },
  {
    code: "import-incomplete",
    way: "import a long file by itself",
    says: /import this file by itself/,
    files: {
      "nix.conf": "max-jobs = 4\ninclude a.conf\ninclude b.conf\n",
      "a.conf": `cores = 2\n${"# a comment\n".repeat(10_000)}`,
      "b.conf": `keep-outputs = true\n${"# a comment\n".repeat(10_000)}`,
    },
    command: "flakewright import nix.conf",
    follow: ({ it }) => it.edit("nix.conf", "include b.conf\n", ""),
    again: "flakewright import nix.conf && flakewright import b.conf >spec.yaml",
    meant: (it) => /keep-outputs: true/.test(it.read("spec.yaml")),
  },
  ...(
    [
      ["there is no pins file", () => {}],
      ["the pins file was edited", (it) => it.edit("spec/platform.pins.json", "1.29.1", "1.29.9")],
      ["the version is another one", (it) => it.put(SPEC, pinned("1.30"))],
    ] as const satisfies readonly (readonly [string, (it: Project) => void])[]
  ).map(
    ([way, change]): Way => ({
      code: "version-unresolved",
      way: `pin, where ${way}`,
      says: /run `flakewright pin`.* commit /,
      files: { [SPEC]: pinned("1.29"), ...index },
      before: (it) => {
        if (way !== "there is no pins file") it.must("flakewright pin --index index");
        change(it);
      },
      command: "flakewright check",
      // The usual index comes from GitHub.
      follow: ({ it, words }) => void it.must(`${run(words, "flakewright pin")} --index index && flakewright generate`),
      meant: (it) => it.read("spec/platform.pins.json").includes(way.includes("another") ? "1.30.2" : "1.29.1"),
    }),
  ),
  {
    code: "version-unresolved",
    way: "pin another spec",
    says: /run `flakewright pin web\.yaml` and commit/,
    files: { "web.yaml": pinned("1.29"), ...index },
    command: "flakewright check web.yaml",
    follow: ({ it, words }) => void it.must(`${run(words, "flakewright pin")} --index index && flakewright generate web.yaml`),
    meant: (it) => it.has("web.pins.json"),
  },
  ...(
    [
      ["a version", pinned("1.31"), /the nearest versions are `1\.29\.1`/, "1.31"],
      ["a package", pinned("1.29", "kubectk"), /the nearest names are `kubectl`/, "kubectk"],
    ] as const
  ).map(
    ([way, text, says, wrong]): Way => ({
      code: "version-unknown",
      way: `write ${way} that there is`,
      says,
      files: { [SPEC]: text, ...index },
      command: "flakewright pin --index index",
      follow: ({ it, words }) => it.edit(SPEC, wrong, words[0] ?? ""),
      meant: (it) => it.has("spec/platform.pins.json"),
    }),
  ),
  ...(["write the file", "delete the entry"] as const).map(
    (way): Way => ({
      code: "own-file-missing",
      way,
      says: /write the file, or delete the entry; the path is relative to the output folder/,
      files: {
        [SPEC]: spec(
          'hosts:\n  box: { stateVersion: "26.05", system: x86_64-linux, modules: [./hosts/box.nix, ./hosts/disks.nix] }\n',
        ),
      },
      before: GENERATED,
      command: "flakewright check",
      follow: ({ it }) =>
        way === "write the file" ? it.put("out/hosts/disks.nix", "{ }\n") : it.edit(SPEC, ", ./hosts/disks.nix", ""),
      again: "flakewright generate",
      meant: (it) => it.read("out/nix/hosts.nix").includes("disks.nix") === (way === "write the file"),
    }),
  ),
  {
    code: "policy-age",
    way: "name a newer commit",
    says: /name a newer commit under `nixpkgs`/,
    files: { [SPEC]: spec("policy: { nixpkgs: { maxAge: 60d } }\n"), "out/flake.lock": lockOf("2024-01-01") },
    command: "flakewright check",
    follow: ({ it }) => {
      const commit = "f".repeat(40);
      it.edit(SPEC, COMMIT, commit);
      // As Nix writes it for that commit.
      it.put("out/flake.lock", lockOf(new Date().toISOString().slice(0, 10)).replaceAll(COMMIT, commit));
      it.must("flakewright generate");
    },
    meant: (it) => it.read("out/flake.nix").includes("f".repeat(40)),
  },
  {
    code: "policy-age",
    way: "update the lock file",
    says: /run `nix flake update` in the output folder and commit flake\.lock/,
    files: {
      [SPEC]: spec("policy: { nixpkgs: { maxAge: 60d } }\n").replace(COMMIT, "nixos-26.05"),
      "out/flake.lock": lockOf("2024-01-01"),
    },
    command: "flakewright check",
    follow: ({ it, words }) => {
      assert.is(run(words, "nix"), "nix flake update");
      // What the command leaves, without a network.
      it.put("out/flake.lock", lockOf(new Date().toISOString().slice(0, 10)));
      it.must("flakewright generate");
    },
    meant: () => true,
  },
  {
    code: "policy-closure",
    way: "raise the limit",
    says: /raise the limit/,
    files: { [SPEC]: spec("policy: { closure: { k8s: 2GiB } }\n"), "spec/platform.sizes.json": sizes(3 * 2 ** 30) },
    command: "flakewright check",
    follow: ({ it }) => {
      it.edit(SPEC, "2GiB", "4GiB");
      it.must("flakewright generate");
    },
    meant: (it) => it.has("out/flake.nix"),
  },
  {
    code: "policy-closure",
    way: "remove tools and measure again",
    says: /remove tools from the group, delete the sizes file beside the spec, generate, and measure again with `nix build \.#closure-sizes`/,
    files: {
      [SPEC]: spec("policy: { closure: { k8s: 2GiB } }\n", "[jq, google-chrome]"),
      "spec/platform.sizes.json": sizes(3 * 2 ** 30),
    },
    command: "flakewright check",
    follow: ({ it, words }) => {
      it.edit(SPEC, ", google-chrome", "");
      it.remove("spec/platform.sizes.json");
      it.must("flakewright generate");
      // Nix builds the tools to measure them; here the flake only has to have that package.
      const [, name = "none"] = /#(\S+)/.exec(run(words, "nix build")) ?? [];
      assert.match(it.read("out/flake.nix") + it.read("out/nix/sizes.nix"), name);
    },
    meant: (it) => !it.read("out/nix/tool-groups.nix").includes("google-chrome"),
  },
  {
    code: "machine-untracked-file",
    way: "track the files",
    says: /^`git add -N out`$/,
    files: { [SPEC]: spec(), "image/etc/hostname": "box\n" },
    before: ["git init -q .", ...GENERATED],
    command: "flakewright doctor --root image",
    follow: runs("git"),
    meant: (it) => it.must("git ls-files out").includes("out/flake.nix"),
    tools: ["git"],
  },
  {
    code: "machine-untracked-file",
    way: "track files that Git ignores",
    says: /^`git -C out add -N -f /,
    files: { [SPEC]: spec(), ".gitignore": "out/\n", "image/etc/hostname": "box\n" },
    before: ["git init -q .", ...GENERATED],
    command: "flakewright doctor --root image",
    follow: runs("git"),
    meant: (it) => it.must("git ls-files out").includes("out/flake.nix"),
    tools: ["git"],
  },
  ...(
    [
      ["machine-conf-differs", "settings: { max-jobs: 3 }\n", "etc/nix/nix.conf", /max-jobs = 3/],
      ["machine-build-user-missing", "buildUsers: { roles: [{ role: aws }] }\n", "etc/passwd", /^nixbld1:/m],
    ] as const
  ).map(
    ([code, more, file, has]): Way => ({
      code,
      way: "apply-nix-config.sh, in an image",
      says: /^`\S*out\/apply-nix-config\.sh --root image`$/,
      files: {
        [SPEC]: spec(`settings: { experimental-features: [nix-command, flakes] }\n${more}`.replace("}\nsettings: {", ",")),
        "image/etc/passwd": "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\n",
        "image/etc/shadow": "root:*:19000:0:99999:7:::\n",
        "image/etc/group": "root:x:0:\n",
        "image/etc/gshadow": "root:*::\n",
        "image/usr/sbin/nologin": "",
        "image/var/lib/dpkg/status": "Package: nix-bin\nVersion: 2.26.3-1\n",
        "image/etc/debian_version": "13.1\n",
      },
      before: GENERATED,
      command: "flakewright doctor --root image",
      follow: ({ it, words }) => void it.must(words[0] ?? ""),
      meant: (it) => has.test(it.read(join("image", file))),
      tools: ["root", "nix", ...ACCOUNT_TOOLS],
    }),
  ),
];

/** The findings of a command, with their hints. */
function findings(it: Project, command: string): { code: string; hint?: string }[] {
  // `import` prints the spec in every format, and its findings as text.
  if (command.includes("import")) return textFindings(it.shell(command).stderr);
  const asJson = command.replaceAll(/\bflakewright (check|generate|doctor|pin)\b/g, "$& --format json");
  const { status, stdout, stderr } = it.shell(asJson);
  if (stdout.startsWith("{")) return JSON.parse(stdout).diagnostics;
  // `pin` prints the versions that it found.
  assert.is(status, 0, `${command}:\n${stdout}${stderr}`);
  return [];
}

/** Findings of the text format. */
const textFindings = (text: string): { code: string; hint?: string }[] =>
  text.split(/^(?=\S+ (?:error|warning) )/m).flatMap((part) => {
    const code = /^\S+ (?:error|warning) ([a-z-]+)$/m.exec(part)?.[1];
    const hint = /^ {2}hint: (.*)$/m.exec(part)?.[1];
    return code === undefined ? [] : [{ code, ...(hint === undefined ? {} : { hint }) }];
  });

for (const { code, way, says, files, before = [], command, follow, again = command, meant, tools = [] } of WAYS)
  needs(test, ["bash", ...tools])(`${code}: ${way}`, () => {
    const it = new Project(files);
    if (typeof before === "function") before(it);
    else for (const line of before) it.must(line);
    const found = findings(it, command);
    const one = found.find((other) => other.code === code && says.test(other.hint ?? ""));
    assert.ok(one?.hint, `${command} reports ${code} with ${says}: ${JSON.stringify(found)}`);
    const { hint } = one;
    follow({ it, hint, words: [...hint.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word) });
    if (again !== "true") {
      const left = again === command ? findings(it, again) : textFindings(it.shell(again).stderr);
      assert.equal(
        left.filter((other) => other.code === code),
        [],
        `«${hint}» was followed`,
      );
    }
    assert.ok(meant(it), "what the author means is there");
  });

/**
 * Codes whose commands are run elsewhere, or can't be run here: the reason, and the commands of their hints, which at least a shell or the
 * command line can read.
 */
const ELSEWHERE: Readonly<Record<string, readonly [why: string, commands: readonly string[]]>> = {
  "machine-no-nix": [
    "installs Nix from the network",
    ["sudo apt-get install nix-setup-systemd", "sh <(curl -L https://nixos.org/nix/install) --daemon"],
  ],
  "machine-nix-too-old": ["installs Nix from the network", ["sh <(curl -L https://nixos.org/nix/install) --daemon"]],
  "nixpkgs-needs-newer-nix": [
    "installs Nix from the network",
    ["chroot image bash -c 'sh <(curl -L https://nixos.org/nix/install) --no-daemon'"],
  ],
  "machine-setting-differs": ["test/commands/doctor.test.ts follows it on a real Debian", []],
  "machine-daemon-stopped": [
    "test/commands/doctor.test.ts follows it on a real Debian; launchd and systemd are other machines",
    ["sudo systemctl enable --now nix-daemon.socket", "sudo launchctl kickstart -k system/org.nixos.nix-daemon"],
  ],
  "machine-network-differs": [
    "test/commands/doctor.test.ts follows it on a real Debian; systemd is another machine",
    ['sudo sh -c "systemctl daemon-reload && systemctl restart nix-daemon.service"'],
  ],
  "machine-lock-old": [
    "test/commands/doctor.test.ts follows it on a real Debian; an update asks GitHub",
    ["nix flake update --flake ./out", "nix flake update ./out", "nix flake lock ./out"],
  ],
};

test("every code of commands and machines has a row", () => {
  const followed = new Set([...WAYS.map(({ code }) => code), ...Object.keys(ELSEWHERE)]);
  const text = readFileSync(join(repository, "test/report/advice.test.ts"), "utf8");
  const pattern =
    /^const OF_COMMANDS = \/(.*)\/;$/m.exec(text)?.[1] ?? assert.unreachable("advice.test.ts leaves codes to this file");
  const left = allCodes().filter((code) => new RegExp(pattern ?? "").test(code));
  assert.ok(left.length > 20);
  assert.equal(
    left.filter((code) => !followed.has(code)),
    [],
  );
  assert.equal(
    [...followed].filter((code) => !left.includes(code)),
    [],
  );
});

const onDebian = readFileSync(join(repository, "test/commands/doctor.test.ts"), "utf8");
for (const [code, [why, commands]] of Object.entries(ELSEWHERE))
  needs(test, ["bash"])(`${code}: ${why}`, () => {
    if (why.includes("on a real Debian")) assert.match(onDebian, new RegExp(`await fixes\\(\\[[^\\]]*"${code}"`));
    for (const command of commands) execFileSync("bash", ["-nc", command]);
  });

test("every command of a hint or an explanation is one of the command line", () => {
  const sources = execFileSync("grep", ["-rhoE", "`flakewright [a-z][^`$]*`", join(repository, "generator")], {
    encoding: "utf8",
  });
  const commands = [...new Set(sources.split("\n"))].flatMap((line) => /^`flakewright (.*?)\\?`$/.exec(line)?.[1] ?? []);
  assert.ok(commands.length > 8, commands.join("\n"));
  for (const command of commands) {
    const read = readArguments(command.split(" | ")[0]?.split(" ") ?? []);
    assert.type(read, "object", `flakewright ${command}: ${read}`);
    if (typeof read === "string") continue;
    const [name = "", ...operands] = read.positionals;
    assert.is(usageProblem(COMMANDS, name, operands, read.values), undefined, `flakewright ${command}`);
  }
});

test.run();
