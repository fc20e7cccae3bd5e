import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flakewrightProgram, follow, runConsole, stepsOf } from "../support/guide.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { repository } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";

/* Pages whose commands are run literally, in a clean folder, with what they show compared: the newcomer's path first. */

const test = suite("guides");

let nix: Nix;
test.before(() => {
  nix = privateNix();
});

/** A page, and the files of its blocks that have no name in their first line: language → path. */
const PAGES: readonly (readonly [page: string, files: Readonly<Record<string, string>>])[] = [
  ["getting-started.md", {}],
  ["guides/a-teams-shells.md", {}],
  ["guides/nixos-builders.md", {}],
  ["guides/from-devbox.md", { json: "devbox.json" }],
  ["guides/from-nix-conf.md", { ini: "nix.conf" }],
];

for (const [page, files] of PAGES)
  needs(test, [...FIXTURE_TOOLS, "git"])(`${page}: every command runs, in order, and prints what the page shows`, async () => {
    const folder = tempFolder();
    const home = tempFolder();
    const input = `--override-input nixpkgs path:${await nix.fixture()} --no-write-lock-file`;
    // Options of `nix develop` stand in front of its `-c`. No network: nixpkgs is the tests' own.
    const nixProgram = `case $1 in develop | eval) exec '${tool("nix")}' "$1" "$2" ${input} "\${@:3}" ;; esac
exec '${tool("nix")}' "$@"`;
    const env = { ...nix.env, HOME: home, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", EDITOR: "" };
    const programs = { flakewright: flakewrightProgram(), nix: nixProgram };
    if (page !== "getting-started.md") runConsole("$ git init -q\n", folder, programs, env);
    const commands = follow(stepsOf(page, files), folder, (code) => runConsole(code, folder, programs, env));
    assert.ok(commands > 2, `${commands} commands`);
  });

/**
 * The newcomer's path as in a new container: an empty home folder, nothing in the environment, flakewright from its package, and no other
 * programs than Node's, Git's and the system's.
 */
needs(test, [...FIXTURE_TOOLS, "git", "npm"])(
  "getting-started.md, with the installed package in an empty environment",
  async () => {
    const container = tempFolder();
    const [home, prefix, folder] = ["home", "prefix", "home/work"].map((name) => join(container, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(folder, { recursive: true });
    const npm = (...args: string[]) => {
      const env = { ...process.env, npm_config_cache: join(container, "cache"), npm_config_update_notifier: "false" };
      const run = spawnSync("npm", args, { cwd: repository, encoding: "utf8", env });
      assert.is(run.status, 0, run.stderr);
      return run.stdout.trim().split("\n").at(-1) ?? "";
    };
    const packed = npm("pack", "--ignore-scripts", "--pack-destination", container);
    npm(
      "install",
      "--global",
      "--offline",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--prefix",
      prefix,
      join(container, packed),
    );
    const input = `--override-input nixpkgs path:${await nix.fixture()} --no-write-lock-file`;
    // No network: nixpkgs is the tests' own, in a store of the test's.
    const store = Object.entries(nix.env).flatMap(([name, value]) => (value === undefined ? [] : [`export ${name}='${value}'`]));
    const program = `${store.join("\n")}\nexport HOME='${home}'
case $1 in develop) exec '${tool("nix")}' "$1" "$2" ${input} "\${@:3}" ;; esac
exec '${tool("nix")}' "$@"`;
    const base = {
      PATH: [join(prefix, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
      HOME: home,
      LANG: "C.UTF-8",
    };
    const commands = follow(stepsOf("getting-started.md"), folder, (code) =>
      runConsole(code, folder, { nix: program }, {}, base),
    );
    assert.ok(commands > 8, `${commands} commands`);
  },
);

test.run();
